package dev.alcada.counter;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Why a demand was not granted. Nothing of it was reserved. Immutable. */
public final class Refusal implements ReserveResult {
  private final int index;
  private final Reason reason;

  /** How long to wait, or of a duplicate, which knows no wait, the earlier call. */
  private final @Nullable Object detail;

  /**
   * Creates a refusal that is not for a duplicate.
   *
   * @param index as {@link #index} says
   * @param reason why there is no room
   * @param retryAfter how long until every charge has room, or {@code null}
   * @throws IllegalArgumentException if it is for a duplicate
   */
  public Refusal(int index, Reason reason, @Nullable Duration retryAfter) {
    this(index, reason, (Object) retryAfter);
    if (reason == Reason.DUPLICATE) {
      throw new IllegalArgumentException("reason is DUPLICATE, expected Refusal.duplicate");
    }
  }

  private Refusal(int index, Reason reason, @Nullable Object detail) {
    this.index = index;
    this.reason = Objects.requireNonNull(reason, "reason");
    this.detail = detail;
  }

  /**
   * Returns the refusal of a call that was made before.
   *
   * @param index the place of the {@link Charge.Once}
   * @param earlier what is known of the call that it repeats
   */
  public static Refusal duplicate(int index, Earlier earlier) {
    return new Refusal(index, Reason.DUPLICATE, (Object) Objects.requireNonNull(earlier));
  }

  /**
   * Returns the place in the list of the first charge that has no room; for {@link
   * Reason#DUPLICATE} that of the {@link Charge.Once}; for {@link Reason#MARKS_CHANGED} -1; for
   * {@link Reason#TOO_MANY_KEYS} of a mark the number of charges and its place among {@link
   * Demand#tried}.
   */
  public int index() {
    return index;
  }

  /**
   * Returns why there is no room; marks that have changed come before all else, and a duplicate
   * before the lack of room.
   */
  public Reason reason() {
    return reason;
  }

  /**
   * Returns how long until every charge has room if nothing else happens, or {@code null} if that
   * cannot be known or will never be.
   */
  public @Nullable Duration retryAfter() {
    return detail instanceof Duration wait ? wait : null;
  }

  /** {@return what is known of the call that a duplicate repeats; null for other reasons} */
  public @Nullable Earlier earlier() {
    return detail instanceof Earlier call ? call : null;
  }

  /** {@return whether the other is a refusal that says the same} */
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof Refusal refusal
            && index == refusal.index
            && reason == refusal.reason
            && Objects.equals(detail, refusal.detail));
  }

  @Override
  public int hashCode() {
    return Objects.hash(index, reason, detail);
  }

  /** {@return the place, the reason, and the wait or the earlier call} */
  @Override
  public String toString() {
    return "Refusal[index=" + index + ", reason=" + reason + ", detail=" + detail + "]";
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
