package dev.alcada.guard;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import dev.alcada.audit.DecisionEvent;
import dev.alcada.audit.DecisionListener;
import dev.alcada.audit.SettlementEvent;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An operator stops all calls, wherever each of them is. */
@Timeout(120)
class HaltTest {
  private static final Policy POLICY =
      Policy.parse(
          """
          {"version": "1", "default": "deny", "hide": ["secret"], "tools": {
            "pay": {"limits": [{"counter": "paid", "window": "minute", "max": 1}]},
            "ask": {"action": "require_approval", "reason": "Ask.",
                    "limits": [{"counter": "asked", "window": "minute", "max": 1}]}}}
          """);
  private static final Policy ON_TRIAL =
      Policy.parse(
          """
          {"version": "1", "default": "allow", "tools": {"watched": {"mode": "shadow",
            "limits": [{"counter": "watched", "window": "minute", "max": 1}]}}}
          """);
  private static final ToolCall PAY = ToolCall.of("pay", Map.of(), Caller.grant("agent-7"));
  private static final ToolCall ASK = ToolCall.of("ask", Map.of(), Caller.grant("agent-7"));

  private final ManualTime time = new ManualTime();
  private final InMemoryCounterStore counts =
      InMemoryCounterStore.builder().timeSource(time).build();
  private final List<String> told = new ArrayList<>();

  private ToolGuard.Builder builder() {
    return builder(POLICY);
  }

  private ToolGuard.Builder builder(Policy policy) {
    return ToolGuard.builder(policy)
        .timeSource(time)
        .approvals(Approvals.builder().timeSource(time).build())
        .listener(
            new DecisionListener() {
              @Override
              public void onDecision(DecisionEvent event) {
                told.add(String.valueOf(event.decision().code()));
              }

              @Override
              public void onSettled(SettlementEvent event) {
                told.add(event.result().toString());
              }
            });
  }

  private static void assertHalted(Outcome<?> outcome, String text) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Denied.class,
            denied -> {
              assertThat(denied.decision().code()).isEqualTo(DecisionCode.HALTED);
              assertThat(denied.decision().rule()).isEqualTo("(halted)");
              assertThat(denied.decision().message()).isEqualTo(text);
              assertThat(denied.decision().retryAfter()).isNull();
            });
  }

  /** How a call is made. */
  private enum Way {
    CALL {
      @Override
      Outcome<String> make(ToolGuard guard, ToolCall call) throws Exception {
        return guard.call(call, judged -> "ran");
      }
    },
    CALL_ASYNC {
      @Override
      Outcome<String> make(ToolGuard guard, ToolCall call) {
        return guard
            .<String>callAsync(call, judged -> CompletableFuture.completedFuture("ran"))
            .toCompletableFuture()
            .join();
      }
    };

    abstract Outcome<String> make(ToolGuard guard, ToolCall call) throws Exception;
  }

  @ParameterizedTest
  @EnumSource
  void everyCallIsDeniedUntilItIsResumed(Way way) throws Exception {
    ToolGuard guard = builder().build();
    assertThat(guard.halted()).isNull();
    guard.halt("Stop, says Ana.");

    assertThat(guard.halted()).isEqualTo("Stop, says Ana.");
    for (String tool : List.of("pay", "ask", "secret", "unknown")) {
      for (String grant : List.of("agent-7", "")) {
        ToolCall call = ToolCall.of(tool, Map.of(), Caller.grant(grant));
        assertHalted(way.make(guard, call), "Stop, says Ana.");
        assertThat(guard.check(call).code()).isEqualTo(DecisionCode.HALTED);
      }
    }
    guard.halt("Still.");
    assertHalted(way.make(guard, PAY), "Still.");

    guard.resume();
    assertThat(guard.halted()).isNull();
    assertThat(way.make(guard, PAY)).isEqualTo(new Outcome.Completed<>("ran"));
    assertThat(guard.approvals().pending()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n"})
  void aTextThatSaysNothingIsReplacedByOneThatSaysWhatToDo(String text) throws Exception {
    ToolGuard guard = builder().build();
    guard.halt(text);

    assertHalted(
        Way.CALL.make(guard, PAY),
        "All tools are stopped by the operator. Do not call again until you are told to.");
  }

  @Test
  void listsOfToolsStayAsTheyAre() {
    ToolGuard guard = builder().build();
    String coverage = guard.coverage(List.of("pay", "secret", "unknown")).toString();
    guard.halt("Stop.");

    assertThat(guard.visible("pay", PAY.caller())).isTrue();
    assertThat(guard.visible("secret", PAY.caller())).isFalse();
    assertThat(guard.coverage(List.of("pay", "secret", "unknown"))).hasToString(coverage);
  }

  @Test
  void aDocumentThatComesDoesNotResume() throws Exception {
    ToolGuard guard = builder().build();
    guard.halt("Stop.");
    guard.replacePolicy(
        Policy.parse("{\"version\": \"1\", \"default\": \"deny\", \"tools\": {\"pay\": {}}}"));

    assertHalted(Way.CALL.make(guard, PAY), "Stop.");
  }

  private static final Policy HALTING = POLICY.withHalt("Closed for today.");

  @ParameterizedTest
  @EnumSource
  void aDocumentHaltsUntilOneWithoutItComes(Way way) throws Exception {
    ToolGuard guard = builder().build();
    guard.replacePolicy(HALTING);

    assertHalted(way.make(guard, PAY), "Closed for today.");
    assertThat(guard.halted()).isEqualTo("Closed for today.");
    guard.resume();
    assertHalted(way.make(guard, PAY), "Closed for today.");

    guard.replacePolicy(POLICY);
    assertThat(guard.halted()).isNull();
    assertThat(way.make(guard, PAY)).isEqualTo(new Outcome.Completed<>("ran"));
  }

  @Test
  void theOperatorsWordComesBeforeTheDocumentsAndNoGrantBeforeThat() throws Exception {
    ToolGuard guard = ToolGuard.builder(HALTING).timeSource(time).build();
    ToolCall nobody = ToolCall.of("pay", Map.of(), Caller.grant(""));
    assertThat(guard.check(nobody).code()).isEqualTo(DecisionCode.NO_GRANT);
    assertHalted(Way.CALL.make(guard, PAY), "Closed for today.");

    guard.halt("Stop.");
    assertHalted(Way.CALL.make(guard, nobody), "Stop.");
    guard.replacePolicy(POLICY);
    assertHalted(Way.CALL.make(guard, PAY), "Stop.");
    guard.resume();
    assertThat(guard.halted()).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void aDocumentThatHaltsStopsCallsThatWereLetThroughAndThoseThatWait(Way way) throws Exception {
    ToolGuard[] guard = new ToolGuard[1];
    DecisionListener halting =
        event -> {
          if (event.decision().code() == null) {
            guard[0].replacePolicy(HALTING);
          }
        };
    guard[0] = builder().listener(halting).approvalPatience(Duration.ofDays(1)).build();
    CompletableFuture<Outcome<String>> waiting =
        guard[0]
            .<String>callAsync(ASK, judged -> CompletableFuture.completedFuture("ran"))
            .toCompletableFuture();

    assertHalted(way.make(guard[0], PAY), "Closed for today.");
    assertHalted(waiting.join(), "Closed for today.");
    guard[0].replacePolicy(POLICY);
    assertThat(guard[0].check(PAY).code()).as("nothing was counted").isNull();
  }

  @Test
  void aDocumentThatHaltsDoesSoThoughAHostsCheckRefusesIt() throws Exception {
    ToolGuard guard = builder().build();
    guard.checkReplacements(
        policy -> {
          throw new IllegalStateException("a tool is missing");
        });
    assertThatThrownBy(() -> guard.replacePolicy(HALTING))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a tool is missing");

    assertHalted(Way.CALL.make(guard, PAY), "Closed for today.");
    assertThat(guard.policy()).isEqualTo(HALTING);
    assertThat(guard.visible("pay", PAY.caller())).isTrue();
  }

  @Test
  void aGuardThatBeginsWithADocumentThatHaltsSaysSo() {
    assertThat(builder(HALTING).build().halted()).isEqualTo("Closed for today.");
  }

  /** Both halt, and each ends what it began: judged before either, the call looks a last time. */
  @Test
  void whatTheOperatorEndsIsNotTheDocumentsHalt() {
    NetworkStore store = new NetworkStore(counts);
    ToolGuard guard = builder().counterStore(store).build();
    CompletableFuture<Outcome<String>> waiting =
        guard
            .<String>callAsync(PAY, judged -> CompletableFuture.completedFuture("ran"))
            .toCompletableFuture();

    guard.replacePolicy(HALTING);
    guard.halt("Stop.");
    assertThat(guard.halted()).isEqualTo("Stop.");
    guard.resume();
    assertThat(guard.halted()).isEqualTo("Closed for today.");
    requireNonNull(store.next()).run();

    assertHalted(waiting.join(), "Closed for today.");
  }

  @Test
  void aPolicyOfASourceHaltsItsOwnCallers() throws Exception {
    ToolGuard guard =
        ToolGuard.builder(caller -> caller.grant().equals("agent-7") ? HALTING : POLICY).build();

    assertHalted(Way.CALL.make(guard, PAY), "Closed for today.");
    ToolCall other = ToolCall.of("pay", Map.of(), Caller.grant("agent-8"));
    assertThat(Way.CALL.make(guard, other)).isEqualTo(new Outcome.Completed<>("ran"));
  }

  @Test
  void aGuardOfManyPoliciesIsHaltedToo() throws Exception {
    ToolGuard guard = ToolGuard.builder(caller -> POLICY).build();
    guard.halt("Stop.");
    assertHalted(Way.CALL.make(guard, PAY), "Stop.");
  }

  @ParameterizedTest
  @EnumSource
  void aCallThatWasLetThroughDoesNotStartAndWhatWasHeldIsGivenBack(Way way) throws Exception {
    ToolGuard[] guard = new ToolGuard[1];
    DecisionListener halting =
        event -> {
          if (event.decision().code() == null) {
            guard[0].halt("Stop.");
          }
        };
    guard[0] = builder().listener(halting).build();

    assertHalted(way.make(guard[0], PAY), "Stop.");

    assertThat(told).containsExactly("null", "NOT_DONE", "halted");
    guard[0].resume();
    assertThat(guard[0].check(PAY).code()).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void whatARuleInShadowHeldIsGivenBackToo(Way way) throws Exception {
    ToolCall watched = ToolCall.of("watched", Map.of(), Caller.grant("agent-7"));
    ToolGuard[] guard = new ToolGuard[1];
    List<@Nullable Decision> shadows = new ArrayList<>();
    AtomicBoolean halts = new AtomicBoolean(true);
    DecisionListener halting =
        event -> {
          shadows.add(event.shadow());
          if (event.decision().code() == null && halts.getAndSet(false)) {
            guard[0].halt("Stop.");
          }
        };
    guard[0] = builder(ON_TRIAL).listener(halting).build();
    assertHalted(way.make(guard[0], watched), "Stop.");
    guard[0].resume();

    assertThat(way.make(guard[0], watched)).isEqualTo(new Outcome.Completed<>("ran"));
    assertThat(shadows.get(shadows.size() - 1)).as("there was room").isNull();
    assertThat(way.make(guard[0], watched)).isEqualTo(new Outcome.Completed<>("ran"));
    assertThat(shadows.get(shadows.size() - 1)).as("and now there is none").isNotNull();
  }

  @ParameterizedTest
  @EnumSource
  void aYesThatWasTakenStaysUsable(Way way) throws Exception {
    ToolGuard[] guard = new ToolGuard[1];
    AtomicBoolean halts = new AtomicBoolean(true);
    DecisionListener halting =
        event -> {
          if (event.decision().code() == null && halts.getAndSet(false)) {
            guard[0].halt("Stop.");
          }
        };
    guard[0] = builder().listener(halting).build();
    way.make(guard[0], ASK);
    Approvals approvals = guard[0].approvals();
    String id = approvals.pending().get(0).id();
    approvals.approve(id, "ana", null);

    assertHalted(way.make(guard[0], ASK), "Stop.");

    assertThat(requireNonNull(approvals.get(id)).state()).isEqualTo(ApprovalState.APPROVED);
    guard[0].resume();
    assertThat(way.make(guard[0], ASK)).isEqualTo(new Outcome.Completed<>("ran"));
  }

  @Test
  void answersAreStillTaken() throws Exception {
    ToolGuard guard = builder().build();
    Way.CALL.make(guard, ASK);
    guard.halt("Stop.");

    ApprovalRequest request = guard.approvals().pending().get(0);
    assertThat(guard.approvals().approve(request.id(), "ana", null).state())
        .isEqualTo(ApprovalState.APPROVED);
    assertHalted(Way.CALL.make(guard, ASK), "Stop.");

    guard.resume();
    assertThat(Way.CALL.make(guard, ASK)).isEqualTo(new Outcome.Completed<>("ran"));
  }

  @Test
  void aCallThatWaitsForAPersonEndsDenied() {
    ToolGuard guard = builder().approvalPatience(Duration.ofDays(1)).build();
    CompletableFuture<Outcome<String>> waiting =
        guard
            .<String>callAsync(ASK, judged -> CompletableFuture.completedFuture("ran"))
            .toCompletableFuture();
    assertThat(waiting).isNotDone();

    guard.halt("Stop.");

    assertHalted(waiting.join(), "Stop.");
    assertThat(guard.approvals().pending()).hasSize(1);
  }

  @Test
  void aCallThatWaitsForAPersonEndsDeniedThoughCallsWereResumedAtOnce() {
    ToolGuard guard = builder().approvalPatience(Duration.ofDays(1)).build();
    CompletableFuture<Outcome<String>> waiting =
        guard
            .<String>callAsync(ASK, judged -> CompletableFuture.completedFuture("ran"))
            .toCompletableFuture();

    guard.halt("Stop.");
    guard.resume();

    assertHalted(waiting.join(), "Stop.");
  }

  /** It was asked about before, and would begin to wait after. */
  @Test
  void aCallThatIsHaltedWhileAPersonIsAskedDoesNotBeginToWait() {
    ToolGuard guard =
        builder().executor(Runnable::run).approvalPatience(Duration.ofDays(1)).build();
    guard.approvals().listen(request -> guard.halt("Stop."));

    CompletableFuture<Outcome<String>> call =
        guard
            .<String>callAsync(ASK, judged -> CompletableFuture.completedFuture("ran"))
            .toCompletableFuture();

    assertThat(call).isDone();
    assertHalted(call.join(), "Stop.");
  }

  @Test
  void aCallThatWaitsForAStoreEndsDenied() {
    NetworkStore store = new NetworkStore(counts);
    ToolGuard guard = builder().counterStore(store).build();
    CompletableFuture<Outcome<String>> waiting =
        guard
            .<String>callAsync(PAY, judged -> CompletableFuture.completedFuture("ran"))
            .toCompletableFuture();

    guard.halt("Stop.");
    requireNonNull(store.next()).run();

    assertHalted(waiting.join(), "Stop.");
    guard.resume();
    CompletableFuture<Outcome<String>> next =
        guard
            .<String>callAsync(PAY, judged -> CompletableFuture.completedFuture("ran"))
            .toCompletableFuture();
    requireNonNull(store.next()).run();
    assertThat(next.join()).isEqualTo(new Outcome.Completed<>("ran"));
  }

  @Test
  void aHandlerThatHasStartedGoesOnAndIsSettled() throws Exception {
    ToolGuard[] guard = {builder().build()};

    Outcome<String> outcome =
        guard[0].call(
            PAY,
            judged -> {
              guard[0].halt("Stop."); // it does not wait for the one that calls it
              return "ran";
            });

    assertThat(outcome).isEqualTo(new Outcome.Completed<>("ran"));
    assertThat(told).containsExactly("null", "DONE");
  }

  /** Where the stack ends at the very last look, say. */
  @ParameterizedTest
  @EnumSource
  void aLastLookThatFailsLetsNothingStart(Way way) throws Exception {
    AtomicBoolean fails = new AtomicBoolean(true);
    ToolGuard guard =
        builder()
            .afterLastLook(
                () -> {
                  if (fails.getAndSet(false)) {
                    throw new StackOverflowError();
                  }
                })
            .build();

    assertThat(way.make(guard, PAY).decision().code()).isEqualTo(DecisionCode.INTERNAL);
    assertThat(told).containsExactly("null", "NOT_DONE", "internal");
    assertThat(way.make(guard, PAY))
        .as("nothing was held")
        .isEqualTo(new Outcome.Completed<>("ran"));
    guard.halt("Stop.");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void haltReturnsOnlyOnceTheCallPastItsLastLookHasStarted(boolean interrupted) throws Exception {
    CountDownLatch looked = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    AtomicBoolean past = new AtomicBoolean();
    ToolGuard guard =
        builder()
            .afterLastLook(
                () -> {
                  looked.countDown();
                  awaitQuietly(goesOn);
                  past.set(true);
                })
            .build();
    CompletableFuture<Outcome<String>> call = new CompletableFuture<>();
    Thread caller = started(() -> call.complete(Way.CALL.make(guard, PAY)));
    looked.await();

    AtomicBoolean startedBefore = new AtomicBoolean();
    AtomicBoolean stillInterrupted = new AtomicBoolean();
    Thread operator =
        started(
            () -> {
              guard.halt("Stop.");
              startedBefore.set(past.get());
              stillInterrupted.set(Thread.currentThread().isInterrupted());
            });
    if (interrupted) {
      operator.interrupt();
    }
    // It waits while the call is between its look and its start; a halt that returns never would.
    while (operator.getState() != Thread.State.TIMED_WAITING) {
      assertThat(operator.isAlive()).isTrue();
      Thread.onSpinWait();
    }
    assertHalted(Way.CALL.make(guard, PAY), "Stop.");
    goesOn.countDown();

    operator.join();
    caller.join();
    assertThat(startedBefore).isTrue();
    assertThat(stillInterrupted.get()).isEqualTo(interrupted);
    assertThat(call.join()).isEqualTo(new Outcome.Completed<>("ran"));
  }

  private static void awaitQuietly(CountDownLatch latch) {
    while (latch.getCount() > 0) {
      LockSupport.parkNanos(latch, 100_000);
    }
  }

  /** A task that may throw, which then ends the thread. */
  private interface Task {
    void run() throws Exception;
  }

  private static Thread started(Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    thread.start();
    return thread;
  }
}
