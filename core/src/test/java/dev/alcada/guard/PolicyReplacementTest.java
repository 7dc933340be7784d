package dev.alcada.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.OwnLog;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.DecisionCode;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.Policy;
import dev.alcada.testing.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a replaced policy keeps, what it starts anew, and which of the two settles a call. */
class PolicyReplacementTest {
  private static final ToolCall PAY = ToolCall.of("pay", Map.of(), Caller.grant("agent-7"));

  private final ManualTime time = new ManualTime();

  private static Policy policy(int max, String rest) {
    return Policy.parse(
        """
        {"version": "1", "default": "deny", "tools": {"pay": {"limits": [
          {"counter": "paid", "window": "minute", "max": %s%s}]}}}
        """
            .formatted(max, rest));
  }

  private ToolGuard guard(Policy policy) {
    return ToolGuard.builder(policy).timeSource(time).build();
  }

  private static int paid(ToolGuard guard, int calls) throws Exception {
    int paid = 0;
    for (int i = 0; i < calls; i++) {
      paid += guard.call(PAY, call -> "paid") instanceof Outcome.Completed<String> ? 1 : 0;
    }
    return paid;
  }

  @Test
  void aReplacementWarnsOfEachLimitThatStartsEmptyAndOfNoNewOne() {
    String document =
        """
        {"version": "1", "default": "deny",
         "all_tools": {"limits": [{"counter": "all", "window": "%s", "max": 9, "scope": "global"}]},
         "tools": {"a": {"rate_limit": "5/%s"%s}}}
        """;
    ToolGuard guard = guard(Policy.parse(document.formatted("hour", "minute", "")));
    String more = ", \"limits\": [{\"counter\": \"new\", \"window\": \"minute\", \"max\": 9}]";

    assertThat(guard.replacePolicy(Policy.parse(document.formatted("1h", "60s", more)))).isEmpty();
    assertThat(guard.replacePolicy(Policy.parse(document.formatted("day", "hour", more))))
        .containsExactlyInAnyOrder(
            "/all_tools/limits/all starts empty: what identifies its counter has changed",
            "/tools/a/rate_limit starts empty: what identifies its counter has changed");
  }

  /** Of one counter, the rule that is named first stays as it was; so does the tool's own. */
  @Test
  void aReplacementWarnsOfEveryLimitOfACounterThatCountsElsewhere() {
    String document =
        """
        {"version": "1", "default": "deny", "tools": {
          "a": {"limits": [{"counter": "paid", "window": "minute", "max": 9}]},
          "b": {"limits": [{"counter": "paid", "window": "%s", "max": 9}]},
          "c": {"limits": [{"counter": "paid", "window": "%s", "max": 9}]}}}
        """;
    ToolGuard guard = guard(Policy.parse(document.formatted("minute", "hour")));

    assertThat(guard.replacePolicy(Policy.parse(document.formatted("day", "minute"))))
        .containsExactly(
            "/tools/b/limits/paid starts empty: what identifies its counter has changed",
            "/tools/c/limits/paid leaves its count behind: it now shares the one of"
                + " /tools/a/limits/paid");
  }

  /**
   * Above 4·10⁹ a counter counts in thousandths: by its own maximum, or by that of another limit
   * that joins it.
   */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a maximum that crosses the line    | 4000000000 | 4000000001 | {}
          and back                           | 4000000001 | 4000000000 | {}
          a limit of all tools that joins it | 4000000000 | 4000000000 | {"limits": [{"counter": "paid", "window": "minute", "max": 4000000000000000, "increment_from": "args.amount"}]}
          """)
  void inWhichUnitsACounterCountsChangesNoCount(
      String name, long before, long after, String allTools) throws Exception {
    String document =
        """
        {"version": "1", "default": "deny", "all_tools": %s, "tools": {"pay": {"limits": [
          {"counter": "paid", "window": "minute", "max": %d, "increment_from": "args.amount"}]}}}
        """;
    ToolGuard guard = guard(Policy.parse(document.formatted("{}", before)));
    assertThat(pays(guard, before - 1000)).isTrue();

    assertThat(guard.replacePolicy(Policy.parse(document.formatted(allTools, after)))).isEmpty();

    assertThat(pays(guard, after - before + 1001)).isFalse();
    assertThat(pays(guard, after - before + 999.5)).isTrue();
    assertThat(pays(guard, 0.501)).isFalse();
    assertThat(pays(guard, 0.5)).isTrue();
    assertThat(guard.replacePolicy(Policy.parse(document.formatted("{}", before)))).isEmpty();
    assertThat(pays(guard, 0.001)).isEqualTo(before > after);
    time.advance(Duration.ofMinutes(1));
    assertThat(pays(guard, 0.000000001)).isEqualTo(before == 4000000000L);
    assertThat(pays(guard, before)).isEqualTo(before != 4000000000L);
  }

  @Test
  void aCallIsRefundedInWhicheverUnitsItsCounterCountsByThen() throws Exception {
    String document =
        """
        {"version": "1", "default": "deny", "tools": {"pay": {"limits": [
          {"counter": "paid", "window": "minute", "max": %d, "increment_from": "args.amount"}]}}}
        """;
    Policy fine = Policy.parse(document.formatted(4000000000L));
    ToolGuard guard = guard(fine);
    assertThatThrownBy(
            () ->
                guard.call(
                    pay(2_500_000_000L),
                    call -> {
                      guard.replacePolicy(Policy.parse(document.formatted(4000000001L)));
                      assertThat(pays(guard, 1_500_000_000.25)).isTrue();
                      throw new NotDoneException("refused");
                    }))
        .isInstanceOf(NotDoneException.class);

    assertThat(pays(guard, 2_500_000_000.751)).isFalse();
    assertThat(pays(guard, 2_500_000_000.75)).isTrue();
  }

  private static ToolCall pay(Number amount) {
    return ToolCall.of("pay", Map.of("amount", amount), Caller.grant("agent-7"));
  }

  private static boolean pays(ToolGuard guard, Number amount) throws Exception {
    return guard.call(pay(amount), call -> "paid") instanceof Outcome.Completed<String>;
  }

  /** A watch of a policy file hands what is returned to nobody. */
  @Test
  void whatStartsEmptyIsLoggedToo() throws Throwable {
    ToolGuard guard = guard(policy(5, ""));
    List<String> lines =
        OwnLog.of(
            () -> {
              guard.replacePolicy(policy(4, ""));
              guard.replacePolicy(policy(4, ", \"scope\": \"global\""));
            });

    assertThat(lines)
        .filteredOn(line -> line.contains("WARN"))
        .singleElement()
        .asString()
        .contains("/tools/pay/limits/paid starts empty");
  }

  @Test
  void aMaximumBelowThePresentTotalRefusesUntilEnoughHasLeft() throws Exception {
    ToolGuard guard = guard(policy(5, ""));
    assertThat(paid(guard, 2)).isEqualTo(2);
    time.advance(Duration.ofSeconds(20));
    assertThat(paid(guard, 3)).isEqualTo(3);

    assertThat(guard.replacePolicy(policy(4, ""))).isEmpty();

    assertThat(guard.check(PAY))
        .returns(DecisionCode.LIMIT, Decision::code)
        .returns(Duration.ofSeconds(40), Decision::retryAfter);
    time.advance(Duration.ofSeconds(40));
    assertThat(paid(guard, 5)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "', \"on_deny\": \"Enough.\"', 3",
    "', \"counts\": \"successes\"', 3",
    "', \"increment\": 2', 1",
    "', \"scope\": \"global\"', 5",
    "', \"alignment\": \"calendar\"', 5"
  })
  void theCountIsKeptWhileTheIdentityIsTheSame(String rest, int left) throws Exception {
    ToolGuard guard = guard(policy(5, ""));
    assertThat(paid(guard, 2)).isEqualTo(2);

    assertThat(guard.replacePolicy(policy(5, rest))).hasSize(left == 5 ? 1 : 0);

    assertThat(paid(guard, 9)).isEqualTo(left);
  }

  @ParameterizedTest
  @CsvSource({"attempts, successes, 0", "successes, attempts, 1"})
  void aCallIsSettledByThePolicyThatLetItThrough(String before, String after, int left)
      throws Exception {
    String counts = ", \"counts\": \"%s\"";
    ToolGuard guard = guard(policy(1, counts.formatted(before)));

    assertThatThrownBy(
            () ->
                guard.call(
                    PAY,
                    call -> {
                      guard.replacePolicy(policy(1, counts.formatted(after)));
                      throw new NotDoneException("refused");
                    }))
        .isInstanceOf(NotDoneException.class);

    assertThat(paid(guard, 2)).isEqualTo(left);
  }

  @Test
  void aCheckThatRefusesAPolicyLeavesTheLastInForceUntilItIsRemoved() throws Throwable {
    Policy first = policy(1, "");
    ToolGuard guard = guard(first);
    Registration check =
        guard.checkReplacements(
            next -> {
              throw new IllegalArgumentException("not this one");
            });

    List<String> lines =
        OwnLog.of(
            () ->
                assertThatThrownBy(() -> guard.replacePolicy(policy(9, "")))
                    .hasMessage("not this one"));
    assertThat(lines).singleElement().asString().contains("the last one stays in force");
    assertThat(guard.policy()).isSameAs(first);
    assertThat(paid(guard, 5)).isEqualTo(1);

    check.close();
    guard.replacePolicy(policy(9, ""));
    assertThat(paid(guard, 10)).isEqualTo(8);
  }
}
