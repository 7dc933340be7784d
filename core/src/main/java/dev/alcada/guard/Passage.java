package dev.alcada.guard;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Look;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.ReserveResult;
import dev.alcada.decision.Decision;
import dev.alcada.decision.Judgement;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.ValuePath.Root;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/*
 * The order of the steps, written once for those that wait and those that do not. A driver asks
 * what the next step is, puts the question to a store, and hands the answer in.
 *
 *                 no ask ┌───────────────────────────────┐
 *   judged ──► LOOK ──► ASK ──► RESERVE ──► CLAIM ──► SHADOW_LOOK or SHADOW_RESERVE ──► DONE
 *               │        │         │          │
 *               │full    │asked    │full      │too late: the reservation is cancelled
 *               ▼        ▼         ▼          ▼
 *              DONE     DONE      DONE       DONE, refused
 *
 * Nobody is asked about a call that a limit refuses. Once approved, the limits are reserved and
 * then the yes is claimed: a refused reservation leaves the yes usable, a lost claim leaves nothing
 * reserved. A check ends after ASK. Whatever fails denies, and what is held is cancelled; a shadow
 * rule alone fails without a consequence.
 */

/** One call on its way through the guard. One thread at a time. */
final class Passage implements Gate.Begun {
  /** Which store is asked next. */
  enum Step {
    LOOK,
    ASK,
    RESERVE,
    CLAIM,
    SHADOW_LOOK,
    SHADOW_RESERVE,
    DONE
  }

  private final Gate gate;
  private final ToolCall call;
  private final Judgement judgement;
  private final Gate.Mode mode;
  private final Set<Root> mentioned;
  private final Demand demand;

  /** What is gathered for those who are told of the call, or null if nobody is. */
  private final @Nullable Report report;

  private Step step;
  private @Nullable ApprovalRequest approved;
  private @Nullable Reservation reservation;
  private @Nullable ApprovalClaim claim;
  private @Nullable Reservation shadowReservation;
  private @Nullable Decision shadowDecision;
  private @Nullable ApprovalRequest made;
  private @Nullable Admission admission;

  Passage(
      Gate gate,
      ToolCall call,
      Judgement judgement,
      Set<Root> mentioned,
      Gate.Mode mode,
      @Nullable Report report) {
    this.gate = gate;
    this.report = report;
    this.call = call;
    this.judgement = judgement;
    this.mode = mode;
    this.mentioned = mentioned;
    this.demand = judgement.demand();
    boolean asks = !judgement.asks().isEmpty();
    if (!demand.isEmpty()) {
      step = asks || mode == Gate.Mode.CHECK ? Step.LOOK : Step.RESERVE;
    } else if (asks) {
      step = Step.ASK;
    } else {
      step = Step.DONE;
      allowed();
    }
  }

  Step step() {
    return step;
  }

  /** Notes that a store is about to be asked. */
  void asking() {
    if (report != null && step == Step.RESERVE) {
      report.reserving();
    }
  }

  ToolCall call() {
    return call;
  }

  Judgement judgement() {
    return judgement;
  }

  /** {@return what the policy reads of a call} */
  Set<Root> mentioned() {
    return mentioned;
  }

  Gate.Mode mode() {
    return mode;
  }

  /** {@return what LOOK, RESERVE and the shadow's demand} */
  Demand demand() {
    return step == Step.SHADOW_LOOK || step == Step.SHADOW_RESERVE
        ? Objects.requireNonNull(judgement.shadow()).demand()
        : demand;
  }

  /** {@return the request that CLAIM takes} */
  ApprovalRequest approved() {
    return Objects.requireNonNull(approved);
  }

  /** Takes what was answered to the step's question. */
  void answered(@Nullable Object answer) {
    switch (step) {
      case LOOK, SHADOW_LOOK -> looked((Look) required(answer));
      case RESERVE, SHADOW_RESERVE -> reserved((ReserveResult) required(answer));
      case ASK -> stood((Standing) required(answer));
      case CLAIM -> claimed((ApprovalClaim) answer);
      case DONE -> throw new IllegalStateException("the call is decided");
    }
  }

  private static Object required(@Nullable Object answer) {
    return Objects.requireNonNull(answer, "the store answered nothing");
  }

  private void looked(Look look) {
    Refusal refusal = look.refusal();
    if (report != null && step == Step.LOOK) {
      report.looked(look);
    }
    if (step == Step.SHADOW_LOOK) {
      Judgement shadow = Objects.requireNonNull(judgement.shadow());
      shadowDecision = refusal == null ? Gate.wouldAsk(shadow) : shadow.refused(refusal);
      finish();
    } else if (refusal != null) {
      refused(judgement.refused(refusal));
    } else if (!judgement.asks().isEmpty()) {
      step = Step.ASK;
    } else {
      allowed();
    }
  }

  private void stood(Standing standing) {
    if (standing instanceof Standing.Answered answered) {
      made = answered.made();
      if (report != null) {
        report.met(answered.met());
      }
      refused(
          mode == Gate.Mode.AGAIN && answered.unasked()
              ? ApprovalMessages.inUse(judgement.asks().get(0))
              : answered.decision());
    } else if (mode == Gate.Mode.CHECK) {
      allowed();
    } else {
      approved = ((Standing.Approved) standing).request();
      if (report != null) {
        report.met(approved);
      }
      step = demand.isEmpty() ? Step.CLAIM : Step.RESERVE;
    }
  }

  private void reserved(ReserveResult result) {
    if (report != null && step == Step.RESERVE) {
      report.reserved();
    }
    if (step == Step.SHADOW_RESERVE) {
      if (result instanceof Refusal refusal) {
        shadowDecision = Objects.requireNonNull(judgement.shadow()).refused(refusal);
      } else {
        shadowReservation = (Reservation) result;
      }
      finish();
    } else if (result instanceof Refusal refusal) {
      refused(judgement.refused(refusal));
    } else {
      reservation = (Reservation) result;
      if (approved == null) {
        allowed();
      } else {
        step = Step.CLAIM;
      }
    }
  }

  private void claimed(@Nullable ApprovalClaim taken) {
    if (taken == null) {
      gate.cancel(reservation);
      refused(ApprovalMessages.inUse(judgement.asks().get(0)));
    } else {
      claim = taken;
      allowed();
    }
  }

  /**
   * Takes the failure of whatever was asked at this step, or of taking its answer.
   *
   * @param answer what was answered all the same: it is given back
   */
  void failed(Throwable failure, @Nullable Object answer) {
    boolean shadow = step == Step.SHADOW_LOOK || step == Step.SHADOW_RESERVE;
    if (answer instanceof ApprovalClaim taken) {
      taken.settle(Ended.NOT_DONE);
    }
    gate.cancel(answer);
    if (shadow) {
      Gate.shadowFailed(failure);
      shadowReservation = null;
      finish();
    } else {
      giveBack();
      refused(Gate.unavailable(failure));
    }
  }

  /** Gives back what is held: nobody waits for the decision any more. */
  void abandon() {
    giveBack();
    admission = Admission.refused(Decision.Allowed.INSTANCE, null);
    step = Step.DONE;
  }

  private void giveBack() {
    gate.cancel(reservation);
    gate.cancel(shadowReservation);
    if (claim != null) {
      claim.settle(Ended.NOT_DONE);
    }
  }

  /** {@return the request that was made for this very call, or null} */
  @Nullable ApprovalRequest made() {
    return made;
  }

  /** Returns what was decided, once the step is DONE. */
  Admission admission() {
    return Objects.requireNonNull(admission, "the call is still being decided");
  }

  private void refused(Decision decision) {
    admission = gate.refused(decision, report);
    step = Step.DONE;
  }

  /** The rules let it through; what a shadow rule would have said is found out last. */
  private void allowed() {
    Judgement shadow = judgement.shadow();
    if (mode == Gate.Mode.CHECK || shadow == null) {
      finish();
    } else if (shadow.denied() != null) {
      shadowDecision = shadow.denied();
      finish();
    } else if (shadow.demand().isEmpty()) {
      shadowDecision = shadow.asks().isEmpty() ? null : Gate.wouldAsk(shadow);
      finish();
    } else {
      step = shadow.asks().isEmpty() ? Step.SHADOW_RESERVE : Step.SHADOW_LOOK;
    }
  }

  private void finish() {
    admission =
        mode == Gate.Mode.CHECK
            ? Admission.refused(Decision.Allowed.INSTANCE, null)
            : gate.allowed(report, reservation, claim, shadowReservation, shadowDecision);
    step = Step.DONE;
  }
}
