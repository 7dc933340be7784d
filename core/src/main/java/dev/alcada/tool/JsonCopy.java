package dev.alcada.tool;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Copies of JSON values that nobody can change afterwards. */
final class JsonCopy {
  private static final int MAX_DEPTH = 100;

  private JsonCopy() {}

  static Map<String, @Nullable Object> object(
      Map<String, ? extends @Nullable Object> map, String what) {
    return object(Objects.requireNonNull(map, what), what, 1);
  }

  private static Map<String, @Nullable Object> object(Map<?, ?> map, String what, int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException(what + " is nested more than " + MAX_DEPTH + " deep");
    }
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    map.forEach(
        (name, value) -> {
          if (!(name instanceof String text)) {
            throw new IllegalArgumentException(what + " has a member whose name is not text");
          }
          copy.put(text, value(value, what, depth));
        });
    return Collections.unmodifiableMap(copy);
  }

  private static @Nullable Object value(@Nullable Object value, String what, int depth) {
    if (value instanceof Map<?, ?> map) {
      return object(map, what, depth + 1);
    } else if (value instanceof List<?> list) {
      if (depth >= MAX_DEPTH) {
        throw new IllegalArgumentException(what + " is nested more than " + MAX_DEPTH + " deep");
      }
      List<@Nullable Object> copy = new ArrayList<>(list.size());
      list.forEach(element -> copy.add(value(element, what, depth + 1)));
      return Collections.unmodifiableList(copy);
    } else if (value == null
        || value instanceof String
        || value instanceof Boolean
        || value instanceof Number) {
      return value;
    }
    throw new IllegalArgumentException(
        what + " holds a " + value.getClass().getName() + ", which JSON does not have");
  }
}
