package dev.alcada.audit;

import dev.alcada.counter.Ended;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/**
 * An operator's word on a call of which nobody knew how it had ended.
 *
 * @param at when it was said, by the wall clock, to the microsecond
 * @param callId the {@linkplain DecisionEvent#id identifier} of the decision that let the call
 *     through, be it in another process
 * @param result {@link Ended#DONE} or {@link Ended#NOT_DONE}
 */
public record LateSettlementEvent(Instant at, String callId, Ended result) {
  /**
   * Cuts the instant.
   *
   * @throws IllegalArgumentException if the result is {@link Ended#UNKNOWN}
   */
  public LateSettlementEvent {
    at = at.truncatedTo(ChronoUnit.MICROS);
    Objects.requireNonNull(callId, "callId");
    if (result == Ended.UNKNOWN) {
      throw new IllegalArgumentException("result is UNKNOWN, expected DONE or NOT_DONE");
    }
  }
}
