package dev.alcada.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.policy.Condition.Operator;
import dev.alcada.policy.Limit.Counts;
import dev.alcada.policy.Policy.DefaultAction;
import dev.alcada.policy.ToolRule.Action;
import dev.alcada.policy.ToolRule.Mode;
import dev.alcada.time.Window;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyReadingTest {
  private static final String EVERY_FIELD =
      """
      {
        "$schema": "https://example.com/policy.schema.json",
        "version": "1",
        "description": "every field once",
        "default": "deny",
        "hide": ["delete_*", "drop_table"],
        "all_tools": {
          "require": [{"conditions": [{"path": "context.role", "op": "exists", "value": true}]}],
          "deny_if": [{"conditions": []}],
          "approve_if": [{"conditions": [{"path": "args.amount", "op": "gt", "value": 1e3}]}],
          "limits": [{"counter": "all", "window": "day", "max": 1000, "scope": "global"}],
          "approval": {"timeout": "1h"}
        },
        "tools": {
          "create_charge": {
            "action": "require_approval",
            "reason": "Money moves.",
            "require": [{"conditions": [{"path": "args.currency", "op": "eq", "value": "BRL"}],
                         "on_deny": "Only reais.", "name": "reais"}],
            "deny_if": [{"conditions": [{"path": "args.items[0].price", "op": "gte", "value": 10.50},
                                        {"path": "args[\\"key.with.dots\\"]", "op": "in", "value": [1, null, "x", {"a": [true]}]}],
                         "message": "Too dear."}],
            "approve_if": [{"conditions": [{"path": "tool", "op": "regex", "value": "^create"}]}],
            "limits": [{"counter": "spend", "window": "PT24H", "max": 5000.5, "scope": "args.payer.document",
                        "increment_from": "args.amount", "counts": "attempts", "alignment": "calendar",
                        "timezone": "America/Sao_Paulo", "on_deny": "Enough for today."}],
            "rate_limit": {"max": 10, "window": 60, "scope": "grant", "on_deny": "Slower."},
            "approval": {"timeout": "10s", "valid": 30},
            "mode": "shadow"
          },
          "read_*": {}
        }
      }
      """;

  @Test
  void everyFieldIsRead() {
    Policy policy = Policy.parse(EVERY_FIELD);

    assertThat(policy.description()).isEqualTo("every field once");
    assertThat(policy.defaultAction()).isEqualTo(DefaultAction.DENY);
    assertThat(policy.hide()).containsExactly("delete_*", "drop_table");
    assertThat(policy.allTools())
        .isEqualTo(
            AllTools.builder()
                .require(predicate(condition("context.role", Operator.EXISTS, true)))
                .denyIf(predicate())
                .approveIf(predicate(condition("args.amount", Operator.GT, new BigDecimal("1000"))))
                .limit(Limit.builder("all", Duration.ofDays(1), 1000).scope(Scope.GLOBAL).build())
                .approval(Duration.ofHours(1), Duration.ofMinutes(10))
                .build());
    assertThat(policy.tools()).containsOnlyKeys("create_charge", "read_*");
    assertThat(policy.tools().get("read_*")).isEqualTo(ToolRule.ALLOW);
    ToolRule rule = Objects.requireNonNull(policy.tools().get("create_charge"));
    assertThat(rule)
        .isEqualTo(
            ToolRule.builder()
                .action(Action.REQUIRE_APPROVAL)
                .reason("Money moves.")
                .require(
                    new Conditions(
                        List.of(condition("args.currency", Operator.EQ, "BRL")),
                        "Only reais.",
                        "reais"))
                .denyIf(
                    new Conditions(
                        List.of(
                            condition("args.items[0].price", Operator.GTE, new BigDecimal("10.5")),
                            condition(
                                "args[\"key.with.dots\"]",
                                Operator.IN,
                                java.util.Arrays.asList(
                                    BigDecimal.ONE, null, "x", Map.of("a", List.of(true))))),
                        "Too dear.",
                        null))
                .approveIf(predicate(condition("tool", Operator.REGEX, "^create")))
                .rateLimit(
                    RateLimit.of(10, Duration.ofMinutes(1))
                        .withScope(Scope.GRANT)
                        .withOnDeny("Slower."))
                .limit(
                    Limit.builder("spend", Duration.ofDays(1), new BigDecimal("5000.5"))
                        .scope(Scope.of("args.payer.document"))
                        .incrementFrom("args.amount")
                        .counts(Counts.ATTEMPTS)
                        .calendar(ZoneId.of("America/Sao_Paulo"))
                        .onDeny("Enough for today.")
                        .build())
                .approval(Duration.ofSeconds(10), Duration.ofSeconds(30))
                .mode(Mode.SHADOW)
                .build());
    assertThat(rule.limits().get(0).window())
        .isEqualTo(new Window.Calendar(Duration.ofDays(1), ZoneId.of("America/Sao_Paulo")));
  }

  @Test
  void yamlSaysTheSame() {
    Policy json =
        Policy.parse(
            """
            {"version": "1", "default": "allow", "tools": {"pay": {
              "deny_if": [{"conditions": [{"path": "args.amount", "op": "gt", "value": 500}]}],
              "limits": [{"counter": "c", "window": "minute", "max": 30}]}, "read": {}}}
            """);
    Policy yaml =
        Policy.parse(
            """
            # what the agent may do
            version: "1"
            default: allow
            tools:
              pay:
                deny_if:
                  - conditions:
                      - {path: args.amount, op: gt, value: 500}
                limits:
                  - counter: c
                    window: minute
                    max: 30
              read: {}
            """);
    assertThat(yaml.tools()).isEqualTo(json.tools());
  }

  @ParameterizedTest
  @CsvSource({
    "'\"second\"', 1000",
    "'\"minute\"', 60000",
    "'\"hour\"', 3600000",
    "'\"day\"', 86400000",
    "'\"week\"', 604800000",
    "60, 60000",
    "0.001, 1",
    "1.5, 1500",
    "'\"1ms\"', 1",
    "'\"60s\"', 60000",
    "'\"15m\"', 900000",
    "'\"24h\"', 86400000",
    "'\"366d\"', 31622400000",
    "'\"52w\"', 31449600000",
    "'\"PT1M\"', 60000",
    "'\"P1DT2H3M4.5S\"', 93784500",
    "'\"P2W\"', 1209600000",
  })
  void everySpellingOfAWindowIsRead(String spelling, long millis) {
    Policy policy =
        Policy.parse(
            """
            {"version": "1", "default": "deny", "tools": {"t": {
              "limits": [{"counter": "c", "window": %s, "max": 1}],
              "rate_limit": {"window": %s, "max": 1}}}}
            """
                .formatted(spelling, spelling));
    ToolRule rule = Objects.requireNonNull(policy.tools().get("t"));
    assertThat(rule.limits().get(0).window())
        .isEqualTo(new Window.Sliding(Duration.ofMillis(millis)));
    assertThat(rule.rateLimit()).isEqualTo(RateLimit.of(1, Duration.ofMillis(millis)));
  }

  @Test
  void aCalendarLimitIsInItsOwnZoneElseTheDocumentsElseUtc() {
    String limits =
        """
        "default": "deny", "tools": {"t": {"limits": [
          {"counter": "a", "window": "day", "max": 1, "alignment": "calendar"},
          {"counter": "b", "window": "day", "max": 1, "alignment": "calendar", "timezone": "Asia/Tokyo"}]}}}
        """;

    assertThat(zones("{\"version\": \"1\", \"timezone\": \"America/Sao_Paulo\", " + limits))
        .containsExactly(ZoneId.of("America/Sao_Paulo"), ZoneId.of("Asia/Tokyo"));
    assertThat(zones("{\"version\": \"1\", " + limits))
        .containsExactly(ZoneId.of("UTC"), ZoneId.of("Asia/Tokyo"));
    String last = "{\"version\": \"1\", " + limits.strip();
    assertThat(zones(last.substring(0, last.length() - 1) + ", \"timezone\": \"Asia/Tokyo\"}"))
        .as("wherever it stands in the document")
        .containsExactly(ZoneId.of("Asia/Tokyo"), ZoneId.of("Asia/Tokyo"));
  }

  private static List<ZoneId> zones(String document) {
    return Objects.requireNonNull(Policy.parse(document).tools().get("t")).limits().stream()
        .map(limit -> ((Window.Calendar) limit.window()).zone())
        .toList();
  }

  private static Conditions predicate(Condition... conditions) {
    return new Conditions(List.of(conditions), null, null);
  }

  private static Condition condition(String path, Operator operator, Object value) {
    return Condition.of(path, operator, value);
  }
}
