package dev.alcada.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.audit.DecisionEvent;
import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Look;
import dev.alcada.counter.ReserveResult;
import dev.alcada.counter.memory.InMemoryCounterStore;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.DecisionCode;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.Policy;
import dev.alcada.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A rule in shadow mode: what it would have decided is told, and nothing else comes of it. */
class ShadowRuleTest {
  private static final String TRIED =
      """
      {"version": "1", "default": "deny",
       "all_tools": {%s},
       "tools": {"pay": {"mode": "shadow", %s}}}
      """;
  private static final String ASKS_ABOVE_1000 =
      """
      "approve_if": [{"conditions": [{"path": "args.amount", "op": "gt", "value": 1000}]}]""";
  private static final String ONE_A_MINUTE =
      """
      "limits": [{"counter": "paid", "window": "minute", "max": 1%s}]""";

  private final ManualTime time = new ManualTime();
  private final List<DecisionEvent> told = new ArrayList<>();

  private ToolGuard guard(String allTools, String rule) {
    return builder(allTools, rule).build();
  }

  private ToolGuard.Builder builder(String allTools, String rule) {
    return ToolGuard.builder(Policy.parse(TRIED.formatted(allTools, rule)))
        .timeSource(time)
        .listener(told::add);
  }

  private static ToolCall call(Object amount) {
    return ToolCall.of("pay", Map.of("amount", amount), Caller.grant("agent-7"));
  }

  private static void runs(ToolGuard guard, Object amount) throws Exception {
    assertThat(guard.call(call(amount), judged -> "paid"))
        .isEqualTo(new Outcome.Completed<>("paid"));
  }

  private @Nullable Decision lastShadow() {
    return told.get(told.size() - 1).shadow();
  }

  @Test
  void anApproveIfAsksNobodyAndIsTold() throws Exception {
    ToolGuard guard = guard("", ASKS_ABOVE_1000);

    runs(guard, 5000);

    assertThat(guard.approvals().pending()).isEmpty();
    assertThat(told.get(0).decision()).isEqualTo(Decision.Allowed.INSTANCE);
    assertThat(lastShadow())
        .isInstanceOfSatisfying(
            Decision.ApprovalRequired.class,
            asked -> {
              assertThat(asked.rule()).isEqualTo("/tools/pay/approve_if/args.amount-gt");
              assertThat(asked.location()).isEqualTo("/tools/pay/approve_if/0");
              assertThat(asked.approvalId()).isNull();
              assertThat(asked.message()).doesNotContain("5000");
            });

    runs(guard, 1000);
    assertThat(lastShadow()).isNull();
    runs(guard, "5000");
    assertThat(lastShadow()).isInstanceOf(Decision.ApprovalRequired.class);
    assertThat(guard.check(call(5000))).isEqualTo(Decision.Allowed.INSTANCE);
  }

  @Test
  void anActionNeitherAsksNorDeniesAndIsTold() throws Exception {
    ToolGuard asking = guard("", "\"action\": \"require_approval\"");
    runs(asking, 1);
    assertThat(asking.approvals().pending()).isEmpty();
    assertThat(lastShadow()).isInstanceOf(Decision.ApprovalRequired.class);

    runs(guard("", "\"action\": \"deny\""), 1);
    assertThat(lastShadow()).returns(DecisionCode.ACTION, decision -> decision.code());
  }

  @Test
  void aCallThatWouldHaveAskedCountsNowhere() throws Exception {
    ToolGuard guard = guard("", ASKS_ABOVE_1000 + ", " + ONE_A_MINUTE.formatted(""));

    runs(guard, 5000);
    runs(guard, 5000);
    assertThat(lastShadow()).isInstanceOf(Decision.ApprovalRequired.class);

    runs(guard, 1);
    assertThat(lastShadow()).isNull();
  }

  @Test
  void nobodyWouldHaveBeenAskedAboutACallThatALimitRefuses() throws Exception {
    ToolGuard guard = guard("", ASKS_ABOVE_1000 + ", " + ONE_A_MINUTE.formatted(""));

    runs(guard, 1);
    runs(guard, 5000);

    assertThat(lastShadow()).returns(DecisionCode.LIMIT, decision -> decision.code());
  }

  @Test
  void aCallThatWouldHaveBeenDeniedCountsNowhere() throws Exception {
    ToolGuard guard =
        guard(
            "",
            """
            "deny_if": [{"conditions": [{"path": "args.amount", "op": "gt", "value": 9}]}],"""
                + ONE_A_MINUTE.formatted(""));

    runs(guard, 10);
    assertThat(lastShadow()).returns(DecisionCode.DENY_IF, decision -> decision.code());
    runs(guard, "10");
    assertThat(lastShadow()).returns(DecisionCode.UNJUDGED, decision -> decision.code());

    runs(guard, 1);
    assertThat(lastShadow()).isNull();
  }

  @Test
  void whatACallOfACountOfSuccessesDidNotDoIsGivenBackInShadowToo() throws Exception {
    ToolGuard guard = guard("", ONE_A_MINUTE.formatted(", \"counts\": \"successes\""));
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(
              () ->
                  guard.call(
                      call(1),
                      judged -> {
                        throw new NotDoneException("refused");
                      }))
          .isInstanceOf(NotDoneException.class);
      assertThat(lastShadow()).isNull();
    }

    runs(guard, 1);
    assertThat(lastShadow()).isNull();
    runs(guard, 1);
    assertThat(lastShadow()).returns(DecisionCode.LIMIT, decision -> decision.code());
  }

  @Test
  void itsLimitsAndEnforcedOnesOfTheSameNameCountApart() throws Exception {
    ToolGuard guard =
        guard(
            """
            "limits": [{"counter": "paid", "window": "minute", "max": 2}]""",
            ONE_A_MINUTE.formatted(""));

    runs(guard, 1);
    runs(guard, 1);
    assertThat(lastShadow()).returns("/tools/pay/limits/paid", decision -> decision.rule());
    Outcome<String> third = guard.call(call(1), judged -> "paid");

    assertThat(third.decision().rule()).isEqualTo("/all_tools/limits/paid");
    assertThat(lastShadow()).isNull();
  }

  @Test
  void theRulesOfAllToolsAskWithTheirOwnTimes() throws Exception {
    ToolGuard guard =
        guard(
            "\"approve_if\": [{\"conditions\": []}], \"approval\": {\"timeout\": \"30s\"}",
            "\"approval\": {\"timeout\": \"1h\"}");

    assertThat(guard.call(call(1), judged -> "paid")).isInstanceOf(Outcome.ApprovalRequired.class);

    assertThat(guard.approvals().pending().get(0).expiresAt())
        .isEqualTo(time.instant().plus(Duration.ofSeconds(30)));
  }

  @Test
  void aStoreThatFailsForItStopsNothing() throws Exception {
    InMemoryCounterStore store = InMemoryCounterStore.builder().timeSource(time).build();
    CounterStore failing =
        new CounterStore() {
          @Override
          public ReserveResult reserve(Demand demand) {
            return check(demand).reserve(demand);
          }

          @Override
          public Look look(Demand demand) {
            return check(demand).look(demand);
          }

          private CounterStore check(Demand demand) {
            Charge.Amount first = (Charge.Amount) demand.charge(0);
            if (first.max() == first.amount()) {
              throw new StackOverflowError("for the limit of one");
            }
            return store;
          }
        };
    ToolGuard guard =
        builder(
                """
                "limits": [{"counter": "all", "window": "minute", "max": 2}]""",
                ASKS_ABOVE_1000 + ", " + ONE_A_MINUTE.formatted(""))
            .counterStore(failing)
            .build();

    runs(guard, 1);
    runs(guard, 5000);

    assertThat(told).extracting(event -> Objects.isNull(event.shadow())).containsOnly(true);
    assertThat(guard.call(call(1), judged -> "paid").decision().code())
        .isEqualTo(DecisionCode.LIMIT);
  }
}
