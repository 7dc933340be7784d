package dev.alcada.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.OwnLog;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Coverage;
import dev.alcada.policy.Policy;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a policy says of tools before anybody calls them. */
class CoverageTest {
  private static final String RULES =
      """
      "hide": ["secret*", "listed_and_hidden"],
      "tools": {
        "listed": {},
        "listed_and_hidden": {},
        "denied": {"action": "deny"},
        "limited": {"limits": [{"counter": "c", "window": "day", "max": 1}]},
        "rated": {"rate_limit": "1/minute"},
        "asks": {"action": "require_approval", "reason": "Ask."},
        "asks_for_some": {"approve_if": [{"conditions": [{"path": "args.n", "op": "gt", "value": 1}]}]},
        "judged": {"deny_if": [{"conditions": [{"path": "args.n", "op": "gt", "value": 1}]}]},
        "shadowed": {"mode": "shadow", "action": "deny"},
        "get_*": {},
        "get_slowly_*": {"rate_limit": "1/minute"}
      }
      """;

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "secret, hidden",
        "secret_too, hidden",
        "listed_and_hidden, hidden",
        "listed, listed",
        "denied, \"listed, denied\"",
        "limited, \"listed, limited\"",
        "rated, \"listed, limited\"",
        "asks, \"listed, asks\"",
        "asks_for_some, \"listed, asks\"",
        "judged, listed",
        "shadowed, listed",
        "get_one, listed",
        "get_slowly_one, \"listed, limited\"",
        "LISTED, \"unlisted, denied\"",
        "other, \"unlisted, denied\""
      })
  void aToolIsCoveredAsTheRulesSay(String tool, String covered) {
    assertThat(coverage("deny", RULES, tool)).hasToString(tool + ": " + covered);
    assertThat(coverage("deny", RULES, tool).governed()).isTrue();
  }

  @Test
  void whatNoRuleIsForIsNotGovernedWhereThePolicyAllowsIt() {
    Coverage other = coverage("allow", RULES, "other");

    assertThat(other).hasToString("other: unlisted, not governed");
    assertThat(other.governed()).isFalse();
    assertThat(other.tool()).isEqualTo("other");
    assertThat(coverage("allow", RULES, "listed").governed()).isTrue();
  }

  @Test
  void aLimitOfAllToolsGovernsTheUnlistedAndAPredicateForAllDoesNot() {
    assertThat(
            coverage(
                "allow",
                """
                "all_tools": {"limits": [{"counter": "all", "window": "hour", "max": 9}]}
                """,
                "other"))
        .hasToString("other: unlisted, limited");
    assertThat(
            coverage(
                "allow",
                """
                "all_tools": {"approve_if": [{"conditions": [{"path": "args.n", "op": "gt", "value": 1}]}]}
                """,
                "other"))
        .hasToString("other: unlisted, asks, not governed");
  }

  @Test
  void eachCallersPolicyCoversItsOwnTools() throws Throwable {
    Policy clerks = policy("deny", "\"tools\": {\"refund\": {}}");
    ToolGuard guard =
        ToolGuard.builder(
                caller ->
                    switch (caller.grant()) {
                      case "clerk" -> clerks;
                      case "broken" -> throw new IllegalStateException("no policy today");
                      default -> null;
                    })
            .build();

    assertThat(guard.coverage(List.of("refund", "other"), Caller.grant("clerk")))
        .extracting(Coverage::toString)
        .containsExactly("refund: listed", "other: unlisted, denied");
    OwnLog.of(
        () -> {
          for (String nobody : List.of("stranger", "broken", " ")) {
            assertThat(guard.coverage(List.of("refund"), Caller.grant(nobody)))
                .extracting(Coverage::toString)
                .containsExactly("refund: hidden");
          }
        });
    assertThatThrownBy(() -> guard.coverage(List.of("refund")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "This guard asks its PolicySource for the policy of each caller; say for whom, as in"
                + " coverage(tools, caller).");
  }

  @Test
  void itIsThePolicyInForceThatCovers() {
    ToolGuard guard = ToolGuard.builder(policy("allow", "\"tools\": {}")).build();
    assertThat(guard.coverage(List.of("refund")).get(0).governed()).isFalse();

    guard.replacePolicy(policy("deny", "\"tools\": {}"));
    assertThat(guard.coverage(List.of("refund")).get(0).denied()).isTrue();
  }

  private static Coverage coverage(String defaultAction, String rules, String tool) {
    return ToolGuard.builder(policy(defaultAction, rules)).build().coverage(List.of(tool)).get(0);
  }

  private static Policy policy(String defaultAction, String rules) {
    return Policy.parse(
        "{\"version\": \"1\", \"default\": \"%s\", %s}".formatted(defaultAction, rules));
  }
}
