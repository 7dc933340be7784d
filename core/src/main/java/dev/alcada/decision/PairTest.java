package dev.alcada.decision;

import dev.alcada.internal.value.Decimals;
import dev.alcada.internal.value.FrozenList;
import dev.alcada.internal.value.FrozenObject;
import dev.alcada.internal.value.JsonType;
import dev.alcada.internal.value.Missing;
import dev.alcada.policy.Condition.Operator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an operator says of two values of a call. The other side is looked at first: where it is
 * missing, null or of no use to the operator, nothing can be said, whatever is compared with it.
 */
final class PairTest {
  /** The lengths of two values, multiplied, of which one is looked for in the other. */
  private static final long MOST_STEPS = 2_000_000;

  private final Operator op;

  PairTest(Operator op) {
    this.op = op;
    if (op == Operator.EXISTS || op == Operator.REGEX) {
      throw new IllegalArgumentException(op + " compares with no other value of a call");
    }
  }

  Truth test(@Nullable Object found, @Nullable Object other) {
    if (other == null || other instanceof Missing || !isOfUse(other)) {
      return Truth.INDETERMINATE;
    } else if (found == Missing.ABSENT) {
      return Truth.FALSE;
    } else if (found instanceof Missing) {
      return Truth.INDETERMINATE;
    }
    return switch (op) {
      case EQ -> equal(found, other);
      case NEQ -> equal(found, other).negated();
      case IN -> in(found, (FrozenList<?>) other);
      case NOT_IN -> in(found, (FrozenList<?>) other).negated();
      case CONTAINS -> contains(found, other);
      default -> ordered(found, (Number) other);
    };
  }

  private boolean isOfUse(Object other) {
    return switch (op) {
      case IN, NOT_IN -> other instanceof FrozenList<?>;
      case LT, LTE, GT, GTE -> other instanceof Number && JsonType.of(other) == JsonType.NUMBER;
      default -> true;
    };
  }

  private static Truth equal(@Nullable Object found, @Nullable Object other) {
    if (found instanceof String text && other instanceof String wanted) {
      return Truth.of(text.equals(wanted));
    }
    return Equality.to(other).test(found);
  }

  private static Truth in(@Nullable Object found, FrozenList<?> list) {
    Truth any = Truth.FALSE;
    for (int i = 0; i < list.size() && any != Truth.TRUE; i++) {
      any = any.or(equal(found, list.get(i)));
    }
    return any;
  }

  private static Truth contains(@Nullable Object found, Object other) {
    if (found instanceof String text && other instanceof String part) {
      return (long) text.length() * part.length() > MOST_STEPS
          ? Truth.INDETERMINATE
          : Truth.of(text.contains(part));
    }
    if (!(found instanceof FrozenList<?> list) || list.size() * weight(other) > MOST_STEPS) {
      return Truth.INDETERMINATE;
    }
    Equality equality = Equality.to(other);
    Truth any = Truth.FALSE;
    for (int i = 0; i < list.size() && any != Truth.TRUE; i++) {
      any = any.or(equality.test(list.get(i)));
    }
    return any;
  }

  /** {@return how much there is to compare with: the characters of a text, all values of a list} */
  private static long weight(@Nullable Object value) {
    if (value instanceof String text) {
      return Math.max(1, text.length());
    }
    long weight = 1;
    if (value instanceof FrozenObject object) {
      for (Map.Entry<String, ?> member : object.entrySet()) {
        weight += member.getKey().length() + weight(member.getValue());
      }
    } else if (value instanceof List<?> list) {
      for (Object element : list) {
        weight += weight(element);
      }
    }
    return weight;
  }

  private Truth ordered(@Nullable Object found, Number other) {
    if (!(found instanceof Number number) || JsonType.of(found) != JsonType.NUMBER) {
      return Truth.INDETERMINATE;
    }
    int compared =
        Decimals.integral(number) && Decimals.integral(other)
            ? Long.compare(number.longValue(), other.longValue())
            : Decimals.decimal(number).compareTo(Decimals.decimal(other));
    return Truth.of(
        switch (op) {
          case LT -> compared < 0;
          case LTE -> compared <= 0;
          case GT -> compared > 0;
          default -> compared >= 0;
        });
  }
}
