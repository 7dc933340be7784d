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
 * @param outcome the decision; nothing is held unless it allows; or what stands for the call
 *     instead of being made
 * @param reservation what is held in counters, or {@code null}
 * @param approval the yes that this call uses, or {@code null} if it needs none
 * @param rest what few calls have, or {@code null}
 * @param event what listeners were told, or {@code null} if there are none
 */
record Admission(
    Object outcome,
    @Nullable Reservation reservation,
    @Nullable ApprovalClaim approval,
    @Nullable Rest rest,
    @Nullable DecisionEvent event)
    implements Gate.Begun {

  /** What a precheck says that a call comes to; rare, so it is no field of every admission. */
  private record Instead(Object value) {}

  /**
   * What few calls have.
   *
   * @param judgement what the rules said of a call that leaves marks or counts while it runs, or
   *     {@code null}
   * @param shadow what is held in the counters of a shadow rule, or {@code null}
   */
  record Rest(@Nullable Judgement judgement, @Nullable ShadowHeld shadow) {
    static @Nullable Rest of(@Nullable Judgement judgement, @Nullable ShadowHeld shadow) {
      boolean needed = judgement != null && judgement.hangsOnItsEnd();
      return needed || shadow != null ? new Rest(needed ? judgement : null, shadow) : null;
    }
  }

  /** What a check comes to that finds nothing against the call. */
  static final Admission WOULD_RUN = refused(Decision.Allowed.INSTANCE, null);

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

  @Nullable Judgement judgement() {
    return rest == null ? null : rest.judgement;
  }

  @Nullable ShadowHeld shadow() {
    return rest == null ? null : rest.shadow;
  }

  /** {@return whether the call may leave marks when it is done, so that its answer is looked at} */
  boolean mayLeaveMarks() {
    return rest != null
        && ((rest.judgement != null && !rest.judgement.demand().done().isEmpty())
            || (rest.shadow != null && !rest.shadow.judgement().demand().done().isEmpty()));
  }

  /** {@return whether something is held only while the handler runs} */
  boolean countsWhatRuns() {
    Judgement judgement = judgement();
    return judgement != null
        && judgement.demand().charges().stream().anyMatch(Charge.InFlight.class::isInstance);
  }
}
