package dev.alcada.pluggy;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** Bodies as JSON, and JSON as lists and maps. */
final class Json {
  private static final int MAX_DEPTH = 32;
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(64)
                  .build())
          // Whom a name given twice means, its readers would not agree upon.
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private Json() {}

  /** Returns an object as UTF-8. Its values are those that {@link #copy} returns. */
  static byte[] write(Map<String, ? extends @Nullable Object> object) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
      writeValue(generator, object);
    }
    return out.toByteArray();
  }

  /** Returns an object as text. */
  static String text(Map<String, ? extends @Nullable Object> object) {
    return new String(write(object), StandardCharsets.UTF_8);
  }

  private static void writeValue(JsonGenerator generator, @Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      generator.writeStartObject();
      map.forEach(
          (name, member) -> {
            generator.writeName((String) name);
            writeValue(generator, member);
          });
      generator.writeEndObject();
    } else if (value instanceof List<?> list) {
      generator.writeStartArray();
      list.forEach(element -> writeValue(generator, element));
      generator.writeEndArray();
    } else if (value instanceof String text) {
      generator.writeString(text);
    } else if (value instanceof Boolean bool) {
      generator.writeBoolean(bool);
    } else if (value == null) {
      generator.writeNull();
    } else {
      generator.writeNumber(value.toString());
    }
  }

  /**
   * Returns the object that a body is, or {@code null} if it is not exactly one JSON object that
   * can be read.
   */
  static @Nullable Map<String, @Nullable Object> readObject(String body) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      Map<String, @Nullable Object> object = object(parser);
      return parser.nextToken() == null ? object : null;
    } catch (JacksonException | NumberFormatException e) {
      // an exponent out of range is the latter; the message may quote the body
      return null;
    }
  }

  /** Returns whether a text is exactly one JSON value, of whatever kind. */
  static boolean isValue(String text) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      if (parser.nextToken() == null) {
        return false;
      }
      parser.skipChildren();
      return parser.nextToken() == null;
    } catch (JacksonException e) {
      return false;
    }
  }

  /** Returns all texts that stand as values in a JSON value, wherever they stand. */
  static List<String> texts(String json) {
    List<String> texts = new ArrayList<>();
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), json)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.VALUE_STRING) {
          texts.add(parser.getString());
        }
      }
    }
    return texts;
  }

  private static Map<String, @Nullable Object> object(JsonParser parser) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      object.put(name, value(parser));
    }
    return object;
  }

  private static @Nullable Object value(JsonParser parser) {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(parser));
        }
        yield list;
      }
      case VALUE_STRING -> parser.getString();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDecimalValue();
      default -> null;
    };
  }

  /**
   * Returns a deep unmodifiable copy of a value that JSON has.
   *
   * @param what the value's name, for the message
   * @throws IllegalArgumentException if JSON has no such value, or it is nested too deeply
   */
  static @Nullable Object copy(@Nullable Object value, String what) {
    return copy(value, what, 1);
  }

  private static @Nullable Object copy(@Nullable Object value, String what, int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException(what + " is nested more than " + MAX_DEPTH + " deep");
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> copy = new LinkedHashMap<>();
      map.forEach(
          (name, member) -> {
            if (!(name instanceof String text)) {
              throw new IllegalArgumentException(what + " has a name that is not a String");
            }
            copy.put(text, copy(member, what, depth + 1));
          });
      return Collections.unmodifiableMap(copy);
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> copy = new ArrayList<>(list.size());
      list.forEach(element -> copy.add(copy(element, what, depth + 1)));
      return Collections.unmodifiableList(copy);
    }
    if (value == null || value instanceof String || value instanceof Boolean || isNumber(value)) {
      return value;
    }
    throw new IllegalArgumentException(
        what + " has a value that JSON does not have: " + value.getClass().getName());
  }

  private static boolean isNumber(Object value) {
    return value instanceof Integer
        || value instanceof Long
        || value instanceof Short
        || value instanceof Byte
        || value instanceof BigInteger
        || value instanceof BigDecimal
        || (value instanceof Double number && Double.isFinite(number))
        || (value instanceof Float single && Float.isFinite(single));
  }
}
