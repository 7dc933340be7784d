package dev.alcada.decision;

import static dev.alcada.decision.ReferenceValues.kind;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the language's page says of two values of a call, written down naively. */
final class ReferenceGains {
  private ReferenceGains() {}

  static char pair(String op, @Nullable Object found, @Nullable Object other) {
    boolean missing =
        other == null
            || other == ReferenceValues.ABSENT
            || other == ReferenceValues.UNREADABLE
            || other == ReferenceValues.NOT_SUPPLIED;
    boolean ordered = List.of("lt", "lte", "gt", "gte").contains(op);
    boolean listed = op.equals("in") || op.equals("not_in");
    if (missing
        || (ordered && !kind(other).equals("number"))
        || (listed && !kind(other).equals("list"))) {
      return 'I';
    } else if (found == ReferenceValues.ABSENT) {
      return 'F';
    } else if (found == ReferenceValues.UNREADABLE || found == ReferenceValues.NOT_SUPPLIED) {
      return 'I';
    }
    boolean ambiguous = !listed && isAmbiguous(other);
    char truth;
    if (listed) {
      StringBuilder truths = new StringBuilder();
      for (Object one : (List<?>) other) {
        truths.append(isAmbiguous(one) ? 'I' : ReferenceValues.truth("eq", found, one));
      }
      String all = truths.toString();
      truth = all.contains("T") ? 'T' : all.contains("I") ? 'I' : 'F';
      return op.equals("in") ? truth : truth == 'T' ? 'F' : truth == 'F' ? 'T' : 'I';
    } else if (ambiguous) {
      return found instanceof List<?> list && list.isEmpty() && op.equals("contains") ? 'F' : 'I';
    }
    return ReferenceValues.truth(op, found, other);
  }

  /** Whether an object spells a name in two ways, or one is none for other readers. */
  private static boolean isAmbiguous(@Nullable Object value) {
    if (!(value instanceof Map<?, ?> map) || !kind(value).equals("object")) {
      return false;
    }
    return map.containsKey("__proto__")
        || map.keySet().stream().map(key -> ReferenceValues.fold((String) key)).distinct().count()
            < map.size();
  }

  /** Dates are in the order of their texts. */
  static char dates(String op, String found, String value) {
    int compared = found.compareTo(value);
    boolean truth =
        switch (op) {
          case "lt" -> compared < 0;
          case "lte" -> compared <= 0;
          case "gt" -> compared > 0;
          default -> compared >= 0;
        };
    return truth ? 'T' : 'F';
  }
}
