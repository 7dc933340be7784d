package dev.alcada.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.policy.Condition;
import dev.alcada.policy.Condition.Operator;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What an operator says of two values of a call, {@code args.a} and {@code args.b}. */
class PairTestTest {
  private static Truth judge(Operator op, Map<String, @Nullable Object> arguments) {
    ConditionPlan plan =
        ConditionPlan.of(Condition.comparing("args.a", op, "args.b"), new Expressions());
    ToolCall call = ToolCall.of("t", arguments, Caller.grant("g"));
    return plan.judge(plan.found(call, null), call, null);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          eq       | 5          | 5.0          | TRUE
          eq       | 5          | "5"          | INDETERMINATE
          eq       | "a"        | "a"          | TRUE
          eq       | "a"        | "A"          | FALSE
          eq       | null       | 5            | FALSE
          eq       | 9007199254740993 | 9007199254740992 | FALSE
          eq       | [1, {"k": 2}] | [1.0, {"k": 2}] | TRUE
          eq       | [1]        | [1, 2]       | FALSE
          eq       | {"k": 1}   | {"K": 1}     | INDETERMINATE
          eq       | {"k": 1}   | {"k": 1, "K": 1} | INDETERMINATE
          eq       | {"k": 1}   | {"k": 1, "__proto__": 1} | INDETERMINATE
          neq      | 5          | 6            | TRUE
          neq      | 5          | "6"          | INDETERMINATE
          neq      | {}         | {"k": 1, "K": 1} | INDETERMINATE
          in       | "a"        | ["b", "a"]   | TRUE
          in       | "a"        | []           | FALSE
          in       | "a"        | [1]          | INDETERMINATE
          in       | "a"        | "a"          | INDETERMINATE
          in       | null       | [null]       | TRUE
          not_in   | "a"        | ["b"]        | TRUE
          not_in   | "a"        | {"a": 1}     | INDETERMINATE
          lt       | 1          | 2            | TRUE
          lte      | 2          | 2.0          | TRUE
          gt       | 1e400      | 5            | TRUE
          gte      | 0.1        | 0.10         | TRUE
          lt       | 9007199254740992.1 | 9007199254740992.2 | TRUE
          gt       | 9007199254740993 | 9007199254740992 | TRUE
          lte      | 0.30000000000000004 | 0.3 | FALSE
          lt       | "1"        | 2            | INDETERMINATE
          lt       | 1          | "2"          | INDETERMINATE
          contains | "abc"      | "b"          | TRUE
          contains | "abc"      | 5            | INDETERMINATE
          contains | ["a", "b"] | "b"          | TRUE
          contains | ["a", 1]   | "b"          | INDETERMINATE
          contains | {"b": 1}   | "b"          | INDETERMINATE
          """)
  void saysWhatTheTableSays(String op, String found, String other, Truth expected) {
    Map<String, @Nullable Object> arguments = new HashMap<>();
    arguments.put("a", Json.read(found));
    arguments.put("b", Json.read(other));

    assertThat(judge(Operator.valueOf(op.toUpperCase(Locale.ROOT)), arguments)).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource(
      names = {"EXISTS", "REGEX"},
      mode = EnumSource.Mode.EXCLUDE)
  void whatIsMissingOrNullOnTheOtherSideSaysNothingWhateverTheOneSideIs(Operator op) {
    for (Object other : Arrays.asList(null, Double.NaN, new Object())) {
      for (Object found : Arrays.asList(null, 5, "a", List.of())) {
        Map<String, @Nullable Object> both = new HashMap<>();
        both.put("a", found);
        both.put("b", other);
        assertThat(judge(op, both)).isEqualTo(Truth.INDETERMINATE);
        both.remove("a");
        assertThat(judge(op, both)).isEqualTo(Truth.INDETERMINATE);
        both.remove("b");
        assertThat(judge(op, both)).isEqualTo(Truth.INDETERMINATE);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"EQ", "NEQ", "CONTAINS"})
  void whatIsLeftOutOnTheOneSideIsFalse(Operator op) {
    assertThat(judge(op, Map.of("b", "x"))).isEqualTo(Truth.FALSE);
  }

  @Test
  void oneTextIsLookedForInAnotherWithinABound() {
    String text = "x".repeat(2000);
    assertThat(judge(Operator.CONTAINS, Map.of("a", text, "b", "x".repeat(1000))))
        .isEqualTo(Truth.TRUE);
    assertThat(judge(Operator.CONTAINS, Map.of("a", text, "b", "x".repeat(1001))))
        .isEqualTo(Truth.INDETERMINATE);
    assertThat(
            judge(
                Operator.CONTAINS,
                Map.of("a", Collections.nCopies(2000, BigDecimal.ONE), "b", "x".repeat(1001))))
        .isEqualTo(Truth.INDETERMINATE);
  }

  /** Whatever it is, its size counts: it is compared with each value of the list. */
  @ParameterizedTest
  @MethodSource("valuesOf1000And1001")
  void oneValueIsLookedForInAListWithinABound(Object each, Object fits, Object tooLarge) {
    List<Object> list = Collections.nCopies(2000, each);
    assertThat(judge(Operator.CONTAINS, Map.of("a", list, "b", fits))).isEqualTo(Truth.FALSE);
    assertThat(judge(Operator.CONTAINS, Map.of("a", list, "b", tooLarge)))
        .isEqualTo(Truth.INDETERMINATE);
  }

  static List<Arguments> valuesOf1000And1001() {
    Map<String, Object> none = Map.of();
    return List.of(
        Arguments.of("", "x".repeat(1000), "x".repeat(1001)),
        Arguments.of(List.of(), Collections.nCopies(999, 1), Collections.nCopies(1000, 1)),
        Arguments.of(none, Map.of("k", "x".repeat(998)), Map.of("k", "x".repeat(999))),
        Arguments.of(none, Map.of("k".repeat(998), 1), Map.of("k".repeat(999), 1)),
        Arguments.of(
            List.of(),
            List.of(Map.of("k", "x".repeat(997))),
            List.of(Map.of("k", "x".repeat(998)))));
  }
}
