package dev.alcada.policy;

import dev.alcada.policy.Condition.Operator;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether conditions can be true, or false, of one call. Where it cannot be told (two
 * expressions, say) they can.
 */
final class Contradictions {
  /** A condition and whether it is to be true or false. */
  record Demand(Condition condition, boolean wanted) {
    static Demand of(Condition condition) {
      return new Demand(condition, true);
    }
  }

  /** What a value can be. */
  private enum Type {
    ABSENT,
    NULL,
    BOOLEAN,
    NUMBER,
    TEXT,
    LIST,
    OBJECT
  }

  /** Two of the demands that no call meets together; the first is null if one alone is that. */
  record Conflict(@Nullable Condition first, Condition second) {}

  /** More are not looked at: nobody has written them by hand. */
  static final int MOST = 200;

  private Contradictions() {}

  /** {@return what no call meets, or null if a call may meet all of them} */
  static @Nullable Conflict conflict(List<Demand> demands) {
    if (demands.size() > MOST
        || (demands.size() == 1 && demands.get(0).condition.valueFrom() != null)
        || (demands.size() == 1 && !isOfText(demands.get(0)))) {
      return null;
    }
    Map<ValuePath, List<Demand>> byPath = new LinkedHashMap<>();
    for (Demand demand : demands) {
      if (demand.condition.valueFrom() != null || demand.condition.scope() != null) {
        // What the call compares with can be anything; marks of two values are two.
        continue;
      }
      byPath.computeIfAbsent(demand.condition.path(), path -> new ArrayList<>()).add(demand);
    }
    for (List<Demand> ofPath : byPath.values()) {
      if (!possible(ofPath)) {
        return pair(ofPath);
      }
    }
    return byPath.size() < 2 ? null : withParent(byPath);
  }

  /** Such a demand may be one that no text meets. */
  private static boolean isOfText(Demand demand) {
    ValuePath.Root root = demand.condition.path().root();
    return root != ValuePath.Root.ARGS
        && root != ValuePath.Root.CONTEXT
        && root != ValuePath.Root.RESULT;
  }

  private static Conflict pair(List<Demand> demands) {
    Demand last = demands.get(0);
    for (int j = 0; j < demands.size(); j++) {
      last = demands.get(j);
      if (!possible(List.of(last))) {
        return new Conflict(null, last.condition);
      }
      for (int i = 0; i < j; i++) {
        if (!possible(List.of(demands.get(i), last))) {
          return new Conflict(demands.get(i).condition, last.condition);
        }
      }
    }
    return new Conflict(demands.get(0).condition, last.condition);
  }

  /** What is absent has no members. */
  private static @Nullable Conflict withParent(Map<ValuePath, List<Demand>> byPath) {
    for (Map.Entry<ValuePath, List<Demand>> entry : byPath.entrySet()) {
      ValuePath path = entry.getKey();
      if (meets(entry.getValue(), Type.ABSENT)) {
        continue;
      }
      for (int length = path.steps().size() - 1; length > 0; length--) {
        List<Demand> above =
            byPath.get(new ValuePath(path.root(), path.steps().subList(0, length)));
        Demand absent = above == null ? null : wantsAbsent(above);
        if (absent != null) {
          return new Conflict(absent.condition, entry.getValue().get(0).condition);
        }
      }
    }
    return null;
  }

  private static @Nullable Demand wantsAbsent(List<Demand> demands) {
    for (Demand demand : demands) {
      if (demand.condition.op() == Operator.EXISTS
          && Boolean.valueOf(!demand.wanted).equals(demand.condition.value())) {
        return demand;
      }
    }
    return null;
  }

  private static boolean possible(List<Demand> demands) {
    ValuePath.Root root = demands.get(0).condition.path().root();
    boolean any =
        root == ValuePath.Root.ARGS
            || root == ValuePath.Root.CONTEXT
            || root == ValuePath.Root.RESULT;
    boolean isNumber =
        root == ValuePath.Root.TIME
            && !PathParser.ClockValues.isText(demands.get(0).condition.path());
    for (Type type : Type.values()) {
      boolean has =
          any
              || (type == Type.NUMBER ? isNumber : type == Type.TEXT && !isNumber)
              || (type == Type.ABSENT
                  && (root == ValuePath.Root.SESSION
                      || root == ValuePath.Root.CLIENT
                      || root == ValuePath.Root.MARKS));
      if (has && meets(demands, type)) {
        return true;
      }
    }
    return false;
  }

  private static boolean meets(List<Demand> demands, Type type) {
    for (Demand demand : demands) {
      if (!admits(demand, type)) {
        return false;
      }
    }
    return switch (type) {
      case ABSENT, NULL -> true;
      case NUMBER -> numbers(withBounds(demands));
      case TEXT -> texts(demands);
      default -> values(demands, type);
    };
  }

  /** Whether some value of a type meets a demand, if values of a type are all alike. */
  private static boolean admits(Demand demand, Type type) {
    Condition condition = demand.condition;
    boolean wanted = demand.wanted;
    Object value = condition.value();
    Operator op = condition.op();
    if (op == Operator.EXISTS) {
      boolean exists = type != Type.ABSENT && type != Type.NULL;
      return Boolean.valueOf(exists == wanted).equals(value);
    } else if (type == Type.ABSENT) {
      // Whatever else is asked of an absent argument is false, and of what a host did not supply
      // nobody knows.
      return !wanted && condition.path().root() == ValuePath.Root.ARGS;
    }
    return switch (op) {
      case EQ, NEQ -> equals(value, type, wanted == (op == Operator.EQ));
      case IN, NOT_IN -> isIn((List<?>) value, type, wanted == (op == Operator.IN));
      case LT, LTE, GT, GTE ->
          type == Type.NUMBER || (type == Type.TEXT && value instanceof String);
      case REGEX -> type == Type.TEXT;
      default -> type == Type.LIST || (type == Type.TEXT && value instanceof String);
    };
  }

  /** {@return whether a condition can be false, and not merely unknown, of such a value} */
  static boolean canBeFalse(Condition condition, Object value) {
    return admits(new Demand(condition, false), type(value));
  }

  private static boolean equals(@Nullable Object value, Type type, boolean wanted) {
    if (type == Type.NULL || value == null) {
      return wanted == (type == Type.NULL && value == null);
    }
    return type == type(value);
  }

  /** It is false only if it is of none: what is of another type cannot be compared. */
  private static boolean isIn(@Nullable List<?> values, Type type, boolean wanted) {
    if (values == null) {
      return true;
    } else if (wanted) {
      return values.stream().anyMatch(value -> type(value) == type);
    }
    return type == Type.NULL
        ? !values.contains(null)
        : values.stream().allMatch(value -> value == null || type(value) == type);
  }

  private static Type type(@Nullable Object value) {
    if (value == null) {
      return Type.NULL;
    } else if (value instanceof Boolean) {
      return Type.BOOLEAN;
    } else if (value instanceof Number) {
      return Type.NUMBER;
    } else if (value instanceof String) {
      return Type.TEXT;
    }
    return value instanceof List<?> ? Type.LIST : Type.OBJECT;
  }

  /** The values of a type that {@code eq} and {@code in} leave, or null if they leave many. */
  private static @Nullable Set<Object> left(List<Demand> demands, Type type) {
    Set<Object> left = type == Type.BOOLEAN ? new HashSet<>(Set.of(true, false)) : null;
    Set<Object> excluded = new HashSet<>();
    for (Demand demand : demands) {
      Condition condition = demand.condition;
      boolean positive = condition.op() == Operator.EQ || condition.op() == Operator.IN;
      boolean negative = condition.op() == Operator.NEQ || condition.op() == Operator.NOT_IN;
      if (!positive && !negative) {
        continue;
      }
      Set<Object> named = new HashSet<>();
      Object value = condition.value();
      boolean list = condition.op() == Operator.IN || condition.op() == Operator.NOT_IN;
      for (Object one : list && value instanceof List<?> all ? all : single(value)) {
        if (one != null && type(one) == type) {
          named.add(one);
        }
      }
      if (positive == demand.wanted) {
        if (left == null) {
          left = named;
        } else {
          left.retainAll(named);
        }
      } else {
        excluded.addAll(named);
      }
    }
    if (left != null) {
      left.removeAll(excluded);
    }
    return left;
  }

  private static List<@Nullable Object> single(@Nullable Object value) {
    List<@Nullable Object> list = new ArrayList<>(1);
    list.add(value);
    return list;
  }

  private static boolean values(List<Demand> demands, Type type) {
    Set<Object> left = left(demands, type);
    return left == null || !left.isEmpty();
  }

  /** Adds what no hour or minute is beyond. */
  private static List<Demand> withBounds(List<Demand> demands) {
    ValuePath path = demands.get(0).condition.path();
    if (path.root() != ValuePath.Root.TIME) {
      return demands;
    }
    boolean hour = path.steps().get(0).equals(new ValuePath.Key("hour"));
    List<Demand> bounded = new ArrayList<>(demands);
    bounded.add(Demand.of(new Condition(path, Operator.GTE, BigDecimal.ZERO, null)));
    bounded.add(
        Demand.of(new Condition(path, Operator.LTE, BigDecimal.valueOf(hour ? 23 : 59), null)));
    return bounded;
  }

  /** {@return whether a date is left between those that a date must be before and after} */
  private static boolean dates(List<Demand> demands) {
    String low = "";
    String high = "~";
    boolean included = true;
    for (Demand demand : demands) {
      Operator op = demand.condition.op();
      if (!isOrder(op) || !(demand.condition.value() instanceof String bound)) {
        continue;
      }
      boolean above = (op == Operator.GT || op == Operator.GTE) == demand.wanted;
      boolean within = (op == Operator.LTE || op == Operator.GTE) == demand.wanted;
      if (above && bound.compareTo(low) >= 0) {
        included = within && (included || bound.compareTo(low) > 0);
        low = bound;
      } else if (!above && bound.compareTo(high) <= 0) {
        included = within && (included || bound.compareTo(high) < 0);
        high = bound;
      }
    }
    return low.compareTo(high) < 0 || (low.equals(high) && included);
  }

  private static boolean numbers(List<Demand> demands) {
    Set<Object> left = left(demands, Type.NUMBER);
    if (left != null) {
      return left.stream()
          .anyMatch(
              value -> demands.stream().allMatch(demand -> inBounds(demand, (BigDecimal) value)));
    }
    BigDecimal low = null;
    BigDecimal high = null;
    boolean lowIncluded = true;
    boolean highIncluded = true;
    for (Demand demand : demands) {
      Operator op = demand.condition.op();
      if (!isOrder(op) || !(demand.condition.value() instanceof BigDecimal bound)) {
        continue;
      }
      boolean above = (op == Operator.GT || op == Operator.GTE) == demand.wanted;
      boolean included = (op == Operator.LTE || op == Operator.GTE) == demand.wanted;
      if (above) {
        int compared = low == null ? 1 : bound.compareTo(low);
        lowIncluded =
            compared > 0 ? included : compared == 0 ? lowIncluded && included : lowIncluded;
        low = compared > 0 ? bound : low;
      } else {
        int compared = high == null ? -1 : bound.compareTo(high);
        highIncluded =
            compared < 0 ? included : compared == 0 ? highIncluded && included : highIncluded;
        high = compared < 0 ? bound : high;
      }
    }
    int compared = low == null || high == null ? -1 : low.compareTo(high);
    return compared < 0
        || (compared == 0 && lowIncluded && highIncluded && !isExcluded(demands, low));
  }

  private static boolean isExcluded(List<Demand> demands, @Nullable BigDecimal value) {
    List<Demand> with = new ArrayList<>(demands);
    ValuePath path = demands.get(0).condition.path();
    with.add(Demand.of(new Condition(path, Operator.EQ, value, null)));
    Set<Object> left = left(with, Type.NUMBER);
    return left != null && left.isEmpty();
  }

  private static boolean isOrder(Operator op) {
    return op == Operator.LT || op == Operator.LTE || op == Operator.GT || op == Operator.GTE;
  }

  private static boolean inBounds(Demand demand, BigDecimal value) {
    Condition condition = demand.condition;
    if (!isOrder(condition.op()) || !(condition.value() instanceof BigDecimal bound)) {
      return true;
    }
    int compared = value.compareTo(bound);
    boolean holds =
        switch (condition.op()) {
          case LT -> compared < 0;
          case LTE -> compared <= 0;
          case GT -> compared > 0;
          default -> compared >= 0;
        };
    return holds == demand.wanted;
  }

  private static boolean texts(List<Demand> demands) {
    Set<Object> left = left(demands, Type.TEXT);
    if (left != null) {
      return left.stream().anyMatch(text -> meets(demands, (String) text));
    }
    if (!dates(demands)) {
      return false;
    }
    // The same is looked for once to be found and once not to be.
    for (Demand demand : demands) {
      Predicate<Demand> opposite =
          other ->
              other.wanted != demand.wanted
                  && isSearch(other.condition)
                  && other.condition.op() == demand.condition.op()
                  && Objects.equals(other.condition.value(), demand.condition.value());
      if (isSearch(demand.condition) && demands.stream().anyMatch(opposite)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isSearch(Condition condition) {
    return condition.op() == Operator.REGEX || condition.op() == Operator.CONTAINS;
  }

  /** {@return whether a text meets the demands, which are all of the path at which it stands} */
  static boolean meets(List<Demand> demands, String text) {
    for (Demand demand : demands) {
      Condition condition = demand.condition;
      Object value = condition.value();
      Boolean holds =
          switch (condition.op()) {
            case EQ -> text.equals(value);
            case NEQ -> !text.equals(value);
            case IN -> value instanceof List<?> list && list.contains(text);
            case NOT_IN -> !(value instanceof List<?> list && list.contains(text));
            case REGEX -> condition.expression() != null && condition.expression().findsIn(text);
            case CONTAINS -> value instanceof String part && text.contains(part);
            case EXISTS -> Boolean.TRUE.equals(value);
            case LT -> value instanceof String date ? text.compareTo(date) < 0 : null;
            case LTE -> value instanceof String date ? text.compareTo(date) <= 0 : null;
            case GT -> value instanceof String date ? text.compareTo(date) > 0 : null;
            case GTE -> value instanceof String date ? text.compareTo(date) >= 0 : null;
          };
      if (holds == null || holds != demand.wanted) {
        return false;
      }
    }
    return true;
  }
}
