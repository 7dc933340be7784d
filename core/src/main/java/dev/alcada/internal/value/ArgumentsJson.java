package dev.alcada.internal.value;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/** Reads what a framework or a store passes as text: one object, once and strictly. */
public final class ArgumentsJson {
  /** Bounds that keep reading cheap; the exact ones are checked as the values are copied. */
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
          .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxDocumentLength(8L * ArgumentCopy.MAX_TEXT)
                  .maxTokenCount(4L * ArgumentCopy.MAX_NODES)
                  .maxNestingDepth(ArgumentCopy.MAX_DEPTH)
                  .maxNumberLength(2 * ArgumentCopy.MAX_DIGITS)
                  .maxStringLength(ArgumentCopy.MAX_TEXT)
                  .maxNameLength(ArgumentCopy.MAX_TEXT)
                  .build())
          .build();

  private ArgumentsJson() {}

  /**
   * Reads one JSON object; blank text is an empty one, as some frameworks write it.
   *
   * @throws RuntimeException if the text is anything else, or a name stands twice
   */
  public static Map<String, @Nullable Object> read(String text) {
    if (text.isBlank()) {
      return Map.of();
    }
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("arguments are a JSON object");
      }
      Map<String, @Nullable Object> arguments = object(parser);
      if (parser.nextToken() != null) {
        throw new IllegalArgumentException("arguments are one JSON object");
      }
      return arguments;
    }
  }

  private static Map<String, @Nullable Object> object(JsonParser parser) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      members.put(name, value(parser));
    }
    return members;
  }

  private static List<@Nullable Object> list(JsonParser parser) {
    List<@Nullable Object> elements = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      elements.add(value(parser));
    }
    return elements;
  }

  private static @Nullable Object value(JsonParser parser) {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> list(parser);
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT -> parser.getNumberValue();
      case VALUE_NUMBER_FLOAT -> decimal(parser);
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw new IllegalArgumentException("arguments are complete JSON");
    };
  }

  /** The token is a number by its form, so one that cannot be had has too large an exponent. */
  private static BigDecimal decimal(JsonParser parser) {
    try {
      return parser.getDecimalValue();
    } catch (NumberFormatException e) {
      throw new StreamConstraintsException("a number's exponent is too large");
    }
  }
}
