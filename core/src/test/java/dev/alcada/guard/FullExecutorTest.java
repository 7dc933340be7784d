package dev.alcada.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.approval.ApprovalState;
import dev.alcada.audit.ApprovalEvent;
import dev.alcada.audit.DecisionEvent;
import dev.alcada.audit.DecisionListener;
import dev.alcada.audit.SettlementEvent;
import dev.alcada.decision.Caller;
import dev.alcada.decision.DecisionCode;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.Policy;
import dev.alcada.testing.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A host's executor that takes nothing for a while, as a bounded one does under a flood of calls.
 */
@Timeout(120)
class FullExecutorTest {
  /** Refuses everything while it is full. */
  private static final class Bounded implements Executor {
    final AtomicInteger refused = new AtomicInteger();
    volatile boolean full;

    @Override
    public void execute(Runnable task) {
      if (full) {
        refused.incrementAndGet();
        throw new RejectedExecutionException("full");
      }
      ForkJoinPool.commonPool().execute(task);
    }
  }

  private final Bounded executor = new Bounded();
  private final ManualTime time = new ManualTime();
  private final List<ApprovalEvent.Change> told = new CopyOnWriteArrayList<>();
  private final Approvals approvals =
      Approvals.builder().timeSource(time).executor(executor).build();
  private final ToolGuard guard =
      ToolGuard.builder(
              Policy.parse(
                  """
                  {"version": "1", "default": "deny", "tools": {"pay":
                    {"action": "require_approval", "reason": "Money moves."}}}
                  """))
          .timeSource(time)
          .executor(executor)
          .approvals(approvals)
          .approvalPatience(Duration.ofDays(1))
          .listener(
              new DecisionListener() {
                @Override
                public void onDecision(DecisionEvent event) {}

                @Override
                public void onSettled(SettlementEvent event) {}

                @Override
                public void onApproval(ApprovalEvent event) {
                  told.add(event.change());
                }
              })
          .build();

  FullExecutorTest() {
    approvals.listen(request -> {});
  }

  private CompletableFuture<Outcome<String>> pay() {
    return guard
        .callAsync(
            ToolCall.of("pay", Map.of("amount", 5), Caller.grant("agent-7")),
            judged -> CompletableFuture.completedFuture("paid"))
        .toCompletableFuture();
  }

  private String asked() {
    return approvals.pending().get(0).id();
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean() && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }

  @Test
  void aCallThatWaitsForAPersonIsAnsweredAndTheYesIsLeftForTheNext() throws Exception {
    CompletableFuture<Outcome<String>> waiting = pay();
    await(() -> !approvals.pending().isEmpty());
    assertThat(waiting).isNotDone();

    executor.full = true;
    approvals.approve(asked(), "ana", null);

    assertThat(waiting.get(1, TimeUnit.MINUTES).decision().code())
        .isEqualTo(DecisionCode.APPROVAL_PENDING);
    executor.full = false;
    assertThat(pay().get(1, TimeUnit.MINUTES)).isInstanceOf(Outcome.Completed.class);
  }

  @Test
  void whoeverWaitsForADecisionHearsOfIt() throws Exception {
    assertThat(pay()).isNotDone();
    await(() -> !approvals.pending().isEmpty());
    var decision = approvals.decision(asked()).toCompletableFuture();

    executor.full = true;
    approvals.deny(asked(), "ana", null);

    assertThat(decision.get(1, TimeUnit.MINUTES).state()).isEqualTo(ApprovalState.DENIED);
  }

  @Test
  void anExpiryIsTold() throws Exception {
    assertThat(pay()).isNotDone();
    await(() -> !approvals.pending().isEmpty());
    var decision = approvals.decision(asked()).toCompletableFuture();

    executor.full = true;
    await(() -> executor.refused.get() >= 2); // at least one look for each of those who wait
    time.advance(Duration.ofDays(8));
    executor.full = false;

    assertThat(decision.get(1, TimeUnit.MINUTES).state()).isEqualTo(ApprovalState.EXPIRED);
    await(() -> told.contains(ApprovalEvent.Change.EXPIRED));
    assertThat(told).containsExactly(ApprovalEvent.Change.ASKED, ApprovalEvent.Change.EXPIRED);
  }
}
