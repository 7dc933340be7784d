package dev.alcada.guard;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import dev.alcada.counter.Ended;
import dev.alcada.decision.Decision;
import dev.alcada.decision.ToolCall;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/*
 * One call that holds no thread, from the question to its settlement.
 *
 *   begin ──► decided ──► start ──► settle ──► outcome
 *                │  ▲
 *                ▼  │ answered by a person
 *              waiting
 *
 * The outcome's future may be cancelled at any of the arrows. Before `start` what is held is given
 * back; after it, the call is settled as unknown. Whoever is first to settle does it.
 *
 * A chain of calls whose stages are complete (`callAsync(…).thenCompose(o -> callAsync(…))`) would
 * grow the stack with every link, as long as the model that chooses the number likes. So every now
 * and then a thread looks how deep its stack is. One that is deep, and deeper than at the last
 * look, completes the call on another thread: the chain then waits, and the stack unwinds. If the
 * other thread is faster than the chain is to wait, the next call finds the stack deeper still. A
 * server whose stacks are always deep keeps its calls.
 */

/** A call that is decided and run without a thread of its own. */
final class AsyncCall<R extends @Nullable Object> {
  /** How a request ends that nobody has answered. */
  private static final Set<ApprovalState> UNANSWERED =
      Set.of(ApprovalState.CANCELLED, ApprovalState.EXPIRED);

  private static final ThreadLocal<Depth> DEPTH = ThreadLocal.withInitial(Depth::new);

  private final Gate gate;
  private final Halt halt;
  private final ToolGuard guard;
  private final ToolCall call;
  private final @Nullable Precheck<?> precheck;
  private final AsyncToolHandler<R> handler;
  private final Executor executor;
  private final CompletableFuture<Outcome<R>> outcome = new CompletableFuture<>();
  private final AtomicBoolean settled = new AtomicBoolean();

  /** What was let through. */
  private @Nullable Admission held;

  /** Whether the handler may have been called. */
  private boolean begun;

  AsyncCall(
      Gate gate,
      Halt halt,
      ToolGuard guard,
      ToolCall call,
      @Nullable Precheck<?> precheck,
      AsyncToolHandler<R> handler,
      Executor executor) {
    this.gate = gate;
    this.halt = halt;
    this.guard = guard;
    this.call = call;
    this.precheck = precheck;
    this.handler = handler;
    this.executor = executor;
  }

  CompletionStage<Outcome<R>> begin(Duration patience, Approvals approvals) {
    if (DEPTH.get().grows()) {
      try {
        executor.execute(() -> admit(patience, approvals));
        return outcome;
      } catch (RuntimeException e) {
        outcome.complete(ToolGuard.refused(Gate.internal(e)));
        return outcome;
      }
    }
    admit(patience, approvals);
    return outcome;
  }

  private void admit(Duration patience, Approvals approvals) {
    try {
      gate.admit(
          call,
          precheck,
          Gate.Mode.CALL,
          outcome::isDone,
          admission -> {
            held = admission;
            if (patience.isZero() || !waits(admission, patience, approvals)) {
              decided(admission);
            }
          });
    } catch (Throwable e) {
      broken(e);
    }
  }

  /**
   * The stack or the memory ended between two steps: what a call holds that has not begun is given
   * back, and of one that has nobody knows how it ends.
   */
  private void broken(Throwable e) {
    Admission admission = held;
    if (admission != null && settled.compareAndSet(false, true)) {
      if (begun) {
        gate.settle(admission, Ended.UNKNOWN, e, null);
      } else {
        gate.withdraw(admission);
      }
    }
    if (begun) {
      outcome.completeExceptionally(e);
    } else {
      outcome.complete(ToolGuard.refused(Gate.internal(e)));
    }
  }

  /** Waits for a person's answer, if one is to come and few wait for it already. */
  @SuppressWarnings("FutureReturnValueIgnored") // what is hung on the answer decides, and no more
  private boolean waits(Admission admission, Duration patience, Approvals approvals) {
    if (!(admission.decision() instanceof Decision.ApprovalRequired asked)
        || asked.approvalId() == null) {
      return false;
    }
    CompletableFuture<ApprovalRequest> answer = approvals.awaitPatiently(asked.approvalId());
    if (answer == null) {
      return false;
    }
    answer.orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
    halt.endsWait(answer);
    Stages.take(
        answer,
        executor,
        (request, failure) -> {
          if (outcome.isDone()) {
            return; // nobody waits for it any more; the yes stays for the same call made again
          } else if (failure instanceof Halt.HaltedException halted) {
            decided(gate.halted(call, halted.denied()));
          } else if (failure != null) {
            decided(admission);
          } else if (request != null && request.state() == ApprovalState.APPROVED) {
            ifWanted(admission);
          } else {
            again(request != null && UNANSWERED.contains(request.state()));
          }
        });
    outcome.whenComplete((ignored, thrown) -> answer.cancel(false));
    return true;
  }

  /** Before anything is judged or held, and while a halt need not wait for it. */
  private void ifWanted(Admission admission) {
    Stages.take(
        Stages.asked(() -> handler.stillWanted(call)),
        executor,
        (is, failure) -> {
          if (outcome.isDone()) {
            return;
          } else if (failure == null && Boolean.TRUE.equals(is)) {
            again(false);
          } else {
            decided(admission);
          }
        });
  }

  /** Answered, or not to be answered any more, so judged anew, like any retry. */
  private void again(boolean lapsed) {
    Gate.Mode mode = lapsed ? Gate.Mode.LAPSED : Gate.Mode.AGAIN;
    try {
      gate.admit(call, precheck, mode, outcome::isDone, this::decided);
    } catch (Throwable e) {
      broken(e);
    }
  }

  @SuppressWarnings("unchecked") // a precheck gives what its handler would
  private void decided(Admission admission) {
    held = admission;
    if (!admission.allowed()) {
      outcome.complete(ToolGuard.refused(admission.decision()));
    } else if (admission.instead() != null) {
      outcome.complete(new Outcome.Completed<>((R) admission.instead()));
    } else if (outcome.isDone()) {
      settled.set(true);
      gate.withdraw(admission);
    } else {
      start(admission);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // what is hung on the outcome settles, and no more
  private void start(Admission admission) {
    Decision halted = gate.stopped(call, admission);
    if (halted != null) {
      settled.set(true);
      outcome.complete(ToolGuard.refused(halted));
      return;
    }
    CompletionStage<R> running;
    begun = true;
    try {
      running = Objects.requireNonNull(handler.handle(call), "the handler returned no stage");
    } catch (Throwable failure) {
      settled.set(true);
      gate.settle(admission, ToolGuard.endOf(failure), failure, null);
      outcome.completeExceptionally(failure);
      return;
    }
    running.whenComplete(
        (value, thrown) -> {
          try {
            if (settled.compareAndSet(false, true)) {
              ended(admission, value, thrown == null ? null : Stages.unwrapped(thrown));
            }
          } catch (Throwable e) {
            broken(e); // a stage would keep it to itself, and whoever waits be answered nothing
          }
        });
    outcome.whenComplete(
        (ignored, thrown) -> {
          if (thrown instanceof CancellationException && settled.compareAndSet(false, true)) {
            gate.settleCancelled(admission, running);
            // A stage that is cancelled is complete, whatever its handler still does: of what is
            // counted while it runs nobody could tell any more when that has ended.
            if (!admission.countsWhatRuns()) {
              Stages.cancel(running);
            }
          }
        });
  }

  private void ended(Admission admission, R value, @Nullable Throwable failure) {
    if (failure != null) {
      gate.settle(admission, ToolGuard.endOf(failure), failure, null);
      outcome.completeExceptionally(failure);
      return;
    }
    Answered answered =
        admission.mayLeaveMarks()
            ? guard.answered(call, value, handler::isError, handler::content)
            : null;
    gate.settle(admission, guard.endOf(call, value), null, answered);
    outcome.complete(new Outcome.Completed<>(value));
  }

  /** Whether the stack of a thread grows from call to call. To be used by that thread alone. */
  private static final class Depth {
    private static final int LOOKS = 64;
    private static final int DEEP = 512;
    private static final StackWalker STACK = StackWalker.getInstance();

    /** How many calls are left until the next look. */
    private int calls = LOOKS;

    /**
     * How many frames there were at the last look; of a first one nobody can tell that they grew.
     */
    private long last = Long.MAX_VALUE;

    /** Counts one call, and says whether the stack is deep and has grown since the last look. */
    boolean grows() {
      if (--calls > 0) {
        return false;
      }
      long frames = STACK.walk(Stream::count);
      boolean grows = frames > DEEP && frames > last;
      last = frames;
      // Not each 64th: of a chain whose links make two calls, it could be always the same one.
      calls = grows ? 1 : LOOKS - ThreadLocalRandom.current().nextInt(LOOKS / 4);
      return grows;
    }
  }
}
