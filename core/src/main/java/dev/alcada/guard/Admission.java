package dev.alcada.guard;

import dev.alcada.audit.DecisionEvent;
import dev.alcada.counter.Charge;
import dev.alcada.counter.Reservation;
import dev.alcada.decision.Decision;
import dev.alcada.decision.Judgement;
import org.jspecify.annotations.Nullable;

/**
 * What was decided about one call, and what is held for it until it is settled.
 *
 * @param decision the decision; nothing is held unless it allows
 * @param judgement what the rules said, where something is held by it; else maybe {@code null}
 * @param reservation what is held in counters, or {@code null}
 * @param approval the yes that this call uses, or {@code null} if it needs none
 * @param shadow what is held in the counters of a shadow rule, or {@code null}
 * @param event what listeners were told, or {@code null} if there are none
 * @param instead what a precheck says the call comes to without being made, or {@code null}
 */
record Admission(
    Decision decision,
    @Nullable Judgement judgement,
    @Nullable Reservation reservation,
    @Nullable ApprovalClaim approval,
    @Nullable ShadowHeld shadow,
    @Nullable DecisionEvent event,
    @Nullable Object instead)
    implements Gate.Begun {

  static Admission refused(Decision decision, @Nullable DecisionEvent event) {
    return new Admission(decision, null, null, null, null, event, null);
  }

  static Admission instead(Object value) {
    return new Admission(Decision.Allowed.INSTANCE, null, null, null, null, null, value);
  }

  boolean allowed() {
    return decision instanceof Decision.Allowed;
  }

  /** {@return whether the call may leave marks when it is done, so that its answer is looked at} */
  boolean mayLeaveMarks() {
    return (judgement != null && !judgement.demand().done().isEmpty())
        || (shadow != null && !shadow.judgement().demand().done().isEmpty());
  }

  /** {@return whether something is held only while the handler runs} */
  boolean countsWhatRuns() {
    return judgement != null
        && reservation != null
        && judgement.demand().charges().stream().anyMatch(Charge.InFlight.class::isInstance);
  }
}
