package dev.alcada.counter.memory;

import dev.alcada.counter.Ended;
import org.jspecify.annotations.Nullable;

/** What is remembered of a call that is not to be made twice. */
final class HeldOnce extends Part {
  /** Up to when it is remembered, whether it runs or not. */
  long end;

  /** When it counts as running no more. */
  final long leaseEnd;

  /** How its call has ended; {@link HeldTogether#NOT_YET} while it runs. */
  byte ended;

  HeldOnce(@Nullable Tally count, long stamp, long end, long leaseEnd, long used) {
    super(count, stamp, used, Tally.NEVER);
    this.end = end;
    this.leaseEnd = leaseEnd;
  }

  @Override
  boolean endsBy(byte how) {
    return true;
  }

  @Override
  boolean endsLateBy(byte how) {
    return state != WANTED;
  }

  @Override
  long mayEndLateFor(long now) {
    return expiry() - now;
  }

  @Override
  boolean mayEndLate() {
    return true;
  }

  boolean isOver(long now) {
    return now >= expiry();
  }

  long expiry() {
    return ended == HeldTogether.NOT_YET && leaseEnd > end ? leaseEnd : end;
  }

  @Nullable Ended ended() {
    return ended == HeldTogether.NOT_YET
        ? null
        : ended == HeldTogether.DONE ? Ended.DONE : Ended.UNKNOWN;
  }
}
