package dev.alcada.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Refusal;
import dev.alcada.decision.ReferencePolicy.Answer;
import dev.alcada.decision.ReferenceValues.Call;
import dev.alcada.policy.Policy;
import dev.alcada.policy.PolicyException;
import dev.alcada.time.Window;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The compiled plans against the naive reference, over documents and calls drawn at random. */
class DifferentialTest {
  private static final int POLICIES = 10_000;
  private static final int CALLS_EACH = 10;

  @Test
  void agreesWithTheReferenceOnAHundredThousandRandomCalls() {
    RandomCases cases = new RandomCases(3);
    Map<String, Integer> seen = new TreeMap<>();
    int judged = 0;
    for (int i = 0; i < POLICIES; ) {
      Map<String, @Nullable Object> document = cases.document();
      Policy policy;
      try {
        policy = Policy.parse(Json.write(document));
      } catch (PolicyException e) {
        continue;
      }
      i++;
      CompiledPolicy compiled = CompiledPolicy.of(policy);
      ReferencePolicy reference = new ReferencePolicy(document, DifferentialTest::count);
      for (int j = 0; j < CALLS_EACH; j++) {
        Call call = cases.call();
        Judgement judgement = compiled.judge(toolCall(call));
        Answer answer = answer(judgement);
        Answer expected = reference.decide(call);
        if (!answer.equals(expected)) {
          assertThat(answer).as("%s%n%s", Json.write(document), call).isEqualTo(expected);
        }
        Judgement shadow = judgement.shadow();
        Answer expectedShadow = reference.shadow(call);
        if (judgement.denied() != null
            && expectedShadow != null
            && (!expectedShadow.outcome().equals("denied")
                || expectedShadow.code().equals("limit"))) {
          // A call that is not made is not counted by a rule in shadow either.
          expectedShadow = null;
        }
        if ((shadow == null) != (expectedShadow == null)
            || (shadow != null && !answer(shadow).equals(expectedShadow))) {
          assertThat(shadow == null ? null : answer(shadow))
              .as("in shadow: %s%n%s", Json.write(document), call)
              .isEqualTo(expectedShadow);
        }
        seen.merge(expected.outcome() + " " + expected.code(), 1, Integer::sum);
        if (expectedShadow != null) {
          seen.merge("shadow " + expectedShadow.outcome(), 1, Integer::sum);
        }
        judged++;
      }
    }
    assertThat(judged).isEqualTo(100_000);
    assertThat(seen.keySet())
        .contains(
            "allowed ",
            "approval_required approval_pending",
            "denied action",
            "denied amount_invalid",
            "denied deny_if",
            "denied hidden",
            "denied limit",
            "denied limit_never",
            "denied not_listed",
            "denied require",
            "denied scope_missing",
            "denied unjudged",
            "shadow allowed",
            "shadow approval_required",
            "shadow denied");
    assertThat(seen.values()).allSatisfy(times -> assertThat(times).isGreaterThan(100));
  }

  static ToolCall toolCall(Call call) {
    Caller caller = Caller.grant(call.grant());
    if (call.session() != null) {
      caller = caller.withSession(call.session());
    }
    if (call.client() != null) {
      caller = caller.withClient(call.client());
    }
    for (Map.Entry<String, ?> attribute : call.context().entrySet()) {
      caller = caller.withAttribute(attribute.getKey(), attribute.getValue());
    }
    return ToolCall.of(call.tool(), call.arguments(), caller);
  }

  /** What some counter holds: anything, as long as it is always the same. */
  private static BigDecimal count(String key) {
    return BigDecimal.valueOf(Math.floorMod(key.hashCode(), 7));
  }

  private static Answer answer(Judgement judgement) {
    Decision.Denied denied = judgement.denied();
    List<String> charges = new ArrayList<>();
    for (int i = 0; i < judgement.demand().charges().size() && denied == null; i++) {
      Charge.Amount charge = (Charge.Amount) judgement.demand().charge(i);
      String key = key(charge.key());
      int decimals = charge.decimals();
      BigDecimal held = count(key).setScale(decimals);
      if (charge.amount() > charge.max()) {
        denied = judgement.refused(new Refusal(i, Refusal.Reason.ABOVE_MAX, null));
      } else if (charge.amount() > 0
          && held.unscaledValue().longValueExact() + charge.amount() > charge.max()) {
        denied = judgement.refused(new Refusal(i, Refusal.Reason.EXHAUSTED, null));
      }
      charges.add(
          String.join(
              " ",
              key,
              decimal(charge.max(), decimals),
              decimal(charge.amount(), decimals),
              charge.releasable() ? "successes" : "attempts"));
    }
    if (denied != null) {
      return Answer.denied(denied.rule(), denied.code().text());
    }
    List<String> asks = judgement.asks().stream().map(AskingRule::rule).toList();
    return new Answer(
        asks.isEmpty() ? "allowed" : "approval_required",
        asks.isEmpty() ? "" : asks.get(0),
        asks.isEmpty() ? "" : "approval_pending",
        asks,
        charges);
  }

  private static String decimal(long units, int decimals) {
    BigDecimal decimal = BigDecimal.valueOf(units, decimals).stripTrailingZeros();
    return decimal.toPlainString();
  }

  private static String key(CounterKey key) {
    return key.counter().namespace()
        + " "
        + key.counter().name()
        + " "
        + key.counter().window().length()
        + (key.counter().window() instanceof Window.Calendar calendar ? " " + calendar.zone() : "")
        + " "
        + key.counter().scope()
        + " ["
        + key.value()
        + (key.session() == null ? "" : "|" + key.session())
        + "]";
  }
}
