package dev.alcada.counter.memory;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterKey;
import org.jspecify.annotations.Nullable;

/*
 * What runs, as a chain by when it leaves at the latest, and the sum:
 *
 *   oldest ──► 12:03 ◄──► 12:07 ◄──► 12:07 ◄── newest     sum = 3
 *
 * The links are what the calls hold, so that nothing is allocated to enter or to leave.
 */

/** What runs now under one key. */
final class InFlightTally extends HeldTally {
  private @Nullable HeldInFlight oldest;
  private @Nullable HeldInFlight newest;
  private long sum;

  InFlightTally(Counter counter, CounterKey key, Stripe stripe, @Nullable Owner owner) {
    super(counter, key, stripe, owner);
  }

  @Override
  long freeAt(long now, Charge any) {
    Charge.InFlight charge = (Charge.InFlight) any;
    expire(now);
    if (oldest == null) {
      return NOW;
    }
    int decimals = Math.min(places, charge.decimals());
    long max = Places.down(charge.max(), charge.decimals(), decimals);
    long amount = Places.up(charge.amount(), charge.decimals(), decimals);
    return amount <= max - sumIn(decimals) ? NOW : UNKNOWABLE;
  }

  @Override
  long used(int decimals) {
    return oldest == null ? 0 : Places.up(sum, places, decimals);
  }

  @Override
  long leavesIn(long reading) {
    return NEVER;
  }

  @Override
  @SuppressWarnings("NullAway") // Between two links there is one.
  void add(Part part) {
    HeldInFlight held = (HeldInFlight) part;
    int own = held.decimals;
    int decimals = oldest == null ? own : Math.min(places, own);
    long amount = Places.up(held.amount, own, decimals);
    boolean coarser = oldest != null && decimals < places;
    HeldInFlight before = newest;
    while (before != null && before.leaves > held.leaves) {
      before = before.older;
    }
    HeldInFlight after = before == null ? oldest : before.newer;
    // From here on nothing is called: all of it is done, or none.
    if (coarser) {
      sum = 0;
      for (HeldInFlight each = oldest; each != null; each = each.newer) {
        each.amount = each.amount / Places.STEP + (each.amount % Places.STEP == 0 ? 0 : 1);
        sum += each.amount;
      }
    }
    places = (byte) decimals;
    held.amount = amount;
    held.older = before;
    held.newer = after;
    if (before == null) {
      oldest = held;
    } else {
      before.newer = held;
    }
    if (after == null) {
      newest = held;
    } else {
      after.older = held;
    }
    sum += amount;
    held.state = Part.ADDED;
  }

  @Override
  void end(long now, Part part, byte how) {
    HeldInFlight held = (HeldInFlight) part;
    // From here on nothing is called: all of it is done, or none.
    HeldInFlight before = held.older;
    HeldInFlight after = held.newer;
    if (before == null) {
      oldest = after;
    } else {
      before.newer = after;
    }
    if (after == null) {
      newest = before;
    } else {
      after.older = before;
    }
    held.older = null;
    held.newer = null;
    sum -= held.amount;
    held.state = Part.OVER;
  }

  /** Nothing is called, so that a link leaves the chain and the sum together. */
  private void expire(long now) {
    HeldInFlight first = oldest;
    while (first != null && first.leaves <= now) {
      HeldInFlight next = first.newer;
      sum -= first.amount;
      first.newer = null;
      first.state = Part.OVER;
      oldest = next;
      if (next == null) {
        newest = null;
      } else {
        next.older = null;
      }
      first = next;
    }
  }

  @Override
  boolean isEmpty(long now) {
    return newest == null || newest.leaves <= now;
  }

  @Override
  long expiry() {
    return newest == null ? NOW : newest.leaves;
  }

  @Override
  int running(long now) {
    int running = 0;
    for (HeldInFlight each = newest; each != null && each.leaves > now; each = each.older) {
      running++;
    }
    return running;
  }

  /** Returns what the sum would be in units that are as coarse or coarser. */
  private long sumIn(int decimals) {
    if (decimals == places) {
      return sum;
    }
    long total = 0;
    for (HeldInFlight each = oldest; each != null; each = each.newer) {
      total += Places.up(each.amount, places, decimals);
    }
    return total;
  }
}
