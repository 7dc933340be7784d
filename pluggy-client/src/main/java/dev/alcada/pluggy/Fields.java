package dev.alcada.pluggy;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The members of a JSON object that Pluggy sent. One that is missing, or of another type than was
 * expected, is {@code null} or empty: what Pluggy adds or changes must not make an answer
 * unreadable.
 *
 * @param all the members, deeply unmodifiable
 */
record Fields(Map<String, @Nullable Object> all) {
  /** Returns the object that a body is, or {@code null} if it is not exactly one JSON object. */
  static @Nullable Fields read(String body) {
    Map<String, @Nullable Object> object = Json.readObject(body);
    return object == null ? null : new Fields(unmodifiable(object));
  }

  @SuppressWarnings("unchecked") // a copy of a map from names is one
  private static Map<String, @Nullable Object> unmodifiable(Map<String, @Nullable Object> object) {
    return (Map<String, @Nullable Object>) Objects.requireNonNull(Json.copy(object, "an answer"));
  }

  @Nullable String text(String name) {
    return all.get(name) instanceof String text ? text : null;
  }

  /** Returns a time in ISO 8601. */
  @Nullable Instant time(String name) {
    String text = text(name);
    if (text == null) {
      return null;
    }
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }

  @SuppressWarnings("unchecked") // all maps in a JSON value are from names
  @Nullable Fields object(String name) {
    return all.get(name) instanceof Map<?, ?> object
        ? new Fields((Map<String, @Nullable Object>) object)
        : null;
  }

  /** Returns the texts of an array; empty if there is none. */
  List<String> texts(String name) {
    return all.get(name) instanceof List<?> list
        ? list.stream().filter(String.class::isInstance).map(String.class::cast).toList()
        : List.of();
  }

  /** {@return the names, without values} */
  @Override
  public String toString() {
    return "Fields" + all.keySet();
  }
}
