package dev.alcada.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.audit.AuditKeys;
import dev.alcada.audit.AuditLog;
import dev.alcada.audit.DecisionEvent;
import dev.alcada.audit.DecisionListener;
import dev.alcada.audit.LateSettlementEvent;
import dev.alcada.audit.TakenBackEvent;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Held;
import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An operator's word at one guard on the call of another, which shares the file of its store. */
@Timeout(60)
class AnotherGuardTest {
  private static final Policy POLICY =
      Policy.parse(
          """
          {"version": "1", "default": "deny", "timezone": "UTC", "tools": {
            "pay": {"once": {"window": "hour"},
                    "marks": [{"mark": "paying", "for": "1h", "when": "tried"}],
                    "limits": [
                      {"counter": "paid", "window": "hour", "max": 1, "counts": "successes"},
                      {"counter": "running", "window": "in_flight", "lease": "1h", "max": 1}]},
            "refund": {"deny_if": [
              {"conditions": [{"path": "marks.paying", "op": "exists", "value": true}]}]}}}
          """);
  private static final Caller AGENT = Caller.grant("agent-7");
  private static final ToolCall PAY = ToolCall.of("pay", Map.of("to", "ana"), AGENT);
  private static final ToolCall REFUND = ToolCall.of("refund", Map.of(), AGENT);
  private static final AuditKeys KEYS =
      AuditKeys.of("2026-11", "sixteen bytes or more".getBytes(StandardCharsets.UTF_8));

  @TempDir Path directory;

  /** What one process has of its own. */
  private static final class Host implements DecisionListener, AutoCloseable {
    final List<String> told = new ArrayList<>();
    final JdbcCounterStore store;
    final AuditLog log;
    final ToolGuard guard;
    volatile String lastId = "";

    Host(Path directory, String name) throws IOException {
      store =
          JdbcCounterStore.builder(SqliteFile.source(directory.resolve("state")))
              .createTables()
              .timeout(Duration.ofSeconds(20))
              .build();
      log = AuditLog.open(directory.resolve(name), KEYS);
      guard = ToolGuard.builder(POLICY).counterStore(store).listener(this).listener(log).build();
    }

    /** Returns when the call has started, which does not end. */
    @SuppressWarnings("FutureReturnValueIgnored") // it never ends, or its end is told
    void hang(CompletableFuture<String> hangs) {
      CompletableFuture<Boolean> started = new CompletableFuture<>();
      guard.<String>callAsync(
          PAY,
          judged -> {
            started.complete(true);
            return hangs;
          });
      assertThat(started.join()).isTrue();
    }

    @Override
    public void onDecision(DecisionEvent event) {
      lastId = event.id();
    }

    @Override
    public void onSettledLate(LateSettlementEvent event) {
      told.add(event.callId() + " " + event.result());
    }

    @Override
    public void onTakenBack(TakenBackEvent event) {
      told.add("taken back " + event.key().counter().name());
    }

    @Override
    public void close() {
      log.close();
      store.close();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"DONE", "NOT_DONE"})
  void isTakenToldAndRecordedThereAndIsTheLastOne(Ended said) throws Exception {
    CompletableFuture<String> hangs = new CompletableFuture<>();
    String id;
    try (Host agent = new Host(directory, "agent");
        Host desk = new Host(directory, "desk")) {
      agent.hang(hangs);
      id = agent.lastId;
      assertThat(desk.guard.check(PAY).code()).hasToString("duplicate");
      assertThat(desk.guard.check(REFUND).code()).hasToString("deny_if");

      assertThat(desk.guard.settle(id, said)).isTrue();
      assertThat(desk.guard.settle(id, said)).isFalse();
      hangs.complete("after all");

      boolean free = said == Ended.NOT_DONE;
      for (Host each : List.of(desk, agent)) {
        assertThat(each.guard.check(PAY).code() == null).isEqualTo(free);
        assertThat(each.guard.check(REFUND).code() == null).isEqualTo(free);
      }
      assertThat(desk.told).containsExactly(id + " " + said);
      assertThat(agent.told).isEmpty();
    }
    assertThat(recorded("desk"))
        .containsOnlyOnce(id)
        .contains(said.name().toLowerCase(Locale.ROOT));
    assertThat(recorded("agent")).contains("\"id\":\"" + id);
    for (String each : List.of("desk", "agent")) {
      assertThat(AuditLog.verify(directory.resolve(each), KEYS).intact()).as(each).isTrue();
    }
  }

  private String recorded(String name) {
    try (Stream<Path> files = Files.list(directory.resolve(name))) {
      StringBuilder all = new StringBuilder();
      for (Path file : files.filter(f -> f.toString().endsWith(".jsonl")).sorted().toList()) {
        all.append(Files.readString(file));
      }
      return all.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void listsWhatTheOtherProcessHoldsAndTakesItBack() throws IOException {
    CompletableFuture<String> hangs = new CompletableFuture<>();
    try (Host agent = new Host(directory, "agent");
        Host desk = new Host(directory, "desk")) {
      agent.hang(hangs);
      List<Held> held = new ArrayList<>();
      for (CounterId.Kind kind :
          List.of(CounterId.Kind.MARK, CounterId.Kind.IN_FLIGHT, CounterId.Kind.ONCE)) {
        held.addAll(desk.guard.held(kind, "", 10));
      }
      assertThat(held).hasSize(3).extracting(Held::running).containsOnly(1);
      assertThat(held).extracting(each -> each.key().value()).containsOnly("agent-7");

      held.forEach(each -> assertThat(desk.guard.takeBack(each.key())).isTrue());

      assertThat(agent.guard.check(REFUND).code()).isNull();
      assertThat(desk.told)
          .containsExactlyInAnyOrder("taken back paying", "taken back running", "taken back pay");
    }
  }
}
