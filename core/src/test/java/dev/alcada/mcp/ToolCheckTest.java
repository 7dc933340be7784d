package dev.alcada.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.alcada.guard.ToolGuard;
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

  private static final ToolGuard GUARD =
      ToolGuard.builder(Policy.parse("{\"version\": \"1\", \"default\": \"deny\"}")).build();

  @Test
  void aPolicyThatFitsItsToolsSaysNothing() {
    assertThat(
            check(
                """
                {"version": "1", "default": "deny", "hide": ["*"], "tools": {"refund": {}, "ref*": {}}}
                """))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"payment", "pay*"})
  void aNameThatMatchesNoToolIsAWarning(String name) {
    assertThat(
            check(
                """
                {"version": "1", "default": "deny", "hide": ["%1$s"], "tools": {"%1$s": {}}}
                """
                    .formatted(name)))
        .containsExactly(
            "\"" + name + "\" in hide matches no tool",
            "\"" + name + "\" in tools matches no tool");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Refund", "REFUND", "refun", "refunds", "xrefund", "refond", "rfeund"})
  void underDefaultAllowANameAlmostThatOfAToolIsAnError(String name) {
    String tools = "{\"version\": \"1\", \"default\": \"%s\", \"tools\": {\"%s\": {}}}";
    String problem = "\"" + name + "\" in tools matches no tool; did you mean \"refund\"?";

    assertThatIllegalArgumentException()
        .isThrownBy(() -> check(tools.formatted("allow", name)))
        .withMessage(
            "The policy allows what it does not list, and "
                + problem
                + " Correct the name, or allow similar names.");
    assertThat(check(tools.formatted("deny", name))).containsExactly(problem);
    assertThat(
            tools(true)
                .check(
                    Policy.parse(tools.formatted("allow", name)), List.of(tool("refund", REFUND))))
        .contains(problem);
  }

  @Test
  void underDefaultAllowAHiddenNameAlmostThatOfAToolIsAnErrorToo() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> check("{\"version\": \"1\", \"default\": \"allow\", \"hide\": [\"reFund\"]}"))
        .withMessageContaining("\"reFund\" in hide matches no tool; did you mean \"refund\"?");
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
    List<String> found =
        check(
            """
            {"version": "1", "default": "deny", "tools": {"refund": {
              "require": [{"conditions": [{"path": "%s", "op": "exists", "value": true}]}]}}}
            """
                .formatted(path));

    assertThat(found).hasSize(warned ? 1 : 0);
    assertThat(found)
        .allSatisfy(
            line ->
                assertThat(line)
                    .startsWith("/tools/refund/require/0/conditions/0")
                    .contains(path.replaceAll("\\[0\\]", "[0]"))
                    .contains(nearest == null ? "" : "did you mean \"" + nearest));
  }

  private static List<String> check(String policy) {
    return tools(false).check(Policy.parse(policy), List.of(tool("refund", REFUND)));
  }

  private static McpTools tools(boolean allowSimilarNames) {
    McpTools.Builder builder = McpTools.builder(GUARD);
    return (allowSimilarNames ? builder.allowSimilarNames() : builder).build();
  }

  private static Tool tool(String name, Map<String, Object> schema) {
    return Tool.builder(name, schema).build();
  }
}
