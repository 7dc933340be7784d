package dev.alcada.advice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.advice.PolicyCheck.Finding;
import dev.alcada.advice.PolicyCheck.Level;
import dev.alcada.policy.Policy;
import dev.alcada.policy.PolicyException;
import dev.alcada.tool.ToolDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a policy does not fit the tools that it is put on. */
class PolicyCheckTest {
  private static final List<ToolDefinition> TOOLS =
      ToolDefinition.list(
          """
          [{"name": "refund", "description": "Refunds a payment", "inputSchema": {
             "type": "object", "required": ["id", "currency", "payer", "count"],
             "properties": {
               "id": {"type": "string", "format": "uuid"},
               "amount": {"type": "number", "minimum": 5, "maximum": 5000},
               "currency": {"enum": ["BRL", "USD"]},
               "count": {"type": "integer"},
               "note": {"type": "string", "default": "none"},
               "urgent": {"type": "boolean"},
               "payer": {"$ref": "#/$defs/Payer"},
               "tags": {"type": "array", "items": {"type": "string"}},
               "method": {"anyOf": [
                 {"type": "object", "properties": {"card": {"type": "string"}},
                  "additionalProperties": false},
                 {"type": "object", "properties": {"account": {"type": "number"}},
                  "additionalProperties": false}]},
               "extra": {"type": "object"}},
             "$defs": {"Payer": {"type": "object", "required": ["document"],
               "additionalProperties": false,
               "properties": {"document": {"type": "string", "pattern": "^[0-9]+$"}}}}}},
           {"name": "list_refunds", "description": "Lists refunds",
            "inputSchema": {"type": "object", "properties": {"page": {"type": "number"}}}},
           {"name": "delete_refund", "description": "Deletes a refund",
            "inputSchema": {"type": "object", "properties": {"id": {"type": "number"}}}}]
          """);

  private static final String REST = "list_refunds: {}\n  delete_refund: {action: deny}\n";

  private static List<Finding> refund(String fields) {
    return check(
        """
        version: "1"
        default: deny
        tools:
          %s  refund: {%s}
        """
            .formatted(REST, fields));
  }

  private static List<Finding> check(String document) {
    return PolicyCheck.against(document, TOOLS).findings();
  }

  private static List<Finding> worseThanNotes(List<Finding> findings) {
    return findings.stream().filter(finding -> finding.level() != Level.NOTE).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "require: [{conditions: [{path: args.amount, op: lte, value_from: args.limt}]}]",
        "limits: [{counter: a, window: day, max: 5, distinct: args.limt, scope: grant}]",
        "limits: [{counter: a, window: day, max: 5, scope: [grant, args.limt]}]",
        "limits: [{counter: a, window: day, max: 5, if: [{path: args.limt, op: eq, value: x}]}]",
        "once: {window: 24h, by: args.limt}"
      })
  void whereverAnArgumentIsNamedTheToolHasToHaveIt(String rule) {
    ToolDefinition pay =
        ToolDefinition.builder("pay")
            .inputSchema(
                Map.of(
                    "type",
                    "object",
                    "properties",
                    Map.of("amount", Map.of("type", "number"), "limit", Map.of("type", "string")),
                    "required",
                    List.of("amount", "limit"),
                    "additionalProperties",
                    false))
            .build();
    String document = "version: \"1\"\ndefault: deny\ntools:\n  pay:\n    " + rule + "\n";

    assertThat(PolicyCheck.against(document, List.of(pay)).toText())
        .contains("\"pay\" has no args.limt", "did you mean \"limit\"?", "[unknown-argument]");
    assertThat(PolicyCheck.against(document.replace("limt", "limit"), List.of(pay)).toText())
        .doesNotContain("unknown-argument");
  }

  @Test
  void aLimitForSomeCallsBoundsNoOther() {
    ToolDefinition pay = ToolDefinition.builder("pay").build();
    String limits =
        """
        version: "1"
        default: deny
        tools:
          pay:
            limits:
              - {counter: few, window: minute, max: 1, scope: grant%s}
              - {counter: many, window: hour, max: 5000, scope: grant}
        """;

    assertThat(PolicyCheck.against(limits.formatted(""), List.of(pay)).toText())
        .contains("unbound-limit");
    assertThat(
            PolicyCheck.against(
                    limits.formatted(", if: [{path: args.a, op: eq, value: x}]"), List.of(pay))
                .toText())
        .doesNotContain("unbound-limit");
  }

  @Test
  void aPolicyThatFitsItsToolsSaysNothing() {
    assertThat(
            refund(
                """
                require: [{conditions: [
                    {path: args.currency, op: in, value: [BRL, USD]},
                    {path: args.payer.document, op: regex, value: "^1"},
                    {path: args.id, op: eq, value: 123e4567-e89b-12d3-a456-426614174000},
                    {path: args.count, op: lte, value: 3}]}],
                  limits: [{counter: a, window: day, max: 3, scope: args.id},
                    {counter: b, window: day, max: 3}]
                """))
        .isEmpty();
  }

  // Names.

  @ParameterizedTest
  @CsvSource({
    "Refund, allow, ERROR, refund",
    "refunds, allow, ERROR, refund",
    "re\u0435fund, allow, ERROR, refund",
    "refund, allow,,",
    "Refund, deny, WARNING, refund",
    "list_refund, deny, WARNING, list_refunds",
    "delete_the_refund, allow, WARNING, delete_refund",
    "charge, allow, WARNING,"
  })
  void aNameThatMatchesNoToolIsFoundWithTheOneThatIsMeant(
      String name, String byDefault, Level level, String meant) {
    for (String field : List.of("hide: [\"%s\"]", "tools: {\"%s\": {}}")) {
      List<Finding> unknown =
          check(("version: \"1\"\ndefault: %s\n" + field + "\n").formatted(byDefault, name))
              .stream()
              .filter(finding -> finding.rule().equals("unknown-tool"))
              .toList();

      if (level == null) {
        assertThat(unknown).isEmpty();
      } else {
        assertThat(unknown)
            .singleElement()
            .satisfies(
                finding -> {
                  assertThat(finding.level()).isEqualTo(level);
                  assertThat(finding.line()).isEqualTo(3);
                  assertThat(finding.message())
                      .contains("matches no tool")
                      .endsWith(meant == null ? "no tool" : "did you mean \"" + meant + "\"?");
                });
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'pay*: {}', 'matches no tool'",
    "'\"*refund*\": {}, refund: {}, \"*_refund*\": {}', ",
    "'\"*refund\": {}, refund: {}, delete_refund: {}', 'decides about no tool'"
  })
  void aPatternThatDecidesAboutNoToolIsFound(String tools, String message) {
    List<Finding> unused =
        check("version: \"1\"\ndefault: deny\ntools: {" + tools + "}\n").stream()
            .filter(finding -> finding.rule().equals("unused-pattern"))
            .toList();

    if (message == null) {
      assertThat(unused.stream().map(Finding::pointer)).containsExactly("/tools/*refund*");
    } else {
      assertThat(unused).singleElement().satisfies(f -> assertThat(f.message()).contains(message));
    }
  }

  private static List<Finding> wide(String pattern, String rule, String... tools) {
    List<ToolDefinition> all = new ArrayList<>();
    for (String tool : tools) {
      all.add(ToolDefinition.builder(tool).build());
    }
    return PolicyCheck.against(
            "version: \"1\"\ndefault: deny\ntools: {\"%s\": %s}\n".formatted(pattern, rule), all)
        .findings()
        .stream()
        .filter(finding -> finding.rule().equals("wide-pattern"))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "get_*, get_and_delete_user, get_user, destructive",
    "'*_account', delete_account, get_account, destructive",
    "'*', create_payment, get_account, financial",
    "list_*, list_and_run_command, list_users, execute",
    "'*_order', cancel_order, get_order, destructive"
  })
  void aPatternThatLetsThroughWhatItsWordsDoNotSayIsFound(
      String pattern, String grave, String harmless, String category) {
    String byDefault = pattern.equals("*") ? "allow" : "deny";
    List<ToolDefinition> tools =
        List.of(ToolDefinition.builder(grave).build(), ToolDefinition.builder(harmless).build());

    List<Finding> found =
        PolicyCheck.against(
                "version: \"1\"\ndefault: deny\ntools: {\"%s\": {}}\n"
                    .formatted(pattern)
                    .replace("deny", byDefault)
                    .replace("\"*\"", "\"*_*\""),
                tools)
            .findings();

    assertThat(found.stream().filter(f -> f.rule().equals("wide-pattern")))
        .singleElement()
        .satisfies(
            finding ->
                assertThat(finding.message()).contains("\"" + grave + "\"").contains(category));
  }

  @Test
  void aPatternThatSaysSoOrAsksIsNot() {
    assertThat(wide("delete_*", "{}", "delete_user")).isEmpty();
    assertThat(wide("*_account", "{action: require_approval}", "delete_account")).isEmpty();
    assertThat(
            wide(
                "*_account",
                "{require: [{conditions: [{path: context.role, op: eq, value: admin}]}]}",
                "delete_account"))
        .isEmpty();
    assertThat(wide("list_*", "{rate_limit: 5/minute}", "list_and_run_command")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "list*, listen_all, true",
    "list*, list_all, false",
    "list*, listAll, false",
    "list*, lists_all, false",
    "get*, getaway, true",
    "'*list', blacklist, true",
    "'*_list', user_list, false",
    "'*List', userList, false"
  })
  void aPatternThatEndsInTheMiddleOfAWordIsFound(String pattern, String tool, boolean cut) {
    assertThat(
            wide(pattern, "{}", tool).stream()
                .filter(f -> f.message().endsWith("in the middle of a word")))
        .hasSize(cut ? 1 : 0);
  }

  @Test
  void aToolWithoutARuleIsDeniedOrOpen() {
    String none = "version: \"1\"\ndefault: deny\n";

    assertThat(check(none))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.level()).isEqualTo(Level.NOTE);
              assertThat(finding.message())
                  .isEqualTo(
                      "\"refund\", \"list_refunds\" and \"delete_refund\" are not listed, and so"
                          + " denied");
            });
    assertThat(check(none.replace("deny", "allow")).stream().map(Finding::toString))
        .containsExactly(
            "warning: the document (line 1, column 1): \"refund\" is not listed, and so open; it is"
                + " financial",
            "warning: the document (line 1, column 1): \"delete_refund\" is not listed, and so open;"
                + " it is destructive",
            "note: the document (line 1, column 1): \"list_refunds\" is not listed, and so open; it"
                + " is read");
  }

  @Test
  void aToolThatLooksLikeAListedOneIsFound() {
    List<ToolDefinition> tools = new ArrayList<>(TOOLS);
    tools.add(ToolDefinition.builder("list_refunds_").description("Lists refunds").build());
    String document =
        "version: \"1\"\ndefault: allow\ntools:\n  " + REST + "  refund: {action: deny}\n";

    assertThat(PolicyCheck.against(document, tools).findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.level()).isEqualTo(Level.WARNING);
              assertThat(finding.message())
                  .isEqualTo(
                      "\"list_refunds_\" is not listed, and so open; it is read, and looks like"
                          + " \"list_refunds\"");
            });
  }

  @Test
  void toolsOfOneNameAndToolsThatNoRuleCanNameAreFound() {
    List<ToolDefinition> tools =
        List.of(
            ToolDefinition.builder("a").build(),
            ToolDefinition.builder("a").build(),
            ToolDefinition.builder("b*").build());

    assertThat(
            PolicyCheck.against(
                    Policy.parse("version: \"1\"\ndefault: deny\ntools: {a: {}}\n"), tools)
                .findings()
                .stream()
                .map(Finding::rule))
        .containsExactly("repeated-tool", "unrulable-tool");
  }

  // Arguments.

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "args.amont             | every call is denied; did you mean \"amount\"?",
        "args.payer.documents   | every call is denied; did you mean \"document\"?",
        "args.payer.document.x  | every call is denied",
        "args.amount.cents      | every call is denied",
        "args.method.crd        | every call is denied; did you mean \"card\"?",
        "args.tags[0].name      | every call is denied",
        "args.tags.name         | every call is denied"
      })
  void anArgumentThatTheToolHasNotIsFound(String path, String message) {
    List<Finding> found =
        refund(
            "require: [{conditions: [{path: \"%s\", op: exists, value: true}]}]".formatted(path));

    assertThat(found)
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.level()).isEqualTo(Level.WARNING);
              assertThat(finding.rule()).isEqualTo("unknown-argument");
              assertThat(finding.pointer()).isEqualTo("/tools/refund/require/0/conditions/0");
              assertThat(finding.message()).isEqualTo("\"refund\" has no " + path + ": " + message);
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "args.extra.anything", "args.extra.a[3].b", "args.method.card", "args.method.account",
        "args.tags[0]", "args.payer.document", "context.anything", "grant"
      })
  void anArgumentThatTheToolHasOrMayHaveIsNot(String path) {
    assertThat(
            refund(
                "require: [{conditions: [{path: \"%s\", op: exists, value: true}]}]"
                    .formatted(path)))
        .isEmpty();
  }

  @Test
  void whatComesOfItDependsOnWhereItStands() {
    String condition = "[{conditions: [{path: args.x, op: eq, value: 1}]}]";

    assertThat(messages(refund("deny_if: " + condition)))
        .containsExactly("\"refund\" has no args.x: it never denies");
    assertThat(messages(refund("approve_if: " + condition)))
        .containsExactly("\"refund\" has no args.x: it never asks");
    assertThat(
            messages(
                refund(
                    "limits: [{counter: a, window: day, max: 1, scope: args.x}, {counter: b, window: day, max: 1}]")))
        .containsExactly("\"refund\" has no args.x: every call is denied");
    assertThat(
            messages(refund("limits: [{counter: a, window: day, max: 1, increment_from: args.x}]")))
        .containsExactly("\"refund\" has no args.x: every call is denied");
    assertThat(messages(refund("rate_limit: {max: 1, window: 60, scope: args.x}")))
        .containsExactly("\"refund\" has no args.x: every call is denied");
    assertThat(refund("require: [{conditions: [{path: args.x, op: exists, value: false}]}]"))
        .isEmpty();
  }

  private static List<String> messages(List<Finding> findings) {
    return worseThanNotes(findings).stream().map(Finding::message).toList();
  }

  @Test
  void aRuleForSeveralToolsMatchesThoseThatHaveTheArgument() {
    String document =
        """
        version: "1"
        default: deny
        tools: {refund: {}, list_refunds: {}, delete_refund: {}}
        all_tools:
          require: [{conditions: [{path: args.id, op: neq, value: x}]}]
          deny_if: [{conditions: [{path: args.page, op: gt, value: 5}]},
                    {conditions: [{path: args.page, op: exists, value: false}]},
                    {conditions: [{path: args.nobody, op: eq, value: 5}]}]
        """;

    assertThat(messages(check(document)))
        .containsExactlyInAnyOrder(
            "\"list_refunds\" has no args.id: every call is denied",
            "in \"refund\", args.id is never \"x\": what is there has the format \"uuid\";"
                + " it requires nothing",
            "in \"delete_refund\", args.id is a number, and \"neq\" compares it with text: every"
                + " call that has it is denied",
            "\"refund\", \"list_refunds\" and \"delete_refund\" have no args.nobody: it never"
                + " denies");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{path: args.note, op: lte, value: 5}            | args.note is text, and \"lte\" compares a number",
        "{path: args.amount, op: eq, value: \"5\"}       | args.amount is a number, and \"eq\" compares it with text",
        "{path: args.amount, op: in, value: [\"5\"]}     | args.amount is a number, and \"in\" compares it with text",
        "{path: args.amount, op: regex, value: \"5\"}    | args.amount is a number, and \"regex\" compares text",
        "{path: args.urgent, op: eq, value: \"yes\"}     | args.urgent is true or false, and \"eq\" compares it with text",
        "{path: args.urgent, op: contains, value: \"y\"} | args.urgent is true or false, and \"contains\" compares it with text or a list",
        "{path: args.payer, op: eq, value: \"y\"}        | args.payer is an object, and \"eq\" compares it with text",
        "{path: args.tags, op: eq, value: \"y\"}         | args.tags is a list, and \"eq\" compares it with text",
        "{path: args.note, op: eq, value: null}          | args.note is text, and \"eq\" compares it with null"
      })
  void aComparisonAgainstTheWrongTypeIsFound(String condition, String message) {
    assertThat(messages(refund("require: [{conditions: [" + condition + "]}]")))
        .containsExactly("in \"refund\", " + message + ": every call that has it is denied");
    assertThat(
            messages(
                refund(
                    "require: [{conditions: [{path: context.x, op: exists, value: true}]}],"
                        + " approve_if: [{conditions: ["
                        + condition
                        + "]}]")))
        .contains("in \"refund\", " + message + ": every call that has it asks");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{path: args.currency, op: eq, value: EUR}               | args.currency is never \"EUR\": what is permitted there is \"BRL\", \"USD\"; every call is denied",
        "{path: args.currency, op: in, value: [BRL, EUR]}        | args.currency is never \"EUR\": what is permitted there is \"BRL\", \"USD\"",
        "{path: args.currency, op: not_in, value: [EUR, GBP]}    | args.currency is never \"EUR\", \"GBP\": what is permitted there is \"BRL\", \"USD\"; it requires nothing",
        "{path: args.currency, op: regex, value: \"^E\"}         | no value that is permitted for args.currency matches: \"BRL\", \"USD\"; every call is denied",
        "{path: args.currency, op: contains, value: \"E\"}       | no value that is permitted for args.currency contains \"E\": \"BRL\", \"USD\"; every call is denied",
        "{path: args.count, op: eq, value: 2.5}                  | args.count is never 2.5: what is there is a whole number; every call is denied",
        "{path: args.id, op: eq, value: me}                      | args.id is never \"me\": what is there has the format \"uuid\"; every call is denied",
        "{path: args.payer.document, op: eq, value: \"1a\"}      | args.payer.document is never \"1a\": what is there matches \"^[0-9]+$\"; every call is denied",
        "{path: args.amount, op: gt, value: 5000}                | args.amount is at most 5000: it is never true; every call is denied",
        "{path: args.amount, op: lt, value: 5}                   | args.amount is at least 5: it is never true; every call is denied",
        "{path: args.amount, op: eq, value: 6000}                | args.amount is never 6000: the most there is 5000; every call is denied"
      })
  void aValueThatCannotOccurIsFound(String condition, String message) {
    assertThat(messages(refund("require: [{conditions: [" + condition + "]}]")))
        .containsExactly("in \"refund\", " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{path: args.amount, op: lte, value: 5000} | args.amount is at most 5000: it is always true; it requires nothing",
        "{path: args.amount, op: gte, value: 5}    | args.amount is at least 5: it is always true; it requires nothing"
      })
  void aBoundThatTheSchemaHasAnywayIsNoted(String condition, String message) {
    assertThat(
            refund("require: [{conditions: [" + condition + "]}]").stream().map(Finding::message))
        .contains("in \"refund\", " + message);
  }

  @Test
  void anArgumentThatMayBeLeftOutEscapesADenial() {
    String denied = "deny_if: [{conditions: [{path: args.note, op: contains, value: x}]}]";

    assertThat(messages(refund(denied)))
        .containsExactly(
            "in \"refund\", args.note may be left out, and stands for \"none\" then: such a call is"
                + " not caught by \"deny_if\"; add a \"require\" with \"exists\": true");
    assertThat(
            messages(
                refund(
                    denied
                        + ", require: [{conditions: [{path: args.note, op: exists, value: true}]}]")))
        .isEmpty();
    assertThat(messages(refund(denied.replace("args.note", "args.id")))).isEmpty();
  }

  @Test
  void anArgumentThatMayBeLeftOutAndIsRequiredIsNoted() {
    assertThat(refund("require: [{conditions: [{path: args.note, op: contains, value: x}]}]"))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.level()).isEqualTo(Level.NOTE);
              assertThat(finding.rule()).isEqualTo("optional-argument");
              assertThat(finding.message()).endsWith("such a call is denied");
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "scope: args.tags          | args.tags is a list, and a limit counts by text or a number",
        "scope: args.urgent        | args.urgent is true or false, and a limit counts by text or a number",
        "increment_from: args.note | args.note is text, and a limit counts a number"
      })
  void aLimitThatCountsWhatCannotBeCountedIsFound(String field, String message) {
    assertThat(
            messages(
                refund(
                    "limits: [{counter: a, window: day, max: 9, %s}, {counter: b, window: day, max: 9}]"
                        .formatted(field))))
        .containsExactly("in \"refund\", " + message + ": every call is denied");
  }

  // Limits.

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{counter: a, window: minute, max: 30}, {counter: b, window: hour, max: 1800} | 1",
        "{counter: a, window: minute, max: 30}, {counter: b, window: hour, max: 1799} |",
        "{counter: a, window: hour, max: 30}, {counter: b, window: minute, max: 30} | 1",
        "{counter: a, window: hour, max: 30}, {counter: b, window: minute, max: 29} |",
        "{counter: a, window: day, max: 30}, {counter: b, window: day, max: 30, scope: session} | 1",
        "{counter: a, window: day, max: 30, scope: session}, {counter: b, window: day, max: 30} | 0",
        "{counter: a, window: day, max: 30}, {counter: b, window: day, max: 90, scope: global} |",
        "{counter: a, window: day, max: 30, scope: global}, {counter: b, window: day, max: 30} | 1",
        "{counter: a, window: day, max: 30, scope: global}, {counter: b, window: day, max: 30, scope: args.id} | 1",
        "{counter: a, window: day, max: 30, counts: successes}, {counter: b, window: day, max: 40} |",
        "{counter: a, window: day, max: 30, counts: successes}, {counter: b, window: day, max: 40, counts: successes} | 1",
        "{counter: a, window: day, max: 30, increment: 3}, {counter: b, window: day, max: 10} | 0",
        "{counter: a, window: day, max: 30, increment: 3}, {counter: b, window: day, max: 9} | 0",
        "{counter: a, window: day, max: 30, increment_from: args.count}, {counter: b, window: day, max: 40} |",
        "{counter: a, window: day, max: 30, increment_from: args.count}, {counter: b, window: day, max: 40, increment_from: args.count} | 1",
        "{counter: a, window: hour, max: 30, alignment: calendar, timezone: UTC}, {counter: b, window: day, max: 720} |",
        "{counter: a, window: hour, max: 30, alignment: calendar, timezone: UTC}, {counter: b, window: day, max: 750} | 1"
      })
  void aLimitThatOthersAlwaysReachFirstIsFound(String limits, Integer unbound) {
    List<Finding> found =
        refund("limits: [" + limits + "]").stream()
            .filter(finding -> finding.rule().equals("unbound-limit"))
            .toList();

    if (unbound == null) {
      assertThat(found).isEmpty();
    } else {
      assertThat(found)
          .singleElement()
          .satisfies(f -> assertThat(f.pointer()).isEqualTo("/tools/refund/limits/" + unbound));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "30, 60, 20, '/tools/refund/limits/0 /tools/list_refunds/limits/0'",
    "30, 30, 60, '/all_tools/limits/0'",
    "30, 60, 89, ''",
    "30, 60, 90, '/all_tools/limits/0'",
    "30, 60, 40, '/tools/list_refunds/limits/0'"
  })
  void aLimitForAllToolsIsSeenBesideThoseOfEach(int one, int other, int all, String unbound) {
    String document =
        """
        version: "1"
        default: deny
        hide: [delete_refund]
        all_tools: {limits: [{counter: all, window: minute, max: %d}]}
        tools:
          refund: {limits: [{counter: a, window: minute, max: %d}]}
          list_refunds: {limits: [{counter: b, window: minute, max: %d}]}
        """
            .formatted(all, one, other);

    assertThat(
            check(document).stream()
                .filter(finding -> finding.rule().equals("unbound-limit"))
                .map(Finding::pointer)
                .toList())
        .containsExactlyInAnyOrder(unbound.isEmpty() ? new String[0] : unbound.split(" ", -1));
    assertThat(check(document.replace("deny", "allow")).stream().map(Finding::pointer))
        .doesNotContain("/all_tools/limits/0");
  }

  @Test
  void aLimitThatNeverHasRoomIsFound() {
    assertThat(messages(refund("limits: [{counter: a, window: day, max: 3, increment: 5}]")))
        .containsExactly("each call adds 5, and at most 3 fits: every call is denied");
    assertThat(
            messages(
                refund("limits: [{counter: a, window: day, max: 3, increment_from: args.amount}]")))
        .containsExactly(
            "in \"refund\", args.amount is at least 5, and at most 3 fits: every call is denied");
  }

  // The findings themselves.

  @Test
  void findingsHaveTheirPlaceInTheTextAndTheWorstComesFirst() {
    PolicyCheck check =
        PolicyCheck.against(
            """
            {"version": "1", "default": "allow",
             "tools": {
               "refund": {"require": [
                 {"conditions": [{"path": "args.amont", "op": "lte", "value": 5}]}]},
               "Refund": {}}}
            """,
            TOOLS);

    assertThat(check.passes()).isFalse();
    assertThat(check.toText())
        .isEqualTo(
            """
            error: /tools/Refund (line 5, column 4): "Refund" in tools matches no tool; did you mean "refund"? [unknown-tool]
            warning: /tools/refund/require/0/conditions/0 (line 4, column 22): "refund" has no args.amont: every call is denied; did you mean "amount"? [unknown-argument]
            warning: the document (line 1, column 1): "delete_refund" is not listed, and so open; it is destructive [unlisted-tool]
            note: the document (line 1, column 1): "list_refunds" is not listed, and so open; it is read [unlisted-tool]
            """);
  }

  @Test
  void aPolicyOfJavaIsCheckedWithoutLines() {
    Policy policy = Policy.parse("version: \"1\"\ndefault: deny\ntools: {Refund: {}}\n");

    assertThat(PolicyCheck.against(policy, TOOLS).toText())
        .startsWith("warning: /tools/Refund: \"Refund\" in tools matches no tool");
  }

  @Test
  void programsReadThemAsJson() {
    assertThat(
            PolicyCheck.against(
                    "version: \"1\"\ndefault: deny\nhide: [a, refund, list_refunds, delete_refund]\n",
                    TOOLS)
                .toJson())
        .isEqualTo(
            """
            {
              "findings": [
                {
                  "level": "warning",
                  "rule": "unknown-tool",
                  "pointer": "/hide/0",
                  "line": 3,
                  "column": 8,
                  "message": "\\"a\\" in hide matches no tool"
                }
              ]
            }
            """);
    assertThat(PolicyCheck.against("version: \"1\"\ndefault: deny\n", List.of()).toJson())
        .isEqualTo("{\n  \"findings\": []\n}\n");
  }

  @Test
  void codeHostsReadThemAsSarif() {
    String sarif =
        PolicyCheck.against(
                "version: \"1\"\ndefault: deny\nhide: [a, refund, list_refunds, delete_refund]\n",
                TOOLS)
            .toSarif("config/policy.yaml");

    assertThat(sarif)
        .contains("\"version\": \"2.1.0\"")
        .contains("\"name\": \"Al\u00e7ada\"")
        .contains(
            """
                  "results": [
                    {
                      "ruleId": "unknown-tool",
                      "level": "warning",
                      "message": {
                        "text": "\\"a\\" in hide matches no tool"
                      },
                      "locations": [
                        {
                          "physicalLocation": {
                            "artifactLocation": {
                              "uri": "config/policy.yaml"
                            },
                            "region": {
                              "startLine": 3,
                              "startColumn": 8
                            }
                          },
                          "logicalLocations": [
                            {
                              "fullyQualifiedName": "/hide/0"
                            }
                          ]
                        }
                      ]
                    }
                  ]
            """);
  }

  @Test
  void everyKindOfFindingIsDescribed() {
    TreeSet<String> kinds = new TreeSet<>(CheckReport.KINDS.keySet());

    assertThat(kinds)
        .containsExactly(
            "closed-limit",
            "impossible-value",
            "optional-argument",
            "repeated-tool",
            "unbound-limit",
            "unknown-argument",
            "unknown-tool",
            "unlisted-tool",
            "unrulable-tool",
            "unused-pattern",
            "wide-pattern",
            "wrong-type");
  }

  @Test
  void aDocumentThatDoesNotLoadIsRefused() {
    assertThatThrownBy(() -> PolicyCheck.against("version: \"1\"\n", TOOLS))
        .isInstanceOf(PolicyException.class);
  }

  @Test
  void whatToolsAndPoliciesAreCalledIsShownEscaped() {
    List<ToolDefinition> tools =
        List.of(ToolDefinition.builder("\u001b[2Jevil\u202e").description("Deletes").build());

    PolicyCheck check =
        PolicyCheck.against(
            "{\"version\": \"1\", \"default\": \"allow\", \"tools\": {\"x\\u001b[2J\": {}}}",
            tools);

    assertThat(check.toText() + check.toJson() + check.toSarif("p"))
        .contains("u001b")
        .matches(text -> text.codePoints().noneMatch(c -> c == 0x1b || c == 0x202e));
  }
}
