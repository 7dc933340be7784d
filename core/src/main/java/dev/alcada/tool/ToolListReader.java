package dev.alcada.tool;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/** Reads lists of tools, which a hostile server may have written. */
final class ToolListReader {
  private static final long MAX_LENGTH = 64L << 20;
  private static final int MAX_TEXT = 8 << 20;
  private static final int MAX_DEPTH = 110;
  private static final int MAX_TOKENS = 8_000_000;
  private static final int MAX_DIGITS = 1_000;
  private static final String EXPECTED =
      "expected the result of tools/list or a list of tools, such as [{\"name\": \"refund\"}]";

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
          .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxDocumentLength(MAX_LENGTH)
                  .maxTokenCount(MAX_TOKENS)
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(MAX_DIGITS)
                  .maxStringLength(MAX_TEXT)
                  .maxNameLength(MAX_TEXT)
                  .build())
          .build();

  private ToolListReader() {}

  static List<ToolDefinition> read(String json) {
    Object tools = tools(parse(json));
    if (!(tools instanceof List<?> list)) {
      throw new IllegalArgumentException("The tool list is " + describe(tools) + "; " + EXPECTED);
    }
    List<ToolDefinition> read = new ArrayList<>(list.size());
    for (int i = 0; i < list.size(); i++) {
      if (!(list.get(i) instanceof Map<?, ?> tool)) {
        throw new IllegalArgumentException(
            "/" + i + " is " + describe(list.get(i)) + "; expected a tool, an object with a name");
      }
      read.add(tool(tool, "/" + i));
    }
    return List.copyOf(read);
  }

  /** What a client prints may be the list, the result that holds it, or the answer around that. */
  private static @Nullable Object tools(@Nullable Object root) {
    if (root instanceof Map<?, ?> object) {
      return object.get("result") instanceof Map<?, ?> result
          ? result.get("tools")
          : object.get("tools");
    }
    return root;
  }

  static ToolDefinition tool(Map<?, ?> members, String place) {
    if (!(members.get("name") instanceof String name) || name.isEmpty()) {
      throw new IllegalArgumentException(
          place + "/name is " + describe(members.get("name")) + "; expected a tool's name");
    }
    ToolDefinition.Builder builder = ToolDefinition.builder(name);
    text(members, "title", place, builder::title);
    text(members, "description", place, builder::description);
    object(members, "inputSchema", place, builder::inputSchema);
    object(members, "outputSchema", place, builder::outputSchema);
    object(members, "annotations", place, builder::annotations);
    return builder.build();
  }

  private static void text(Map<?, ?> members, String name, String place, Consumer<String> set) {
    Object value = members.get(name);
    if (value instanceof String text) {
      set.accept(text);
    } else if (value != null) {
      throw new IllegalArgumentException(
          place + "/" + name + " is " + describe(value) + "; expected text");
    }
  }

  @SuppressWarnings("unchecked") // The copy looks at every name.
  private static void object(
      Map<?, ?> members,
      String name,
      String place,
      Consumer<Map<String, ? extends @Nullable Object>> set) {
    Object value = members.get(name);
    if (value instanceof Map<?, ?> object) {
      set.accept((Map<String, ? extends @Nullable Object>) object);
    } else if (value != null) {
      throw new IllegalArgumentException(
          place + "/" + name + " is " + describe(value) + "; expected an object");
    }
  }

  private static @Nullable Object parse(String json) {
    String text = json.startsWith("\uFEFF") ? json.substring(1) : json;
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      if (parser.nextToken() == null) {
        throw new IllegalArgumentException("The tool list is empty; " + EXPECTED);
      }
      Object root = value(parser);
      if (parser.nextToken() != null) {
        throw new IllegalArgumentException("The tool list is followed by more; " + EXPECTED);
      }
      return root;
    } catch (JacksonException e) {
      TokenStreamLocation at = e.getLocation();
      String place =
          at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
      throw new IllegalArgumentException(
          "The tool list is no JSON" + place + ": " + e.getOriginalMessage() + "; " + EXPECTED, e);
    }
  }

  private static @Nullable Object value(JsonParser parser) {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          members.put(name, value(parser));
        }
        yield members;
      }
      case START_ARRAY -> {
        List<@Nullable Object> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          elements.add(value(parser));
        }
        yield elements;
      }
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT -> parser.getNumberValue();
      case VALUE_NUMBER_FLOAT -> parser.getDecimalValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> null;
    };
  }

  private static String describe(@Nullable Object value) {
    if (value instanceof Map<?, ?>) {
      return "an object";
    } else if (value instanceof List<?>) {
      return "a list";
    } else if (value instanceof String text) {
      return text.isEmpty() ? "an empty text" : "a text";
    } else if (value instanceof Number) {
      return "a number";
    }
    return value == null ? "missing" : "a boolean";
  }
}
