package dev.alcada.decision;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.policy.Condition.Operator;
import dev.alcada.policy.Policy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every operator with every kind of value, as {@code operators.tsv} has it. */
class OperatorTableTest {
  private static final List<List<String>> ROWS = Table.rows("operators.tsv");

  private final Map<String, CompiledPolicy> policies = new HashMap<>();

  @ParameterizedTest
  @EnumSource
  void saysWhatTheTableSays(Operator op) {
    List<String> wrong = new ArrayList<>();
    int rows = 0;
    for (List<String> row : ROWS) {
      if (row.get(0).equals(op.toString())) {
        rows++;
        for (Map<String, @Nullable Object> arguments : arguments(row.get(2))) {
          String truth = truth(row.get(0), row.get(1), arguments);
          if (!truth.equals(row.get(3))) {
            wrong.add(row + " is " + truth + " of " + arguments);
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(rows).isGreaterThan(80);
  }

  @Test
  void theTableHasNoOtherOperator() {
    assertThat(ROWS)
        .allSatisfy(
            row ->
                assertThat(Operator.values()).extracting(Operator::toString).contains(row.get(0)));
  }

  /** A required condition lets the call go on if true, and tells false from indeterminate. */
  private String truth(String op, String value, Map<String, @Nullable Object> arguments) {
    CompiledPolicy policy =
        policies.computeIfAbsent(
            op + value,
            key ->
                CompiledPolicy.of(
                    Policy.parse(
                        """
                        {"version": "1", "default": "deny", "tools": {"t": {"require": [
                          {"conditions": [{"path": "args.v", "op": "%s", "value": %s}]}]}}}
                        """
                            .formatted(op, value))));
    Decision.Denied denied = policy.judge(ToolCall.of("t", arguments, Caller.grant("g"))).denied();
    if (denied == null) {
      return "T";
    }
    return switch (requireNonNull(denied.code())) {
      case REQUIRE -> "F";
      case UNJUDGED -> "I";
      default -> denied.toString();
    };
  }

  /** A number of the table is tried as every Java type that can stand for exactly it. */
  private static List<Map<String, @Nullable Object>> arguments(String cell) {
    List<Map<String, @Nullable Object>> all = new ArrayList<>();
    switch (cell) {
      case "(absent)" -> all.add(Map.of());
      case "(unreadable)" -> all.add(Map.of("v", 1, "V", 1));
      case "(NaN)" -> {
        all.add(Map.of("v", Double.NaN));
        all.add(Map.of("v", Float.NaN));
      }
      case "(infinity)" -> {
        all.add(Map.of("v", Double.NEGATIVE_INFINITY));
        all.add(Map.of("v", Float.POSITIVE_INFINITY));
      }
      case "(Java object)" -> {
        all.add(Map.of("v", CharBuffer.wrap("a")));
        all.add(Map.of("v", new AtomicLong(5)));
        all.add(Map.of("v", new int[] {1}));
        all.add(Map.of("v", 'a'));
        all.add(Map.of("v", Map.of(1, 1)));
      }
      default -> {
        Object value = Json.read(cell);
        List<@Nullable Object> spellings = new ArrayList<>();
        spellings.add(value);
        if (value instanceof Number number) {
          spellings.addAll(typesOf(new BigDecimal(number.toString())));
        }
        for (Object spelling : spellings) {
          Map<String, @Nullable Object> arguments = new LinkedHashMap<>();
          arguments.put("v", spelling);
          all.add(arguments);
        }
      }
    }
    return all;
  }

  private static List<Object> typesOf(BigDecimal number) {
    List<Object> types = new ArrayList<>(List.of(number, number.setScale(number.scale() + 2)));
    if (number.stripTrailingZeros().scale() <= 0 && number.precision() < 100) {
      BigInteger whole = number.toBigIntegerExact();
      types.add(whole);
      if (whole.bitLength() < 64) {
        types.add(whole.longValueExact());
      }
      if (whole.bitLength() < 16) {
        types.add(whole.shortValueExact());
      }
      if (whole.bitLength() < 8) {
        types.add(whole.byteValueExact());
      }
    }
    double asDouble = number.doubleValue();
    if (Double.isFinite(asDouble)
        && new BigDecimal(Double.toString(asDouble)).compareTo(number) == 0) {
      types.add(asDouble);
    }
    float asFloat = number.floatValue();
    if (Float.isFinite(asFloat) && new BigDecimal(Float.toString(asFloat)).compareTo(number) == 0) {
      types.add(asFloat);
    }
    return types;
  }
}
