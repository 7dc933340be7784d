package dev.alcada.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Refusal.Reason;
import dev.alcada.decision.ReferencePolicy.Answer;
import dev.alcada.decision.ReferenceValues.Call;
import dev.alcada.policy.Policy;
import dev.alcada.policy.PolicyException;
import dev.alcada.testing.ManualTime;
import dev.alcada.time.Window;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The compiled plans against the naive reference, over documents with everything that the language
 * has gained: other sides, scopes of several parts, limits for some calls, on what runs and on
 * different values, what is done once, marks, the clock and a halt.
 */
@Tag("any-jvm")
class GainedDifferentialTest {
  private static final int POLICIES = 10_000;
  private static final int CALLS_EACH = 10;

  private static final List<String> GAINS =
      List.of(
          "call",
          "distinct",
          "halt",
          "if",
          "in_flight",
          "marks",
          "once",
          "parts",
          "time",
          "value_from");

  private final ManualTime time = new ManualTime();
  private final Random random = new Random(16);
  private final Map<String, Integer> seen = new TreeMap<>();
  private final Map<String, Integer> decided = new TreeMap<>();

  private final ReferencePolicy.World world =
      new ReferencePolicy.World() {
        @Override
        public ZonedDateTime now(ZoneId zone) {
          return time.instant().atZone(zone);
        }

        @Override
        public boolean marked(String key) {
          return isMarked(key);
        }

        @Override
        public boolean made(String key) {
          return isMade(key);
        }

        @Override
        public @Nullable String digest(Call call) {
          return DifferentialTest.toolCall(call).digest();
        }
      };

  @Test
  void agreesWithTheReferenceOnAHundredThousandRandomCalls() {
    RandomCases cases = new RandomCases(5, true);
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
      assertThat(Policy.parse(policy.toJson())).isEqualTo(policy);
      CompiledPolicy compiled = CompiledPolicy.of(policy, time);
      ReferencePolicy reference =
          new ReferencePolicy(document, GainedDifferentialTest::count, world);
      for (int j = 0; j < CALLS_EACH; j++) {
        time.setWall(Instant.parse("2026-11-10T00:00:00Z").plusSeconds(random.nextInt(1_728_000)));
        compare(cases.call(), compiled, reference, document);
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
            "denied duplicate",
            "denied halted",
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
    assertThat(seen.values())
        .as("%s", seen)
        .allSatisfy(times -> assertThat(times).isGreaterThan(100));
    assertThat(decided.keySet()).containsExactlyElementsOf(GAINS);
    assertThat(decided.values())
        .as("%s", decided)
        .allSatisfy(times -> assertThat(times).isGreaterThan(1000));
  }

  private void compare(
      Call call,
      CompiledPolicy compiled,
      ReferencePolicy reference,
      Map<String, @Nullable Object> document) {
    Judgement judgement = compiled.judge(DifferentialTest.toolCall(call));
    Judgement shadow = judgement.shadow();
    Answer answer = answer(judgement);
    Answer expected = reference.decide(call);
    reference.decided().forEach(gain -> decided.merge(gain, 1, Integer::sum));
    if (!answer.equals(expected)) {
      assertThat(answer)
          .as("%s%n%s at %s", Json.write(document), call, time.instant())
          .isEqualTo(expected);
    }
    seen.merge(expected.outcome() + " " + expected.code(), 1, Integer::sum);
    Answer expectedShadow = reference.shadow(call);
    Answer shadowed = shadow == null ? null : answer(shadow);
    if (judgement.denied() == null && !judgement.needsMarks() && !expectedIsDenied(expected)) {
      if (expectedShadow == null ? shadowed != null : !expectedShadow.equals(shadowed)) {
        assertThat(shadowed)
            .as("in shadow: %s%n%s at %s", Json.write(document), call, time.instant())
            .isEqualTo(expectedShadow);
      }
      if (expectedShadow != null) {
        seen.merge("shadow " + expectedShadow.outcome(), 1, Integer::sum);
      }
    }
  }

  private static boolean expectedIsDenied(Answer answer) {
    return answer.outcome().equals("denied");
  }

  /** What some counter holds: anything, as long as it is always the same. */
  private static BigDecimal count(String key) {
    return BigDecimal.valueOf(Math.floorMod(key.hashCode(), 7));
  }

  private static boolean isMarked(String key) {
    return Math.floorMod(key.hashCode(), 2) == 1;
  }

  private static boolean isMade(String key) {
    return Math.floorMod(key.hashCode(), 4) == 1;
  }

  static Answer answer(Judgement first) {
    Judgement judgement = first;
    if (first.needsMarks()) {
      assertThat(first.denied()).isNull();
      assertThat(first.asks()).isEmpty();
      assertThat(first.demand().reads()).isNotEmpty().allMatch(read -> read.there() == null);
      List<Boolean> there = new ArrayList<>();
      first.demand().reads().forEach(read -> there.add(isMarked(key(read.key()))));
      judgement = first.withMarks(there);
      assertThat(judgement.needsMarks()).isFalse();
      if (judgement.denied() == null) {
        assertThat(judgement.demand().reads().stream().map(Demand.Read::there)).isEqualTo(there);
      }
    }
    Decision.Denied denied = judgement.denied();
    Demand demand = judgement.demand();
    List<String> charges = new ArrayList<>();
    for (int i = 0; i < demand.size() && denied == null; i++) {
      Charge charge = demand.charge(i);
      String text = text(charge);
      charges.add(text);
      if (charge instanceof Charge.Once && isMade(text)) {
        denied =
            judgement.refused(
                Refusal.duplicate(i, new Refusal.Earlier(Duration.ofSeconds(5), null)));
      }
    }
    for (int i = 0; i < demand.size() && denied == null; i++) {
      if (isExhausted(demand.charge(i))) {
        denied = judgement.refused(new Refusal(i, Reason.EXHAUSTED, null));
      }
    }
    if (denied != null) {
      assertThat(denied.message()).isNotBlank();
      return Answer.denied(denied.rule(), denied.code().text());
    }
    demand.tried().forEach(mark -> charges.add("tried " + text(mark)));
    demand.done().forEach(mark -> charges.add("done " + text(mark)));
    assertThat(judgement.doneMarks(null)).isEqualTo(demand.done());
    List<String> asks = judgement.asks().stream().map(AskingRule::rule).toList();
    return new Answer(
        asks.isEmpty() ? "allowed" : "approval_required",
        asks.isEmpty() ? "" : asks.get(0),
        asks.isEmpty() ? "" : "approval_pending",
        asks,
        charges);
  }

  private static boolean isExhausted(Charge charge) {
    if (charge instanceof Charge.Distinct several) {
      return !several.values().isEmpty()
          && count(key(charge.key())).longValueExact() + several.values().size() > several.max();
    } else if (charge instanceof Charge.Once) {
      return false;
    }
    long amount =
        charge instanceof Charge.Amount one ? one.amount() : ((Charge.InFlight) charge).amount();
    long max = charge instanceof Charge.Amount one ? one.max() : ((Charge.InFlight) charge).max();
    int decimals =
        charge instanceof Charge.Amount one
            ? one.decimals()
            : ((Charge.InFlight) charge).decimals();
    BigDecimal held = count(key(charge.key())).setScale(decimals);
    return amount > 0 && held.unscaledValue().longValueExact() + amount > max;
  }

  private static String text(Mark mark) {
    return key(mark.key()) + " " + mark.lasts();
  }

  private static String text(Charge charge) {
    String key = key(charge.key());
    if (charge instanceof Charge.Amount one) {
      return String.join(
          " ",
          key,
          decimal(one.max(), one.decimals()),
          decimal(one.amount(), one.decimals()),
          one.releasable() ? "successes" : "attempts");
    } else if (charge instanceof Charge.InFlight one) {
      return String.join(
          " ",
          key,
          decimal(one.max(), one.decimals()),
          decimal(one.amount(), one.decimals()),
          "lease " + one.lease());
    } else if (charge instanceof Charge.Distinct one) {
      return key + " " + one.max() + " " + new TreeSet<>(one.values());
    }
    return key + " " + ((Charge.Once) charge).window().length();
  }

  private static String decimal(long units, int decimals) {
    BigDecimal decimal = BigDecimal.valueOf(units, decimals).stripTrailingZeros();
    return decimal.toPlainString();
  }

  private static String key(CounterKey key) {
    CounterId id = key.counter();
    Window window = id.window();
    String name =
        switch (id.kind()) {
          case AMOUNT, DISTINCT ->
              (id.kind() == CounterId.Kind.DISTINCT ? "distinct " : "")
                  + id.name()
                  + " "
                  + (window == null ? "" : window.length())
                  + (window instanceof Window.Calendar calendar ? " " + calendar.zone() : "")
                  + " "
                  + id.scope();
          case IN_FLIGHT -> "in_flight " + id.name() + " " + id.scope();
          case ONCE -> id.name();
          case MARK -> id.name() + " " + id.scope();
        };
    return id.namespace()
        + " "
        + name
        + " ["
        + key.value()
        + (key.session() == null ? "" : "|" + key.session())
        + "]";
  }
}
