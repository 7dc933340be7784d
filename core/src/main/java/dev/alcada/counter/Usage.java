package dev.alcada.counter;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a count held at the moment it was asked, before the call itself. Immutable. */
public final class Usage {
  private final long used;
  private final @Nullable Duration nextLeaves;

  private Usage(long used, @Nullable Duration nextLeaves) {
    this.used = used;
    this.nextLeaves = nextLeaves;
  }

  /**
   * Returns what a count held.
   *
   * @param used what counted, in the units of the charge, rounded up, at least 0
   * @param nextLeaves how long until the next amount stops counting, or {@code null} if nothing
   *     counts or it cannot be known
   */
  public static Usage of(long used, @Nullable Duration nextLeaves) {
    if (used < 0) {
      throw new IllegalArgumentException("used is " + used + ", expected at least 0");
    }
    return new Usage(used, nextLeaves);
  }

  /**
   * Returns what counted, in the units of the charge, at least 0. Rounded up where the count is
   * kept in finer units, and {@link Long#MAX_VALUE} if it is more than that.
   */
  public long used() {
    return used;
  }

  /** {@return how long until the next amount stops counting, or {@code null}} */
  public @Nullable Duration nextLeaves() {
    return nextLeaves;
  }

  /** {@return both parts} */
  @Override
  public String toString() {
    return "Usage[used=" + used + ", nextLeaves=" + nextLeaves + "]";
  }
}
