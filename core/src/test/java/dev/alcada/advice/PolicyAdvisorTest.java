package dev.alcada.advice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.advice.LabelledTools.Labelled;
import dev.alcada.advice.Risk.Category;
import dev.alcada.advice.Risk.Severity;
import dev.alcada.policy.Policy;
import dev.alcada.policy.ToolRule;
import dev.alcada.policy.ToolRule.Action;
import dev.alcada.tool.ToolDefinition;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The policy that is recommended for a list of tools. */
class PolicyAdvisorTest {
  private static final PolicyAdvisor ADVISOR = PolicyAdvisor.standard();

  private static final String BANK =
      """
      [{"name": "list_accounts", "description": "Lists the accounts of a customer",
        "inputSchema": {"type": "object", "properties": {"customer_id": {"type": "string"}}}},
       {"name": "send_message", "description": "Sends a message to a customer"},
       {"name": "run_query", "description": "Runs a SQL query",
        "inputSchema": {"type": "object", "properties": {"sql": {"type": "string"}}}},
       {"name": "create_transfer", "description": "Transfers money to another account",
        "inputSchema": {"type": "object", "required": ["amount"],
          "properties": {"amount": {"type": "number"}, "to_account": {"type": "string"}}}},
       {"name": "delete_account", "description": "Deletes an account for good"}]
      """;

  @Test
  void theTokenToolGetsThePolicyOfItsCatalogue() {
    List<ToolDefinition> tools =
        List.of(
            ToolDefinition.builder("create_connect_token")
                .description(
                    "Mint a connect token for embedding the Pluggy Connect widget on the client."
                        + " Pluggy endpoint: POST /connect_token.")
                .build());

    Recommendation recommended = ADVISOR.recommend(tools);

    assertThat(recommended.risks())
        .singleElement()
        .satisfies(
            risk -> {
              assertThat(risk.category()).isEqualTo(Category.WRITE);
              assertThat(risk.severity()).isEqualTo(Severity.MEDIUM);
            });
    String description =
        recommended
            .toJson()
            .lines()
            .filter(l -> l.contains("description\""))
            .findFirst()
            .orElseThrow();
    assertThat(recommended.toJson().replace(description + "\n", ""))
        .isEqualTo(
            """
            {
              "version": "1",
              "default": "deny",
              "tools": {
                "create_connect_token": {
                  "limits": [
                    {
                      "counter": "create_connect_token_rate",
                      "window": "minute",
                      "max": 30,
                      "scope": "grant"
                    }
                  ]
                }
              }
            }
            """);
    assertThat(description).contains("create_connect_token: write, medium: ");
  }

  @Test
  void whatAToolDoesDecidesItsRule() {
    Policy policy = ADVISOR.recommend(ToolDefinition.list(BANK)).policy();

    assertThat(policy.defaultAction()).isEqualTo(Policy.DefaultAction.DENY);
    assertThat(policy.hide()).containsExactly("delete_account");
    assertThat(policy.tools())
        .containsOnlyKeys("list_accounts", "send_message", "run_query", "create_transfer")
        .containsEntry("list_accounts", ToolRule.ALLOW);
    assertThat(rule(policy, "send_message").limits())
        .singleElement()
        .satisfies(
            limit -> {
              assertThat(limit.max()).isEqualByComparingTo("30");
              assertThat(limit.window().length()).hasMinutes(1);
            });
    assertThat(rule(policy, "run_query").limits())
        .singleElement()
        .satisfies(limit -> assertThat(limit.max()).isEqualByComparingTo("10"));
    assertThat(rule(policy, "create_transfer").action()).isEqualTo(Action.REQUIRE_APPROVAL);
    assertThat(rule(policy, "create_transfer").limits())
        .singleElement()
        .satisfies(
            limit -> {
              assertThat(limit.window().length()).hasDays(1);
              assertThat(limit.incrementFrom()).hasToString("args.amount");
            });
    assertThat(policy.allTools().limits()).hasSize(1);
  }

  private static ToolRule rule(Policy policy, String tool) {
    return java.util.Objects.requireNonNull(policy.tools().get(tool));
  }

  @Test
  void yamlSaysWhyInCommentsAndOffersToBindWhatMayBeTheCallersOwn() {
    assertThat(ADVISOR.recommend(ToolDefinition.list(BANK)).toYaml())
        .isEqualTo(
            """
            # Made from what 5 tools say of themselves: read it before it is put in force. What is not listed is
            # denied.
            version: "1"
            default: deny
            hide:
              # destructive, critical: the name says "delete_account"
              - delete_account
            all_tools:
              limits:
                - {counter: all_tools_rate, window: hour, max: 500, scope: grant}
            tools:
              # read, low: the name says "list_accounts"
              list_accounts: {}
                # If these arguments are the caller's own, let them be nothing else:
                # require:
                #   - conditions: [{path: args.customer_id, op: eq, value_from: context.customer}]
              # write, medium: the name says "send_message"
              send_message:
                limits:
                  - {counter: send_message_rate, window: minute, max: 30, scope: grant}
              # execute, critical: it takes SQL to run ("sql")
              run_query:
                limits:
                  - {counter: run_query_rate, window: minute, max: 10, scope: grant}
              # financial, critical: the name says "create_transfer": it moves money, or commits somebody to
              # The cap is in the unit of args.amount: set what you mean
              create_transfer:
                action: require_approval
                limits:
                  - {counter: create_transfer_amount, window: day, max: 1000, scope: grant, increment_from: args.amount}
            """);
  }

  @Test
  void jsonSaysWhyInItsDescription() {
    String description =
        String.valueOf(ADVISOR.recommend(ToolDefinition.list(BANK)).policy().description());

    assertThat(description.lines())
        .hasSize(6)
        .anyMatch(line -> line.startsWith("create_transfer: financial, critical: "))
        .anyMatch(line -> line.contains("args.customer_id = context.customer"));
  }

  @Test
  void yamlAndJsonAreOnePolicy() {
    Recommendation recommended = ADVISOR.recommend(ToolDefinition.list(BANK));
    Policy yaml = Policy.parse(recommended.toYaml());

    assertThat(yaml.tools()).isEqualTo(recommended.policy().tools());
    assertThat(yaml.hide()).isEqualTo(recommended.policy().hide());
    assertThat(yaml.allTools()).isEqualTo(recommended.policy().allTools());
  }

  static Stream<List<ToolDefinition>> servers() {
    return Stream.of("tools.txt", "held-out-tools.txt")
        .flatMap(
            file ->
                LabelledTools.read(file).stream()
                    .collect(Collectors.groupingBy(Labelled::server))
                    .values()
                    .stream())
        .map(tools -> tools.stream().map(Labelled::tool).toList());
  }

  @ParameterizedTest
  @MethodSource("servers")
  void whatIsRecommendedLoadsWithoutWarningsAndFitsItsTools(List<ToolDefinition> tools) {
    Recommendation recommended = ADVISOR.recommend(tools);

    for (String document : List.of(recommended.toJson(), recommended.toYaml())) {
      assertThat(Policy.parse(document).warnings()).isEmpty();
      PolicyCheck check = PolicyCheck.against(document, tools);
      assertThat(check.passes()).as(check.toText()).isTrue();
      assertThat(ADVISOR.merge(document, tools)).isEqualTo(document);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"amount\": {\"type\": \"integer\"}}                                      | args.amount | 1000",
        "{\"amount\": {\"type\": [\"number\", \"null\"]}}                           | args.amount | 1000",
        "{\"amount_cents\": {\"type\": \"integer\"}}                                | args.amount_cents | 100000",
        "{\"amount\": {\"type\": \"integer\", \"description\": \"In cents\"}}       | args.amount | 100000",
        "{\"valor\": {\"type\": \"number\", \"description\": \"Valor em centavos\"}} | args.valor | 100000",
        "{\"body\": {\"type\": \"object\", \"properties\": {\"transactionAmount\": {\"type\": \"number\"}}}} | args.body.transactionAmount | 1000",
        "{\"body\": {\"$ref\": \"#/$defs/b\"}}                                      | args.body.monto | 1000",
        "{\"amount\": {\"type\": \"string\"}}                                       | |",
        "{\"amount\": {}}                                                           | |",
        "{\"items\": {\"type\": \"array\", \"items\": {\"properties\": {\"amount\": {\"type\": \"number\"}}}}} | |",
        "{\"note\": {\"type\": \"string\"}}                                         | |"
      })
  void anAmountThatCanBeCountedIsCappedByTheDay(String properties, String path, BigDecimal max) {
    List<ToolDefinition> tools =
        ToolDefinition.list(
            """
            [{"name": "create_payout", "description": "Pays out", "inputSchema": {"type": "object",
              "properties": %s, "$defs": {"b": {"properties": {"monto": {"type": "number"}}}}}}]
            """
                .formatted(properties));

    ToolRule rule = rule(ADVISOR.recommend(tools).policy(), "create_payout");

    assertThat(rule.action()).isEqualTo(Action.REQUIRE_APPROVAL);
    if (path == null) {
      assertThat(rule.limits()).isEmpty();
    } else {
      assertThat(rule.limits())
          .singleElement()
          .satisfies(
              limit -> {
                assertThat(limit.incrementFrom()).hasToString(path);
                assertThat(limit.max()).isEqualByComparingTo(max);
              });
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "send_*",
        "*",
        "send mail",
        "s\u00e9nd",
        "send\u202e",
        "default",
        "all_tools",
        "hide",
        "other",
        "all",
        "AllTools",
        "catch_all",
        "unlisted",
        "-x",
        ".",
        "list-accounts",
        "LIST_ACCOUNTS"
      })
  void aNameThatPeopleOrPatternsTakeForAnotherIsLeftOut(String name) {
    List<ToolDefinition> tools =
        List.of(
            ToolDefinition.builder("list_accounts").description("Lists accounts").build(),
            ToolDefinition.builder(name).description("Sends\nsomething").build());

    Recommendation recommended = ADVISOR.recommend(tools);

    assertThat(recommended.policy().tools()).containsOnlyKeys("list_accounts");
    assertThat(recommended.policy().warnings()).isEmpty();
    assertThat(Policy.parse(recommended.toYaml()).tools()).containsOnlyKeys("list_accounts");
    assertThat(recommended.toYaml()).contains("# Left out: ");
    assertThat(PolicyCheck.against(recommended.policy(), tools).passes()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "null", "1e3", "true", "0o7", "0x1f", "n", "off"})
  void aNameThatYamlTakesForSomethingElseIsQuoted(String name) {
    List<ToolDefinition> tools = List.of(ToolDefinition.builder(name).build());

    assertThat(Policy.parse(ADVISOR.recommend(tools).toYaml()).tools()).containsOnlyKeys(name);
  }

  @Test
  void ofTwoToolsOfOneNameTheGraverCounts() {
    List<ToolDefinition> tools =
        List.of(
            ToolDefinition.builder("account").description("Lists accounts").build(),
            ToolDefinition.builder("account").description("Deletes accounts").build());

    assertThat(ADVISOR.recommend(tools).policy().hide()).containsExactly("account");
  }

  @Test
  void whateverAToolIsCalledTheRecommendedPolicyLoadsWithoutWarnings() {
    List<String> parts =
        List.of(
            "all", "any", "other", "tool", "s", "default", "every", "else", "list", "hide", "_",
            "-", ".", "/", "*", "$", "{", "}", "(", "TODO", "x", "X", "1", " ", "create", "tous");
    List<String> verbs = List.of("Sends", "Deletes", "Lists", "Pays for");
    SplittableRandom random = new SplittableRandom(2026);
    for (int i = 0; i < 2_000; i++) {
      String name =
          random
              .ints(1 + random.nextInt(4), 0, parts.size())
              .mapToObj(parts::get)
              .collect(Collectors.joining());
      List<ToolDefinition> tools =
          List.of(
              ToolDefinition.builder(name)
                  .description(verbs.get(random.nextInt(verbs.size())) + " a message")
                  .build(),
              ToolDefinition.builder("send_message").description("Sends a message").build());

      assertThat(ADVISOR.recommend(tools).policy().warnings()).as(name).isEmpty();
    }
  }

  @Test
  void aSingleToolNeedsNoLimitForAllAndNoToolsAtAllAreDenied() {
    List<ToolDefinition> one = List.of(ToolDefinition.builder("send_message").build());

    assertThat(ADVISOR.recommend(one).policy().allTools().limits()).isEmpty();
    assertThat(ADVISOR.recommend(List.of()).policy().tools()).isEmpty();
  }

  @Test
  void whatAServerSaysStaysWithinItsComment() {
    List<ToolDefinition> tools =
        List.of(
            ToolDefinition.builder("get_user")
                .description("Gets\ntools:\n  evil: {}\u2028\u0085\u001b[2J \"quoted\" */")
                .inputSchema(
                    Map.of(
                        "properties", Map.of("user_id\n  evil: {}", Map.of(), "user_id", Map.of())))
                .build());

    Recommendation recommended = ADVISOR.recommend(tools);

    assertThat(Policy.parse(recommended.toYaml()).tools()).containsOnlyKeys("get_user");
    assertThat(recommended.toYaml().codePoints().filter(c -> c != '\n'))
        .noneMatch(Character::isISOControl);
  }

  @Test
  void moreToolsThanAPersonCanReadAreRefused() {
    List<ToolDefinition> tools = new ArrayList<>();
    for (int i = 0; i <= 10_000; i++) {
      tools.add(ToolDefinition.builder("t" + i).build());
    }

    assertThatThrownBy(() -> ADVISOR.recommend(tools))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("10001 tools; expected at most 10,000");
  }

  @Test
  void aHostsOwnRulesDecide() {
    PolicyAdvisor own =
        PolicyAdvisor.using(
            RiskClassifier.builder()
                .rules(
                    "version: \"1\"\nobjects:\n  - verb: [list]\n    object: [account]\n    is: destructive\n")
                .build());

    assertThat(own.recommend(ToolDefinition.list(BANK)).policy().hide())
        .containsExactly("list_accounts", "delete_account");
  }
}
