package dev.alcada.counter.memory;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A mark: by whom it is held, and until when it lasts besides. */
final class MarkTally extends HeldTally {
  /** How many calls have left it that are not settled. */
  private int running;

  private long until = NOW;

  /**
   * What calls have left of which nobody knows how they ended, so that one of them can still be
   * taken back. Of many, only a few are kept apart; the rest is in {@link #until}.
   */
  private HeldMark[] unknown = NONE;

  private static final HeldMark[] NONE = {};
  private static final int MOST_APART = 16;

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
    boolean late = held.lastsUntil != 0;
    boolean stays = how == HeldTogether.DONE || how == HeldTogether.UNKNOWN;
    long end = late ? held.lastsUntil : now + held.mark.lasts().toNanos();
    HeldMark[] others = without(held, now);
    boolean apart = how == HeldTogether.UNKNOWN && others.length < MOST_APART;
    if (apart) {
      others = Arrays.copyOf(others, others.length + 1);
      others[others.length - 1] = held;
    }
    // From here on nothing is called: all of it is done, or none.
    unknown = others;
    if (!late) {
      running--;
    }
    held.lastsUntil = apart ? end : 0;
    if (stays && !apart && end > until) {
      until = end;
    }
    held.state = Part.OVER;
  }

  private HeldMark[] without(HeldMark held, long now) {
    if (unknown.length == 0) {
      return NONE;
    }
    List<HeldMark> others = new ArrayList<>(unknown.length);
    for (HeldMark other : unknown) {
      if (other != held && other.lastsUntil > now) {
        others.add(other);
      }
    }
    return others.toArray(NONE);
  }

  private long lastsUntil() {
    long last = until;
    for (HeldMark held : unknown) {
      last = held.lastsUntil > last ? held.lastsUntil : last;
    }
    return last;
  }

  @Override
  boolean isEmpty(long now) {
    return running == 0 && now >= lastsUntil();
  }

  @Override
  long expiry() {
    return running > 0 ? Long.MAX_VALUE : lastsUntil();
  }

  @Override
  int running(long now) {
    return running;
  }
}
