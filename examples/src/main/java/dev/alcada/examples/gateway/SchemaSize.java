package dev.alcada.examples.gateway;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether a schema is of a size that can be made ready in no time. */
final class SchemaSize {
  private static final int MOST_VALUES = 10_000;
  private static final int MOST_DEPTH = 100;
  private static final int MOST_DIGITS = 1_000;

  /** What stands within these is named by the schema's author and is no keyword. */
  private static final Set<String> NAMED =
      Set.of("properties", "patternProperties", "$defs", "definitions", "dependentSchemas");

  private int values;

  private SchemaSize() {}

  /**
   * Returns the schema as it is checked by: without {@code uniqueItems}, for which a list of a
   * hundred thousand texts of one hash takes minutes. The upstream has to look for those.
   *
   * @throws IllegalArgumentException if the schema is too large
   */
  static @Nullable Object checked(Map<String, ?> schema) {
    return new SchemaSize().copy(schema, 0, false);
  }

  private @Nullable Object copy(@Nullable Object value, int depth, boolean named) {
    if (++values > MOST_VALUES || depth > MOST_DEPTH) {
      throw new IllegalArgumentException(
          "more than " + MOST_VALUES + " values, or " + MOST_DEPTH + " levels");
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> copy = new LinkedHashMap<>();
      for (Map.Entry<?, ?> member : map.entrySet()) {
        String name = String.valueOf(member.getKey());
        if (named || !name.equals("uniqueItems")) {
          copy.put(name, copy(member.getValue(), depth + 1, !named && NAMED.contains(name)));
        }
      }
      return copy;
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> copy = new ArrayList<>(list.size());
      for (Object element : list) {
        copy.add(copy(element, depth + 1, false));
      }
      return copy;
    }
    if (value instanceof BigDecimal number
        && (Math.abs((long) number.scale()) > MOST_DIGITS || number.precision() > MOST_DIGITS)) {
      throw new IllegalArgumentException("a number of more than " + MOST_DIGITS + " digits");
    }
    return value;
  }
}
