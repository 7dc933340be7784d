package dev.alcada.examples.gateway;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON as the gateway reads it: numbers exactly, and no object in which another reader would find
 * something else; and as it writes it: so that nothing else arrives than what was read.
 */
final class Json {
  /** Of {@code {},} in 16 MiB, some 500 MB would be made. */
  private static final long MOST_TOKENS = 1_000_000;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxTokenCount(MOST_TOKENS).build())
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          // An encoder would make a question mark of half a surrogate pair.
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .build();

  // Where a server in JavaScript finds members that no rule sees.
  private static final String PROTOTYPE = "__proto__";

  private Json() {}

  /**
   * {@return a JSON text's value: maps, lists, texts, numbers, booleans and {@code null}}
   *
   * @throws IllegalArgumentException if the text is none, is more than a million names, values,
   *     brackets and braces, or has an object with the same name twice or with a name {@code
   *     __proto__}
   */
  static @Nullable Object read(String text) {
    Object value;
    try {
      value = MAPPER.readValue(text, Object.class);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("not JSON, or an object with a name twice", e);
    }
    refusePrototypes(value);
    return value;
  }

  private static void refusePrototypes(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      if (map.containsKey(PROTOTYPE)) {
        throw new IllegalArgumentException("an object with a member " + PROTOTYPE);
      }
      map.values().forEach(Json::refusePrototypes);
    } else if (value instanceof List<?> list) {
      list.forEach(Json::refusePrototypes);
    }
  }

  /** {@return the value as JSON text on one line} */
  static String write(@Nullable Object value) {
    return MAPPER.writeValueAsString(value);
  }

  /** {@return the value as a tree} */
  static JsonNode tree(@Nullable Object value) {
    return MAPPER.valueToTree(value);
  }

  /** {@return a copy of the object, or an empty one if the value is not an object} */
  static Map<String, @Nullable Object> object(@Nullable Object value) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, member) -> copy.put(String.valueOf(key), member));
    }
    return copy;
  }

  /** {@return the list, or an empty one if the value is not a list} */
  static List<?> list(@Nullable Object value) {
    return value instanceof List<?> list ? list : List.of();
  }
}
