package dev.alcada.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.tool.ToolPins.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tools that have been accepted, and whether they are still what they were then. */
class ToolPinsTest {
  private static final String REFUND =
      """
      {"name": "refund", "title": "Refund", "description": "Refunds a payment.",
       "inputSchema": {"type": "object", "properties": {
         "amount": {"type": "number", "maximum": 100},
         "currency": {"enum": ["BRL", "USD"]}}},
       "outputSchema": {"type": "object"},
       "annotations": {"readOnlyHint": false}}
      """;

  private static final ToolDefinition TOOL = tool(REFUND);
  private static final ToolPins PINS = ToolPins.of(List.of(TOOL));

  private static ToolDefinition tool(String json) {
    return ToolDefinition.list("[" + json + "]").get(0);
  }

  @Test
  void theLockFileHasTheHashOfTheCanonicalDefinition() throws Exception {
    String canonical =
        "{\"annotations\":{\"readOnlyHint\":false},\"description\":\"Refunds a payment.\","
            + "\"inputSchema\":{\"properties\":{\"amount\":{\"maximum\":100,\"type\":\"number\"},"
            + "\"currency\":{\"enum\":[\"BRL\",\"USD\"]}},\"type\":\"object\"},"
            + "\"name\":\"refund\",\"outputSchema\":{\"type\":\"object\"},\"title\":\"Refund\"}";
    String hash =
        HexFormat.of()
            .formatHex(
                MessageDigest.getInstance("SHA-256")
                    .digest(canonical.getBytes(StandardCharsets.UTF_8)));

    assertThat(PINS.toJson()).contains("\"sha256\": \"" + hash + "\"");
    assertThat(ToolPins.parse(PINS.toJson())).isEqualTo(PINS);
  }

  @Test
  void aToolIsPinnedChangedOrUnpinned() {
    assertThat(PINS.status(TOOL)).isEqualTo(Status.PINNED);
    assertThat(PINS.status(tool(REFUND.replace("payment.", "payment")))).isEqualTo(Status.CHANGED);
    assertThat(PINS.status(tool("{\"name\": \"other\"}"))).isEqualTo(Status.UNPINNED);
    assertThat(PINS.status(tool("{\"name\": \"Refund\"}"))).isEqualTo(Status.UNPINNED);
    assertThat(PINS.accepted("refund")).isEqualTo(TOOL);
    assertThat(PINS.accepted("other")).isNull();
    assertThat(PINS.names()).containsExactly("refund");
  }

  /** Every definition that is one character away, wherever that is. */
  static Stream<String> oneCharacterAway() {
    List<String> changed = new ArrayList<>();
    for (int i = 1; i < REFUND.length(); i++) {
      if (Character.isLetterOrDigit(REFUND.charAt(i))) {
        char other = REFUND.charAt(i) == 'x' ? 'y' : 'x';
        changed.add(REFUND.substring(0, i) + other + REFUND.substring(i + 1));
      }
    }
    return changed.stream();
  }

  @Test
  void oneCharacterAnywhereIsAChange() {
    int compared = 0;
    for (String json : oneCharacterAway().toList()) {
      ToolDefinition changed;
      try {
        changed = tool(json);
      } catch (IllegalArgumentException e) {
        continue; // No tool at all any more.
      }
      // A member that MCP does not have takes one away that it has.
      assertThat(PINS.status(changed)).as(json).isNotEqualTo(Status.PINNED);
      compared++;
    }
    assertThat(compared).isGreaterThan(100);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u200b", "\u0301", " ", "\n", "\u0430", "\ud83d\ude00"})
  void oneCharacterThatIsHardlySeenIsAChangeToo(String added) {
    String changed = REFUND.replace("a payment", "a " + added.replace("\n", "\\n") + "payment");

    assertThat(PINS.status(tool(changed))).isEqualTo(Status.CHANGED);
  }

  @Test
  void theOrderOfMembersAndTheSpellingOfNumbersIsNone() {
    ToolDefinition same =
        tool(
            """
            {"annotations": {"readOnlyHint": false}, "name": "refund",
             "outputSchema": {"type": "object"}, "description": "Refunds \\u0061 payment.",
             "inputSchema": {"properties": {"currency": {"enum": ["BRL", "USD"]},
               "amount": {"maximum": 1.00e2, "type": "number"}}, "type": "object"},
             "title": "Refund"}
            """);

    assertThat(PINS.status(same)).isEqualTo(Status.PINNED);
    assertThat(PINS.compare(List.of(same)).isUnchanged()).isTrue();
    assertThat(PINS.status(tool(REFUND.replace("[\"BRL\", \"USD\"]", "[\"USD\", \"BRL\"]"))))
        .isEqualTo(Status.CHANGED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "payment.  | payment and tells. | /description: \"Refunds a payment.\" is now \"Refunds a payment and tells.\"",
        "\"number\", \"maximum\": 100 | \"number\" | /inputSchema/properties/amount/maximum: removed 100",
        "100 | 1000 | /inputSchema/properties/amount/maximum: 100 is now 1000",
        "\"amount\": {\"type\": \"number\" | \"to\": {\"type\": \"string\"}, \"amount\": {\"type\": \"number\" | /inputSchema/properties/to: added {\"type\": \"string\"}",
        "\"BRL\", \"USD\" | \"BRL\", \"EUR\" | /inputSchema/properties/currency/enum/1: \"USD\" is now \"EUR\"",
        "\"BRL\", \"USD\" | \"BRL\" | /inputSchema/properties/currency/enum: [\"BRL\", \"USD\"] is now [\"BRL\"]",
        "false | true | /annotations/readOnlyHint: false is now true",
        "\"title\": \"Refund\", | | /title: removed \"Refund\""
      })
  void aChangeIsShownFieldByField(String from, String to, String change) {
    ToolDefinition changed = tool(REFUND.replace(from, to == null ? "" : to));

    PinComparison compared = PINS.compare(List.of(changed));

    assertThat(compared.changed())
        .singleElement()
        .satisfies(
            found -> {
              assertThat(found.before()).isEqualTo(TOOL);
              assertThat(found.now()).isEqualTo(changed);
              assertThat(found.fields()).singleElement().hasToString(change);
            });
    assertThat(compared.toText()).isEqualTo("\"refund\" has changed\n  " + change + "\n");
  }

  @Test
  void ofALongTextThePartIsShownThatChanged() {
    String words = "Words that do not change. ".repeat(100);
    ToolPins pins = ToolPins.of(List.of(described(words + "It tells you." + words)));

    FieldChange change =
        pins.compare(List.of(described(words + "It tells them." + words)))
            .changed()
            .get(0)
            .fields()
            .get(0);

    assertThat(change.before()).contains("It tells you.").hasSizeLessThan(120);
    assertThat(change.now()).contains("It tells them.").hasSizeLessThan(120).startsWith("…\"");
  }

  private static ToolDefinition described(String description) {
    return ToolDefinition.builder("refund").description(description).build();
  }

  @Test
  void newToolsAndMissingOnesAreNamedAndLookAlikesAreSaid() {
    List<ToolDefinition> now =
        List.of(
            ToolDefinition.builder("refunds").build(),
            ToolDefinition.builder("re\u0435fund").build(),
            ToolDefinition.builder("list_users").build());

    PinComparison compared = PINS.compare(now);

    assertThat(compared.isUnchanged()).isFalse();
    assertThat(compared.unpinned()).isEqualTo(now);
    assertThat(compared.missing()).containsExactly("refund");
    assertThat(compared.lookAlikes())
        .containsOnlyKeys("refunds", "re\u0435fund")
        .containsEntry("refunds", List.of("refund"));
    assertThat(compared.toText())
        .isEqualTo(
            """
            "refunds" is new, and looks like "refund"
            "re\u0435fund" is new, and looks like "refund"
            "list_users" is new
            "refund" is gone
            """);
  }

  @Test
  void onlyAPersonsWordPinsAToolAnew() {
    ToolDefinition changed = tool(REFUND.replace("100", "1000"));

    PINS.compare(List.of(changed));
    assertThat(PINS.status(changed)).isEqualTo(Status.CHANGED);

    ToolPins accepted = PINS.accept(List.of(changed, other()));
    assertThat(accepted.status(changed)).isEqualTo(Status.PINNED);
    assertThat(accepted.status(TOOL)).isEqualTo(Status.CHANGED);
    assertThat(accepted.status(other())).isEqualTo(Status.PINNED);
    assertThat(PINS.status(changed)).isEqualTo(Status.CHANGED);
    assertThat(accepted.without("refund").status(changed)).isEqualTo(Status.UNPINNED);
  }

  private static ToolDefinition other() {
    return ToolDefinition.builder("other").build();
  }

  @Test
  void whatCannotBePinnedIsRefused() {
    assertThatThrownBy(() -> ToolPins.of(List.of(TOOL, TOOL)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("More than one tool is called \"refund\"");
    assertThatThrownBy(() -> ToolPins.of(List.of(described("half \ud83d"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"refund\" cannot be pinned")
        .hasMessageContaining("surrogate");
    assertThatThrownBy(() -> PINS.without("other"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("No tool called \"other\" is pinned");
  }

  @Test
  void aToolThatCannotBeWrittenIsNeverTheOneThatWasAccepted() {
    Map<String, Object> schema = Map.of("maximum", new BigDecimal("1e30000"));

    assertThat(PINS.status(described("half \ud83d"))).isEqualTo(Status.CHANGED);
    assertThat(PINS.status(ToolDefinition.builder("refund").inputSchema(schema).build()))
        .isEqualTo(Status.CHANGED);
  }

  @Test
  void aLockFileIsReplacedAsAWhole(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("tools.lock.json");

    PINS.save(file);
    PINS.accept(List.of(other())).save(file);

    assertThat(ToolPins.load(file)).isEqualTo(PINS.accept(List.of(other())));
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void aFileThatCannotBeReadOrWrittenIsNamed(@TempDir Path directory) {
    Path file = directory.resolve("no/such.json");

    assertThatThrownBy(() -> ToolPins.load(file))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("such.json");
    assertThatThrownBy(() -> PINS.save(file))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("such.json");
  }

  static Stream<List<String>> faults() {
    String lock = PINS.toJson();
    return Stream.of(
        List.of("", "The lock file is empty; expected a lock file of tools"),
        List.of("[]", "The lock file is no object"),
        List.of("{", "The lock file is no JSON at line 1, column 2"),
        List.of("{\"tools\": {}}", "/version is missing; expected the text \"1\""),
        List.of(
            "{\"version\": \"2\", \"tools\": {}}", "/version is \"2\"; expected the text \"1\""),
        List.of("{\"version\": \"1\"}", "/tools is missing"),
        List.of("{\"version\": \"1\", \"tols\": {}}", "the unknown field \"tols\""),
        List.of("{\"version\": \"1\", \"tools\": {\"a\": 1}}", "/tools/a has no definition"),
        List.of(lock.replace("Refunds a", "Refunds the"), "/tools/refund/sha256 is "),
        List.of(lock.replace("\"sha256\": \"", "\"sha256\": \"0"), "one of them was edited"),
        List.of(lock.replace("\"sha256\"", "\"sha1\""), "/tools/refund has the unknown field"),
        List.of(
            lock.replace("\"name\": \"refund\"", "\"name\": \"r\""), "/definition/name is \"r\""),
        List.of(
            lock.replace("\"inputSchema\": {", "\"inputSchema\": 5, \"x\": {"),
            "/tools/refund/definition/inputSchema is a number; expected an object"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aLockFileThatWasEditedIsRefused(List<String> fault) {
    assertThatThrownBy(() -> ToolPins.parse(fault.get(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(fault.get(1));
  }

  @Test
  void whatAServerSaysIsShownEscaped() {
    ToolDefinition evil =
        ToolDefinition.builder("refund")
            .description("\u001b[2J\u202eevil\n")
            .inputSchema(Map.of("\u001b[2J", "x"))
            .build();

    String shown = PINS.compare(List.of(evil)).toText() + PINS.accept(List.of(evil)).toJson();

    assertThat(shown).containsIgnoringCase("\\u001b[2J\\u202eevil\\n");
    assertThat(shown.codePoints()).noneMatch(c -> c == 0x1b || c == 0x202e);
    assertThat(ToolPins.parse(PINS.accept(List.of(evil)).toJson()).status(evil))
        .isEqualTo(Status.PINNED);
  }
}
