package dev.alcada.decision;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Refusal;
import dev.alcada.decision.PredicatePlan.Use;
import dev.alcada.decision.ToolPlan.Parts;
import dev.alcada.policy.Condition;
import dev.alcada.policy.Condition.Operator;
import dev.alcada.policy.Conditions;
import dev.alcada.policy.Policy;
import dev.alcada.time.TimeSource;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JudgementTest {
  private static final CompiledPolicy SEED =
      CompiledPolicy.of(
          Policy.parse(
              """
              {"version": "1", "default": "deny", "tools": {"create_connect_token": {"limits": [
                {"counter": "create_connect_token_rate", "window": "minute", "max": 30, "scope": "grant"}
              ]}}}"""));

  private static ToolCall call(String tool) {
    return ToolCall.of(tool, Map.of(), Caller.grant("agent-7"));
  }

  @Test
  void theSeedsLimitIsOneChargeOfTheGrant() {
    Judgement judgement = SEED.judge(call("create_connect_token"));

    assertThat(judgement.denied()).isNull();
    assertThat(judgement.asks()).isEmpty();
    assertThat(judgement.demand().charges()).hasSize(1);
    Charge.Amount charge = (Charge.Amount) judgement.demand().charge(0);
    CounterKey key = charge.key();
    assertThat(key.counter().name()).isEqualTo("create_connect_token_rate");
    assertThat(key.value()).isEqualTo("agent-7");
    assertThat(charge.max()).isEqualTo(30 * charge.amount());
    assertThat(charge.releasable()).isFalse();
  }

  @Test
  void aRefusalNamesTheLimitAndTheWholeSecondsToWait() {
    Judgement judgement = SEED.judge(call("create_connect_token"));

    Decision.Denied denied =
        judgement.refused(new Refusal(0, Refusal.Reason.EXHAUSTED, Duration.ofMillis(58_001)));

    assertThat(denied.rule())
        .isEqualTo("/tools/create_connect_token/limits/create_connect_token_rate");
    assertThat(denied.location()).isEqualTo("/tools/create_connect_token/limits/0");
    assertThat(denied.retryAfter()).isEqualTo(Duration.ofSeconds(59));
    assertThat(denied.text())
        .isEqualTo(
            "[POLICY DENIED] The limit \"create_connect_token_rate\" allows at most 30 a minute,"
                + " and that is used up. Wait 59 s, then call again.");
    assertThat(denied.metadata())
        .isEqualTo(
            Map.of(
                "outcome",
                "denied",
                "rule",
                "/tools/create_connect_token/limits/create_connect_token_rate",
                "code",
                "limit",
                "retryAfterSeconds",
                59L));
  }

  @Test
  void anUnlistedToolIsDeniedByDefault() {
    Decision.Denied denied = requireNonNull(SEED.judge(call("delete_everything")).denied());

    assertThat(denied.rule()).isEqualTo("(default deny)");
    assertThat(denied.location()).isEqualTo("/default");
    assertThat(denied.code()).isEqualTo(DecisionCode.NOT_LISTED);
  }

  @Test
  @SuppressWarnings("NullAway") // what nobody calls with: it cannot be judged
  void aShadowRuleThatCannotBeJudgedDeniesNothing() {
    List<Conditions> predicates =
        List.of(Conditions.of(Condition.of("args.n", Operator.EXISTS, true)));
    ToolPlan broken =
        new ToolPlan(
            Parts.NONE.withPredicates(
                PredicatePlan.of(
                    predicates,
                    Use.REQUIRE,
                    "",
                    one -> ConditionPlan.of(one, new Expressions()),
                    new Expressions())));
    ToolPlan plan = new ToolPlan(Parts.NONE.withShadow(broken));

    Judgement judgement = plan.judge(null, Clock.of(TimeSource.system(), null));

    assertThat(judgement.denied()).isNull();
    assertThat(requireNonNull(judgement.shadow()).denied())
        .extracting(Decision::code)
        .isEqualTo(DecisionCode.INTERNAL);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"verified": true, "score": 7}   | true
          {"verified": true, "score": 3}   | false
          {"verified": false, "score": 7}  | false
          {"verified": true}               | false
          {"score": 7}                     | false
          {"verified": "true", "score": 7} | false
          {"verified": true, "Verified": true, "score": 7} | false
          {"verified": true, "score": "7"} | false
          {}                               | false
          null                             | false
          "verified"                       | false
          """)
  void aMarkIsLeftAfterAResultThatMeetsEachConditionAndNoOther(String result, boolean left) {
    Judgement judgement = checked();

    assertThat(judgement.demand().done()).hasSize(1);
    assertThat(judgement.doneMarks(Json.read(result)))
        .isEqualTo(left ? judgement.demand().done() : List.of());
  }

  @Test
  void whatTheCallerAloneDecidesIsJudgedOnceForAllItsCalls() {
    Caller caller = Caller.grant("agent-7").withSession("s-1");
    CompiledPolicy policy =
        CompiledPolicy.of(
            Policy.parse(
                """
                {"version": "1", "default": "deny", "tools": {
                  "read": {"marks": [{"mark": "private", "for": "1h", "when": "tried"}]},
                  "run": {"limits": [{"counter": "runs", "window": "in_flight", "lease": "1m", "max": 2,
                                      "scope": "session"}]},
                  "find": {"marks": [{"mark": "found", "for": "1h",
                                      "result": [{"path": "result.ok", "op": "eq", "value": true}]}]},
                  "write": {"marks": [{"mark": "wrote", "for": "1h", "scope": "args.file"}]}}}
                """));

    for (String tool : List.of("read", "run")) {
      Judgement first = policy.judge(ToolCall.of(tool, Map.of("file", "a"), caller));
      assertThat(policy.judge(ToolCall.of(tool, Map.of("file", "b"), caller))).isSameAs(first);
      assertThat(policy.judge(ToolCall.of(tool, Map.of(), Caller.grant("agent-8"))))
          .isNotSameAs(first);
    }
    for (String tool : List.of("find", "write")) {
      Judgement first = policy.judge(ToolCall.of(tool, Map.of("file", "a"), caller));
      assertThat(policy.judge(ToolCall.of(tool, Map.of("file", "a"), caller)))
          .as("what hangs on an argument or on the answer")
          .isNotSameAs(first);
    }
  }

  @Test
  void aResultThatCannotBeReadLeavesNoMark() {
    Map<String, Object> large = new HashMap<>(Map.of("verified", true, "score", 7));
    large.put("rest", Collections.nCopies(100_001, 1));
    assertThat(checked().doneMarks(large)).isEmpty();

    Map<String, Object> hostile =
        new HashMap<>(large) {
          private static final long serialVersionUID = 1L;

          @Override
          public Set<Map.Entry<String, Object>> entrySet() {
            throw new IllegalStateException("not to be read");
          }
        };
    assertThat(checked().doneMarks(hostile)).isEmpty();
  }

  private static Judgement checked() {
    return CompiledPolicy.of(
            Policy.parse(
                """
                {"version": "1", "default": "deny", "tools": {"check": {"marks": [
                  {"mark": "checked", "for": "15m", "result": [
                    {"path": "result.verified", "op": "eq", "value": true},
                    {"path": "result.score", "op": "gte", "value": 5}]}]},
                 "pay": {"require": [
                  {"conditions": [{"path": "marks.checked", "op": "exists", "value": true}]}]}}}"""))
        .judge(call("check"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"amount": 7, "to": "x"}  | charged
          {"amount": 7}             | charged
          {"to": "x"}               | charged
          {}                        | charged
          {"amount": 3, "to": "x"}  | not charged
          {"amount": 7, "to": "y"}  | not charged
          {"amount": "7", "to": "y"} | not charged
          {"amount": "7", "to": "x"} | unjudged
          {"amount": "7"}           | unjudged
          """)
  void aLimitIsForEachCallOfWhichNoConditionIsFalse(String arguments, String outcome) {
    String conditions =
        """
        {"path": "args.amount", "op": "gt", "value": 5}, {"path": "args.to", "op": "eq", "value": "x"}""";

    assertThat(charged(conditions, arguments)).isEqualTo(outcome);
  }

  /** Whoever asks whether an argument is there wants to know just that. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          true  | {"force": 1} | charged
          true  | {}           | not charged
          false | {"force": 1} | not charged
          false | {}           | charged
          """)
  void anAbsentArgumentIsAbsentToExists(boolean there, String arguments, String outcome) {
    String condition = "{\"path\": \"args.force\", \"op\": \"exists\", \"value\": " + there + "}";

    assertThat(charged(condition, arguments)).isEqualTo(outcome);
  }

  private static String charged(String conditions, String arguments) {
    CompiledPolicy policy =
        CompiledPolicy.of(
            Policy.parse(
                """
                {"version": "1", "default": "deny", "tools": {"pay": {"limits": [
                  {"counter": "large", "window": "day", "max": 2, "if": [%s]}]}}}"""
                    .formatted(conditions)));

    Judgement judgement =
        policy.judge(
            ToolCall.of("pay", Json.object(Json.read(arguments)), Caller.grant("agent-7")));

    Decision.Denied denied = judgement.denied();
    return denied != null
        ? denied.code().text()
        : judgement.demand().isEmpty() ? "not charged" : "charged";
  }
}
