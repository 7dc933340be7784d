package dev.alcada.advice;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.alcada.internal.value.JsonType;
import dev.alcada.policy.ValuePath;
import dev.alcada.policy.ValuePath.Step;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a tool's input schema says of one place in the arguments. */
final class SchemaPlace {
  /** Whether there is such a place. */
  enum Kind {
    /** The schema describes it. */
    DESCRIBED,
    /** The schema leaves open what may be there. */
    OPEN,
    /** The schema names what is beside it, and not it, though it does not forbid it. */
    UNMENTIONED,
    /** Nothing may be there. */
    EXCLUDED
  }

  private static final int LONGEST_PATTERN = 200;

  private final Kind kind;
  private final boolean required;
  private final List<Alternative> alternatives;

  /** The place that holds it, or null for all of the arguments. */
  private final @Nullable SchemaPlace holder;

  private SchemaPlace(
      Kind kind, boolean required, List<Alternative> alternatives, @Nullable SchemaPlace holder) {
    this.kind = kind;
    this.required = required;
    this.alternatives = alternatives;
    this.holder = holder;
  }

  /** {@return what the schema says of the place that the steps lead to} */
  static SchemaPlace of(Schemas schemas, List<Step> steps) {
    SchemaPlace place = new SchemaPlace(Kind.DESCRIBED, true, schemas.root(), null);
    for (Step step : steps) {
      place = place.below(schemas, step);
      if (place.kind != Kind.DESCRIBED) {
        return place;
      }
    }
    return place;
  }

  private SchemaPlace below(Schemas schemas, Step step) {
    Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    Set<Alternative> next = new LinkedHashSet<>();
    boolean always = required;
    for (Alternative alternative : alternatives) {
      Member member = new Member(step);
      alternative.schemas().forEach(member::see);
      Kind found = member.kind(types(alternative));
      List<Alternative> children =
          found == Kind.DESCRIBED ? schemas.all(member.schemas) : List.of(Alternative.FREE);
      if (children.isEmpty()) {
        found = Kind.EXCLUDED;
      }
      kinds.add(found);
      always &= found == Kind.EXCLUDED ? !possible(alternative) : member.required;
      if (found == Kind.DESCRIBED || found == Kind.OPEN) {
        next.addAll(children);
      }
    }
    if (kinds.contains(Kind.DESCRIBED)) {
      return new SchemaPlace(Kind.DESCRIBED, always, List.copyOf(next), this);
    }
    Kind kind =
        kinds.contains(Kind.OPEN)
            ? Kind.OPEN
            : kinds.contains(Kind.UNMENTIONED) ? Kind.UNMENTIONED : Kind.EXCLUDED;
    return new SchemaPlace(kind, always, List.of(Alternative.FREE), this);
  }

  /** What the schemas of one alternative say of one member or element. */
  private static final class Member {
    private final Step step;
    private final List<Object> schemas = new ArrayList<>();
    private boolean required;
    private boolean open;
    private boolean lists;
    private boolean closed;
    private boolean closedToOthers;

    Member(Step step) {
      this.step = step;
    }

    void see(Map<?, ?> schema) {
      if (step instanceof ValuePath.Key key) {
        key(schema, key.name());
      } else {
        index(schema, ((ValuePath.Index) step).index());
      }
    }

    private void key(Map<?, ?> schema, String name) {
      boolean matched = false;
      if (schema.get("properties") instanceof Map<?, ?> properties) {
        lists = true;
        if (properties.containsKey(name)) {
          Object property = properties.get(name);
          schemas.add(property == null ? true : property);
          matched = true;
        }
      }
      if (schema.get("patternProperties") instanceof Map<?, ?> patterns) {
        for (Map.Entry<?, ?> pattern : patterns.entrySet()) {
          if (finds(String.valueOf(pattern.getKey()), name)) {
            schemas.add(pattern.getValue());
            matched = true;
          }
        }
      }
      rest(schema.get("additionalProperties"), matched);
      closedToOthers |= Boolean.FALSE.equals(schema.get("unevaluatedProperties"));
      required |= schema.get("required") instanceof List<?> names && names.contains(name);
    }

    private void index(Map<?, ?> schema, int index) {
      Object items = schema.get("items");
      Object first = schema.get("prefixItems");
      boolean tuple = items instanceof List<?>;
      Object places = tuple ? items : first;
      boolean matched = false;
      if (places instanceof List<?> list && index < list.size()) {
        schemas.add(Objects.requireNonNullElse(list.get(index), true));
        matched = true;
      }
      rest(tuple ? schema.get("additionalItems") : items, matched);
      closed |= schema.get("maxItems") instanceof Number most && most.doubleValue() <= index;
      closedToOthers |= Boolean.FALSE.equals(schema.get("unevaluatedItems"));
      required |= schema.get("minItems") instanceof Number least && least.doubleValue() > index;
    }

    /** What is said of all members or elements but those that are named. */
    private void rest(@Nullable Object others, boolean matched) {
      if (matched) {
        return;
      } else if (Boolean.FALSE.equals(others)) {
        closed = true;
      } else if (others instanceof Map<?, ?> schema) {
        if (schema.isEmpty()) {
          open = true;
        } else {
          schemas.add(schema);
        }
      } else {
        open |= Boolean.TRUE.equals(others);
      }
    }

    Kind kind(Set<JsonType> types) {
      JsonType holder = step instanceof ValuePath.Key ? JsonType.OBJECT : JsonType.LIST;
      boolean described = !schemas.isEmpty();
      if (!types.contains(holder) || closed || (closedToOthers && !described && !open)) {
        return Kind.EXCLUDED;
      } else if (described) {
        return Kind.DESCRIBED;
      }
      return open || !lists ? Kind.OPEN : Kind.UNMENTIONED;
    }
  }

  /** {@return whether an expression of a schema may be found in the text; true if it is none} */
  static boolean finds(String expression, String text) {
    // Repeats within repeats blow up in the compiler.
    boolean nested = expression.indexOf('{') != expression.lastIndexOf('{');
    if (expression.length() > LONGEST_PATTERN || nested) {
      return true;
    }
    try {
      return Pattern.compile(expression).matcher(text).find();
    } catch (PatternSyntaxException e) {
      return true;
    }
  }

  Kind kind() {
    return kind;
  }

  /** {@return whether no call that fits the schema leaves it out} */
  boolean required() {
    return required && kind != Kind.EXCLUDED;
  }

  /** {@return the members that the schema names beside it} */
  Set<String> beside() {
    return holder == null ? Set.of() : holder.members();
  }

  /** {@return the members that the schema names here} */
  Set<String> members() {
    Set<String> members = new LinkedHashSet<>();
    for (Alternative alternative : alternatives) {
      for (Map<?, ?> schema : alternative.schemas()) {
        if (schema.get("properties") instanceof Map<?, ?> properties) {
          properties.keySet().forEach(name -> members.add(String.valueOf(name)));
        }
      }
    }
    return members;
  }

  /** {@return whether everything is allowed that can be a value} */
  boolean isFree() {
    return alternatives.stream().anyMatch(Alternative::isFree);
  }

  /** {@return the types that a value may have here} */
  Set<JsonType> types() {
    Set<JsonType> types = EnumSet.noneOf(JsonType.class);
    alternatives.forEach(alternative -> types.addAll(types(alternative)));
    return types;
  }

  private static Set<JsonType> types(Alternative alternative) {
    Set<JsonType> types = EnumSet.complementOf(EnumSet.of(JsonType.OPAQUE));
    alternative.schemas().forEach(schema -> types.retainAll(SchemaValues.types(schema)));
    return types;
  }

  private static boolean possible(Alternative alternative) {
    return !types(alternative).isEmpty();
  }

  /** {@return why the value can never be here, or null if it can} */
  @Nullable String whyNot(@Nullable Object value) {
    String why = null;
    for (Alternative alternative : alternatives) {
      String unless = null;
      for (Map<?, ?> schema : alternative.schemas()) {
        unless = unless == null ? SchemaValues.whyNot(schema, value) : unless;
      }
      if (unless == null) {
        return null;
      }
      why = why == null ? unless : why;
    }
    return why == null ? "nothing can be there" : why;
  }

  /** {@return the only values that are permitted, or null if they are not listed} */
  @Nullable List<@Nullable Object> permitted() {
    List<@Nullable Object> permitted = new ArrayList<>();
    for (Alternative alternative : alternatives) {
      List<?> values = null;
      for (Map<?, ?> schema : alternative.schemas()) {
        List<?> listed = SchemaValues.permitted(schema);
        values = values == null ? listed : values;
      }
      if (values == null) {
        return null;
      }
      permitted.addAll(values);
    }
    return permitted;
  }

  /** {@return the most a number here may be, or null if that is not said} */
  @Nullable BigDecimal maximum() {
    return bound("maximum", "exclusiveMaximum", 1);
  }

  /** {@return the least a number here may be, or null if that is not said} */
  @Nullable BigDecimal minimum() {
    return bound("minimum", "exclusiveMinimum", -1);
  }

  private @Nullable BigDecimal bound(String name, String exclusive, int sign) {
    BigDecimal outermost = null;
    for (Alternative alternative : alternatives) {
      BigDecimal innermost = null;
      for (Map<?, ?> schema : alternative.schemas()) {
        for (String field : List.of(name, exclusive)) {
          BigDecimal bound = SchemaValues.number(schema.get(field));
          if (bound != null && (innermost == null || bound.compareTo(innermost) * sign < 0)) {
            innermost = bound;
          }
        }
      }
      if (innermost == null) {
        return null;
      }
      if (outermost == null || innermost.compareTo(outermost) * sign > 0) {
        outermost = innermost;
      }
    }
    return outermost;
  }

  /** {@return the value that the schema says an absent one stands for, or null} */
  @Nullable Object byDefault() {
    for (Alternative alternative : alternatives) {
      for (Map<?, ?> schema : alternative.schemas()) {
        if (schema.get("default") != null) {
          return schema.get("default");
        }
      }
    }
    return null;
  }

  /** {@return the schemas that describe the place, over all alternatives} */
  List<Map<?, ?>> descriptions() {
    List<Map<?, ?>> descriptions = new ArrayList<>();
    alternatives.forEach(alternative -> descriptions.addAll(alternative.schemas()));
    return descriptions;
  }
}
