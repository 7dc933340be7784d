package dev.alcada.counter.memory;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterKey;
import org.jspecify.annotations.Nullable;

/** A mark: by whom it is held, and until when it lasts besides. */
final class MarkTally extends HeldTally {
  /** How many calls have left it that are not settled. */
  private int running;

  private long until = NOW;

  MarkTally(Counter counter, CounterKey key, Stripe stripe, @Nullable Owner owner) {
    super(counter, key, stripe, owner);
  }

  @Override
  long freeAt(long now, Charge charge) {
    return NOW;
  }

  @Override
  long used(int decimals) {
    return 0;
  }

  @Override
  long leavesIn(long reading) {
    return NEVER;
  }

  @Override
  void add(Part part) {
    HeldMark held = (HeldMark) part;
    boolean atTheEnd = held.isLeftAtTheEnd();
    long end = held.stamp + held.mark.lasts().toNanos();
    // From here on nothing is called: all of it is done, or none.
    if (!atTheEnd) {
      running++;
    } else if (end > until) {
      until = end;
    }
    held.state = Part.ADDED;
  }

  @Override
  void end(long now, Part part, byte how) {
    HeldMark held = (HeldMark) part;
    boolean stays = how == HeldTogether.DONE || how == HeldTogether.UNKNOWN;
    long end = now + held.mark.lasts().toNanos();
    // From here on nothing is called: all of it is done, or none.
    running--;
    if (stays && end > until) {
      until = end;
    }
    held.state = Part.OVER;
  }

  @Override
  boolean isEmpty(long now) {
    return running == 0 && now >= until;
  }

  @Override
  long expiry() {
    return running > 0 ? Long.MAX_VALUE : until;
  }

  @Override
  int running(long now) {
    return running;
  }
}
