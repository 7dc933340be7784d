package dev.alcada.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.audit.DecisionEvent;
import dev.alcada.audit.DecisionListener;
import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.Policy;
import dev.alcada.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A clock that reads another year for a while, and what was counted before. */
class LeapTest {
  private static final Policy ONE_RECIPIENT_A_DAY =
      Policy.parse(
          """
          {"version": "1", "default": "deny", "tools": {"pay": {"limits": [
            {"counter": "recipients", "window": "day", "alignment": "calendar", "timezone": "UTC",
             "max": 1, "distinct": "args.to"}]}}}
          """);

  private final ManualTime time = new ManualTime(Instant.parse("2026-11-29T10:00:00Z"));
  private boolean diskIsFull;
  private final ToolGuard guard =
      ToolGuard.builder(ONE_RECIPIENT_A_DAY)
          .timeSource(time)
          .listener(
              new DecisionListener() {
                @Override
                public boolean required() {
                  return true;
                }

                @Override
                public void onDecision(DecisionEvent event) {
                  if (diskIsFull) {
                    throw new IllegalStateException("disk full");
                  }
                }
              })
          .build();

  private boolean pays(String to) throws Exception {
    return guard.call(ToolCall.of("pay", Map.of("to", to), Caller.grant("g")), call -> "paid")
        instanceof Outcome.Completed;
  }

  @Test
  void aValueStaysCountedWhenACallOfAnotherYearThatDidNotBeginHadItToo() throws Exception {
    assertThat(pays("ana")).isTrue();
    assertThat(pays("bob")).isFalse();

    time.advance(Duration.ofMinutes(1));
    time.setWall(Instant.parse("2038-01-19T03:14:07Z"));
    diskIsFull = true;
    assertThat(pays("ana")).as("what cannot be recorded does not begin").isFalse();
    diskIsFull = false;
    time.advance(Duration.ofMinutes(1));
    time.setWall(Instant.parse("2026-11-29T10:02:00Z"));

    assertThat(pays("bob")).as("a second recipient of the day").isFalse();
  }
}
