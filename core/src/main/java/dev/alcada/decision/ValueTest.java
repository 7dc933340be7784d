package dev.alcada.decision;

import dev.alcada.internal.regex.Regex;
import dev.alcada.internal.value.FrozenList;
import dev.alcada.internal.value.JsonType;
import dev.alcada.internal.value.Missing;
import dev.alcada.policy.Condition;
import dev.alcada.policy.Condition.Operator;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a condition's operator says of a value, which may be {@link Missing}. */
@FunctionalInterface
interface ValueTest {
  Truth test(@Nullable Object found);

  /**
   * Makes a condition's operator ready to be used with its value.
   *
   * @param expressions the expressions of the condition's policy
   */
  static ValueTest of(Condition condition, Expressions expressions) {
    Object value = condition.value();
    return switch (condition.op()) {
      case EQ -> ofPresent(Equality.to(value));
      case NEQ -> ofPresent(negation(Equality.to(value)));
      case IN -> ofPresent(Equality.toAnyOf((List<?>) of(condition, value)));
      case NOT_IN -> ofPresent(negation(Equality.toAnyOf((List<?>) of(condition, value))));
      case LT, LTE, GT, GTE ->
          value instanceof String date
              ? ofPresent(dates(condition.op(), date))
              : ofPresent(
                  order(condition.op(), new ExpectedNumber((BigDecimal) of(condition, value))));
      case REGEX -> ofPresent(search(expressions.of(condition)));
      case CONTAINS -> ofPresent(contains(value));
      case EXISTS -> exists((Boolean) of(condition, value));
    };
  }

  private static Object of(Condition condition, @Nullable Object value) {
    if (value == null) {
      throw new IllegalArgumentException(condition.op() + " needs a value");
    }
    return value;
  }

  private static ValueTest ofPresent(ValueTest test) {
    return found ->
        found == Missing.ABSENT
            ? Truth.FALSE
            : found instanceof Missing ? Truth.INDETERMINATE : test.test(found);
  }

  private static ValueTest negation(Equality equality) {
    return found -> equality.test(found).negated();
  }

  private static ValueTest order(Operator op, ExpectedNumber bound) {
    return found -> {
      if (!(found instanceof Number number) || JsonType.of(found) != JsonType.NUMBER) {
        return Truth.INDETERMINATE;
      }
      int compared = bound.compare(number);
      return Truth.of(
          switch (op) {
            case LT -> compared < 0;
            case LTE -> compared <= 0;
            case GT -> compared > 0;
            default -> compared >= 0;
          });
    };
  }

  /** Dates are in the order of their texts. */
  private static ValueTest dates(Operator op, String bound) {
    return found -> {
      if (!(found instanceof String date)) {
        return Truth.INDETERMINATE;
      }
      int compared = date.compareTo(bound);
      return Truth.of(
          switch (op) {
            case LT -> compared < 0;
            case LTE -> compared <= 0;
            case GT -> compared > 0;
            default -> compared >= 0;
          });
    };
  }

  private static ValueTest search(Regex expression) {
    int longest = expression.longestText();
    return found ->
        found instanceof String text && text.length() <= longest
            ? Truth.of(expression.finds(text))
            : Truth.INDETERMINATE;
  }

  private static ValueTest contains(@Nullable Object value) {
    Equality equality = Equality.to(value);
    return found -> {
      if (found instanceof String text && value instanceof String part) {
        return Truth.of(text.contains(part));
      }
      if (!(found instanceof FrozenList<?> list)) {
        return Truth.INDETERMINATE;
      }
      Truth any = Truth.FALSE;
      for (int i = 0; i < list.size() && any != Truth.TRUE; i++) {
        any = any.or(equality.test(list.get(i)));
      }
      return any;
    };
  }

  private static ValueTest exists(boolean wanted) {
    return found ->
        found == Missing.UNREADABLE
            ? Truth.INDETERMINATE
            : Truth.of((found != null && !(found instanceof Missing)) == wanted);
  }
}
