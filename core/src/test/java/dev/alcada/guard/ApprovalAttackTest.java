package dev.alcada.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.DecisionCode;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.Policy;
import dev.alcada.testing.ManualTime;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an agent, or whoever steers it, might try to get past a person's yes. */
class ApprovalAttackTest {
  private static final String POLICY =
      """
      {"version": "1", "default": "allow", "tools": {
        "pay": {
          "action": "require_approval", "reason": "Money moves.",
          "deny_if": [{"conditions": [{"path": "context.frozen", "op": "exists", "value": true},
            {"path": "context.frozen", "op": "eq", "value": true}]}],
          "approve_if": [{"name": "large", "on_deny": "Large.",
            "conditions": [{"path": "args.amount", "op": "gt", "value": 1000}]}]},
        "pay2": {"action": "require_approval", "reason": "Money moves."}}}
      """;
  private static final BigInteger TWO_53 = BigInteger.TWO.pow(53);

  private final ManualTime time = new ManualTime();
  private final AtomicInteger runs = new AtomicInteger();
  private final ToolGuard guard = ToolGuard.builder(Policy.parse(POLICY)).timeSource(time).build();

  private static Map<String, @Nullable Object> approvedArguments() {
    Map<String, @Nullable Object> arguments = new LinkedHashMap<>();
    arguments.put("amount", TWO_53);
    arguments.put("to", "Jos\u00e9");
    arguments.put("items", Arrays.asList(1, "a", Map.of("x", 1, "y", 2)));
    return arguments;
  }

  private static Map<String, @Nullable Object> with(String key, @Nullable Object value) {
    Map<String, @Nullable Object> arguments = approvedArguments();
    arguments.put(key, value);
    return arguments;
  }

  private static Map<String, @Nullable Object> without(String key) {
    Map<String, @Nullable Object> arguments = approvedArguments();
    arguments.remove(key);
    return arguments;
  }

  private static Map<String, @Nullable Object> reversed() {
    List<Map.Entry<String, @Nullable Object>> entries =
        new ArrayList<>(approvedArguments().entrySet());
    Collections.reverse(entries);
    Map<String, @Nullable Object> arguments = new LinkedHashMap<>();
    entries.forEach(entry -> arguments.put(entry.getKey(), entry.getValue()));
    Map<String, Object> item = new LinkedHashMap<>();
    item.put("y", 2);
    item.put("x", 1);
    arguments.put("items", List.of(1, "a", item));
    return arguments;
  }

  static Stream<Arguments> theSameCall() {
    return Stream.of(
        arguments("keys in another order", reversed()),
        arguments("a trailing zero", with("amount", new BigDecimal("9007199254740992.0"))),
        arguments("an exponent", with("amount", new BigDecimal("9007199254740992e0"))),
        arguments("a long", with("amount", TWO_53.longValueExact())),
        arguments("a double that is exactly it", with("amount", TWO_53.doubleValue())),
        arguments("1.0 for 1", with("items", List.of(1.0, "a", Map.of("x", 1L, "y", 2f)))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("theSameCall")
  void anotherSpellingOfTheSameCallPassesOnce(String what, Map<String, @Nullable Object> arguments)
      throws Exception {
    approve(call("pay", approvedArguments(), "agent-7"));

    assertThat(run(call("pay", arguments, "agent-7"))).isInstanceOf(Outcome.Completed.class);
    assertThat(run(call("pay", approvedArguments(), "agent-7")))
        .isInstanceOf(Outcome.ApprovalRequired.class);
    assertThat(runs).hasValue(1);
  }

  static Stream<Arguments> anotherCall() {
    return Stream.of(
        arguments("a changed amount", with("amount", 9_000_000)),
        arguments("2^53+1 for 2^53", with("amount", TWO_53.add(BigInteger.ONE))),
        arguments(
            "a tiny fraction more", with("amount", new BigDecimal("9007199254740992.000000001"))),
        arguments("text for a number", with("amount", "9007199254740992")),
        arguments("true for 1", with("items", List.of(true, "a", Map.of("x", 1, "y", 2)))),
        arguments("a decomposed accent", with("to", "Jose\u0301")),
        arguments("a look-alike letter", with("to", "J\u043es\u00e9")),
        arguments("a full-width letter", with("to", "\uff2aos\u00e9")),
        arguments("a zero-width space", with("to", "Jos\u00e9\u200b")),
        arguments("a right-to-left mark", with("to", "\u200fJos\u00e9")),
        arguments("a trailing blank", with("to", "Jos\u00e9 ")),
        arguments("another case", with("to", "jos\u00e9")),
        arguments("an added null", with("note", null)),
        arguments("an added empty text", with("note", "")),
        arguments("an added look-alike key", with("\u0430mount", 1)),
        arguments("an added key of another case", with("AMOUNT ", 1)),
        arguments("a value become null", with("to", null)),
        arguments("a missing value", without("to")),
        arguments(
            "elements in another order", with("items", List.of("a", 1, Map.of("x", 1, "y", 2)))),
        arguments(
            "a list in a list", with("items", List.of(List.of(1, "a", Map.of("x", 1, "y", 2))))),
        arguments("a changed inner value", with("items", List.of(1, "a", Map.of("x", 1, "y", 3)))),
        arguments(
            "members that spell the canonical text of others", with("to", "Jos\u00e9\",\"x\":\"1")),
        arguments("no arguments", Map.of()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("anotherCall")
  void aChangedCallIsAnotherCall(String what, Map<String, @Nullable Object> arguments)
      throws Exception {
    approve(call("pay", approvedArguments(), "agent-7"));

    Outcome<String> outcome = run(call("pay", arguments, "agent-7"));

    assertThat(outcome).isNotInstanceOf(Outcome.Completed.class);
    assertThat(runs).hasValue(0);
    assertThat(run(call("pay", approvedArguments(), "agent-7")))
        .isInstanceOf(Outcome.Completed.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"agent-8", "Agent-7", "agent-7 ", "\uff41gent-7", "agent\u20107"})
  void anotherGrantNeedsAYesOfItsOwn(String grant) throws Exception {
    approve(call("pay", approvedArguments(), "agent-7"));

    assertThat(run(call("pay", approvedArguments(), grant)))
        .isInstanceOf(Outcome.ApprovalRequired.class);
    assertThat(runs).hasValue(0);
  }

  @Test
  void anotherToolWithTheSameArgumentsNeedsAYesOfItsOwn() throws Exception {
    approve(call("pay", approvedArguments(), "agent-7"));

    assertThat(run(call("pay2", approvedArguments(), "agent-7")))
        .isInstanceOf(Outcome.ApprovalRequired.class);
  }

  @Test
  void everyAttributeOfTheCallerIsPartOfTheCall() throws Exception {
    Caller caller =
        Caller.grant("agent-7").withAttribute("frozen", false).withAttribute("trace", "1");
    approve(ToolCall.of("pay", approvedArguments(), caller));

    assertThat(run(ToolCall.of("pay", approvedArguments(), caller.withAttribute("frozen", 0))))
        .isNotInstanceOf(Outcome.Completed.class);
    assertThat(run(ToolCall.of("pay", approvedArguments(), Caller.grant("agent-7"))))
        .isNotInstanceOf(Outcome.Completed.class);
    assertThat(run(ToolCall.of("pay", approvedArguments(), caller.withAttribute("trace", "2"))))
        .isNotInstanceOf(Outcome.Completed.class);
    assertThat(run(ToolCall.of("pay", approvedArguments(), caller)))
        .isInstanceOf(Outcome.Completed.class);
  }

  @Test
  void aSessionIsNoPartOfTheCall() throws Exception {
    approve(ToolCall.of("pay", approvedArguments(), Caller.grant("agent-7").withSession("a")));

    assertThat(
            run(ToolCall.of("pay", approvedArguments(), Caller.grant("agent-7").withSession("b"))))
        .isInstanceOf(Outcome.Completed.class);
  }

  @Test
  void aRuleThatChangedBetweenTheYesAndTheRunAsksAnew() throws Exception {
    ToolCall call = call("pay", approvedArguments(), "agent-7");
    approve(call);
    guard.replacePolicy(Policy.parse(POLICY.replace("\"value\": 1000", "\"value\": 2000")));
    assertThat(run(call)).isInstanceOf(Outcome.ApprovalRequired.class);

    guard.replacePolicy(Policy.parse(POLICY));
    assertThat(run(call)).isInstanceOf(Outcome.Completed.class);
  }

  @Test
  void aRuleAddedBetweenTheYesAndTheRunAsksAnew() throws Exception {
    ToolCall call = call("pay", approvedArguments(), "agent-7");
    approve(call);
    guard.replacePolicy(
        Policy.parse(
            POLICY.replace(
                "\"default\": \"allow\",",
                "\"default\": \"allow\", \"all_tools\": {\"approve_if\": [{\"conditions\": []}]},")));

    assertThat(run(call)).isInstanceOf(Outcome.ApprovalRequired.class);
  }

  @Test
  void aDenialAddedBetweenTheYesAndTheRunDenies() throws Exception {
    ToolCall call = call("pay", approvedArguments(), "agent-7");
    String id = approve(call);
    guard.replacePolicy(Policy.parse("{\"version\": \"1\", \"default\": \"deny\"}"));

    assertThat(run(call).decision().code()).isEqualTo(DecisionCode.NOT_LISTED);
    assertThat(state(id)).isEqualTo(ApprovalState.APPROVED);
  }

  @Test
  void aRuleRemovedBetweenTheYesAndTheRunLetsTheCallRunWithoutIt() throws Exception {
    ToolCall call = call("pay", approvedArguments(), "agent-7");
    String id = approve(call);
    guard.replacePolicy(Policy.parse("{\"version\": \"1\", \"default\": \"allow\"}"));

    assertThat(run(call)).isInstanceOf(Outcome.Completed.class);
    assertThat(state(id)).isEqualTo(ApprovalState.APPROVED);
  }

  @Test
  void aRuleThatOnlyMovedAsksForNothingNew() throws Exception {
    ToolCall call = call("pay", approvedArguments(), "agent-7");
    approve(call);
    guard.replacePolicy(
        Policy.parse(
            POLICY.replace(
                "\"approve_if\": [",
                "\"approve_if\": [{\"conditions\": [{\"path\": \"args.amount\", \"op\": \"lt\", \"value\": 0}]}, ")));

    assertThat(run(call)).isInstanceOf(Outcome.Completed.class);
  }

  @Test
  void aReplayAfterSuccessAsksAnew() throws Exception {
    ToolCall call = call("pay", approvedArguments(), "agent-7");
    String id = approve(call);
    assertThat(run(call)).isInstanceOf(Outcome.Completed.class);

    for (int i = 0; i < 3; i++) {
      assertThat(run(call)).isInstanceOf(Outcome.ApprovalRequired.class);
    }
    assertThat(state(id)).isEqualTo(ApprovalState.SPENT);
    assertThat(runs).hasValue(1);
  }

  @Test
  void tenThousandRequestsOfOneGrantLeaveItTwentyAndTheOthersTheirs() throws Exception {
    Map<DecisionCode, Integer> codes = new HashMap<>();
    for (int i = 0; i < 10_000; i++) {
      codes.merge(
          Objects.requireNonNull(run(call("pay2", Map.of("n", i), "flooding")).decision().code()),
          1,
          Integer::sum);
    }

    assertThat(codes)
        .containsOnly(
            Map.entry(DecisionCode.APPROVAL_PENDING, 20),
            Map.entry(DecisionCode.APPROVAL_TOO_MANY, 9_980));
    assertThat(guard.approvals().pending()).hasSize(20);
    assertThat(run(call("pay2", Map.of("n", 0), "flooding")).decision().code())
        .isEqualTo(DecisionCode.APPROVAL_PENDING);
    assertThat(run(call("pay2", Map.of("n", 0), "another")).decision().code())
        .isEqualTo(DecisionCode.APPROVAL_PENDING);
  }

  @Test
  void aGrantMakesSixtyNewRequestsInAnyHour() throws Exception {
    int made = 0;
    for (int i = 0; i < 60; i++) {
      if (run(call("pay2", Map.of("n", i), "patient")) instanceof Outcome.ApprovalRequired) {
        made++;
      }
      time.advance(Duration.ofSeconds(35));
    }
    assertThat(made).isEqualTo(60);

    Decision denied = run(call("pay2", Map.of("n", 60), "patient")).decision();

    assertThat(denied.code()).isEqualTo(DecisionCode.APPROVAL_TOO_MANY);
    assertThat(denied.retryAfter()).isEqualTo(Duration.ofMinutes(25));
    time.advance(Duration.ofMinutes(25));
    assertThat(run(call("pay2", Map.of("n", 61), "patient")))
        .isInstanceOf(Outcome.ApprovalRequired.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "agent-7",
        "AGENT-7",
        " agent-7 ",
        "\uff41gent-7",
        "agent-7\u00a0",
        "aGent-\u2077"
      })
  void theRequestingGrantMayNotAnswerInAnySpelling(String approver) throws Exception {
    ToolCall call = call("pay", approvedArguments(), "agent-7");
    String id = request(call);

    assertThatThrownBy(() -> guard.approvals().approve(id, approver, null))
        .isInstanceOf(ApprovalException.class)
        .hasMessageContaining("is pending");
    assertThatThrownBy(() -> guard.approvals().deny(id, approver, null))
        .isInstanceOf(ApprovalException.class);

    assertThat(run(call)).isInstanceOf(Outcome.ApprovalRequired.class);
  }

  /** Letters that a single step to upper case does not reach, and what is not seen at all. */
  @ParameterizedTest
  @CsvSource({
    "ana.weiss, ana.wei\u1e9e",
    "\u0399\u0308\u0301, \u0390",
    "\u03a5\u0308\u0301, \u03b0",
    "\u0399\u0308\u0301, \u1fd3",
    "\u0399\u0308\u0300, \u1fd2",
    "\u0399\u0308\u0342, \u1fd7",
    "\u03a5\u0308\u0301, \u1fe3",
    "\u03a5\u0308\u0300, \u1fe2",
    "\u03a5\u0308\u0342, \u1fe7",
    "ana, an\u200ba",
    "ana, ana\u00ad"
  })
  void nobodyAnswersForThemselvesInAnotherLetter(String grant, String approver) throws Exception {
    String id = request(call("pay", approvedArguments(), grant));
    Caller person = Caller.grant("desk").withClient("app").withPerson("user", grant);
    String other = request(ToolCall.of("pay", approvedArguments(), person));

    for (String request : List.of(id, other)) {
      assertThatThrownBy(() -> guard.approvals().approve(request, approver, null))
          .isInstanceOf(ApprovalException.class)
          .hasMessageContaining("is pending");
    }
  }

  static Stream<Arguments> unwritable() {
    return Stream.of(
        arguments(Double.NaN, DecisionCode.UNJUDGED),
        arguments(Double.POSITIVE_INFINITY, DecisionCode.UNJUDGED),
        arguments("\ud83d", DecisionCode.UNJUDGED),
        arguments(java.util.Locale.JAPAN, DecisionCode.UNJUDGED),
        arguments(Map.of(1, 1), DecisionCode.UNJUDGED),
        arguments(new AtomicInteger(), DecisionCode.UNJUDGED),
        arguments("a".repeat(64 * 1024), DecisionCode.APPROVAL_TOO_LARGE),
        arguments("\u0000".repeat(11 * 1024), DecisionCode.APPROVAL_TOO_LARGE),
        arguments("\u20ac".repeat(22 * 1024), DecisionCode.APPROVAL_TOO_LARGE));
  }

  @ParameterizedTest
  @MethodSource("unwritable")
  void whatNoYesCanBeBoundToIsDenied(Object value, DecisionCode code) throws Exception {
    Decision decision = run(call("pay2", Map.of("value", List.of(value)), "agent-7")).decision();

    assertThat(decision.code()).isEqualTo(code);
    assertThat(decision.message()).doesNotContain(value.toString());
    assertThat(guard.approvals().pending()).isEmpty();
  }

  @Test
  void aListThatCanStillChangeIsNotBound() throws Exception {
    List<Object> unreadableAtFirst =
        new ArrayList<>(List.of("harmless")) {
          private static final long serialVersionUID = 1L;
          private boolean copied;

          @Override
          public java.util.Iterator<Object> iterator() {
            if (!copied) {
              copied = true;
              throw new java.util.ConcurrentModificationException();
            }
            return super.iterator();
          }
        };

    Outcome<String> outcome = run(call("pay2", Map.of("to", unreadableAtFirst), "agent-7"));

    assertThat(outcome.decision().code()).isEqualTo(DecisionCode.UNJUDGED);
    assertThat(guard.approvals().pending()).isEmpty();
  }

  @Test
  void argumentsAndNotesAreInNoText() throws Exception {
    String id = request(call("pay", with("to", "s3cret"), "agent-7"));
    ApprovalRequest request = guard.approvals().approve(id, "ana", "s3cret note");

    assertThat(request.arguments()).contains("s3cret");
    assertThat(request.toString()).doesNotContain("s3cret").contains(id);
    assertThat(String.valueOf(request.answer())).doesNotContain("s3cret").contains("ana");
  }

  private String approve(ToolCall call) throws Exception {
    return guard.approvals().approve(request(call), "ana", null).id();
  }

  private String request(ToolCall call) throws Exception {
    Outcome<String> outcome = run(call);
    assertThat(outcome).isInstanceOf(Outcome.ApprovalRequired.class);
    return Objects.requireNonNull(((Decision.ApprovalRequired) outcome.decision()).approvalId());
  }

  private ApprovalState state(String id) {
    return Objects.requireNonNull(guard.approvals().get(id)).state();
  }

  private Outcome<String> run(ToolCall call) throws Exception {
    return guard.call(call, judged -> "run " + runs.incrementAndGet());
  }

  private static ToolCall call(
      String tool, Map<String, ? extends @Nullable Object> arguments, String grant) {
    return ToolCall.of(tool, arguments, Caller.grant(grant));
  }
}
