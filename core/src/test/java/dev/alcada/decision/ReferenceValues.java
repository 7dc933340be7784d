package dev.alcada.decision;

import java.math.BigDecimal;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the language's page says of paths and operators, written down naively on plain maps, lists
 * and BigDecimal. Shares nothing with what it is compared to.
 */
final class ReferenceValues {
  static final Object ABSENT = new Object();
  static final Object UNREADABLE = new Object();
  static final Object NOT_SUPPLIED = new Object();

  private static final Pattern STEP =
      Pattern.compile("\\.([^.\\[]+)|\\[\"((?:[^\"\\\\]|\\\\.)*)\"]|\\[(\\d+)]");

  /** A call as a Java caller makes it. */
  record Call(
      String tool,
      Map<String, ?> arguments,
      String grant,
      @Nullable String session,
      @Nullable String client,
      Map<String, ?> context) {}

  private ReferenceValues() {}

  static @Nullable Object read(String path, Call call) {
    if (path.equals("grant")) {
      return call.grant();
    } else if (path.equals("tool")) {
      return call.tool();
    } else if (path.equals("session")) {
      return call.session() == null ? NOT_SUPPLIED : call.session();
    } else if (path.equals("client")) {
      return call.client() == null ? NOT_SUPPLIED : call.client();
    }
    boolean context = path.startsWith("context");
    Object value = context ? call.context() : call.arguments();
    Matcher step = STEP.matcher(path);
    while (step.find()) {
      if (value == null) {
        return ABSENT;
      }
      String key = step.group(1) != null ? step.group(1) : step.group(2);
      if (key != null) {
        key = key.replaceAll("\\\\(.)", "$1");
        if (!(value instanceof Map<?, ?> map) || !allText(map)) {
          return UNREADABLE;
        }
        String wanted = key;
        if (context) {
          if (!map.containsKey(wanted)) {
            return NOT_SUPPLIED;
          }
        } else if (map.containsKey("__proto__")
            || map.keySet().stream()
                .anyMatch(k -> !k.equals(wanted) && fold((String) k).equals(fold(wanted)))) {
          return UNREADABLE;
        }
        if (!map.containsKey(wanted)) {
          return ABSENT;
        }
        value = map.get(wanted);
      } else {
        int index = Integer.parseInt(step.group(3));
        if (!(value instanceof List<?> list)) {
          return UNREADABLE;
        }
        if (index >= list.size()) {
          return ABSENT;
        }
        value = list.get(index);
      }
    }
    return kind(value).equals("none") ? UNREADABLE : value;
  }

  private static boolean allText(Map<?, ?> map) {
    return map.keySet().stream().allMatch(String.class::isInstance);
  }

  static String fold(String key) {
    String compatible = Normalizer.normalize(key, Normalizer.Form.NFKC);
    return Normalizer.normalize(
        compatible.toLowerCase(Locale.ROOT).toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT),
        Normalizer.Form.NFKC);
  }

  static String kind(@Nullable Object value) {
    if (value == null) {
      return "null";
    } else if (value instanceof Boolean) {
      return "boolean";
    } else if (value instanceof String) {
      return "text";
    } else if (value instanceof List) {
      return "list";
    } else if (value instanceof Map<?, ?> map) {
      return allText(map) ? "object" : "none";
    } else if (value instanceof Double || value instanceof Float) {
      return Double.isFinite(((Number) value).doubleValue()) ? "number" : "none";
    }
    return List.of("Integer", "Long", "Short", "Byte", "BigInteger", "BigDecimal")
            .contains(value.getClass().getSimpleName())
        ? "number"
        : "none";
  }

  /** Doubles of the tests are written the same by every JDK. */
  static BigDecimal number(@Nullable Object value) {
    return new BigDecimal(String.valueOf(value));
  }

  static char truth(String op, @Nullable Object found, @Nullable Object value) {
    if (found == UNREADABLE) {
      return 'I';
    } else if (found == ABSENT || found == NOT_SUPPLIED) {
      if (op.equals("exists")) {
        return Boolean.TRUE.equals(value) ? 'F' : 'T';
      }
      return found == ABSENT ? 'F' : 'I';
    }
    return switch (op) {
      case "eq" -> equal(found, value);
      case "neq" -> not(equal(found, value));
      case "in" -> any(found, value);
      case "not_in" -> not(any(found, value));
      case "exists" -> is((found != null) == Boolean.TRUE.equals(value));
      case "regex" -> regex(found, String.valueOf(value));
      case "contains" -> contains(found, value);
      default -> order(op, found, value);
    };
  }

  private static char is(boolean truth) {
    return truth ? 'T' : 'F';
  }

  /** The expressions of the tests mean the same in Java once $ is the very end. */
  private static char regex(@Nullable Object found, String expression) {
    if (!(found instanceof String text) || text.length() > 65_536) {
      return 'I';
    }
    return is(Pattern.compile(expression.replace("$", "\\z")).matcher(text).find());
  }

  private static char contains(@Nullable Object found, @Nullable Object value) {
    if (found instanceof String text && value instanceof String part) {
      return is(text.contains(part));
    }
    if (!(found instanceof List<?> list)) {
      return 'I';
    }
    String all = "";
    for (Object element : list) {
      all += equal(element, value);
    }
    return or(all);
  }

  private static char order(String op, @Nullable Object found, @Nullable Object value) {
    if (!kind(found).equals("number")) {
      return 'I';
    }
    int compared = number(found).compareTo(number(value));
    return switch (op) {
      case "lt" -> is(compared < 0);
      case "lte" -> is(compared <= 0);
      case "gt" -> is(compared > 0);
      default -> is(compared >= 0);
    };
  }

  private static char any(@Nullable Object found, @Nullable Object values) {
    String all = "";
    if (values instanceof List<?> list) {
      for (Object value : list) {
        all += equal(found, value);
      }
    }
    return or(all);
  }

  private static char or(String truths) {
    return truths.contains("T") ? 'T' : truths.contains("I") ? 'I' : 'F';
  }

  static char and(String truths) {
    return truths.contains("F") ? 'F' : truths.contains("I") ? 'I' : 'T';
  }

  private static char not(char truth) {
    return truth == 'T' ? 'F' : truth == 'F' ? 'T' : 'I';
  }

  private static char equal(@Nullable Object found, @Nullable Object value) {
    String kind = kind(found);
    if (kind.equals("none")) {
      return 'I';
    } else if (found == null || value == null) {
      return found == value ? 'T' : 'F';
    } else if (!kind.equals(kind(value))) {
      return 'I';
    } else if (kind.equals("number")) {
      return number(found).compareTo(number(value)) == 0 ? 'T' : 'F';
    } else if (found instanceof List<?> list && value instanceof List<?> wanted) {
      if (list.size() != wanted.size()) {
        return 'F';
      }
      String members = "";
      for (int i = 0; i < list.size(); i++) {
        members += equal(list.get(i), wanted.get(i));
      }
      return and(members);
    } else if (found instanceof Map<?, ?> map && value instanceof Map<?, ?> wanted) {
      if (map.containsKey("__proto__") && !wanted.isEmpty()) {
        return 'I';
      }
      String members = map.keySet().equals(wanted.keySet()) ? "" : "F";
      for (Object key : wanted.keySet()) {
        for (Object other : map.keySet()) {
          if (!other.equals(key) && fold((String) other).equals(fold((String) key))) {
            return 'I';
          }
        }
        members += map.containsKey(key) ? equal(map.get(key), wanted.get(key)) : 'F';
      }
      return and(members);
    }
    return found.equals(value) ? 'T' : 'F';
  }
}
