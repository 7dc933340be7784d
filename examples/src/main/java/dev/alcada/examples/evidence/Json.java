package dev.alcada.examples.evidence;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** JSON as the commands read and write it: numbers exactly, and no name twice. */
final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private Json() {}

  static String write(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  /**
   * {@return an object's members}
   *
   * @throws IllegalArgumentException if the text is no JSON object
   */
  @SuppressWarnings("unchecked") // a JSON object is a map by texts
  static Map<String, @Nullable Object> object(String text) {
    try {
      if (MAPPER.readValue(text, Object.class) instanceof Map<?, ?> map) {
        return (Map<String, @Nullable Object>) map;
      }
    } catch (JacksonException e) {
      throw new IllegalArgumentException("not JSON, or an object with a name twice", e);
    }
    throw new IllegalArgumentException("not a JSON object");
  }
}
