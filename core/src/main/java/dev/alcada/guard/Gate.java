package dev.alcada.guard;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.audit.DecisionEvent;
import dev.alcada.audit.DecisionListener;
import dev.alcada.audit.SettlementEvent;
import dev.alcada.counter.AsyncCounterStore;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.ReserveResult;
import dev.alcada.decision.AskingRule;
import dev.alcada.decision.Caller;
import dev.alcada.decision.CompiledPolicy;
import dev.alcada.decision.Coverage;
import dev.alcada.decision.Decision;
import dev.alcada.decision.Denials;
import dev.alcada.decision.Judgement;
import dev.alcada.decision.ToolCall;
import dev.alcada.time.TimeSource;
import dev.alcada.tool.ToolDefinition;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides about a call, reserves for it, settles it, and tells listeners. Nothing here throws.
 *
 * <p>The {@link Passage} is the order of the steps; here are its two drivers, of which one waits
 * and one does not. A call that nobody is asked about and no shadow rule sees takes a straight line
 * past it where the counters are in memory.
 */
final class Gate {
  private static final Logger LOG = LoggerFactory.getLogger(ToolGuard.class);

  private final PolicyInForce policies;
  private final PinnedTools pinned;
  private final CounterStore counters;
  private final @Nullable AsyncCounterStore asyncCounters;
  private final Approvals approvals;
  private final TimeSource time;
  private final Executor executor;
  private final DecisionListener[] listeners;

  Gate(
      PolicyInForce policies,
      PinnedTools pinned,
      CounterStore counters,
      Approvals approvals,
      TimeSource time,
      Executor executor,
      List<DecisionListener> listeners) {
    this.policies = policies;
    this.pinned = pinned;
    this.counters = counters;
    this.asyncCounters = counters instanceof AsyncCounterStore async ? async : null;
    this.approvals = approvals;
    this.time = time;
    this.executor = executor;
    this.listeners = listeners.toArray(new DecisionListener[0]);
  }

  /** Decides on this thread, which waits where a store has to be waited for. */
  Admission admit(ToolCall call, @Nullable Precheck<?> precheck) {
    Begun begun = begin(call, precheck, Mode.CALL);
    return begun instanceof Passage passage ? waited(passage) : (Admission) begun;
  }

  /** Decides without counting, asking or telling anybody. */
  Decision check(ToolCall call) {
    Begun begun = begin(call, null, Mode.CHECK);
    return (begun instanceof Passage passage ? waited(passage) : (Admission) begun).decision();
  }

  /**
   * Decides without holding a thread.
   *
   * @param gone whether nobody waits for the decision any more; then nothing is left behind
   * @param then is handed what was decided: on this thread if nothing has to be waited for, else on
   *     the executor
   */
  void admit(
      ToolCall call,
      @Nullable Precheck<?> precheck,
      Mode mode,
      BooleanSupplier gone,
      Consumer<Admission> then) {
    Begun begun = begin(call, precheck, mode);
    if (begun instanceof Passage passage) {
      go(passage, gone, then);
    } else {
      then.accept((Admission) begun);
    }
  }

  /** Judges, and in memory decides; else the stores are asked in the passage's order. */
  private Begun begin(ToolCall call, @Nullable Precheck<?> precheck, Mode mode) {
    try {
      CompiledPolicy policy = policies.forCaller(call.caller());
      if (policy == null) {
        return refused(call, unpoliced(call.caller()), mode);
      }
      Judgement judgement = policy.judge(call, pinned.denial(call.tool()));
      Decision.Denied denied = judgement.denied();
      if (denied != null) {
        return refused(call, denied, mode);
      }
      Object instead = precheck == null ? null : precheck.instead(call);
      if (instead != null) {
        return Admission.instead(instead);
      }
      return asyncCounters == null
              && mode == Mode.CALL
              && judgement.asks().isEmpty()
              && judgement.shadow() == null
          ? straight(call, judgement)
          : new Passage(this, call, judgement, policy.mentioned(), mode);
    } catch (Throwable e) {
      return refused(call, internal(e), mode);
    }
  }

  /** The usual case, without a detour. */
  private Admission straight(ToolCall call, Judgement judgement) {
    Demand demand = judgement.demand();
    if (demand.isEmpty()) {
      return allowed(call, null, null, null, null);
    }
    ReserveResult reserved;
    try {
      reserved = Objects.requireNonNull(counters.reserve(demand), "the store answered nothing");
    } catch (Throwable e) {
      return refused(call, unavailable(e), Mode.CALL);
    }
    return reserved instanceof Refusal refusal
        ? refused(call, judgement.refused(refusal), Mode.CALL)
        : allowed(call, (Reservation) reserved, null, null, null);
  }

  private Admission waited(Passage passage) {
    while (passage.step() != Passage.Step.DONE) {
      Object answer = null;
      try {
        answer =
            switch (passage.step()) {
              case LOOK, SHADOW_LOOK -> counters.look(passage.demand());
              case RESERVE, SHADOW_RESERVE -> counters.reserve(passage.demand());
              case ASK, CLAIM, DONE -> Stages.awaited(question(passage));
            };
        passage.answered(answer);
      } catch (Throwable e) {
        if (e instanceof InterruptedException) {
          Thread.currentThread().interrupt();
        }
        passage.failed(e, answer);
      }
    }
    return passage.admission();
  }

  private void go(Passage passage, BooleanSupplier gone, Consumer<Admission> then) {
    while (passage.step() != Passage.Step.DONE) {
      CompletableFuture<? extends @Nullable Object> stage = question(passage);
      if (!stage.isDone()) {
        Stages.take(
            stage,
            executor,
            (answer, failure) -> {
              take(passage, answer, failure, gone);
              go(passage, gone, then);
            });
        return;
      }
      Stages.take(stage, executor, (answer, failure) -> take(passage, answer, failure, gone));
    }
    ApprovalRequest made = passage.made();
    if (made != null && gone.getAsBoolean()) {
      approvals.withdraw(made);
    }
    then.accept(passage.admission());
  }

  private static void take(
      Passage passage, @Nullable Object answer, @Nullable Throwable failure, BooleanSupplier gone) {
    if (failure != null) {
      passage.failed(failure, answer);
      return;
    }
    try {
      passage.answered(answer);
      if (passage.step() != Passage.Step.DONE && gone.getAsBoolean()) {
        passage.abandon();
      }
    } catch (Throwable e) {
      passage.failed(e, answer);
    }
  }

  /** Puts the passage's next question to the store that it is for. */
  private CompletableFuture<? extends @Nullable Object> question(Passage passage) {
    return switch (passage.step()) {
      case LOOK, SHADOW_LOOK ->
          asyncCounters == null
              ? Stages.asked(
                  () -> CompletableFuture.completedFuture(counters.look(passage.demand())))
              : Stages.asked(() -> asyncCounters.lookAsync(passage.demand()));
      case RESERVE, SHADOW_RESERVE ->
          asyncCounters == null
              ? Stages.asked(
                  () -> CompletableFuture.completedFuture(counters.reserve(passage.demand())))
              : Stages.asked(() -> asyncCounters.reserveAsync(passage.demand()));
      case ASK -> standing(passage);
      case CLAIM -> approvals.claim(passage.approved());
      case DONE -> CompletableFuture.completedFuture(null);
    };
  }

  private CompletableFuture<Standing> standing(Passage passage) {
    Judgement judgement = passage.judgement();
    return passage.mode() == Mode.CALL
        ? approvals.ask(
            passage.call(), judgement.asks(), judgement.approvalTimes(), passage.mentioned())
        : approvals.look(passage.call(), judgement.asks(), passage.mentioned());
  }

  boolean visible(String tool, Caller caller) {
    try {
      CompiledPolicy policy = policies.forCaller(caller);
      return policy != null && policy.visible(tool) && pinned.denial(tool) == null;
    } catch (Throwable e) {
      internal(e);
      return false;
    }
  }

  boolean visible(ToolDefinition tool, Caller caller) {
    try {
      return visible(tool.name(), caller) && pinned.accepts(tool);
    } catch (Throwable e) {
      internal(e);
      return false;
    }
  }

  Coverage coverage(String tool, Caller caller) {
    try {
      CompiledPolicy policy = policies.forCaller(caller);
      return policy == null || pinned.denial(tool) != null
          ? Coverage.hidden(tool)
          : policy.coverage(tool);
    } catch (Throwable e) {
      internal(e);
      return Coverage.hidden(tool);
    }
  }

  /** Says to all that hold something for the call how it has ended, and tells listeners. */
  void settle(Admission admission, Ended ended, @Nullable Throwable failure) {
    settle(admission.reservation(), ended);
    ApprovalClaim approval = admission.approval();
    if (approval != null) {
      approval.settle(ended);
    }
    settle(admission.shadow(), ended);
    DecisionEvent decided = admission.event();
    if (decided != null) {
      tell(
          listener ->
              listener.onSettled(SettlementEvent.of(time.instant(), decided, ended, failure)));
    }
  }

  private static void settle(@Nullable Reservation reservation, Ended ended) {
    if (reservation == null) {
      return;
    }
    try {
      reservation.settle(ended);
    } catch (Throwable e) {
      logged("A call could not be settled; it stays counted.", e);
    }
  }

  /** Gives back what is held for a call that was let through and did not start. */
  void withdraw(Admission admission) {
    cancel(admission.reservation());
    cancel(admission.shadow());
    ApprovalClaim approval = admission.approval();
    if (approval != null) {
      approval.settle(Ended.NOT_DONE);
    }
    DecisionEvent decided = admission.event();
    if (decided != null) {
      tell(
          listener ->
              listener.onSettled(
                  SettlementEvent.of(time.instant(), decided, Ended.NOT_DONE, null)));
    }
  }

  void cancel(@Nullable Object held) {
    if (!(held instanceof Reservation reservation)) {
      return;
    }
    try {
      reservation.cancel();
    } catch (Throwable e) {
      logged("A call that did not run stays counted.", e);
    }
  }

  Admission allowed(
      ToolCall call,
      @Nullable Reservation reservation,
      @Nullable ApprovalClaim approval,
      @Nullable Reservation shadow,
      @Nullable Decision shadowDecision) {
    Decision decision = Decision.Allowed.INSTANCE;
    try {
      return new Admission(
          decision, reservation, approval, shadow, reported(call, decision, shadowDecision));
    } catch (Throwable e) {
      // Nobody could be told, so the call does not run.
      if (approval != null) {
        approval.settle(Ended.NOT_DONE);
      }
      cancel(reservation);
      cancel(shadow);
      return refused(call, internal(e), Mode.CALL);
    }
  }

  Admission refused(ToolCall call, Decision decision, Mode mode) {
    DecisionEvent event = null;
    if (mode != Mode.CHECK) {
      try {
        event = reported(call, decision, null);
      } catch (Throwable e) {
        logged("A denial could not be reported; it stands.", e);
      }
    }
    return Admission.refused(decision, event);
  }

  private @Nullable DecisionEvent reported(
      ToolCall call, Decision decision, @Nullable Decision shadow) {
    if (listeners.length == 0) {
      return null;
    }
    DecisionEvent.Builder builder = DecisionEvent.builder(time.instant(), call, decision);
    if (shadow != null) {
      builder.shadow(shadow);
    }
    DecisionEvent event = builder.build();
    tell(listener -> listener.onDecision(event));
    return event;
  }

  private void tell(Consumer<DecisionListener> news) {
    for (DecisionListener listener : listeners) {
      try {
        news.accept(listener);
      } catch (Throwable e) {
        logged("A decision listener failed; the decision stands.", e);
      }
    }
  }

  static Decision.ApprovalRequired wouldAsk(Judgement judgement) {
    AskingRule first = judgement.asks().get(0);
    return Decision.ApprovalRequired.of(first, first.reason());
  }

  private static Decision.Denied unpoliced(Caller caller) {
    return caller.grant().isBlank() ? Denials.NO_GRANT : Denials.NO_POLICY;
  }

  static Decision.Denied unavailable(Throwable e) {
    logged("A store failed; the call is denied.", e);
    return Denials.STORE_UNAVAILABLE;
  }

  static Decision.Denied internal(Throwable e) {
    logged("A call could not be judged; it is denied.", e);
    return Denials.INTERNAL;
  }

  static void shadowFailed(Throwable e) {
    try {
      LOG.warn("A shadow rule could not be tried; the call goes on.", e);
    } catch (Throwable ignored) {
      // As below.
    }
  }

  /** Logs with whatever stack and memory is left; the denial must get out all the same. */
  private static void logged(String message, @Nullable Throwable e) {
    try {
      LOG.error(message, e);
    } catch (Throwable ignored) {
      // The denial stands without its log line.
    }
  }

  /** What is wanted of a decision. */
  enum Mode {
    /** The call is to be made. */
    CALL,
    /** It was answered by a person and is to be made; nobody is asked a second time. */
    AGAIN,
    /** Nothing is to be made, counted, asked or told. */
    CHECK
  }

  /** A decision, or the way to one. */
  sealed interface Begun permits Admission, Passage {}
}
