package dev.alcada.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.approval.Answer;
import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Approvals through the guard, beside limits. */
class ApprovedCallTest {
  /** The scenario of a spend cap: at most 10,000 a day, a person for anything above 1,000. */
  private static final String PAYMENTS =
      """
      {"version": "1", "default": "deny", "tools": {"pay": {
        "approve_if": [{"name": "large", "on_deny": "Payments above 1000 need a person.",
          "conditions": [{"path": "args.amount", "op": "gt", "value": 1000}]}],
        "limits": [{"counter": "daily_spend", "window": "day", "max": 10000,
          "increment_from": "args.amount"}]}}}
      """;

  private final ManualTime time = new ManualTime();
  private final List<Object> ran = new ArrayList<>();
  private final ToolGuard guard = guard(PAYMENTS);

  @Test
  void aCallThatNeedsApprovalWaitsPassesOnceAndAsksAnew() throws Exception {
    Decision.ApprovalRequired first = pending(pay(5000));
    Decision.ApprovalRequired again = pending(pay(5000));

    assertThat(first.rule()).isEqualTo("/tools/pay/approve_if/large");
    assertThat(first.message())
        .startsWith("Payments above 1000 need a person. ")
        .contains(id(first))
        .contains("2026-")
        .doesNotContain("5000");
    assertThat(first.text()).startsWith("[APPROVAL REQUIRED] ");
    assertThat(first.metadata())
        .containsEntry("outcome", "approval_required")
        .containsEntry("approvalId", id(first))
        .containsKey("expiresAt");
    assertThat(again.approvalId()).isEqualTo(first.approvalId());
    assertThat(ran).isEmpty();

    guard.approvals().approve(id(first), "ana", null);

    assertThat(pay(5000)).isInstanceOf(Outcome.Completed.class);
    assertThat(ran).hasSize(1);
    assertThat(pending(pay(5000)).approvalId()).isNotEqualTo(first.approvalId());
  }

  @Test
  void aCallThatDoesNotFitTheCapIsRefusedWithoutAsking() throws Exception {
    assertThat(denied(pay(10_001)).code()).isEqualTo(DecisionCode.LIMIT_NEVER);
    approved(9000);
    assertThat(pay(9000)).isInstanceOf(Outcome.Completed.class);

    assertThat(denied(pay(1001)).code()).isEqualTo(DecisionCode.LIMIT);

    assertThat(guard.approvals().pending()).isEmpty();
  }

  @Test
  void anApprovedCallThatNoLongerFitsIsRefusedAndItsYesStaysUsable() throws Exception {
    Policy larger = Policy.parse(PAYMENTS.replace("10000", "15000"));
    String large = approved(9000);
    approved(2000);
    assertThat(pay(2000)).isInstanceOf(Outcome.Completed.class);

    assertThat(denied(pay(9000)).code()).isEqualTo(DecisionCode.LIMIT);
    assertThat(state(large)).isEqualTo(ApprovalState.APPROVED);

    guard.replacePolicy(larger);
    assertThat(pay(9000)).isInstanceOf(Outcome.Completed.class);
    assertThat(state(large)).isEqualTo(ApprovalState.SPENT);
  }

  @Test
  void aPendingDeniedOrExpiredCallCountsNothing() throws Exception {
    guard.approvals().deny(id(pending(pay(6000))), "ana", "too much");
    assertThat(denied(pay(6000)).message()).contains("too much");
    pending(pay(7000));
    time.advance(Duration.ofMinutes(10));
    pending(pay(7000));

    approved(10_000);
    assertThat(pay(10_000)).isInstanceOf(Outcome.Completed.class);
  }

  @Test
  void aDenialHoldsUntilTheRequestWouldHaveExpired() throws Exception {
    String id = id(pending(pay(6000)));
    time.advance(Duration.ofMinutes(4));
    guard.approvals().deny(id, "ana", "Not this month.");

    time.advance(Duration.ofMinutes(6).minusMillis(1));
    Decision.Denied denied = denied(pay(6000));
    assertThat(denied.code()).isEqualTo(DecisionCode.APPROVAL_DENIED);
    assertThat(denied.rule()).isEqualTo("/tools/pay/approve_if/large");
    assertThat(denied.message()).contains("Not this month.");

    time.advance(Duration.ofMillis(1));
    assertThat(pending(pay(6000)).approvalId()).isNotEqualTo(id);
  }

  @Test
  void aYesMayBeUsedUntilItExpires() throws Exception {
    String id = approved(6000);
    time.advance(Duration.ofMinutes(10).minusMillis(1));
    assertThat(guard.check(call(6000))).isInstanceOf(Decision.Allowed.class);

    time.advance(Duration.ofMillis(1));

    assertThat(pending(pay(6000)).approvalId()).isNotEqualTo(id);
    assertThat(ran).isEmpty();
  }

  @Test
  void anIdenticalCallWhileAnApprovedOneRunsIsDenied() throws Exception {
    approved(4000);

    AtomicReference<@Nullable Outcome<String>> inner = new AtomicReference<>();
    Outcome<String> outer =
        guard.call(
            call(4000),
            call -> {
              inner.set(pay(4000));
              time.advance(Duration.ofDays(2));
              assertThat(denied(pay(4000)).code()).isEqualTo(DecisionCode.APPROVAL_IN_USE);
              return "paid";
            });

    assertThat(outer).isInstanceOf(Outcome.Completed.class);
    assertThat(denied(Objects.requireNonNull(inner.get())).code())
        .isEqualTo(DecisionCode.APPROVAL_IN_USE);
    assertThat(ran).isEmpty();
  }

  /** Both have seen the yes and reserved; it is taken by the one whose store answered first. */
  @Test
  void ofTwoCallsOfOneYesTheOneThatComesTooLateHoldsNothing() {
    NetworkStore store = new NetworkStore(InMemoryCounterStore.builder().timeSource(time).build());
    ToolGuard slow =
        ToolGuard.builder(policy(PAYMENTS))
            .timeSource(time)
            .counterStore(store)
            .executor(Runnable::run)
            .build();
    CompletableFuture<Outcome<String>> asked = async(slow, 4000);
    answered(store);
    slow.approvals().approve(id(pending(asked.join())), "ana", null);

    CompletableFuture<Outcome<String>> late = async(slow, 4000);
    answered(store); // it has room, has seen the yes, and would like to reserve
    CompletableFuture<Outcome<String>> first = async(slow, 4000);
    Runnable reservesLate = Objects.requireNonNull(store.next());
    answered(store);
    answered(store);
    assertThat(first.join()).isEqualTo(new Outcome.Completed<>("paid"));
    reservesLate.run();

    assertThat(denied(late.join()).code()).isEqualTo(DecisionCode.APPROVAL_IN_USE);
    assertThat(ran).hasSize(1);
    CompletionStage<Decision> room = slow.checkAsync(call(6000));
    answered(store);
    assertThat(room.toCompletableFuture().join()).isInstanceOf(Decision.ApprovalRequired.class);
  }

  private static void answered(NetworkStore store) {
    Objects.requireNonNull(store.next()).run();
  }

  @Test
  void aHandlerThatDidNothingGivesTheYesAndTheAmountBack() throws Exception {
    String id = approved(10_000);
    assertThatThrownBy(
            () ->
                guard.call(
                    call(10_000),
                    call -> {
                      throw new NotDoneException("the bank is closed");
                    }))
        .isInstanceOf(NotDoneException.class);
    assertThat(state(id)).isEqualTo(ApprovalState.APPROVED);

    assertThat(pay(10_000)).isInstanceOf(Outcome.Completed.class);
    assertThat(state(id)).isEqualTo(ApprovalState.SPENT);
  }

  @Test
  void anUnknownOutcomeSpendsTheYes() throws Exception {
    String id = approved(6000);
    assertThatThrownBy(
            () ->
                guard.call(
                    call(6000),
                    call -> {
                      throw new IllegalStateException("connection lost");
                    }))
        .hasMessage("connection lost");

    assertThat(state(id)).isEqualTo(ApprovalState.SPENT);
    assertThat(denied(pay(6000)).code()).isEqualTo(DecisionCode.LIMIT);
  }

  @Test
  void aDenialBeatsAnApproval() throws Exception {
    ToolGuard strict =
        guard(
            """
            {"version": "1", "default": "deny", "tools": {"pay": {
              "action": "require_approval", "reason": "Ask.",
              "deny_if": [{"conditions": [{"path": "args.amount", "op": "gt", "value": 10}]}]}}}
            """);

    assertThat(denied(strict.call(call(11), this::run)).code()).isEqualTo(DecisionCode.DENY_IF);
    assertThat(strict.approvals().pending()).isEmpty();
    assertThat(pending(strict.call(call(10), this::run)).rule()).isEqualTo("/tools/pay/action");
  }

  @Test
  void everyRuleThatAsksIsShownToTheApprover() throws Exception {
    ToolGuard asking =
        guard(
            """
            {"version": "1", "default": "allow",
             "all_tools": {"approve_if": [{"name": "any", "on_deny": "All are watched", "conditions": []}]},
             "tools": {"pay": {"action": "require_approval", "reason": "Money moves.",
               "approval": {"timeout": "5s", "valid": "7s"}}}}
            """);
    Decision.ApprovalRequired required = pending(asking.call(call(1), this::run));

    assertThat(required.message()).startsWith("Money moves. All are watched. ");
    ApprovalRequest request = asking.approvals().pending().get(0);
    assertThat(request.asks())
        .extracting(ask -> ask.reason())
        .containsExactly("Money moves.", "All are watched");
    assertThat(request.arguments()).isEqualTo("{\"amount\":1}");
    assertThat(request.expiresAt()).isEqualTo(time.instant().plusSeconds(5));
    time.advance(Duration.ofSeconds(1));
    assertThat(asking.approvals().approve(request.id(), "ana", null).expiresAt())
        .isEqualTo(time.instant().plusSeconds(7));
  }

  @Test
  void checkAsksNobodyAndTellsWhereACallStands() throws Exception {
    Decision before = guard.check(call(6000));
    assertThat(before).isInstanceOf(Decision.ApprovalRequired.class);
    assertThat(((Decision.ApprovalRequired) before).approvalId()).isNull();
    assertThat(guard.approvals().pending()).isEmpty();

    String id = id(pending(pay(6000)));
    assertThat(((Decision.ApprovalRequired) guard.check(call(6000))).approvalId()).isEqualTo(id);
    guard.approvals().approve(id, "ana", null);
    assertThat(guard.check(call(6000))).isInstanceOf(Decision.Allowed.class);
    assertThat(guard.check(call(6000))).isInstanceOf(Decision.Allowed.class);
    assertThat(guard.check(call(10_001)).code()).isEqualTo(DecisionCode.LIMIT_NEVER);
    assertThat(pay(6000)).isInstanceOf(Outcome.Completed.class);
  }

  @Test
  void anApproverThatAnswersAtOnceDecidesTheVeryCall() throws Exception {
    Approvals approvals =
        Approvals.builder()
            .timeSource(time)
            .approver(
                request ->
                    CompletableFuture.completedFuture(
                        request.arguments().contains("2000")
                            ? Answer.approve("rules")
                            : Answer.deny("rules").withNote("Only 2000.")))
            .build();
    ToolGuard ruled =
        ToolGuard.builder(Policy.parse(PAYMENTS)).timeSource(time).approvals(approvals).build();

    assertThat(ruled.call(call(2000), this::run)).isInstanceOf(Outcome.Completed.class);
    assertThat(denied(ruled.call(call(3000), this::run)).message()).contains("Only 2000.");
  }

  /** {@code docs/approvals.md} shows these lines. */
  @Test
  void readmeSnippet() throws Exception {
    Policy policy = Policy.parse(PAYMENTS);
    ToolCall call = call(5000);
    ToolHandler<String> handler = this::run;

    Approvals approvals = Approvals.builder().maxPerGrant(5).build();
    ToolGuard guard = ToolGuard.builder(policy).approvals(approvals).build();

    Outcome<String> first = guard.call(call, handler); // ApprovalRequired, with the request's id
    approvals.approve(approvals.pending().get(0).id(), "ana@example.com", "as agreed");
    Outcome<String> second = guard.call(call, handler); // Completed

    assertThat(first).isInstanceOf(Outcome.ApprovalRequired.class);
    assertThat(second).isInstanceOf(Outcome.Completed.class);
  }

  @Test
  void callAsyncWithoutPatienceAnswersAtOnce() throws Exception {
    CompletableFuture<Outcome<String>> outcome =
        guard
            .callAsync(call(6000), call -> CompletableFuture.completedFuture("paid"))
            .toCompletableFuture();

    assertThat(outcome).isDone();
    assertThat(outcome.get()).isInstanceOf(Outcome.ApprovalRequired.class);
  }

  @Test
  void callAsyncWithPatienceRunsOnceThePersonSaysYes() throws Exception {
    ToolGuard patient = patient(Duration.ofHours(1));
    CompletableFuture<Outcome<String>> outcome = async(patient);
    assertThat(outcome).isNotDone();

    patient.approvals().approve(patient.approvals().pending().get(0).id(), "ana", null);

    assertThat(outcome.get(1, TimeUnit.MINUTES)).isEqualTo(new Outcome.Completed<>("paid"));
    assertThat(patient.approvals().pending()).isEmpty();
  }

  @Test
  void callAsyncWithPatienceIsDeniedOnceThePersonSaysNo() throws Exception {
    ToolGuard patient = patient(Duration.ofHours(1));
    CompletableFuture<Outcome<String>> outcome = async(patient);

    patient.approvals().deny(patient.approvals().pending().get(0).id(), "ana", "no");

    assertThat(denied(outcome.get(1, TimeUnit.MINUTES)).code())
        .isEqualTo(DecisionCode.APPROVAL_DENIED);
  }

  @Test
  void callAsyncWhosePatienceEndsSaysThatAnApprovalIsRequired() throws Exception {
    ToolGuard impatient = patient(Duration.ofMillis(1));

    Outcome<String> outcome = async(impatient).get(1, TimeUnit.MINUTES);

    assertThat(id(pending(outcome))).isEqualTo(impatient.approvals().pending().get(0).id());
  }

  @Test
  void aCancelledWaitRunsNothing() throws Exception {
    ToolGuard patient = patient(Duration.ofHours(1));
    CompletableFuture<Outcome<String>> outcome = async(patient);
    outcome.cancel(true);

    String id = patient.approvals().pending().get(0).id();
    patient.approvals().approve(id, "ana", null);

    assertThat(Objects.requireNonNull(patient.approvals().get(id)).state())
        .isEqualTo(ApprovalState.APPROVED);
    assertThat(ran).isEmpty();
  }

  @Test
  void aCancelledRunSpendsTheYes() throws Exception {
    String id = approved(6000);
    CompletableFuture<Outcome<String>> outcome =
        guard.callAsync(call(6000), call -> new CompletableFuture<String>()).toCompletableFuture();
    assertThat(state(id)).isEqualTo(ApprovalState.IN_USE);

    outcome.cancel(true);

    assertThat(state(id)).isEqualTo(ApprovalState.SPENT);
  }

  private ToolGuard patient(Duration patience) {
    return ToolGuard.builder(policy(PAYMENTS)).timeSource(time).approvalPatience(patience).build();
  }

  private CompletableFuture<Outcome<String>> async(ToolGuard patient) {
    return async(patient, 6000);
  }

  private CompletableFuture<Outcome<String>> async(ToolGuard through, int amount) {
    return through
        .callAsync(
            call(amount),
            call -> {
              ran.add(call);
              return CompletableFuture.completedFuture("paid");
            })
        .toCompletableFuture();
  }

  private ToolGuard guard(String document) {
    return ToolGuard.builder(policy(document)).timeSource(time).build();
  }

  private static Policy policy(String document) {
    return Policy.parse(document);
  }

  private Outcome<String> pay(int amount) throws Exception {
    return guard.call(call(amount), this::run);
  }

  private String run(ToolCall call) {
    ran.add(call);
    return "paid";
  }

  private static ToolCall call(int amount) {
    return ToolCall.of("pay", Map.of("amount", amount), Caller.grant("agent-7"));
  }

  private String approved(int amount) throws Exception {
    return guard.approvals().approve(id(pending(pay(amount))), "ana", null).id();
  }

  private ApprovalState state(String id) {
    return Objects.requireNonNull(guard.approvals().get(id)).state();
  }

  private static String id(Decision.ApprovalRequired required) {
    return Objects.requireNonNull(required.approvalId());
  }

  private static Decision.ApprovalRequired pending(Outcome<?> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.ApprovalRequired.class);
    return (Decision.ApprovalRequired) outcome.decision();
  }

  private static Decision.Denied denied(Outcome<?> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Denied.class);
    return (Decision.Denied) outcome.decision();
  }
}
