package demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.DecisionCode;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import dev.alcada.testing.ManualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A user's own test of a policy, as README.md shows it. */
class PaymentsPolicyTest {
  @Test
  void refundsEndAtTwoThousandADay() throws Exception {
    ManualTime time = new ManualTime();
    Policy policy = Policy.load(Path.of("policies/payments.yaml"));
    ToolGuard guard = ToolGuard.builder(policy).timeSource(time).build();
    ToolCall refund = ToolCall.of("refund_charge", Map.of("amount", 100), Caller.grant("agent-7"));

    for (int i = 0; i < 20; i++) {
      guard.call(refund, judged -> "refunded");
    }
    assertEquals(DecisionCode.LIMIT, guard.check(refund).code());

    time.advance(Duration.ofDays(1));
    assertInstanceOf(Decision.Allowed.class, guard.check(refund));
  }
}
