package dev.alcada.advice;

import dev.alcada.internal.document.Spelling;
import dev.alcada.internal.value.Decimals;
import dev.alcada.internal.value.JsonType;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whether a value fits what one schema says itself, without what it refers to. */
final class SchemaValues {
  private static final int MAX_DEPTH = 100;
  private static final int SHOWN = 8;
  private static final int MAX_SCALE = 400;

  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final Pattern EMAIL = Pattern.compile("[^\\s@]+@[^\\s@]+");
  private static final Pattern URI = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:\\S*");
  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}");
  private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

  private static final Set<JsonType> ANY = EnumSet.complementOf(EnumSet.of(JsonType.OPAQUE));

  private SchemaValues() {}

  /** {@return the types that a schema allows} */
  static Set<JsonType> types(Map<?, ?> schema) {
    Set<JsonType> types = EnumSet.noneOf(JsonType.class);
    typeNames(schema).forEach(name -> types.add(type(String.valueOf(name))));
    if (types.isEmpty() || types.contains(JsonType.OPAQUE)) {
      types.remove(JsonType.OPAQUE);
      types.addAll(ANY);
    } else if (Boolean.TRUE.equals(schema.get("nullable"))) {
      types.add(JsonType.NULL);
    }
    List<?> permitted = permitted(schema);
    if (permitted != null) {
      types.retainAll(
          permitted.stream()
              .map(SchemaValues::typeOf)
              .collect(Collectors.toCollection(() -> EnumSet.noneOf(JsonType.class))));
    }
    return types;
  }

  private static List<?> typeNames(Map<?, ?> schema) {
    Object type = schema.get("type");
    if (type instanceof List<?> several) {
      return several;
    }
    return type == null ? List.of() : List.of(type);
  }

  /** {@return the type that a schema calls so; opaque if none} */
  private static JsonType type(String name) {
    return switch (name) {
      case "null" -> JsonType.NULL;
      case "boolean" -> JsonType.BOOLEAN;
      case "string" -> JsonType.TEXT;
      case "number", "integer" -> JsonType.NUMBER;
      case "array" -> JsonType.LIST;
      case "object" -> JsonType.OBJECT;
      default -> JsonType.OPAQUE;
    };
  }

  static JsonType typeOf(@Nullable Object value) {
    if (value instanceof Map<?, ?>) {
      return JsonType.OBJECT;
    } else if (value instanceof List<?>) {
      return JsonType.LIST;
    }
    return JsonType.of(value);
  }

  /** {@return the only values that a schema permits, or null if it does not list them} */
  static @Nullable List<?> permitted(Map<?, ?> schema) {
    if (schema.get("const") != null) {
      return List.of(schema.get("const"));
    }
    return schema.get("enum") instanceof List<?> list && !list.isEmpty() ? list : null;
  }

  static @Nullable BigDecimal number(@Nullable Object value) {
    return value instanceof Number number && JsonType.of(number) == JsonType.NUMBER
        ? Decimals.decimal(number)
        : null;
  }

  /** {@return why a value does not fit, or null if it does} */
  static @Nullable String whyNot(Map<?, ?> schema, @Nullable Object value) {
    List<?> permitted = permitted(schema);
    if (permitted != null && permitted.stream().noneMatch(each -> same(each, value, 0))) {
      return "what is permitted there is " + listed(permitted);
    } else if (!types(schema).contains(typeOf(value))) {
      return "what is there is " + named(types(schema));
    }
    BigDecimal number = number(value);
    if (number != null) {
      return whyNot(schema, number);
    }
    return value instanceof String text ? whyNot(schema, text) : null;
  }

  private static @Nullable String whyNot(Map<?, ?> schema, BigDecimal number) {
    BigDecimal least = number(schema.get("minimum"));
    BigDecimal most = number(schema.get("maximum"));
    BigDecimal above = number(schema.get("exclusiveMinimum"));
    BigDecimal below = number(schema.get("exclusiveMaximum"));
    if (least != null && number.compareTo(least) < 0) {
      return "the least there is " + shown(least);
    } else if (most != null && number.compareTo(most) > 0) {
      return "the most there is " + shown(most);
    } else if (above != null && number.compareTo(above) <= 0) {
      return "what is there is above " + shown(above);
    } else if (below != null && number.compareTo(below) >= 0) {
      return "what is there is below " + shown(below);
    } else if (whole(schema) && number.stripTrailingZeros().scale() > 0) {
      return "what is there is a whole number";
    }
    BigDecimal step = number(schema.get("multipleOf"));
    boolean stepped =
        step == null
            || step.signum() <= 0
            || Math.abs((long) step.scale()) > MAX_SCALE
            || Math.abs((long) number.scale()) > MAX_SCALE
            || number.remainder(step).signum() == 0;
    return stepped ? null : "what is there is a multiple of " + shown(step);
  }

  private static boolean whole(Map<?, ?> schema) {
    List<?> names = typeNames(schema);
    return names.contains("integer") && !names.contains("number");
  }

  private static @Nullable String whyNot(Map<?, ?> schema, String text) {
    int length = text.codePointCount(0, text.length());
    if (schema.get("minLength") instanceof Number least && length < least.doubleValue()) {
      return "what is there has at least " + shown(least) + " characters";
    } else if (schema.get("maxLength") instanceof Number most && length > most.doubleValue()) {
      return "what is there has at most " + shown(most) + " characters";
    } else if (schema.get("pattern") instanceof String expression
        && !SchemaPlace.finds(expression, text)) {
      return "what is there matches " + Spelling.quote(expression);
    } else if (schema.get("format") instanceof String format && !hasFormat(format, text)) {
      return "what is there has the format " + Spelling.quote(format);
    }
    return null;
  }

  private static boolean hasFormat(String format, String text) {
    try {
      return switch (format) {
        case "date" -> LocalDate.parse(text).getYear() >= 0;
        case "date-time" ->
            OffsetDateTime.parse(text.toUpperCase(Locale.ROOT).replace(' ', 'T')).getYear() >= 0;
        case "time" -> OffsetTime.parse(text).getHour() >= 0;
        case "uuid" -> UUID.matcher(text).matches();
        case "email", "idn-email" -> EMAIL.matcher(text).matches();
        case "uri", "url", "iri" -> URI.matcher(text).matches();
        case "ipv4" -> IPV4.matcher(text).matches();
        case "ipv6" -> IPV6.matcher(text).matches();
        default -> true;
      };
    } catch (DateTimeException e) {
      return false;
    }
  }

  /** {@return whether two values are equal as policies compare them} */
  static boolean same(@Nullable Object one, @Nullable Object other, int depth) {
    BigDecimal number = number(one);
    if (number != null) {
      BigDecimal another = number(other);
      return another != null && number.compareTo(another) == 0;
    } else if (depth > MAX_DEPTH) {
      return false;
    } else if (one instanceof List<?> list && other instanceof List<?> others) {
      if (list.size() != others.size()) {
        return false;
      }
      for (int i = 0; i < list.size(); i++) {
        if (!same(list.get(i), others.get(i), depth + 1)) {
          return false;
        }
      }
      return true;
    } else if (one instanceof Map<?, ?> map && other instanceof Map<?, ?> another) {
      return map.keySet().equals(another.keySet())
          && map.keySet().stream()
              .allMatch(name -> same(map.get(name), another.get(name), depth + 1));
    }
    return one == null ? other == null : one.equals(other);
  }

  /** {@return types in words, for messages} */
  static String named(Set<JsonType> types) {
    return types.isEmpty()
        ? "nothing at all"
        : types.stream().map(SchemaValues::named).collect(Collectors.joining(" or "));
  }

  static String named(JsonType type) {
    return switch (type) {
      case NULL -> "null";
      case BOOLEAN -> "true or false";
      case TEXT -> "text";
      case NUMBER -> "a number";
      case LIST -> "a list";
      case OBJECT -> "an object";
      case OPAQUE -> "no value of JSON";
    };
  }

  /** {@return values, for messages} */
  static String listed(List<?> values) {
    String first =
        values.stream().limit(SHOWN).map(SchemaValues::shown).collect(Collectors.joining(", "));
    return values.size() > SHOWN ? first + " and " + (values.size() - SHOWN) + " more" : first;
  }

  /** {@return a value, for messages} */
  static String shown(@Nullable Object value) {
    if (value instanceof String text) {
      return Spelling.quote(text);
    }
    BigDecimal number = number(value);
    if (number != null) {
      return Spelling.shorten(
          Math.abs((long) number.scale()) > MAX_SCALE ? number.toString() : Decimals.plain(number));
    } else if (value instanceof List<?> || value instanceof Map<?, ?>) {
      return named(typeOf(value));
    }
    return String.valueOf(value);
  }
}
