package dev.alcada.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.alcada.OwnLog;
import dev.alcada.audit.Told;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Look;
import dev.alcada.counter.ReserveResult;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.DecisionCode;
import dev.alcada.decision.Explanation;
import dev.alcada.decision.Explanation.Gave;
import dev.alcada.decision.Explanation.LimitUsage;
import dev.alcada.decision.Explanation.Looked;
import dev.alcada.decision.Explanation.Step;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.Policy;
import dev.alcada.testing.ManualTime;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** An explanation says of each rule what it looked at and gave, and agrees with the decision. */
class ExplanationTest {
  private static final Policy POLICY =
      Policy.parse(
          """
          {"version": "1", "default": "deny",
           "all_tools": {"limits": [{"counter": "all", "scope": "global", "window": "hour", "max": 50}]},
           "tools": {
            "pay": {
              "require": [{"conditions": [{"path": "args.to", "op": "exists", "value": true}]}],
              "deny_if": [{"name": "too much", "conditions": [{"path": "args.amount", "op": "gt", "value": 1000}]}],
              "approve_if": [{"conditions": [{"path": "args.amount", "op": "gt", "value": 100}]}],
              "limits": [
                {"counter": "money", "window": "day", "max": 500, "increment_from": "args.amount"},
                {"counter": "customer", "scope": "args.to", "window": "hour", "max": 5},
                {"counter": "session", "scope": "session", "window": "minute", "max": 3}]},
            "tried": {"mode": "shadow", "deny_if": [{"conditions": [{"path": "args.x", "op": "eq", "value": 1}]}]}
          }}
          """);
  private static final Caller CALLER = Caller.grant("agent-7").withSession("s-1");

  private final ManualTime time = new ManualTime();
  private final Told told = new Told();
  private final ToolGuard guard = ToolGuard.builder(POLICY).timeSource(time).listener(told).build();

  private static ToolCall pay(Object amount) {
    return ToolCall.of("pay", Map.of("to", "hunter2", "amount", amount), CALLER);
  }

  @Test
  void itSaysOfEachRuleWhatItLookedAtAndGave() {
    Explanation explanation = guard.explain(pay(5_000));

    assertThat(explanation.decision().code()).isEqualTo(DecisionCode.DENY_IF);
    assertThat(explanation.policyRevision()).isEqualTo(POLICY.revision());
    assertThat(explanation.steps())
        .extracting(Step::rule, Step::gave)
        .containsExactly(
            tuple("/tools/pay/require/args.to-exists", Gave.PASSES),
            tuple("/tools/pay/deny_if/too much", Gave.DENIES),
            tuple("/tools/pay/limits/money", Gave.DENIES),
            tuple("/tools/pay/approve_if/args.amount-gt", Gave.ASKS));
    assertThat(explanation.steps().get(1).looked())
        .containsExactly(new Looked("args.amount", "gt", "number", null, "true"));
    assertThat(explanation.steps().get(1).location()).isEqualTo("/tools/pay/deny_if/0");
  }

  @Test
  void itSaysWhatIsLeftOfEachLimitAndCountsNothing() throws Exception {
    guard.call(pay(30), call -> "paid");
    time.advance(Duration.ofSeconds(10));
    Explanation explanation = guard.explain(pay(40));
    guard.explain(pay(40));

    assertThat(explanation.limits())
        .extracting(LimitUsage::rule, LimitUsage::max, LimitUsage::amount, LimitUsage::used)
        .containsExactly(
            tuple("/tools/pay/limits/money", number(500), null, number(30)),
            tuple("/tools/pay/limits/customer", number(5), number(1), number(1)),
            tuple("/tools/pay/limits/session", number(3), number(1), number(1)),
            tuple("/all_tools/limits/all", number(50), number(1), number(1)));
    assertThat(explanation.limits().get(2).nextLeaves()).isEqualTo(Duration.ofSeconds(50));
    assertThat(guard.explain(pay(40)).limits()).isEqualTo(explanation.limits());
    assertThat(told.decided).hasSize(1);
  }

  private static BigDecimal number(long value) {
    return BigDecimal.valueOf(value);
  }

  @Test
  void valuesAreShownToWhoeverAsksForThemAlone() {
    assertThat(guard.explain(pay(7_777)).toString()).doesNotContain("hunter2", "7777");
    assertThat(guard.explainWithValues(pay(7_777)).toString())
        .contains("found text hunter2", "found number 7777", "this call adds 7777");
  }

  @Test
  void itIsALineForEachRuleToRead() throws Exception {
    guard.call(pay(30), call -> "paid");

    assertThat(guard.explain(pay("a lot")))
        .hasToString(
            """
            pay for agent-7: denied by /tools/pay/deny_if/too much (unjudged)
              Argument args.amount could not be judged: expected a number, given once and under exactly that name. Correct the argument and call again.
              policy  %s
              passes  /tools/pay/require/args.to-exists
                        args.to exists: found text, true
              denies  /tools/pay/deny_if/too much: Argument args.amount could not be judged: expected a number, given once and under exactly that name. Correct the argument and call again.
                        args.amount gt: found text, indeterminate
              denies  /tools/pay/limits/money: The limit "money" adds up args.amount, which must be a number from 0 to 4000000000 with at most 9 decimal places. Correct the argument and call again.
              asks    /tools/pay/approve_if/args.amount-gt: The policy wants a person to approve this call because argument args.amount could not be judged: expected a number, given once and under exactly that name.
                        args.amount gt: found text, indeterminate
              limit   /tools/pay/limits/customer: 1 of 5 used in PT1H by args.to, this call adds 1, the next leaves in 3600 s
              limit   /tools/pay/limits/session: 1 of 3 used in PT1M by session, this call adds 1, the next leaves in 60 s
              limit   /all_tools/limits/all: 1 of 50 used in PT1H by global, this call adds 1, the next leaves in 3600 s"""
                .formatted(POLICY.revision()));
  }

  @Test
  void aNameThatAModelMadeUpBeginsNoLine() {
    ToolCall call = ToolCall.of("x\n  passes  all\u2028\u202e", Map.of(), CALLER);

    assertThat(guard.explain(call).toString())
        .startsWith("x\\u000a  passes  all\\u2028\\u202e for agent-7: denied by (default deny)");
  }

  @Test
  void aShadowRuleIsSaidToBeOne() {
    Explanation explanation = guard.explain(ToolCall.of("tried", Map.of("x", 1), CALLER));

    assertThat(explanation.decision()).isInstanceOf(Decision.Allowed.class);
    assertThat(explanation.steps())
        .extracting(Step::shadow, Step::gave)
        .containsExactly(tuple(true, Gave.DENIES));
  }

  @Test
  void whoHasNoPolicyIsToldSo() {
    ToolGuard none = ToolGuard.builder(caller -> null).build();

    assertThat(none.explain(pay(1)).decision().code()).isEqualTo(DecisionCode.NO_POLICY);
    assertThat(none.usage(CALLER)).isEmpty();
  }

  @Test
  void itsFirstDenialIsTheDecision() throws Exception {
    Random random = new Random(18);
    Object[] amounts = {1, 150, 5_000, "x", -1, 0.5, null};
    for (int i = 0; i < 500; i++) {
      Object amount = amounts[random.nextInt(amounts.length)];
      Map<String, Object> arguments = new java.util.HashMap<>();
      if (amount != null) {
        arguments.put("amount", amount);
      }
      if (random.nextBoolean()) {
        arguments.put("to", random.nextInt(3));
      }
      ToolCall call = ToolCall.of("pay", arguments, CALLER);
      Explanation explanation = guard.explain(call);
      Decision decision = guard.check(call);
      String first =
          explanation.steps().stream()
              .filter(step -> step.gave() == Gave.DENIES)
              .map(Step::rule)
              .findFirst()
              .orElse("");

      assertThat(explanation.decision()).isEqualTo(decision);
      if (!first.isEmpty()) {
        assertThat(decision.rule()).as(explanation.toString()).isEqualTo(first);
      } else {
        assertThat(decision.code())
            .isIn(
                null, DecisionCode.LIMIT, DecisionCode.LIMIT_NEVER, DecisionCode.APPROVAL_PENDING);
      }
      guard.call(call, made -> "paid");
      time.advance(Duration.ofSeconds(random.nextInt(30)));
    }
  }

  @Test
  void whatIsLeftForACallerIsOfTheLimitsThatCountByTheCallerAlone() throws Exception {
    guard.call(pay(30), call -> "paid");

    assertThat(guard.usage(CALLER))
        .extracting(LimitUsage::rule, LimitUsage::left)
        .containsExactlyInAnyOrder(
            tuple("/tools/pay/limits/money", number(470)),
            tuple("/tools/pay/limits/session", number(2)),
            tuple("/all_tools/limits/all", number(49)));
    assertThat(guard.usage(Caller.grant("agent-8")))
        .extracting(LimitUsage::left)
        .contains(number(500));
  }

  @Test
  void aStoreThatFailsLeavesItUnknown() throws Throwable {
    CounterStore broken =
        new CounterStore() {
          @Override
          public ReserveResult reserve(Demand demand) {
            throw new IllegalStateException("no connection");
          }

          @Override
          public Look look(Demand demand) {
            throw new IllegalStateException("no connection");
          }
        };
    ToolGuard failing = ToolGuard.builder(POLICY).counterStore(broken).build();
    List<String> log =
        OwnLog.of(
            () -> {
              assertThat(failing.usage(CALLER)).allMatch(usage -> usage.used() == null);
              assertThat(failing.explain(pay(1)).toString()).contains("unknown of 500 used");
            });

    assertThat(log).isNotEmpty();
  }
}
