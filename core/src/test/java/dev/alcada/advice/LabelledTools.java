package dev.alcada.advice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.tool.ToolDefinition;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Tools with the category and severity that a person gave them. */
final class LabelledTools {
  /** A tool of a server, and what it should be found to be. */
  record Labelled(
      String server, ToolDefinition tool, Risk.Category category, Risk.Severity severity) {}

  private LabelledTools() {}

  static List<Labelled> read(String file) {
    List<Labelled> tools = new ArrayList<>();
    String server = "";
    for (String line : new String(bytes(file), StandardCharsets.UTF_8).split("\n", -1)) {
      if (line.startsWith("@ ")) {
        server = line.substring(2);
      } else if (!line.isBlank() && !line.startsWith("#")) {
        String[] cells = line.split("\\|", 5);
        assertThat(cells).as(line).hasSize(5);
        ToolDefinition.Builder tool = ToolDefinition.builder(cells[0].strip());
        if (!cells[3].isBlank()) {
          tool.description(cells[3].strip());
        }
        tools.add(
            new Labelled(
                server,
                tool.inputSchema(schema(cells[4].strip())).build(),
                Risk.Category.valueOf(cells[1].strip().toUpperCase(Locale.ROOT)),
                Risk.Severity.valueOf(cells[2].strip().toUpperCase(Locale.ROOT))));
      }
    }
    return tools;
  }

  static byte[] bytes(String file) {
    try (InputStream in = LabelledTools.class.getResourceAsStream(file)) {
      assertThat(in).as(file).isNotNull();
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The schema that a line of parameters stands for; the files say how they are written. */
  static Map<String, Object> schema(String parameters) {
    Map<String, Object> properties = new LinkedHashMap<>();
    List<String> required = new ArrayList<>();
    for (String parameter : parameters.split("\\s+", -1)) {
      if (!parameter.isEmpty()) {
        int colon = parameter.indexOf(':');
        String name = colon < 0 ? parameter : parameter.substring(0, colon);
        String type = colon < 0 ? "" : parameter.substring(colon + 1);
        String bare = name.endsWith("*") ? name.substring(0, name.length() - 1) : name;
        if (!bare.equals(name)) {
          required.add(bare);
        }
        properties.put(bare, property(type));
      }
    }
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("properties", properties);
    if (!required.isEmpty()) {
      schema.put("required", required);
    }
    return schema;
  }

  private static Map<String, Object> property(String type) {
    return switch (type) {
      case "" -> Map.of("type", "string");
      case "n" -> Map.of("type", "number");
      case "i" -> Map.of("type", "integer");
      case "b" -> Map.of("type", "boolean");
      case "o" -> Map.of("type", "object");
      case "a" -> Map.of("type", "array", "items", Map.of("type", "string"));
      case "ao" -> Map.of("type", "array", "items", Map.of("type", "object"));
      default ->
          Map.of(
              "type",
              "string",
              "enum",
              type.startsWith("=") ? List.of(type.substring(1)) : List.of(type.split("\\|", -1)));
    };
  }
}
