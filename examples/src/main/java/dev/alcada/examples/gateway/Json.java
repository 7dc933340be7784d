package dev.alcada.examples.gateway;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON as the gateway reads it: numbers exactly, and no object with the same key twice; and as it
 * writes it: so that nothing else arrives than what was read.
 */
final class Json {
  /** What a message is read with, so that what is judged is all there is. */
  static final JsonMapper TREES =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          // An encoder would make a question mark of half a surrogate pair.
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .build();

  /** The same for the SDK. */
  static final McpJsonMapper MAPPER = new JacksonMcpJsonMapper(TREES);

  static final TypeRef<Map<String, Object>> OBJECT = new TypeRef<>() {};

  private Json() {}

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
