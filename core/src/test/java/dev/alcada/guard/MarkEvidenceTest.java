package dev.alcada.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.alcada.audit.AuditKeys;
import dev.alcada.audit.AuditLog;
import dev.alcada.audit.DecisionEvent;
import dev.alcada.audit.LimitUse;
import dev.alcada.audit.MarkUse;
import dev.alcada.audit.SettlementEvent;
import dev.alcada.audit.Told;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Look;
import dev.alcada.counter.ReserveResult;
import dev.alcada.counter.memory.InMemoryCounterStore;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.Explanation;
import dev.alcada.decision.Explanation.MarkRole;
import dev.alcada.decision.Explanation.MarkTrace;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.Policy;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of marks, and of counts that have no room. */
class MarkEvidenceTest {
  private static final Policy POLICY =
      Policy.parse(
          """
          {"version": "1", "default": "deny", "tools": {
            "read": {"marks": [{"mark": "private", "for": "1h", "when": "tried"}]},
            "send": {"deny_if": [{"name": "after_private",
                                  "conditions": [{"path": "marks.private", "op": "exists", "value": true}]}],
                     "limits": [{"counter": "sent", "window": "minute", "max": 2}]},
            "verify": {"marks": [{"mark": "verified", "for": "10m",
                                  "result": [{"path": "result.status", "op": "eq", "value": "ok"}]}]},
            "use": {"require": [{"conditions": [{"path": "marks.verified", "op": "exists", "value": true}]}]},
            "pay": {"limits": [{"counter": "calls", "window": "hour", "max": 9},
              {"counter": "money", "window": "day", "max": 100, "increment_from": "args.amount"}]}}}
          """);
  private static final Caller CALLER = Caller.grant("agent-7");

  @TempDir private Path directory;
  private final Told told = new Told();
  private final InMemoryCounterStore counts = InMemoryCounterStore.create();

  private ToolGuard guard() {
    return ToolGuard.builder(POLICY).counterStore(counts).listener(told).build();
  }

  private static ToolCall call(String tool) {
    return ToolCall.of(tool, Map.of("amount", 60), CALLER);
  }

  private DecisionEvent lastDecided() {
    return told.decided.get(told.decided.size() - 1);
  }

  private SettlementEvent lastSettled() {
    return told.settled.get(told.settled.size() - 1);
  }

  /** A handler whose answer is an object. */
  private static final class Says implements ToolHandler<String> {
    private final String status;

    Says(String status) {
      this.status = status;
    }

    @Override
    public String handle(ToolCall call) {
      return status;
    }

    @Override
    public Object content(String value) {
      return Map.of("status", value);
    }
  }

  @Test
  void aDecisionSaysWhichMarksItWasMadeByAndWhichTheCallLeaves() throws Exception {
    ToolGuard guard = guard();
    guard.call(call("send"), made -> "sent");
    assertThat(lastDecided().marksRead())
        .extracting(use -> use.mark().name(), MarkUse::there)
        .containsExactly(tuple("private", false));
    assertThat(lastDecided().marksLeft()).isEmpty();

    guard.call(call("read"), made -> "text");
    assertThat(lastDecided().marksRead()).isEmpty();
    assertThat(lastDecided().marksLeft()).extracting(CounterId::name).containsExactly("private");
    assertThat(lastSettled().marksLeft()).isEmpty();

    guard.call(call("send"), made -> "sent");
    assertThat(lastDecided().decision()).isInstanceOf(Decision.Denied.class);
    assertThat(lastDecided().marksRead())
        .extracting(use -> use.mark().name(), use -> use.mark().scope(), MarkUse::there)
        .containsExactly(tuple("private", "grant", true));
  }

  @Test
  void aSettlementSaysWhichMarksTheAnswerHasLeft() throws Exception {
    ToolGuard guard = guard();
    guard.call(call("verify"), new Says("bad"));
    assertThat(lastSettled().marksLeft()).isEmpty();

    guard.call(call("verify"), new Says("ok"));
    assertThat(lastDecided().marksLeft()).isEmpty();
    assertThat(lastSettled().marksLeft()).extracting(CounterId::name).containsExactly("verified");
    assertThat(lastSettled()).isNotEqualTo(told.settled.get(0));
  }

  @Test
  void whatWasNotDoneIsNotToldAsDoneThoughItsAnswerWouldLeaveMarks() throws Exception {
    ToolGuard guard =
        ToolGuard.builder(POLICY)
            .counterStore(counts)
            .resultClassifier((made, result) -> true)
            .listener(told)
            .build();

    guard.call(call("verify"), new Says("ok"));

    assertThat(lastSettled().result()).isEqualTo(Ended.NOT_DONE);
    assertThat(lastSettled().marksLeft()).isEmpty();
  }

  @Test
  void theLogHasThemToo() throws Exception {
    AuditKeys keys = AuditKeys.of("k", new byte[32]);
    try (AuditLog log = AuditLog.open(directory, keys)) {
      ToolGuard guard = ToolGuard.builder(POLICY).listener(log).build();
      guard.call(call("read"), made -> "text");
      guard.call(call("send"), made -> "sent");
      guard.call(call("verify"), new Says("ok"));
    }

    assertThat(lines())
        .anyMatch(
            line -> line.contains("\"marks_left\":[{\"mark\":\"private\",\"scope\":\"grant\"}]"))
        .anyMatch(
            line ->
                line.contains(
                    "\"marks_read\":[{\"mark\":\"private\",\"scope\":\"grant\",\"there\":true}]"))
        .anyMatch(
            line ->
                line.contains("\"kind\":\"settlement\"")
                    && line.contains("\"marks_left\":[{\"mark\":\"verified\""));
    assertThat(AuditLog.verify(directory, keys).intact()).isTrue();
  }

  private List<String> lines() throws Exception {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".jsonl"))
          .flatMap(
              file -> {
                try {
                  return Files.readAllLines(file).stream();
                } catch (java.io.IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              })
          .toList();
    }
  }

  @Test
  void anExplanationHasTheMarksThatAreReadAndThoseThatWouldBeLeft() throws Exception {
    ToolGuard guard = guard();
    assertThat(guard.explain(call("send")).marks())
        .containsExactly(new MarkTrace("private", "grant", MarkRole.READ, false));
    assertThat(guard.explain(call("read")).marks())
        .containsExactly(new MarkTrace("private", "grant", MarkRole.LEFT_WHEN_TRIED, null));
    assertThat(guard.explain(call("verify")).marks())
        .containsExactly(new MarkTrace("verified", "grant", MarkRole.LEFT_WHEN_DONE, null));
    assertThat(guard.explain(call("send")).marks())
        .as("nothing is left by an explanation")
        .containsExactly(new MarkTrace("private", "grant", MarkRole.READ, false));

    guard.call(call("read"), made -> "text");
    Explanation denied = guard.explain(call("send"));
    assertThat(denied.marks())
        .containsExactly(new MarkTrace("private", "grant", MarkRole.READ, true));
    assertThat(denied.toString().lines()).contains("  mark    private by grant: there");
    assertThat(guard.explain(call("read")).toString().lines())
        .contains("  leaves  private by grant when it is tried");
  }

  @Test
  void aPlainRefusalSaysWhatEachCountHolds() throws Exception {
    ToolGuard guard = guard();
    guard.call(call("pay"), made -> "paid");
    guard.call(call("pay"), made -> "paid");

    assertThat(lastDecided().decision()).isInstanceOf(Decision.Denied.class);
    assertThat(lastDecided().limits())
        .extracting(
            use -> use.counter().name(), LimitUse::amount, LimitUse::before, LimitUse::after)
        .containsExactly(
            tuple("calls", decimal(1), decimal(1), decimal(1)),
            tuple("money", decimal(60), decimal(60), decimal(60)));
  }

  @Test
  void aStoreThatIsNotInMemoryIsNotAskedASecondTimeForARefusal() throws Exception {
    int[] looks = new int[1];
    CounterStore other =
        new CounterStore() {
          @Override
          public ReserveResult reserve(Demand demand) {
            return counts.reserve(demand);
          }

          @Override
          public Look look(Demand demand) {
            looks[0]++;
            return counts.look(demand);
          }
        };
    ToolGuard guard = ToolGuard.builder(POLICY).counterStore(other).listener(told).build();
    guard.call(call("pay"), made -> "paid");
    guard.call(call("pay"), made -> "paid");

    assertThat(looks[0]).isZero();
    assertThat(lastDecided().limits()).extracting(LimitUse::before).containsOnlyNulls();
  }

  private static BigDecimal decimal(long value) {
    return BigDecimal.valueOf(value);
  }
}
