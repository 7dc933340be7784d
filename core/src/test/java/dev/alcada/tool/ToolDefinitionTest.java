package dev.alcada.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server says of its tools, read from where it stands. */
class ToolDefinitionTest {
  private static final String LIST =
      """
      [{"name": "refund", "title": "Refund", "description": "Refunds a payment.",
        "inputSchema": {"type": "object", "properties": {"amount": {"type": "number"}}},
        "outputSchema": {"type": "object"},
        "annotations": {"destructiveHint": true},
        "_meta": {"x": 1}}]
      """;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%s",
        "\uFEFF%s",
        "{\"tools\": %s, \"nextCursor\": \"2\"}",
        "{\"jsonrpc\": \"2.0\", \"id\": 1, \"result\": {\"tools\": %s}}"
      })
  void aListIsReadHoweverItIsWrapped(String around) {
    List<ToolDefinition> tools = ToolDefinition.list(around.formatted(LIST));

    assertThat(tools).hasSize(1);
    ToolDefinition tool = tools.get(0);
    assertThat(tool.name()).isEqualTo("refund");
    assertThat(tool.title()).isEqualTo("Refund");
    assertThat(tool.description()).isEqualTo("Refunds a payment.");
    assertThat(tool.inputSchema()).containsEntry("type", "object");
    assertThat(tool.outputSchema()).containsEntry("type", "object");
    assertThat(tool.annotations()).containsEntry("destructiveHint", true);
    assertThat(tool).hasToString("refund").isEqualTo(ToolDefinition.list(LIST).get(0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          '' | The tool list is empty
          {} | The tool list is missing; expected the result of tools/list
          {"tools": {}} | The tool list is an object
          [1] | /0 is a number; expected a tool
          [{}] | /0/name is missing; expected a tool's name
          [{"name": ""}] | /0/name is an empty text
          [{"name": "a"}, {"name": "b", "inputSchema": []}] | /1/inputSchema is a list; expected an object
          [{"name": "a", "description": 5}] | /0/description is a number; expected text
          [{"name": "a"} | The tool list is no JSON at line 1
          [{"name": "a", "name": "b"}] | The tool list is no JSON at line 1
          [] [] | The tool list is followed by more
          """)
  void whatIsNoListSaysWhereAndWhy(String text, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ToolDefinition.list(text))
        .withMessageContaining(message);
  }

  @Test
  void aFileIsReadToo(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("tools.json");
    Files.writeString(file, LIST);

    assertThat(ToolDefinition.load(file)).isEqualTo(ToolDefinition.list(LIST));
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> ToolDefinition.load(directory.resolve("none.json")))
        .withMessageContaining("none.json");
  }

  @Test
  void whatItWasMadeOfMayChangeAfterwards() {
    List<Object> required = new ArrayList<>(List.of("a"));
    Map<String, Object> schema = new HashMap<>(Map.of("required", required));
    ToolDefinition tool = ToolDefinition.builder("x").inputSchema(schema).build();
    required.add("b");
    schema.put("type", "array");

    assertThat(tool.inputSchema()).isEqualTo(Map.of("required", List.of("a")));
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> tool.annotations().put("readOnlyHint", true));
  }

  @Test
  void aSettingIsMadeOnce() {
    assertThatIllegalStateException()
        .isThrownBy(() -> ToolDefinition.builder("x").description("a").description("b"))
        .withMessage("description is set already");
    assertThatIllegalArgumentException().isThrownBy(() -> ToolDefinition.builder(""));
  }

  @Test
  void aSchemaIsJsonAndOfBoundedDepth() {
    Map<String, Object> deep = new HashMap<>();
    Map<String, Object> inner = deep;
    for (int i = 0; i < 200; i++) {
      Map<String, Object> next = new HashMap<>();
      inner.put("items", next);
      inner = next;
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ToolDefinition.builder("x").inputSchema(deep))
        .withMessage("inputSchema is nested more than 100 deep");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ToolDefinition.builder("x").annotations(Map.of("a", new Object())))
        .withMessageContaining("which JSON does not have");
  }

  @Test
  void aListThatIsTooLongIsRefusedBeforeItIsRead() {
    assertThatThrownBy(() -> ToolDefinition.list(" ".repeat((32 << 20) + 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("The tool list has more than 32 Mi characters");
    assertThatThrownBy(() -> ToolDefinition.list("[" + "[],".repeat(500_000) + "[]]"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("exceeds the maximum allowed (1000000");
  }
}
