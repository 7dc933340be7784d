package dev.alcada.guard;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.audit.DecisionEvent;
import dev.alcada.audit.LateSettlementEvent;
import dev.alcada.audit.SettlementEvent;
import dev.alcada.audit.TakenBackEvent;
import dev.alcada.counter.AsyncCounterStore;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Held;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.ReserveResult;
import dev.alcada.counter.memory.InMemoryCounterStore;
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
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
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
  /** Compilers inline no method whose signature names a class that is not loaded yet. */
  @SuppressWarnings("unused")
  private static final List<Class<?>> LOADED =
      List.of(
          ApprovalClaim.class,
          ApprovalRequest.class,
          Answered.class,
          DecisionEvent.class,
          Refusal.class,
          Report.class,
          ShadowHeld.class);

  private static final Logger LOG = LoggerFactory.getLogger(ToolGuard.class);

  private final PolicyInForce policies;
  private final PinnedTools pinned;
  private final CounterStore counters;
  private final @Nullable AsyncCounterStore asyncCounters;
  private final Approvals approvals;
  private final TimeSource time;
  private final Executor executor;
  private final Halt halt;
  private final Listeners listeners;

  Gate(
      PolicyInForce policies,
      PinnedTools pinned,
      CounterStore counters,
      Approvals approvals,
      TimeSource time,
      Executor executor,
      Halt halt,
      Listeners listeners) {
    this.policies = policies;
    this.pinned = pinned;
    this.counters = counters;
    this.asyncCounters = counters instanceof AsyncCounterStore async ? async : null;
    this.approvals = approvals;
    this.time = time;
    this.executor = executor;
    this.halt = halt;
    this.listeners = listeners;
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
    Report report = null;
    try {
      report = mode == Mode.CHECK ? null : listeners.begin(call);
      Decision.Denied halted = halt.atFirst();
      if (halted != null) {
        return refused(halted, report);
      }
      CompiledPolicy policy = policies.forCaller(call.caller());
      if (policy == null) {
        return refused(unpoliced(call.caller()), report);
      }
      Judgement judgement = policy.judge(call, pinned.denial(call.tool()));
      if (report != null) {
        report.judged(policy.revision(), judgement.demand());
      }
      Decision.Denied denied = judgement.denied();
      if (denied != null) {
        return refused(denied, report);
      }
      boolean open = judgement.needsMarks();
      Object instead = precheck == null || open ? null : precheck.instead(call);
      if (instead != null) {
        return Admission.instead(instead);
      }
      boolean straight =
          asyncCounters == null
              && !open
              && judgement.asks().isEmpty()
              && judgement.shadow() == null;
      return straight && mode == Mode.CHECK
          ? looked(judgement)
          : straight && mode == Mode.CALL
              ? straight(judgement, report)
              : new Passage(this, call, judgement, policy.mentioned(), mode, report, precheck);
    } catch (Throwable e) {
      return refused(internal(e), report);
    }
  }

  /** The usual case of a check, without a detour. */
  private Admission looked(Judgement judgement) {
    if (!judgement.demand().isEmpty()) {
      Refusal refusal;
      try {
        refusal = counters.look(judgement.demand()).refusal();
      } catch (Throwable e) {
        return refused(unavailable(e), null);
      }
      if (refusal != null) {
        return refused(judgement.refused(refusal), null);
      }
    }
    return Admission.WOULD_RUN;
  }

  /** The usual case, without a detour. */
  private Admission straight(Judgement judgement, @Nullable Report report) {
    Demand demand = judgement.demand();
    if (demand.isEmpty()) {
      return allowed(report, null, null, null, null, null);
    }
    ReserveResult reserved = null;
    try {
      if (report != null) {
        report.reserving();
      }
      reserved = counters.reserve(demand);
      // Not by a generic method, whose answer is cast to one interface here and to another below:
      // a JVM remembers one such cast for each class, and then looks each up anew.
      if (reserved == null) {
        throw new IllegalStateException("the store answered nothing");
      } else if (report != null) {
        report.reservedAtLast();
      }
      if (reserved instanceof Refusal refusal) {
        lookAtRefused(demand, report);
        return refused(judgement.refused(refusal), report);
      }
      return allowed(report, judgement, (Reservation) reserved, null, null, null);
    } catch (Throwable e) {
      cancel(reserved);
      return refused(unavailable(e), report);
    }
  }

  /**
   * Finds out what counts hold that had no room, for those who are told. A store that is not in
   * memory is not asked again: whoever makes calls that are refused would double its work.
   */
  void lookAtRefused(Demand demand, @Nullable Report report) {
    if (report == null || !(counters instanceof InMemoryCounterStore)) {
      return;
    }
    try {
      report.looked(counters.look(demand));
    } catch (Throwable e) {
      logged("A store could not say what its counts hold; the denial stands.", e);
    }
  }

  private Admission waited(Passage passage) {
    while (passage.step() != Passage.Step.DONE) {
      ask(passage);
    }
    return passage.admission();
  }

  /** Asks the next question on this thread; what was answered is given back if it is not taken. */
  private void ask(Passage passage) {
    Object answer = null;
    try {
      passage.asking();
      answer =
          switch (passage.step()) {
            case MARKS, LOOK, SHADOW_MARKS, SHADOW_LOOK -> counters.look(passage.demand());
            case RESERVE, SHADOW_RESERVE -> counters.reserve(passage.demand());
            case ASK, CLAIM, DONE -> Stages.awaited(() -> question(passage));
          };
      passage.answered(answer);
    } catch (Throwable e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      passage.failed(e, answer);
    }
  }

  private void go(Passage passage, BooleanSupplier gone, Consumer<Admission> then) {
    while (passage.step() != Passage.Step.DONE) {
      if (asyncCounters == null && passage.asksCounters()) {
        ask(passage);
        continue;
      }
      CompletableFuture<? extends @Nullable Object> stage;
      try {
        passage.asking();
        stage = question(passage);
      } catch (Throwable e) {
        passage.failed(e, null);
        continue;
      }
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
      case MARKS, LOOK, SHADOW_MARKS, SHADOW_LOOK ->
          Stages.asked(() -> async().lookAsync(passage.demand()));
      case RESERVE, SHADOW_RESERVE -> Stages.asked(() -> async().reserveAsync(passage.demand()));
      case ASK -> standing(passage);
      case CLAIM -> approvals.claim(passage.approved(), passage::claiming);
      case DONE -> CompletableFuture.completedFuture(null);
    };
  }

  private AsyncCounterStore async() {
    return Objects.requireNonNull(asyncCounters);
  }

  private CompletableFuture<Standing> standing(Passage passage) {
    Judgement judgement = passage.judgement();
    return passage.mode() == Mode.CALL
        ? approvals.ask(
            passage.call(),
            judgement.asks(),
            judgement.approvalTerms(),
            judgement.approvers(),
            passage.mentioned())
        : approvals.look(
            passage.call(), judgement.asks(), judgement.approvers(), passage.mentioned());
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

  /**
   * Says to all that hold something for the call how it has ended, and tells listeners.
   *
   * @param answered what the tool has answered, or {@code null} if the call leaves no marks
   */
  void settle(
      Admission admission, Ended ended, @Nullable Throwable failure, @Nullable Answered answered) {
    List<Mark> left = settle(admission.reservation(), admission.judgement(), ended, answered);
    settleApproval(admission, ended);
    settleShadow(admission, ended, answered);
    if (admission.event() != null) {
      tell(
          admission,
          decided ->
              left.isEmpty()
                  ? SettlementEvent.of(listeners.stamps.now(), decided, ended, failure)
                  : SettlementEvent.marked(listeners.stamps.now(), decided, left));
    }
  }

  /** Tells how a call has ended; it has, whether or not that can be told. */
  private void tell(Admission admission, Function<DecisionEvent, SettlementEvent> end) {
    DecisionEvent decided = admission.event();
    if (decided == null) {
      return;
    }
    try {
      listeners.settled(end.apply(decided));
    } catch (Throwable e) {
      logged("How a call has ended could not be told; it stands.", e);
    }
  }

  /**
   * Settles a call whose caller has stopped waiting: nobody knows what it does. What it holds while
   * it runs leaves with its handler, which may run on.
   */
  @SuppressWarnings("FutureReturnValueIgnored") // what is hung on the stage is all there is to do
  void settleCancelled(Admission admission, CompletionStage<?> running) {
    running.whenComplete(
        (value, thrown) -> {
          settle(admission.reservation(), admission.judgement(), Ended.UNKNOWN, null);
          settleShadow(admission, Ended.UNKNOWN, null);
        });
    settleApproval(admission, Ended.UNKNOWN);
    tell(admission, decided -> SettlementEvent.cancelled(listeners.stamps.now(), decided));
  }

  /** Takes an operator's word on a call of which nobody knew. */
  boolean settleLate(String callId, Ended ended) {
    LateSettlementEvent event = new LateSettlementEvent(time.instant(), callId, ended);
    boolean taken = counters.settleLate(callId, ended);
    if (taken) {
      listeners.said(listener -> listener.onSettledLate(event));
    }
    return taken;
  }

  List<Held> held(CounterId.Kind kind, String after, int most) {
    return counters.held(kind, after, most);
  }

  /** Takes back what an operator says was left behind. */
  boolean takeBack(CounterKey key) {
    TakenBackEvent event = new TakenBackEvent(time.instant(), key);
    boolean taken = counters.takeBack(key);
    if (taken) {
      listeners.said(listener -> listener.onTakenBack(event));
    }
    return taken;
  }

  private static void settleApproval(Admission admission, Ended ended) {
    ApprovalClaim approval = admission.approval();
    if (approval != null) {
      approval.settle(ended);
    }
  }

  private static void settleShadow(Admission admission, Ended ended, @Nullable Answered answered) {
    ShadowHeld shadow = admission.shadow();
    if (shadow != null) {
      settle(shadow.reservation(), shadow.judgement(), ended, answered);
    }
  }

  /** {@return the marks that the call leaves by its end} */
  private static List<Mark> settle(
      @Nullable Reservation reservation,
      @Nullable Judgement judgement,
      Ended ended,
      @Nullable Answered answered) {
    if (reservation == null) {
      return List.of();
    }
    try {
      if (answered != null && judgement != null && ended == Ended.DONE) {
        List<Mark> done = answered.marks(judgement);
        reservation.settle(ended, done);
        return done;
      }
      reservation.settle(ended);
    } catch (Throwable e) {
      logged("A call could not be settled; it stays counted.", e);
    }
    return List.of();
  }

  /**
   * Looks a last time, on the thread that starts the handler next.
   *
   * @return why the call must not start after all, what was held for it given back; or null
   */
  @Nullable Decision stopped(ToolCall call, Admission admission) {
    Decision.Denied halted;
    try {
      halted = halt.atLast();
    } catch (Throwable e) {
      halted = internal(e);
    }
    if (halted == null) {
      return null;
    }
    withdraw(admission);
    return halted(call, halted).decision();
  }

  /** Denies a call that waited when all calls were stopped. */
  Admission halted(ToolCall call, Decision.Denied halted) {
    return refused(halted, listeners.begin(call));
  }

  /** Gives back what is held for a call that was let through and did not start. */
  void withdraw(Admission admission) {
    cancel(admission.reservation());
    cancelShadow(admission.shadow());
    ApprovalClaim approval = admission.approval();
    if (approval != null) {
      approval.settle(Ended.NOT_DONE);
    }
    if (admission.allowed()) {
      tell(admission, decided -> SettlementEvent.notStarted(listeners.stamps.now(), decided));
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

  private void cancelShadow(@Nullable ShadowHeld shadow) {
    cancel(shadow == null ? null : shadow.reservation());
  }

  Admission allowed(
      @Nullable Report report,
      @Nullable Judgement judgement,
      @Nullable Reservation reservation,
      @Nullable ApprovalClaim approval,
      @Nullable ShadowHeld shadow,
      @Nullable Decision shadowDecision) {
    Decision.Denied instead = null;
    DecisionEvent event = null;
    try {
      if (report != null) {
        event = report.allowed(reservation, approval, shadowDecision);
        instead = listeners.recorded(event) ? null : Denials.NOT_RECORDED;
      }
      if (instead == null) {
        return new Admission(
            Decision.Allowed.INSTANCE,
            reservation,
            approval,
            Admission.Rest.of(judgement, shadow),
            told(event));
      }
    } catch (Throwable e) {
      // Nobody could be told, so the call does not run.
      instead = internal(e);
    }
    if (approval != null) {
      approval.settle(Ended.NOT_DONE);
    }
    cancel(reservation);
    cancelShadow(shadow);
    return refused(instead, report);
  }

  Admission refused(Decision decision, @Nullable Report report) {
    DecisionEvent event = null;
    if (report != null) {
      try {
        event = told(report.refused(decision));
      } catch (Throwable e) {
        logged("A denial could not be reported; it stands.", e);
      }
    }
    return Admission.refused(decision, event);
  }

  private @Nullable DecisionEvent told(@Nullable DecisionEvent event) {
    if (event != null) {
      listeners.decided(event);
    }
    return event;
  }

  static Decision.ApprovalRequired wouldAsk(Judgement judgement) {
    AskingRule first = judgement.asks().get(0);
    return Decision.ApprovalRequired.of(first, first.reason());
  }

  private static Decision.Denied unpoliced(Caller caller) {
    return !caller.hasGrant() ? Denials.NO_GRANT : Denials.NO_POLICY;
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
  static void logged(String message, @Nullable Throwable e) {
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
    /**
     * Nobody answers what it waited for any more; it is looked at once more, and nobody is asked.
     */
    LAPSED,
    /** Nothing is to be made, counted, asked or told. */
    CHECK
  }

  /** A decision, or the way to one. */
  sealed interface Begun permits Admission, Passage {}
}
