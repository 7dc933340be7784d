package dev.alcada.guard;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Look;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.ReserveResult;
import dev.alcada.decision.Decision;
import dev.alcada.decision.Denials;
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
 *              no ask, no marks ┌─────────────────┐
 *   judged ──► MARKS ──► LOOK ──► ASK ──► RESERVE ──► CLAIM ──► SHADOW_… ──► DONE
 *                │        │        │        │  │        │
 *                │denied, │full    │asked   │  │full    │too late: the reservation is cancelled
 *                ▼ full   ▼        ▼        │  ▼        ▼
 *               DONE     DONE     DONE      │ DONE     DONE, refused
 *                ▲                          │
 *                └── marks have changed ────┘  judged anew, a few times
 *
 * Where marks decide they are looked up with the limits, the call is judged, and the reservation
 * holds only if they still are as they were: two trips. Nobody is asked about a call that a limit
 * refuses. Once approved, the limits are reserved and then the yes is claimed: a refused
 * reservation leaves the yes usable, a lost claim leaves nothing reserved. A check ends after ASK.
 * Whatever fails denies, and what is held is cancelled; a shadow rule alone fails without a
 * consequence.
 */

/** One call on its way through the guard. One thread at a time. */
final class Passage implements Gate.Begun {
  /** Which store is asked next. */
  enum Step {
    MARKS,
    LOOK,
    ASK,
    RESERVE,
    CLAIM,
    SHADOW_MARKS,
    SHADOW_LOOK,
    SHADOW_RESERVE,
    DONE
  }

  /** How often a call is judged anew because marks have changed. */
  private static final int MOST_ANEW = 3;

  private final Gate gate;
  private final ToolCall call;
  private final Gate.Mode mode;
  private final Set<Root> mentioned;
  private final @Nullable Precheck<?> precheck;

  /** The judgement before any mark was looked up, which is where judging anew begins. */
  private final Judgement open;

  /** What the rules say, as far as it is known. */
  private Judgement judgement;

  /** What a shadow rule says, as far as it is known; null if there is none. */
  private @Nullable Judgement shadow;

  private int anew;

  /** What is gathered for those who are told of the call, or null if nobody is. */
  private final @Nullable Report report;

  private Step step;
  private @Nullable ApprovalRequest approved;
  private @Nullable Reservation reservation;
  private @Nullable ApprovalClaim claim;
  private @Nullable ShadowHeld shadowHeld;
  private @Nullable Decision shadowDecision;
  private @Nullable ApprovalRequest made;
  private @Nullable Admission admission;

  Passage(
      Gate gate,
      ToolCall call,
      Judgement judgement,
      Set<Root> mentioned,
      Gate.Mode mode,
      @Nullable Report report,
      @Nullable Precheck<?> precheck) {
    this.gate = gate;
    this.report = report;
    this.call = call;
    this.open = judgement;
    this.judgement = judgement;
    this.mode = mode;
    this.mentioned = mentioned;
    this.precheck = precheck;
    if (judgement.needsMarks()) {
      step = Step.MARKS;
    } else {
      step = Step.DONE;
      judged(false);
    }
  }

  /**
   * Goes on with a judgement that is whole and denies nothing.
   *
   * @param looked whether the store has been looked at, and would grant it
   */
  private void judged(boolean looked) {
    boolean asks = !judgement.asks().isEmpty();
    boolean check = mode == Gate.Mode.CHECK;
    if (!looked && !judgement.demand().isEmpty() && (asks || check)) {
      step = Step.LOOK;
    } else if (asks) {
      step = Step.ASK;
    } else if (!check && !judgement.demand().isEmpty()) {
      step = Step.RESERVE;
    } else {
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

  /** {@return what the present step demands} */
  Demand demand() {
    return inShadow() ? shadow().demand() : judgement.demand();
  }

  /** {@return whether the present step is a question to the counters} */
  boolean asksCounters() {
    return step != Step.ASK && step != Step.CLAIM && step != Step.DONE;
  }

  private boolean inShadow() {
    return step == Step.SHADOW_MARKS || step == Step.SHADOW_LOOK || step == Step.SHADOW_RESERVE;
  }

  private Judgement shadow() {
    return Objects.requireNonNull(shadow);
  }

  /** Notes the claim that the store is about to be asked for. */
  void claiming(ApprovalClaim wanted) {
    claim = wanted;
  }

  /** {@return the request that CLAIM takes} */
  ApprovalRequest approved() {
    return Objects.requireNonNull(approved);
  }

  /** Takes what was answered to the step's question. */
  void answered(@Nullable Object answer) {
    switch (step) {
      case MARKS -> found((Look) required(answer));
      case LOOK -> looked((Look) required(answer));
      case SHADOW_MARKS, SHADOW_LOOK -> shadowLooked((Look) required(answer));
      case RESERVE -> reserved((ReserveResult) required(answer));
      case SHADOW_RESERVE -> shadowReserved((ReserveResult) required(answer));
      case ASK -> stood((Standing) required(answer));
      case CLAIM -> claimed((ApprovalClaim) answer);
      case DONE -> throw new IllegalStateException("the call is decided");
    }
  }

  private static Object required(@Nullable Object answer) {
    return Objects.requireNonNull(answer, "the store answered nothing");
  }

  /** The marks are there or not: judged by them, and then as a look that asks for nothing else. */
  private void found(Look look) {
    judgement = open.withMarks(look.marks());
    if (report != null) {
      report.judged(judgement.demand());
      report.looked(look);
      report.found(open.demand().reads(), look.marks());
    }
    Decision.Denied denied = judgement.denied();
    if (denied != null) {
      refused(denied);
      return;
    }
    Object instead;
    try {
      instead = precheck == null ? null : precheck.instead(call);
    } catch (Throwable e) {
      refused(Gate.internal(e)); // the host's, not the store's
      return;
    }
    if (instead != null) {
      admission = Admission.instead(instead);
      step = Step.DONE;
      return;
    }
    Refusal refusal = look.refusal();
    if (refusal != null) {
      refused(judgement.refused(refusal));
    } else {
      judged(true);
    }
  }

  private void looked(Look look) {
    Refusal refusal = look.refusal();
    if (report != null) {
      report.looked(look);
    }
    if (refusal != null) {
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
      refused(answered.unasked() ? unasked(answered.decision()) : answered.decision());
    } else if (mode == Gate.Mode.CHECK) {
      allowed();
    } else {
      approved = ((Standing.Approved) standing).request();
      if (report != null) {
        report.met(approved);
      }
      step = judgement.demand().isEmpty() ? Step.CLAIM : Step.RESERVE;
    }
  }

  /** What is said of a call that has no request, by why it has none. */
  private Decision unasked(Decision usual) {
    return switch (mode) {
      case AGAIN -> ApprovalMessages.inUse(judgement.asks().get(0));
      case LAPSED -> ApprovalMessages.lapsed(judgement.asks());
      case CALL, CHECK -> usual;
    };
  }

  private void reserved(ReserveResult result) {
    if (report != null) {
      report.reserved();
    }
    if (result instanceof Refusal refusal) {
      if (refusal.reason() != Refusal.Reason.MARKS_CHANGED) {
        gate.lookAtRefused(judgement.demand(), report);
        refused(judgement.refused(refusal));
      } else if (open.needsMarks() && anew++ < MOST_ANEW) {
        judgement = open;
        approved = null;
        step = Step.MARKS;
      } else {
        refused(Denials.STORE_UNAVAILABLE);
      }
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
      claim = null;
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
    boolean ofShadow = inShadow();
    gate.cancel(answer);
    if (ofShadow) {
      Gate.shadowFailed(failure);
      shadowHeld = null;
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
    gate.cancel(shadowHeld == null ? null : shadowHeld.reservation());
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
    shadow = judgement.shadow();
    if (mode == Gate.Mode.CHECK || shadow == null) {
      finish();
    } else if (shadow.needsMarks()) {
      step = Step.SHADOW_MARKS;
    } else {
      shadowJudged(false);
    }
  }

  private void shadowJudged(boolean looked) {
    Judgement rule = shadow();
    boolean asks = !rule.asks().isEmpty();
    if (rule.denied() != null) {
      shadowDecision = rule.denied();
      finish();
    } else if (asks && (looked || rule.demand().isEmpty())) {
      shadowDecision = Gate.wouldAsk(rule);
      finish();
    } else if (rule.demand().isEmpty()) {
      finish();
    } else {
      step = asks ? Step.SHADOW_LOOK : Step.SHADOW_RESERVE;
    }
  }

  private void shadowLooked(Look look) {
    if (step == Step.SHADOW_MARKS) {
      shadow = shadow().withMarks(look.marks());
    }
    Refusal refusal = shadow().denied() == null ? look.refusal() : null;
    if (refusal != null) {
      shadowDecision = shadow().refused(refusal);
      finish();
    } else {
      shadowJudged(true);
    }
  }

  private void shadowReserved(ReserveResult result) {
    if (result instanceof Reservation held) {
      shadowHeld = new ShadowHeld(held, shadow());
    } else if (((Refusal) result).reason() != Refusal.Reason.MARKS_CHANGED) {
      shadowDecision = shadow().refused((Refusal) result);
    } // else another call came between: it would have been judged anew, and is not worth a trip
    finish();
  }

  private void finish() {
    admission =
        mode == Gate.Mode.CHECK
            ? Admission.refused(Decision.Allowed.INSTANCE, null)
            : gate.allowed(report, judgement, reservation, claim, shadowHeld, shadowDecision);
    step = Step.DONE;
  }
}
