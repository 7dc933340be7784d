package dev.alcada.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.alcada.OwnLog;
import dev.alcada.audit.DecisionEvent;
import dev.alcada.audit.DecisionListener;
import dev.alcada.audit.SettlementEvent;
import dev.alcada.counter.Ended;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.DecisionCode;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.Policy;
import dev.alcada.testing.ManualTime;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DecisionListenerTest {
  private static final Policy POLICY =
      Policy.parse(
          """
          {"version": "1", "default": "deny", "tools": {
            "pay": {"limits": [{"counter": "paid", "window": "minute", "max": 1}]},
            "tried": {"mode": "shadow", "limits": [{"counter": "tries", "window": "minute", "max": 1}]}
          }}
          """);
  private static final Caller CALLER = Caller.grant("agent-7").withSession("s-1");
  private static final ToolCall PAY = ToolCall.of("pay", Map.of("secret", "hunter2"), CALLER);

  private final ManualTime time = new ManualTime();
  private final List<DecisionEvent> decided = new ArrayList<>();
  private final List<SettlementEvent> settled = new ArrayList<>();
  private final DecisionListener recording =
      new DecisionListener() {
        @Override
        public void onDecision(DecisionEvent event) {
          decided.add(event);
        }

        @Override
        public void onSettled(SettlementEvent event) {
          settled.add(event);
        }
      };

  private ToolGuard guard(DecisionListener... listeners) {
    ToolGuard.Builder builder = ToolGuard.builder(POLICY).timeSource(time);
    for (DecisionListener listener : listeners) {
      builder.listener(listener);
    }
    return builder.build();
  }

  @Test
  void everyDecisionIsToldAndWhatCameOfIt() throws Exception {
    ToolGuard guard = guard(recording);
    guard.call(PAY, judged -> "paid");
    guard.call(PAY, judged -> "paid");

    assertThat(decided)
        .extracting(DecisionEvent::tool, DecisionEvent::grant, e -> e.decision().code())
        .containsExactly(
            tuple("pay", "agent-7", null), tuple("pay", "agent-7", DecisionCode.LIMIT));
    assertThat(settled)
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.decided()).isSameAs(decided.get(0));
              assertThat(event.result()).isEqualTo(Ended.DONE);
              assertThat(event.at()).isEqualTo(time.instant());
            });
    assertThat(decided.toString() + settled).doesNotContain("hunter2");
  }

  @Test
  void theCauseOfAFailureIsToldToListenersAlone() {
    IOException thrown = new IOException("no answer");
    assertThatThrownBy(
            () ->
                guard(recording)
                    .call(
                        PAY,
                        judged -> {
                          throw thrown;
                        }))
        .isSameAs(thrown);

    assertThat(settled)
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.result()).isEqualTo(Ended.UNKNOWN);
              assertThat(event.failure()).isSameAs(thrown);
            });
  }

  @Test
  void aListenerThatThrowsChangesNothingAndSilencesNobody() throws Exception {
    ToolGuard guard =
        guard(
            event -> {
              throw new StackOverflowError();
            },
            recording);

    assertThat(guard.call(PAY, judged -> "paid")).isEqualTo(new Outcome.Completed<>("paid"));
    assertThat(guard.call(PAY, judged -> "paid").decision().code()).isEqualTo(DecisionCode.LIMIT);
    assertThat(decided).hasSize(2);
  }

  @Test
  void aShadowRuleIsToldAndStopsNothing() throws Exception {
    ToolGuard guard = guard(recording);
    ToolCall call = ToolCall.of("tried", Map.of(), CALLER);
    for (int i = 0; i < 3; i++) {
      assertThat(guard.call(call, judged -> "done")).isInstanceOf(Outcome.Completed.class);
    }

    assertThat(decided).extracting(DecisionEvent::decision).containsOnly(Decision.Allowed.INSTANCE);
    assertThat(decided.get(0).shadow()).isNull();
    assertThat(decided.subList(1, 3))
        .extracting(DecisionEvent::shadow)
        .extracting(shadow -> shadow == null ? "" : shadow.rule())
        .containsOnly("/tools/tried/limits/tries");
  }

  @Test
  void theLogHasALineForADenialWhichNoNameCanForge() throws Throwable {
    ToolGuard guard = guard(DecisionListener.logging());
    List<String> lines =
        OwnLog.of(
            () -> {
              guard.call(
                  ToolCall.of(
                      "x\" code=\"none\"\n2026 INFO allowed", Map.of("a", "hunter2"), CALLER),
                  judged -> "done");
            });

    assertThat(lines)
        .singleElement()
        .asString()
        .contains("denied tool=\"x\\\" code=\\\"none\\\"\\u000a2026 INFO allowed\"")
        .contains("grant=\"agent-7\" session=\"s-1\" rule=\"(default deny)\" code=\"not_listed\"")
        .doesNotContain("hunter2");
  }

  @Test
  void theLogSpellsOutWhatTurnsOrHidesAText() throws Throwable {
    ToolGuard guard = guard(DecisionListener.logging());
    List<String> lines =
        OwnLog.of(
            () ->
                guard.call(
                    ToolCall.of("a\u202eb\u2066c\ufeffd\u200be\u2028", Map.of(), CALLER),
                    judged -> ""));

    assertThat(lines)
        .singleElement()
        .asString()
        .contains("tool=\"a\\u202eb\\u2066c\\ufeffd\\u200be\\u2028\"");
  }

  /** A handler's exception may repeat an argument, and a line break in one would forge a line. */
  @Test
  void theLogHasNoTextOfWhatAHandlerThrew() throws Throwable {
    ToolGuard guard = guard(DecisionListener.logging());
    List<String> lines =
        OwnLog.of(
            () ->
                assertThatThrownBy(
                        () ->
                            guard.call(
                                ToolCall.of("pay", Map.of(), CALLER),
                                judged -> {
                                  throw new IllegalStateException(
                                      "hunter2\n2026 INFO allowed tool=\"pay\"",
                                      new IllegalArgumentException("hunter2"));
                                }))
                    .isInstanceOf(IllegalStateException.class));

    assertThat(lines)
        .singleElement()
        .asString()
        .contains("handler failed tool=\"pay\"")
        .contains(
            "failure=\"java.lang.IllegalStateException\""
                + " cause=\"java.lang.IllegalArgumentException\" at=\"dev.alcada.guard.")
        .doesNotContain("hunter2");
  }
}
