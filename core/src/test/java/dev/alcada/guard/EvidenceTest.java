package dev.alcada.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.alcada.OwnLog;
import dev.alcada.approval.Answer;
import dev.alcada.approval.ApprovalRequest;
import dev.alcada.audit.ApprovalEvent;
import dev.alcada.audit.ApprovalEvent.Change;
import dev.alcada.audit.ArgumentDigests;
import dev.alcada.audit.DecisionEvent;
import dev.alcada.audit.DecisionListener;
import dev.alcada.audit.LimitUse;
import dev.alcada.audit.SettlementEvent;
import dev.alcada.audit.SettlementEvent.Handler;
import dev.alcada.audit.Told;
import dev.alcada.counter.Ended;
import dev.alcada.counter.memory.InMemoryCounterStore;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.DecisionCode;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.Policy;
import dev.alcada.testing.ManualTime;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** What listeners are told of a call is complete, and shows no value of it. */
class EvidenceTest {
  private static final Policy POLICY =
      Policy.parse(
          """
          {"version": "1", "default": "deny", "tools": {
            "pay": {"limits": [
              {"counter": "money", "window": "day", "max": 100, "increment_from": "args.amount"},
              {"counter": "calls", "window": "minute", "max": 2}]},
            "wire": {"action": "require_approval", "approval": {"timeout": "10m", "valid": "5m"},
              "limits": [{"counter": "wires", "window": "day", "max": 5}]}
          }}
          """);
  private static final Caller CALLER = Caller.grant("agent-7").withSession("s-1");

  private final ManualTime time = new ManualTime(Instant.parse("2026-11-28T12:00:00.123456789Z"));
  private final Told told = new Told();
  private final Approvals approvals = Approvals.builder().timeSource(time).build();
  private final ToolGuard guard = guard(told);

  private ToolGuard guard(DecisionListener... listeners) {
    ToolGuard.Builder builder = ToolGuard.builder(POLICY).timeSource(time).approvals(approvals);
    List.of(listeners).forEach(builder::listener);
    return builder.argumentDigests(ArgumentDigests.of(new byte[16])).build();
  }

  private static ToolCall pay(Object amount) {
    return ToolCall.of("pay", Map.of("to", "hunter2", "amount", amount), CALLER);
  }

  private static ToolCall wire() {
    return ToolCall.of("wire", Map.of("amount", 7), CALLER);
  }

  @Test
  void aDecisionSaysWhoWhatWhenUnderWhichPolicyAndWhatTheLimitsHeld() throws Exception {
    guard.call(pay(30), call -> "paid");
    guard.call(pay(5), call -> "paid");

    DecisionEvent second = told.decided.get(1);
    assertThat(second.at()).isEqualTo("2026-11-28T12:00:00.123456Z");
    assertThat(second.policyRevision()).isEqualTo(POLICY.revision());
    assertThat(second.argumentNames()).containsExactly("amount", "to");
    assertThat(second.limits())
        .extracting(use -> use.counter().name())
        .containsExactly("money", "calls");
    assertThat(second.limits())
        .extracting(LimitUse::max, LimitUse::amount, LimitUse::before, LimitUse::after)
        .containsExactly(
            tuple(decimal(100), decimal(5), decimal(30), decimal(35)),
            tuple(decimal(2), decimal(1), decimal(1), decimal(2)));
    assertThat(second.timeToReserve()).isNull();
    assertThat(second.approvalId()).isNull();
    assertThat(told.settled).extracting(SettlementEvent::handler).containsOnly(Handler.RETURNED);
    assertThat(told.settled)
        .extracting(SettlementEvent::decided)
        .containsExactlyElementsOf(told.decided);
  }

  @Test
  void aStoreThatIsNotInMemoryIsTimed() throws Exception {
    ToolGuard remote =
        ToolGuard.builder(POLICY)
            .counterStore(new NetworkStore(InMemoryCounterStore.create()).answeringAtOnce())
            .listener(told)
            .build();
    remote.call(pay(1), call -> "paid");

    assertThat(told.decided.get(0).timeToReserve()).isPositive();
    assertThat(told.decided.get(0).timeToDecide())
        .isGreaterThanOrEqualTo(told.decided.get(0).timeToReserve());
  }

  private static BigDecimal decimal(long value) {
    return BigDecimal.valueOf(value);
  }

  @Test
  void aRefusalNamesTheLimitsThatItMetAndThatNothingWasCharged() throws Exception {
    guard.call(pay(60), call -> "paid");
    guard.call(pay(60), call -> "paid");

    DecisionEvent denied = told.decided.get(1);
    assertThat(denied.decision().code()).isEqualTo(DecisionCode.LIMIT);
    assertThat(denied.limits())
        .extracting(LimitUse::before, LimitUse::after)
        .containsExactly(tuple(decimal(60), decimal(60)), tuple(decimal(1), decimal(1)));
  }

  @Test
  void anAmountThatCanNeverFitMeetsNoLimit() throws Exception {
    guard.call(pay(101), call -> "paid");

    DecisionEvent denied = told.decided.get(0);
    assertThat(denied.decision().code()).isEqualTo(DecisionCode.LIMIT_NEVER);
    assertThat(denied.limits()).isEmpty();
  }

  @Test
  void identifiersAreDifferentAndDigestsAreEqualForEqualArgumentsAlone() throws Exception {
    guard.call(pay(1), call -> "paid");
    guard.call(pay(1.0), call -> "paid");
    guard.call(pay(2), call -> "paid");

    assertThat(told.decided).extracting(DecisionEvent::id).doesNotHaveDuplicates();
    assertThat(new HashSet<>(told.decided.stream().map(DecisionEvent::argumentsDigest).toList()))
        .hasSize(2);
    assertThat(told.decided.get(0).argumentsDigest())
        .isEqualTo(told.decided.get(1).argumentsDigest())
        .matches("[0-9a-f]{64}");
    assertThat(told.decided.toString()).doesNotContain("hunter2");
  }

  @Test
  void argumentsThatAreNoJsonHaveNamesAndNoDigest() throws Exception {
    guard.call(ToolCall.of("pay", Map.of("amount", 1, "x", new Object()), CALLER), call -> "paid");

    assertThat(told.decided.get(0).argumentNames()).containsExactly("amount", "x");
    assertThat(told.decided.get(0).argumentsDigest()).isNull();
  }

  @Test
  void aSettlementSaysHowTheHandlerEnded() {
    assertThatThrownBy(
        () ->
            guard.call(
                pay(1),
                call -> {
                  throw new IllegalStateException();
                }));
    CompletableFuture<Outcome<String>> running =
        guard.callAsync(pay(1), call -> new CompletableFuture<String>()).toCompletableFuture();
    running.cancel(true);

    assertThat(told.settled)
        .extracting(SettlementEvent::handler, SettlementEvent::result)
        .containsExactly(
            tuple(Handler.FAILED, Ended.UNKNOWN), tuple(Handler.CANCELLED, Ended.UNKNOWN));
  }

  @Test
  void whatIsAskedAndAnsweredIsToldAndWhatItLetsThroughNamesIt() throws Exception {
    guard.call(wire(), call -> "sent");
    String id = approvals.pending().get(0).id();
    approvals.answer(id, Answer.approve("ana"));
    guard.call(wire(), call -> "sent");

    assertThat(told.approvals)
        .extracting(ApprovalEvent::change)
        .containsExactly(Change.ASKED, Change.ANSWERED, Change.CLAIMED, Change.SPENT);
    assertThat(told.approvals).allMatch(event -> event.approvalId().equals(id));
    assertThat(told.approvals.get(1).answeredBy()).isEqualTo("ana");
    assertThat(told.decided).hasSize(2).allMatch(event -> id.equals(event.approvalId()));
    assertThat(told.decided.get(1).answeredBy()).containsExactly("ana");
    assertThat(told.settled).hasSize(1).allMatch(event -> id.equals(event.decided().approvalId()));
  }

  @Test
  void aDenialByAPersonNamesWhoDenied() throws Exception {
    guard.call(wire(), call -> "sent");
    approvals.deny(approvals.pending().get(0).id(), "ana", null);
    guard.call(wire(), call -> "sent");

    assertThat(told.decided.get(1).decision().code()).isEqualTo(DecisionCode.APPROVAL_DENIED);
    assertThat(told.decided.get(1).answeredBy()).containsExactly("ana");
  }

  @Test
  void aYesThatIsGivenBackOrTakenBackIsTold() throws Exception {
    guard.call(wire(), call -> "sent");
    ApprovalRequest request = approvals.pending().get(0);
    approvals.approve(request.id(), "ana", null);
    assertThatThrownBy(
        () ->
            guard.call(
                wire(),
                call -> {
                  throw new NotDoneException("no");
                }));
    approvals.cancel(request.id());

    assertThat(told.approvals)
        .extracting(ApprovalEvent::change)
        .containsExactly(
            Change.ASKED, Change.ANSWERED, Change.CLAIMED, Change.GIVEN_BACK, Change.CANCELLED);
  }

  @Test
  void anExpiryIsToldThoughNobodyCallsAgain() throws Exception {
    guard.call(wire(), call -> "sent");
    time.advance(Duration.ofMinutes(10));

    await(() -> told.approvals.size() == 2);
    assertThat(told.approvals.get(1).change()).isEqualTo(Change.EXPIRED);
    assertThat(told.approvals.get(1).approvalId()).isEqualTo(told.approvals.get(0).approvalId());
  }

  @Test
  void aYesThatNobodyUsesExpiresToo() throws Exception {
    guard.call(wire(), call -> "sent");
    approvals.approve(approvals.pending().get(0).id(), "ana", null);
    time.advance(Duration.ofMinutes(5));

    await(() -> told.approvals.size() == 3);
    assertThat(told.approvals.get(2).change()).isEqualTo(Change.EXPIRED);
    assertThat(told.approvals.get(2).approved()).isTrue();
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean() && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  @Test
  void aListenerThatSeveralGuardsHaveIsToldOnceOfAnApproval() throws Exception {
    guard(told).call(wire(), call -> "sent");

    assertThat(told.approvals).hasSize(1);
  }

  @Test
  void thatSomebodyRecordsDoesNotMeanThatAPersonHasBeenAsked() throws Exception {
    assertThat(guard.call(wire(), call -> "sent").decision().message())
        .doesNotContain("has been asked");
  }

  @Test
  void noCallIsMadeThatARequiredListenerHasNotNoted() throws Throwable {
    Told first = new Told();
    DecisionListener noting =
        new DecisionListener() {
          @Override
          public void onDecision(DecisionEvent event) {
            first.onDecision(event);
          }

          @Override
          public void onSettled(SettlementEvent event) {
            first.onSettled(event);
          }

          @Override
          public boolean required() {
            return true;
          }
        };
    DecisionListener full =
        new DecisionListener() {
          @Override
          public void onDecision(DecisionEvent event) {
            if (event.decision() instanceof Decision.Allowed) {
              throw new IllegalStateException("the disk is full");
            }
          }

          @Override
          public boolean required() {
            return true;
          }
        };
    ToolGuard strict = guard(told, noting, full);
    boolean[] ran = new boolean[1];
    List<String> log =
        OwnLog.of(
            () -> {
              for (int i = 0; i < 5; i++) {
                assertThat(
                        strict
                            .call(
                                pay(1),
                                call -> {
                                  ran[0] = true;
                                  return "paid";
                                })
                            .decision()
                            .code())
                    .isEqualTo(DecisionCode.NOT_RECORDED);
              }
            });

    assertThat(ran[0]).isFalse();
    assertThat(log).anyMatch(line -> line.contains("could not be recorded"));
    // Each is told once to those who take no part in it, and closed where it was noted.
    assertThat(told.decided).hasSize(5).allMatch(e -> e.decision() instanceof Decision.Denied);
    assertThat(first.decided).hasSize(10);
    assertThat(first.settled).hasSize(5).allMatch(e -> e.handler() == Handler.NOT_STARTED);
    // What was held is given back: two a minute would else be used up.
    assertThat(guard.check(pay(1))).isInstanceOf(Decision.Allowed.class);
  }

  @Test
  void aCallThatWasApprovedAndCouldNotBeNotedKeepsItsYes() throws Throwable {
    DecisionListener full =
        new DecisionListener() {
          @Override
          public void onDecision(DecisionEvent event) {
            if (event.decision() instanceof Decision.Allowed) {
              throw new IllegalStateException("the disk is full");
            }
          }

          @Override
          public boolean required() {
            return true;
          }
        };
    guard.call(wire(), call -> "sent");
    approvals.approve(approvals.pending().get(0).id(), "ana", null);
    OwnLog.of(() -> guard(full).call(wire(), call -> "sent"));

    assertThat(guard.call(wire(), call -> "sent")).isInstanceOf(Outcome.Completed.class);
  }
}
