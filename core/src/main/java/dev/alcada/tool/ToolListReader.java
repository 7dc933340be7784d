package dev.alcada.tool;

import java.util.ArrayList;
import java.util.HashMap;
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
  private static final int MAX_LENGTH = 32 << 20;
  private static final int MAX_TEXT = 8 << 20;
  private static final int MAX_DEPTH = 110;
  private static final int MAX_TOKENS = 1_000_000;
  private static final int MOST_SHARED = 1_000;
  private static final int LONGEST_SHARED = 32;
  private static final int MAX_DIGITS = 1_000;
  private static final String EXPECTED =
      "expected the result of tools/list or a list of tools, such as [{\"name\": \"refund\"}]";

  private static final JsonFactory LISTS = factory(MAX_LENGTH, MAX_TOKENS);

  /** A lock file has all that a list has, a hash for each tool, and more lines. */
  private static final JsonFactory LOCKS = factory(2 * MAX_LENGTH, 3 * MAX_TOKENS);

  private ToolListReader() {}

  private static JsonFactory factory(long maxLength, long maxTokens) {
    return JsonFactory.builder()
        .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
        .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxDocumentLength(maxLength)
                .maxTokenCount(maxTokens)
                .maxNestingDepth(MAX_DEPTH)
                .maxNumberLength(MAX_DIGITS)
                .maxStringLength(MAX_TEXT)
                .maxNameLength(MAX_TEXT)
                .build())
        .build();
  }

  static List<ToolDefinition> read(String json) {
    Object tools = tools(parse(LISTS, json, "The tool list", EXPECTED));
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
      // What has been copied need not be kept as long as the rest is.
      list.set(i, null);
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

  /** {@return what the text of a lock file is} */
  static @Nullable Object lock(String json, String expected) {
    return parse(LOCKS, json, "The lock file", expected);
  }

  private static @Nullable Object parse(
      JsonFactory factory, String json, String what, String expected) {
    long most = factory.streamReadConstraints().getMaxDocumentLength();
    if (json.length() > most) {
      throw new IllegalArgumentException(
          what + " has more than " + (most >> 20) + " Mi characters; " + expected);
    }
    String text = json.startsWith("\uFEFF") ? json.substring(1) : json;
    try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), text)) {
      if (parser.nextToken() == null) {
        throw new IllegalArgumentException(what + " is empty; " + expected);
      }
      Object root = value(parser, new HashMap<>());
      if (parser.nextToken() != null) {
        throw new IllegalArgumentException(what + " is followed by more; " + expected);
      }
      return root;
    } catch (JacksonException e) {
      TokenStreamLocation at = e.getLocation();
      String place =
          at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
      throw new IllegalArgumentException(
          what + " is no JSON" + place + ": " + e.getOriginalMessage() + "; " + expected, e);
    }
  }

  private static @Nullable Object value(JsonParser parser, Map<String, String> names) {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = shared(parser.currentName(), names);
          parser.nextToken();
          members.put(name, value(parser, names));
        }
        yield members;
      }
      case START_ARRAY -> {
        List<@Nullable Object> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          elements.add(value(parser, names));
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

  /** {@return an equal name, which is one object however often the text has it} */
  private static String shared(String name, Map<String, String> names) {
    if (name.length() > LONGEST_SHARED || names.size() == MOST_SHARED) {
      return name;
    }
    String first = names.putIfAbsent(name, name);
    return first == null ? name : first;
  }

  static String describe(@Nullable Object value) {
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
