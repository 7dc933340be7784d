package dev.alcada.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Charge;
import dev.alcada.internal.value.Decimals;
import dev.alcada.policy.Condition;
import dev.alcada.policy.Condition.Operator;
import dev.alcada.policy.Conditions;
import dev.alcada.policy.Policy;
import dev.alcada.policy.Policy.DefaultAction;
import dev.alcada.policy.ToolRule;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers are compared as exact decimals, whatever Java type they come in. */
class ExactNumbersTest {

  /** Double.toString of JDK 17 writes more digits for some of these than are needed. */
  @ParameterizedTest
  @CsvSource({
    "2e23, 2e23",
    "2.0E-3, 0.002",
    "1.0E23, 1e23",
    "8.41E21, 8.41e21",
    "2.2250738585072014E-308, 2.2250738585072014e-308",
    "0.1, 0.1",
    "0.30000000000000004, 0.30000000000000004",
    "-0.0, 0",
    "9007199254740993, 9007199254740992",
    "1.7976931348623157E308, 1.7976931348623157e308"
  })
  void aDoubleStandsForTheShortestDecimalThatReadsBackAsIt(String written, String decimal) {
    double value = Double.parseDouble(written);

    assertThat(Decimals.decimal(value)).isEqualByComparingTo(decimal);
    assertThat(new ExpectedNumber(new BigDecimal(decimal)).compare(value)).isZero();
  }

  @Test
  void aFloatStandsForItsOwnShortestDecimal() {
    assertThat(new ExpectedNumber(new BigDecimal("0.1")).compare(0.1f)).isZero();
    assertThat(new ExpectedNumber(new BigDecimal("16777217")).compare(1.6777216e7f)).isNegative();
  }

  /** Else a policy built in Java would not find the very number that it was given. */
  @Test
  void aFloatingNumberOfAPolicyIsTheOneThatACallSupplies() {
    Double large = Double.valueOf("8.41e21");
    for (Number number : List.<Number>of(large, 0.1, 0.1f, 33554432f, Float.MIN_NORMAL)) {
      Conditions equal = Conditions.of(Condition.of("args.v", Operator.EQ, number));
      Policy policy =
          Policy.builder()
              .defaultAction(DefaultAction.DENY)
              .tool("t", ToolRule.builder().denyIf(equal).build())
              .build();
      ToolCall call = ToolCall.of("t", Map.of("v", number), Caller.grant("g"));
      assertThat(CompiledPolicy.of(policy).judge(call).denied()).as("%s", number).isNotNull();
    }
  }

  @Test
  void theQuickComparisonsAgreeWithExactOnes() {
    Random random = new Random(11);
    List<BigDecimal> expected = new ArrayList<>();
    for (String edge :
        List.of(
            "0",
            "0.5",
            "-0.5",
            "1e-400",
            "-1e-400",
            "1e400",
            "-1e400",
            "9007199254740993",
            "9223372036854775807",
            "9223372036854775807.5",
            "9223372036854775808",
            "-9223372036854775808",
            "-9223372036854775808.5",
            "-9223372036854775809",
            "0.1000000000000000055511151231257827",
            "0.1")) {
      expected.add(new BigDecimal(edge));
    }
    List<Number> found = new ArrayList<>(List.of(Long.MAX_VALUE, Long.MIN_VALUE, 0.1, -0.0));
    for (int i = 0; i < 300; i++) {
      double near = random.nextGaussian() * Math.pow(10, random.nextInt(30) - 10);
      expected.add(new BigDecimal(near));
      expected.add(new BigDecimal(near).setScale(3, RoundingMode.HALF_UP));
      found.add(near);
      found.add(Math.nextUp(near));
      found.add((float) near);
      found.add((long) near);
      found.add((long) near + 1);
      found.add(new BigDecimal(near).toBigInteger());
      found.add(new BigDecimal(near));
    }
    for (BigDecimal one : expected) {
      ExpectedNumber ready = new ExpectedNumber(one);
      for (Number other : found) {
        int exact = Decimals.decimal(other).compareTo(one);
        if (ready.compare(other) != exact) {
          assertThat(ready.compare(other))
              .as("%s %s against %s", other.getClass(), other, one)
              .isEqualTo(exact);
        }
      }
    }
    assertThat(expected.size() * found.size()).isGreaterThan(1_000_000);
  }

  @Test
  void amountsOfDoublesAreWhatTheirDecimalsAre() {
    Random random = new Random(13);
    for (int i = 0; i < 100_000; i++) {
      double amount =
          switch (i % 4) {
            case 0 -> random.nextInt(1_000_000) / 100.0;
            case 1 -> random.nextDouble() * 1e9;
            case 2 -> random.nextInt(1_000_000) / 1e9;
            default -> Math.nextUp(random.nextInt(1000) / 10.0);
          };
      BigDecimal decimal = Decimals.decimal(amount).stripTrailingZeros();
      long expected =
          decimal.scale() > 9
                  || decimal
                          .movePointRight(9)
                          .compareTo(BigDecimal.valueOf(4L * 1_000_000_000L * 1_000_000_000L))
                      > 0
              ? -1
              : decimal.movePointRight(9).longValueExact();
      if (Decimals.units(amount, 9) != expected) {
        assertThat(Decimals.units(amount, 9)).as("%s", amount).isEqualTo(expected);
      }
    }
  }

  @Test
  void aSumOfDoublesThatIsNotAnAmountIsNotRounded() {
    CompiledPolicy policy =
        CompiledPolicy.of(
            Policy.parse(
                """
                {"version": "1", "default": "allow", "all_tools": {"limits": [
                  {"counter": "c", "window": "day", "max": 5, "increment_from": "args.v"}]}}"""));

    assertThat(policy.judge(ToolCall.of("t", Map.of("v", 0.1 + 0.2), Caller.grant("g"))).denied())
        .extracting(Decision::code)
        .isEqualTo(DecisionCode.AMOUNT_INVALID);
    // So large that its billionfold is the same double as that of 588849.36847195.
    assertThat(Decimals.units(588849.3684719501, 9)).isEqualTo(-1);
    assertThat(Decimals.units(588849.36847195, 9)).isEqualTo(588_849_368_471_950L);
    assertThat(
            policy.judge(ToolCall.of("t", Map.of("v", 0.3), Caller.grant("g"))).demand().charges())
        .singleElement()
        .isInstanceOfSatisfying(
            Charge.Amount.class, charge -> assertThat(charge.amount()).isEqualTo(300_000_000L));
  }
}
