package dev.alcada.counter.memory;

import dev.alcada.counter.Usage;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What one call holds under one key: a charge, or a mark that it leaves. */
abstract class Part {
  /** It is yet to be added. */
  static final byte WANTED = 0;

  /** It was added. */
  static final byte ADDED = 1;

  /** It was added, and the end of its call has been done to it. */
  static final byte OVER = 2;

  /** Where it counts, or {@code null} if it adds nothing. */
  final @Nullable Tally count;

  /** When it was added, on its counter's scale. */
  final long stamp;

  /** How far it has come; guarded by the count's stripe. */
  byte state;

  /** Whether the call has been settled: of several parts the first one says so for all. */
  volatile boolean settled;

  /** Whether it was settled and nobody knows how the call has ended; said where settled is. */
  boolean unknown;

  private final long used;
  private final long leavesIn;

  Part(@Nullable Tally count, long stamp, long used, long leavesIn) {
    this.count = count;
    this.stamp = stamp;
    this.used = used;
    this.leavesIn = leavesIn;
  }

  /**
   * Whether the end of its call changes what counts.
   *
   * @param how an end of {@link HeldTogether}
   */
  abstract boolean endsBy(byte how);

  /**
   * Whether a word on the end of its call changes what counts, after an end that nobody knew.
   *
   * @param how an end of {@link HeldTogether}
   */
  boolean endsLateBy(byte how) {
    return false;
  }

  /** Whether a word on the end of its call may ever change what counts. */
  boolean mayEndLate() {
    return false;
  }

  /**
   * Returns for how many nanoseconds from now there is anything that a word on the end of its call
   * could change, after an end that nobody knew.
   */
  long mayEndLateFor(long now) {
    return 0;
  }

  /** Whether it is a charge, of which the usage is told. */
  boolean isCharge() {
    return true;
  }

  /** Whether the end of the call is what leaves it. */
  boolean isLeftAtTheEnd() {
    return false;
  }

  /** {@return what the count held just before} */
  final Usage usageThen() {
    return usage(used, leavesIn);
  }

  static Usage usage(long used, long leavesIn) {
    return Usage.of(used, leavesIn == Tally.NEVER ? null : Duration.ofNanos(leavesIn));
  }
}
