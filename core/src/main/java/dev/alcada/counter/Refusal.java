package dev.alcada.counter;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Why a call's charges were not reserved. None of them was.
 *
 * @param index the place in the list of the first charge that has no room
 * @param reason why it has none
 * @param retryAfter how long until every charge has room if nothing else happens, or {@code null}
 *     if that cannot be known or will never be
 */
public record Refusal(int index, Reason reason, @Nullable Duration retryAfter)
    implements ReserveResult {

  /** Why a charge has no room. */
  public enum Reason {
    /** The count has no room for the amount within its window. */
    EXHAUSTED,
    /** The amount is above the maximum: it will never fit. */
    ABOVE_MAX,
    /** The key is new, and as many keys as there may be are live. */
    TOO_MANY_KEYS
  }
}
