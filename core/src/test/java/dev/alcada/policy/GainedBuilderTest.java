package dev.alcada.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.policy.Condition.Operator;
import dev.alcada.policy.Policy.DefaultAction;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the language has gained, built in Java: it is what the same document says. */
class GainedBuilderTest {
  private static final Duration DAY = Duration.ofDays(1);

  @Test
  void aPolicyBuiltInJavaIsWhatTheDocumentSays() {
    Policy built =
        Policy.builder()
            .defaultAction(DefaultAction.DENY)
            .timezone(ZoneId.of("America/Sao_Paulo"))
            .halt("Stop.")
            .tool(
                "check",
                ToolRule.builder()
                    .mark(
                        MarkRule.done("checked", Duration.ofMinutes(15))
                            .withScope(Scope.ofParts("grant", "args.customer"))
                            .withResult(Condition.of("result.ok", Operator.EQ, true)))
                    .mark(MarkRule.tried("looked", DAY))
                    .build())
            .tool(
                "pay",
                ToolRule.builder()
                    .require(
                        Conditions.of(
                            Condition.comparing("args.user", Operator.EQ, "context.user")),
                        Conditions.of(
                            Condition.marked("checked")
                                .withScope(Scope.ofParts("grant", "args.customer"))),
                        Conditions.of(Condition.of("time.hour", Operator.GTE, 9)))
                    .denyIf(Conditions.of(Condition.marked("looked")))
                    .once(ToolRule.Once.in(DAY, "args.request_id"))
                    .limit(Limit.inFlight("running", 2).lease(Duration.ofMinutes(5)).build())
                    .limit(Limit.builder("people", DAY, 5).distinct("args.to", "args.cc").build())
                    .limit(
                        Limit.builder("large", DAY, 3)
                            .scope(Scope.named(Map.of("customer", "args.id", "agent", "grant")))
                            .appliesIf(Condition.of("args.amount", Operator.GT, 100))
                            .build())
                    .approval(ApprovalTerms.by(2, "finance"))
                    .build())
            .build();

    assertThat(built)
        .isEqualTo(
            Policy.parse(
                """
                {"version": "1", "default": "deny", "timezone": "America/Sao_Paulo", "halt": "Stop.",
                 "tools": {
                  "check": {"marks": [
                    {"mark": "checked", "for": "15m", "scope": ["grant", "args.customer"],
                      "result": [{"path": "result.ok", "op": "eq", "value": true}]},
                    {"mark": "looked", "for": "1d", "when": "tried"}]},
                  "pay": {
                    "require": [
                      {"conditions": [{"path": "args.user", "op": "eq", "value_from": "context.user"}]},
                      {"conditions": [{"path": "marks.checked", "op": "exists", "value": true,
                        "scope": ["args.customer", "grant"]}]},
                      {"conditions": [{"path": "time.hour", "op": "gte", "value": 9}]}],
                    "deny_if": [{"conditions": [{"path": "marks.looked", "op": "exists", "value": true}]}],
                    "once": {"window": "24h", "by": "args.request_id"},
                    "limits": [
                      {"counter": "running", "window": "in_flight", "max": 2, "lease": "5m"},
                      {"counter": "people", "window": "day", "max": 5, "distinct": ["args.to", "args.cc"]},
                      {"counter": "large", "window": "day", "max": 3,
                        "scope": {"agent": "grant", "customer": "args.id"},
                        "if": [{"path": "args.amount", "op": "gt", "value": 100}]}],
                    "approval": {"approvers": 2, "from": ["finance"]}}}}"""));
    assertThat(Policy.parse(built.toJson())).isEqualTo(built);
  }

  @Test
  void aBuilderIsCheckedAsADocumentIs() {
    Policy.Builder policy =
        Policy.builder()
            .defaultAction(DefaultAction.DENY)
            .tool(
                "pay",
                ToolRule.builder()
                    .require(
                        Conditions.of(Condition.marked("checked")),
                        Conditions.of(Condition.of("time.hour", Operator.LT, 25)))
                    .approval(ApprovalTerms.by(6))
                    .build());

    assertThatThrownBy(policy::build)
        .isInstanceOf(PolicyException.class)
        .hasMessageContaining("which no tool leaves")
        .hasMessageContaining("0 to 23")
        .hasMessageContaining("\"timezone\"")
        .hasMessageContaining("1 to 5");
  }

  @Test
  void aSettingIsMadeOnceAndOfItsOwnKind() {
    assertThatThrownBy(() -> Limit.builder("c", DAY, 1).lease(DAY))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("lease");
    assertThatThrownBy(() -> Limit.inFlight("c", 1).distinct("args.to"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("distinct");
    assertThatThrownBy(() -> Limit.inFlight("c", 1).lease(DAY).lease(DAY))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("lease is set already");
    assertThatThrownBy(
            () -> ToolRule.builder().once(ToolRule.Once.in(DAY)).once(ToolRule.Once.in(DAY)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("once is set already");
    assertThatThrownBy(() -> Policy.builder().halt("a").halt("b"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("halt is set already");
  }

  @Test
  void limitsShareByTheNamesOfTheirScope() {
    Limit one = Limit.builder("c", DAY, 1).scope(Scope.named(Map.of("who", "args.id"))).build();
    Limit other =
        Limit.builder("c", DAY, 1).scope(Scope.named(Map.of("who", "args.customer"))).build();
    Limit plain = Limit.builder("c", DAY, 1).scope(Scope.of("args.id")).build();

    assertThat(one.identity()).isEqualTo(other.identity());
    assertThat(one.identity()).isNotEqualTo(plain.identity());
    assertThat(one).isNotEqualTo(other);
    assertThat(Limit.inFlight("c", 1).build().identity())
        .isEqualTo(Limit.inFlight("c", 2).lease(DAY).build().identity())
        .isNotEqualTo(Limit.builder("c", Duration.ofMinutes(15), 1).build().identity());
  }
}
