package dev.alcada.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What came of a call that was let through.
 *
 * @param at when it was settled, by the wall clock
 * @param decision the decision that let it through
 * @param result what is known of the call
 * @param failure what the handler threw, or {@code null}; its text is the handler's own and may
 *     hold anything
 */
public record SettlementEvent(
    Instant at, DecisionEvent decision, Result result, @Nullable Throwable failure) {

  /** What is known of a call that ran. */
  public enum Result {
    /** The handler returned. */
    DONE,
    /** The handler said that nothing was done. */
    NOT_DONE,
    /** The handler failed or was cancelled, so nobody knows. */
    UNKNOWN
  }
}
