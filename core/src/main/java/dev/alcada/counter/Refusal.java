package dev.alcada.counter;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Why a demand was not granted. Nothing of it was reserved.
 *
 * @param index the place in the list of the first charge that has no room; for {@link
 *     Reason#DUPLICATE} that of the {@link Charge.Once}; for {@link Reason#MARKS_CHANGED} -1; for
 *     {@link Reason#TOO_MANY_KEYS} of a mark the number of charges and its place among {@link
 *     Demand#tried}
 * @param reason why it has none; marks that have changed come before all else, and a duplicate
 *     before the lack of room
 * @param retryAfter how long until every charge has room if nothing else happens, or {@code null}
 *     if that cannot be known or will never be
 * @param earlier what is known of the call that a duplicate repeats; {@code null} for other reasons
 */
public record Refusal(
    int index, Reason reason, @Nullable Duration retryAfter, @Nullable Earlier earlier)
    implements ReserveResult {

  /**
   * Creates a refusal that is not for a duplicate.
   *
   * @param index the place of the first charge that has no room
   * @param reason why it has none
   * @param retryAfter how long until every charge has room, or {@code null}
   */
  public Refusal(int index, Reason reason, @Nullable Duration retryAfter) {
    this(index, reason, retryAfter, null);
  }

  /**
   * What is known of an earlier call.
   *
   * @param ago how long ago it was admitted
   * @param ended how it has ended: {@link Ended#DONE} or {@link Ended#UNKNOWN}; {@code null} while
   *     it has not been settled
   */
  public record Earlier(Duration ago, @Nullable Ended ended) {}

  /** Why a demand was not granted. */
  public enum Reason {
    /** The count has no room for the amount or the values within its window. */
    EXHAUSTED,
    /** The amount, or the number of values, is above the maximum: it will never fit. */
    ABOVE_MAX,
    /** The key is new, and as many keys as there may be are live. */
    TOO_MANY_KEYS,
    /** The same call was made, or runs. */
    DUPLICATE,
    /** A mark is not as the call was judged by it: it is to be judged anew. */
    MARKS_CHANGED
  }
}
