package dev.alcada.guard;

import dev.alcada.audit.DecisionEvent;
import dev.alcada.counter.Reservation;
import dev.alcada.decision.Decision;
import org.jspecify.annotations.Nullable;

/**
 * What was decided about one call, and what is held for it until it is settled.
 *
 * @param outcome the decision; nothing is held unless it allows; or what stands for the call
 *     instead of being made
 * @param reservation what is held in counters, or {@code null}
 * @param approval the yes that this call uses, or {@code null} if it needs none
 * @param shadow what is held in the counters of a shadow rule, or {@code null}
 * @param event what listeners were told, or {@code null} if there are none
 */
record Admission(
    Object outcome,
    @Nullable Reservation reservation,
    @Nullable ApprovalClaim approval,
    @Nullable Reservation shadow,
    @Nullable DecisionEvent event)
    implements Gate.Begun {

  /** What a precheck says that a call comes to; rare, so it is no field of every admission. */
  private record Instead(Object value) {}

  static Admission refused(Decision decision, @Nullable DecisionEvent event) {
    return new Admission(decision, null, null, null, event);
  }

  static Admission instead(Object value) {
    return new Admission(new Instead(value), null, null, null, null);
  }

  Decision decision() {
    return outcome instanceof Decision decision ? decision : Decision.Allowed.INSTANCE;
  }

  boolean allowed() {
    return decision() instanceof Decision.Allowed;
  }

  /** {@return what a precheck says the call comes to without being made, or {@code null}} */
  @Nullable Object instead() {
    return outcome instanceof Instead instead ? instead.value : null;
  }
}
