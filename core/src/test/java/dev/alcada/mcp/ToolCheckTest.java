package dev.alcada.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.policy.Policy;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What does not fit when a policy is put on tools. */
class ToolCheckTest {
  private static final Map<String, Object> REFUND =
      Map.of(
          "type",
          "object",
          "additionalProperties",
          false,
          "properties",
          Map.of(
              "amount", Map.of("type", "number"),
              "payer",
                  Map.of(
                      "type",
                      "object",
                      "additionalProperties",
                      false,
                      "properties",
                      Map.of("document", Map.of("type", "string"))),
              "items",
                  Map.of(
                      "type",
                      "array",
                      "items",
                      Map.of(
                          "additionalProperties", false, "properties", Map.of("price", Map.of()))),
              "free", Map.of("type", "object")));

  @Test
  void aPolicyThatFitsItsToolsSaysNothing() {
    assertThat(
            check(
                """
                {"version": "1", "default": "deny", "hide": ["*"], "tools": {"refund": {}, "ref*": {}}}
                """))
        .isEqualTo(new ToolCheck(List.of(), List.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"payment", "pay*"})
  void aNameThatMatchesNoToolIsAWarning(String name) {
    ToolCheck check =
        check(
            """
            {"version": "1", "default": "allow", "hide": ["%1$s"], "tools": {"%1$s": {}}}
            """
                .formatted(name));

    assertThat(check.errors()).isEmpty();
    assertThat(check.warnings())
        .containsExactly(
            "\"" + name + "\" in hide matches no tool",
            "\"" + name + "\" in tools matches no tool");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Refund", "REFUND", "refun", "refunds", "xrefund", "refond", "rfeund"})
  void underDefaultAllowANameAlmostThatOfAToolIsAnError(String name) {
    String tools = "{\"version\": \"1\", \"default\": \"%s\", \"tools\": {\"%s\": {}}}";
    String problem = "\"" + name + "\" in tools matches no tool; did you mean \"refund\"?";

    assertThat(check(tools.formatted("allow", name)).errors()).containsExactly(problem);
    assertThat(check(tools.formatted("deny", name)).errors()).isEmpty();
    assertThat(check(tools.formatted("deny", name)).warnings()).containsExactly(problem);
  }

  @Test
  void underDefaultAllowAHiddenNameAlmostThatOfAToolIsAnErrorToo() {
    assertThat(
            check("{\"version\": \"1\", \"default\": \"allow\", \"hide\": [\"reFund\"]}").errors())
        .containsExactly("\"reFund\" in hide matches no tool; did you mean \"refund\"?");
  }

  @ParameterizedTest
  @CsvSource({
    "args.amount, false,",
    "args.amont, true, amount",
    "args.payer.document, false,",
    "args.payer.name, true,",
    "args.items[0].price, false,",
    "args.items[0].weight, true,",
    "args.free.anything, false,",
    "context.tenant, false,"
  })
  void aJudgedPathThatNoSchemaNamesIsAWarning(
      String path, boolean warned, @Nullable String nearest) {
    ToolCheck check =
        check(
            """
            {"version": "1", "default": "deny", "tools": {"refund": {
              "require": [{"conditions": [{"path": "%s", "op": "exists", "value": true}]}]}}}
            """
                .formatted(path));

    assertThat(check.errors()).isEmpty();
    assertThat(check.warnings())
        .isEqualTo(
            warned
                ? List.of(
                    "tools/refund judges "
                        + path
                        + ", which no input schema there has"
                        + (nearest == null ? "" : "; did you mean \"args." + nearest + "\"?"))
                : List.of());
  }

  @Test
  void scopesAndAmountsOfLimitsAreJudgedPathsToo() {
    ToolCheck check =
        check(
            """
            {"version": "1", "default": "deny", "tools": {"refund": {"limits": [
              {"counter": "a", "window": "day", "max": 1, "scope": "args.payr"},
              {"counter": "b", "window": "day", "max": 1, "increment_from": "args.amout"}]}},
             "all_tools": {"deny_if": [{"conditions": [{"path": "args.x", "op": "eq", "value": 1}]}]}}
            """);

    assertThat(check.warnings())
        .containsExactly(
            "tools/refund judges args.payr, which no input schema there has; did you mean"
                + " \"args.payer\"?",
            "tools/refund judges args.amout, which no input schema there has; did you mean"
                + " \"args.amount\"?",
            "all_tools judges args.x, which no input schema there has");
  }

  @Test
  void anOpenSchemaMayHaveAnyPath() {
    Policy policy =
        Policy.parse(
            """
            {"version": "1", "default": "deny", "all_tools": {"deny_if": [
              {"conditions": [{"path": "args.x", "op": "eq", "value": 1}]}]}}
            """);
    Map<String, Object> open = Map.of("additionalProperties", false, "anyOf", List.of());

    assertThat(ToolCheck.of(policy, List.of(tool("refund", REFUND))).warnings()).hasSize(1);
    assertThat(
            ToolCheck.of(
                    policy, List.of(tool("refund", REFUND), tool("open", Map.of("type", "object"))))
                .warnings())
        .isEmpty();
    assertThat(ToolCheck.of(policy, List.of(tool("any", open))).warnings()).isEmpty();
  }

  private static ToolCheck check(String policy) {
    return ToolCheck.of(Policy.parse(policy), List.of(tool("refund", REFUND)));
  }

  private static Tool tool(String name, Map<String, Object> schema) {
    return Tool.builder(name, schema).build();
  }
}
