package dev.alcada.advice;

import dev.alcada.advice.PolicyCheck.Level;
import dev.alcada.internal.regex.Regex;
import dev.alcada.internal.value.JsonType;
import dev.alcada.policy.Condition;
import dev.alcada.policy.Condition.Operator;
import dev.alcada.tool.ToolDefinition;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A condition, beside what the schemas say of the argument that it compares. */
final class JudgedCondition extends JudgedArgument {
  /** What a predicate does once it is true, or false. */
  enum Field {
    REQUIRE("every call is denied", "it requires nothing"),
    DENY_IF("it never denies", "every call is denied"),
    APPROVE_IF("it never asks", "every call asks");

    private final String ifFalse;
    private final String ifTrue;

    Field(String ifFalse, String ifTrue) {
      this.ifFalse = ifFalse;
      this.ifTrue = ifTrue;
    }

    private String spelling() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** What comes of it if the other side of a condition cannot be found. */
    String always() {
      return this == APPROVE_IF ? "every call asks" : "every call is denied";
    }

    private String ifUnjudged() {
      return this == APPROVE_IF
          ? "every call that has it asks"
          : "every call that has it is denied";
    }
  }

  private static final Set<Operator> ORDER =
      EnumSet.of(Operator.LT, Operator.LTE, Operator.GT, Operator.GTE);

  private final Field field;
  private final Condition condition;

  /** Whether the other conditions of its predicate have a say too. */
  private final boolean alone;

  /** Whether a rule beside it denies, or asks about, every call that leaves the argument out. */
  private final boolean demanded;

  JudgedCondition(
      String pointer, Field field, Condition condition, boolean alone, boolean demanded) {
    super(
        pointer,
        condition.path(),
        isAbsent(condition) ? null : ifAbsent(field, alone),
        field == Field.REQUIRE);
    this.field = field;
    this.condition = condition;
    this.alone = alone;
    this.demanded = demanded;
  }

  private static boolean isAbsent(Condition condition) {
    return condition.op() == Operator.EXISTS && Boolean.FALSE.equals(condition.value());
  }

  private static String ifAbsent(Field field, boolean alone) {
    return field == Field.REQUIRE || alone ? field.ifFalse : field.ifFalse + " by this";
  }

  @Override
  void described(ToolDefinition tool, SchemaPlace place) {
    if (condition.op() == Operator.EXISTS) {
      return;
    }
    absence(tool, place);
    boolean given = condition.valueFrom() == null;
    if (place.isFree() || (!given && !ORDER.contains(condition.op()))) {
      return;
    }
    String compared = shown(path()) + " is " + SchemaValues.named(place.types());
    Set<JsonType> types = place.types();
    if (!overlap(types, comparable())) {
      say(
          Level.WARNING,
          "wrong-type",
          compared
              + ", and \""
              + condition.op()
              + (ORDER.contains(condition.op()) || condition.op() == Operator.REGEX
                  ? "\" compares "
                  : "\" compares it with ")
              + SchemaValues.named(comparable())
              + ": "
              + field.ifUnjudged(),
          tool);
    } else if (!given) {
      return;
    } else if (ORDER.contains(condition.op())) {
      order(tool, place);
    } else if (condition.op() == Operator.REGEX) {
      regex(tool, place);
    } else if (condition.op() == Operator.CONTAINS) {
      contains(tool, place);
    } else {
      equality(tool, place);
    }
  }

  private void absence(ToolDefinition tool, SchemaPlace place) {
    if (place.required()) {
      return;
    }
    Object byDefault = place.byDefault();
    String stands =
        byDefault == null ? "" : ", and stands for " + SchemaValues.shown(byDefault) + " then";
    String optional = shown(path()) + " may be left out" + stands + ": ";
    if (field == Field.REQUIRE) {
      say(Level.NOTE, "optional-argument", optional + "such a call is denied", tool);
    } else if (!demanded) {
      say(
          Level.WARNING,
          "optional-argument",
          optional
              + "such a call is not caught by \""
              + field.spelling()
              + "\"; add a \"require\" with \"exists\": true",
          tool);
    }
  }

  /** The types that the operator can judge; all others make it indeterminate. */
  private Set<JsonType> comparable() {
    return switch (condition.op()) {
      case LT, LTE, GT, GTE -> EnumSet.of(JsonType.NUMBER);
      case REGEX -> EnumSet.of(JsonType.TEXT);
      case CONTAINS ->
          condition.value() instanceof String
              ? EnumSet.of(JsonType.TEXT, JsonType.LIST)
              : EnumSet.of(JsonType.LIST);
      case IN, NOT_IN -> {
        Set<JsonType> types = EnumSet.noneOf(JsonType.class);
        if (condition.value() instanceof List<?> list) {
          list.forEach(element -> types.add(SchemaValues.typeOf(element)));
        }
        yield types;
      }
      default -> EnumSet.of(SchemaValues.typeOf(condition.value()));
    };
  }

  private static boolean overlap(Set<JsonType> one, Set<JsonType> other) {
    return one.stream().anyMatch(other::contains);
  }

  private void equality(ToolDefinition tool, SchemaPlace place) {
    boolean list = condition.op() == Operator.IN || condition.op() == Operator.NOT_IN;
    List<?> values =
        list && condition.value() instanceof List<?> several
            ? several
            : Collections.singletonList(condition.value());
    List<@Nullable Object> never = new ArrayList<>();
    String why = null;
    for (Object value : values) {
      String whyNot = place.whyNot(value);
      if (whyNot != null) {
        never.add(value);
        why = why == null ? whyNot : why;
      }
    }
    if (why != null) {
      String nothing = never.size() == values.size() && !values.isEmpty() ? consequence() : "";
      say(
          Level.WARNING,
          "impossible-value",
          shown(path()) + " is never " + SchemaValues.listed(never) + ": " + why + nothing,
          tool);
    }
  }

  /** What comes of it that the value never occurs, if nothing else in the predicate matters. */
  private String consequence() {
    boolean negated = condition.op() == Operator.NEQ || condition.op() == Operator.NOT_IN;
    if (negated) {
      return alone ? "; " + field.ifTrue : "";
    }
    return field == Field.REQUIRE || alone ? "; " + field.ifFalse : "";
  }

  private void regex(ToolDefinition tool, SchemaPlace place) {
    List<@Nullable Object> permitted = place.permitted();
    if (permitted != null
        && condition.value() instanceof String expression
        && permitted.stream().noneMatch(found(Regex.of(expression)))) {
      say(
          Level.WARNING,
          "impossible-value",
          "no value that is permitted for "
              + shown(path())
              + " matches: "
              + SchemaValues.listed(permitted)
              + consequence(),
          tool);
    }
  }

  private static Predicate<@Nullable Object> found(Regex expression) {
    return value -> value instanceof String text && expression.findsIn(text);
  }

  private void contains(ToolDefinition tool, SchemaPlace place) {
    List<@Nullable Object> permitted = place.permitted();
    if (permitted != null
        && condition.value() instanceof String part
        && permitted.stream().allMatch(v -> v instanceof String text && !text.contains(part))) {
      say(
          Level.WARNING,
          "impossible-value",
          "no value that is permitted for "
              + shown(path())
              + " contains "
              + SchemaValues.shown(part)
              + ": "
              + SchemaValues.listed(permitted)
              + consequence(),
          tool);
    }
  }

  private void order(ToolDefinition tool, SchemaPlace place) {
    BigDecimal value = SchemaValues.number(condition.value());
    if (value == null) {
      return;
    }
    BigDecimal least = place.minimum();
    BigDecimal most = place.maximum();
    boolean less = condition.op() == Operator.LT || condition.op() == Operator.LTE;
    boolean orEqual = condition.op() == Operator.LTE || condition.op() == Operator.GTE;
    BigDecimal near = less ? most : least;
    BigDecimal far = less ? least : most;
    int sign = less ? 1 : -1;
    if (near != null && holds(near, value, sign, orEqual)) {
      say(
          Level.NOTE,
          "impossible-value",
          bound(less, near) + ": it is always true" + (alone ? "; " + field.ifTrue : ""),
          tool);
    } else if (far != null && !holds(far, value, sign, orEqual)) {
      say(
          field == Field.REQUIRE ? Level.WARNING : Level.NOTE,
          "impossible-value",
          bound(!less, far)
              + ": it is never true"
              + (field == Field.REQUIRE || alone ? "; " + field.ifFalse : ""),
          tool);
    }
  }

  private static boolean holds(BigDecimal bound, BigDecimal value, int sign, boolean orEqual) {
    int compared = bound.compareTo(value) * sign;
    return compared < 0 || (orEqual && compared == 0);
  }

  private String bound(boolean most, BigDecimal bound) {
    return shown(path()) + (most ? " is at most " : " is at least ") + SchemaValues.shown(bound);
  }
}
