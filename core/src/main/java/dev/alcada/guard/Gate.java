package dev.alcada.guard;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.audit.DecisionEvent;
import dev.alcada.audit.DecisionListener;
import dev.alcada.audit.SettlementEvent;
import dev.alcada.audit.SettlementEvent.Result;
import dev.alcada.counter.Charge;
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
import dev.alcada.decision.DecisionCode;
import dev.alcada.decision.Judgement;
import dev.alcada.decision.ToolCall;
import dev.alcada.time.TimeSource;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides about a call, reserves for it, settles it, and tells listeners. Nothing here throws. */
final class Gate {
  private static final Logger LOG = LoggerFactory.getLogger(ToolGuard.class);

  private static final Decision.Denied NO_GRANT =
      denied(
          "(no grant)",
          DecisionCode.NO_GRANT,
          "The call carries no grant, so no policy can apply to it. Sign in and call again.");
  private static final Decision.Denied NO_POLICY =
      denied(
          "(no policy)",
          DecisionCode.NO_POLICY,
          "No policy is known for this grant. Ask whoever runs this server for access.");
  private static final Decision.Denied INTERNAL =
      denied(
          "(internal)",
          DecisionCode.INTERNAL,
          "The policy could not be applied to this call, so it was not made. Tell whoever runs this"
              + " server.");
  private static final Decision.Denied STORE_UNAVAILABLE =
      denied(
          "(store unavailable)",
          DecisionCode.STORE_UNAVAILABLE,
          "The limits or approvals of this call could not be checked, so it was not made. Try again"
              + " later.");

  private final PolicyInForce policies;
  private final CounterStore counters;
  private final Approvals approvals;
  private final TimeSource time;
  private final DecisionListener[] listeners;

  Gate(
      PolicyInForce policies,
      CounterStore counters,
      Approvals approvals,
      TimeSource time,
      List<DecisionListener> listeners) {
    this.policies = policies;
    this.counters = counters;
    this.approvals = approvals;
    this.time = time;
    this.listeners = listeners.toArray(new DecisionListener[0]);
  }

  Admission admit(ToolCall call) {
    try {
      CompiledPolicy policy = policies.forCaller(call.caller());
      if (policy == null) {
        return refused(call, unpoliced(call.caller()));
      }
      Judgement judgement = policy.judge(call);
      Decision.Denied denied = judgement.denied();
      if (denied != null) {
        return refused(call, denied);
      }
      if (!judgement.asks().isEmpty()) {
        return admitAsked(call, policy, judgement);
      }
      List<Charge> charges = judgement.charges();
      ReserveResult reserved = charges.isEmpty() ? null : reserve(charges);
      if (reserved instanceof Refusal refusal) {
        return refused(call, judgement.refused(refusal));
      }
      return allowed(call, judgement, (Reservation) reserved, null);
    } catch (StoreFailure e) {
      return refused(call, unavailable(e));
    } catch (Throwable e) {
      return refused(call, internal(e));
    }
  }

  /**
   * Nobody is asked about a call that a limit refuses. Once approved, the limits are reserved and
   * then the yes is claimed: a refused reservation leaves the yes usable, a lost claim leaves
   * nothing reserved.
   */
  private Admission admitAsked(ToolCall call, CompiledPolicy policy, Judgement judgement) {
    List<Charge> charges = judgement.charges();
    Refusal full = charges.isEmpty() ? null : peek(charges);
    if (full != null) {
      return refused(call, judgement.refused(full));
    }
    Standing asked =
        approvals.ask(call, judgement.asks(), judgement.approvalTimes(), policy.contextNames());
    if (asked instanceof Standing.Answered answered) {
      return refused(call, answered.decision());
    }
    ApprovalRequest approved = ((Standing.Approved) asked).request();
    ReserveResult reserved = charges.isEmpty() ? null : reserve(charges);
    if (reserved instanceof Refusal refusal) {
      return refused(call, judgement.refused(refusal));
    }
    Reservation reservation = (Reservation) reserved;
    ApprovalClaim claim;
    try {
      claim = claim(approved);
    } catch (StoreFailure e) {
      cancel(reservation);
      throw e;
    }
    if (claim == null) {
      cancel(reservation);
      return refused(call, approvals.tooLate(approved));
    }
    return allowed(call, judgement, reservation, claim);
  }

  Decision check(ToolCall call) {
    try {
      CompiledPolicy policy = policies.forCaller(call.caller());
      if (policy == null) {
        return unpoliced(call.caller());
      }
      Judgement judgement = policy.judge(call);
      Decision.Denied denied = judgement.denied();
      if (denied != null) {
        return denied;
      }
      List<Charge> charges = judgement.charges();
      Refusal refusal = charges.isEmpty() ? null : peek(charges);
      if (refusal != null) {
        return judgement.refused(refusal);
      }
      return !judgement.asks().isEmpty()
              && approvals.look(call, judgement.asks(), policy.contextNames())
                  instanceof Standing.Answered answered
          ? answered.decision()
          : Decision.Allowed.INSTANCE;
    } catch (StoreFailure e) {
      return unavailable(e);
    } catch (Throwable e) {
      return internal(e);
    }
  }

  boolean visible(String tool, Caller caller) {
    try {
      CompiledPolicy policy = policies.forCaller(caller);
      return policy != null && policy.visible(tool);
    } catch (Throwable e) {
      internal(e);
      return false;
    }
  }

  Coverage coverage(String tool, Caller caller) {
    try {
      CompiledPolicy policy = policies.forCaller(caller);
      return policy == null ? Coverage.hidden(tool) : policy.coverage(tool);
    } catch (Throwable e) {
      internal(e);
      return Coverage.hidden(tool);
    }
  }

  /** Keeps or releases what is held, and tells listeners. */
  void settle(Admission admission, Result result, @Nullable Throwable failure) {
    settle(admission.reservation(), result);
    settle(admission.approval(), result);
    settle(admission.shadow(), result);
    DecisionEvent decided = admission.event();
    if (decided != null) {
      tell(
          listener ->
              listener.onSettled(new SettlementEvent(time.instant(), decided, result, failure)));
    }
  }

  private static void settle(@Nullable Reservation reservation, Result result) {
    if (reservation == null) {
      return;
    }
    try {
      reservation.settle(
          switch (result) {
            case DONE -> Ended.DONE;
            case NOT_DONE -> Ended.NOT_DONE;
            case UNKNOWN -> Ended.UNKNOWN;
          });
    } catch (Throwable e) {
      LOG.error("A call could not be settled; it stays counted.", e);
    }
  }

  private static void settle(@Nullable ApprovalClaim approval, Result result) {
    if (approval == null) {
      return;
    }
    if (result == Result.NOT_DONE) {
      approval.giveBack();
    } else {
      approval.spend();
    }
  }

  private static void cancel(@Nullable Reservation reservation) {
    if (reservation == null) {
      return;
    }
    try {
      reservation.cancel();
    } catch (Throwable e) {
      LOG.error("A call that did not run stays counted.", e);
    }
  }

  private Admission allowed(
      ToolCall call,
      Judgement judgement,
      @Nullable Reservation reservation,
      @Nullable ApprovalClaim approval) {
    Decision decision = Decision.Allowed.INSTANCE;
    Judgement shadow = judgement.shadow();
    Decision shadowDecision = null;
    Reservation shadowReservation = null;
    if (shadow != null) {
      try {
        Decision.Denied denied = shadow.denied();
        boolean asks = !shadow.asks().isEmpty();
        List<Charge> charges = shadow.charges();
        ReserveResult reserved =
            denied != null || charges.isEmpty() ? null : asks ? peek(charges) : reserve(charges);
        if (denied != null) {
          shadowDecision = denied;
        } else if (reserved instanceof Refusal refusal) {
          shadowDecision = shadow.refused(refusal);
        } else if (asks) {
          shadowDecision = asked(shadow);
        } else {
          shadowReservation = (Reservation) reserved;
        }
      } catch (Throwable e) {
        LOG.warn("A shadow rule could not be tried; the call goes on.", e);
      }
    }
    try {
      return new Admission(
          decision,
          reservation,
          approval,
          shadowReservation,
          reported(call, decision, shadowDecision));
    } catch (Throwable e) {
      // Nobody could be told, so the call does not run.
      if (approval != null) {
        approval.giveBack();
      }
      cancel(reservation);
      cancel(shadowReservation);
      throw e;
    }
  }

  private Admission refused(ToolCall call, Decision decision) {
    DecisionEvent event = null;
    try {
      event = reported(call, decision, null);
    } catch (Throwable e) {
      logged("A denial could not be reported; it stands.", e);
    }
    return new Admission(decision, null, null, null, event);
  }

  private @Nullable DecisionEvent reported(
      ToolCall call, Decision decision, @Nullable Decision shadow) {
    if (listeners.length == 0) {
      return null;
    }
    Caller caller = call.caller();
    DecisionEvent event =
        new DecisionEvent(
            time.instant(),
            call.tool(),
            caller.grant(),
            caller.session(),
            caller.client(),
            decision,
            shadow);
    tell(listener -> listener.onDecision(event));
    return event;
  }

  private void tell(Consumer<DecisionListener> news) {
    for (DecisionListener listener : listeners) {
      try {
        news.accept(listener);
      } catch (Throwable e) {
        LOG.error("A decision listener failed; the decision stands.", e);
      }
    }
  }

  private ReserveResult reserve(List<Charge> charges) {
    try {
      // Null stands for a call without limits: it must not come from a store.
      return Objects.requireNonNull(
          counters.reserve(Demand.of(charges)), "the store answered nothing");
    } catch (Throwable e) {
      throw new StoreFailure(e);
    }
  }

  private @Nullable Refusal peek(List<Charge> charges) {
    try {
      return counters.look(Demand.of(charges)).refusal();
    } catch (Throwable e) {
      throw new StoreFailure(e);
    }
  }

  private @Nullable ApprovalClaim claim(ApprovalRequest approved) {
    try {
      return approvals.claim(approved);
    } catch (Throwable e) {
      throw new StoreFailure(e);
    }
  }

  private static Decision.ApprovalRequired asked(Judgement judgement) {
    AskingRule first = judgement.asks().get(0);
    return new Decision.ApprovalRequired(
        first.rule(), first.location(), first.reason(), null, null);
  }

  private static Decision.Denied unpoliced(Caller caller) {
    return caller.grant().isBlank() ? NO_GRANT : NO_POLICY;
  }

  private static Decision.Denied unavailable(StoreFailure e) {
    logged("A store failed; the call is denied.", e.getCause());
    return STORE_UNAVAILABLE;
  }

  private static Decision.Denied internal(Throwable e) {
    logged("A call could not be judged; it is denied.", e);
    return INTERNAL;
  }

  /** Logs with whatever stack and memory is left; the denial must get out all the same. */
  private static void logged(String message, @Nullable Throwable e) {
    try {
      LOG.error(message, e);
    } catch (Throwable ignored) {
      // The denial stands without its log line.
    }
  }

  private static Decision.Denied denied(String rule, DecisionCode code, String message) {
    return new Decision.Denied(rule, "", code, message, null);
  }

  /** Tells a store's failure from one of our own. */
  private static final class StoreFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StoreFailure(Throwable cause) {
      super(null, cause, false, false);
    }
  }
}
