package dev.alcada.counter.memory;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterKey;

/** The total of one key in its latest period. */
class CalendarTally extends Tally {
  private static final long NONE = Long.MIN_VALUE;

  private long period = NONE;
  private long total;

  /** The first period that the clock left by a leap: it may come back to it. */
  private long left = NONE;

  /** What was counted there, and in periods to which it leapt since. */
  private long leftTotal;

  CalendarTally(CalendarCounter counter, CounterKey key, Stripe stripe) {
    super(counter, key, stripe);
  }

  @Override
  long freeAt(long stamp, Charge any) {
    Charge.Amount charge = (Charge.Amount) any;
    enter(stamp);
    int decimals = total == 0 ? charge.decimals() : Math.min(places, charge.decimals());
    long max = Places.down(charge.max(), charge.decimals(), decimals);
    long amount = kept(charge, decimals);
    return amount <= max - Places.up(total, places, decimals) ? NOW : period;
  }

  @Override
  long used(int decimals) {
    return Places.up(total, places, decimals);
  }

  @Override
  long leavesIn(long reading) {
    return total == 0 ? NEVER : counter.until(period, reading).toNanos();
  }

  @Override
  void add(Part part) {
    HeldCharge held = (HeldCharge) part;
    if (held.stamp > period) {
      enter(held.stamp);
    }
    int own = held.charge.decimals();
    int decimals = total == 0 && leftTotal == 0 ? own : Math.min(places, own);
    long amount = kept(held.charge, decimals);
    long totalNow = Places.up(total, places, decimals);
    long leftNow = Places.up(leftTotal, places, decimals);
    // From here on nothing is called: all of it is done, or none.
    total = totalNow + amount;
    leftTotal = leftNow;
    places = (byte) decimals;
    held.places = (byte) decimals;
    held.state = Part.ADDED;
  }

  @Override
  void end(long now, Part part, byte how) {
    HeldCharge held = (HeldCharge) part;
    long amount = givenBack(held);
    // From here on nothing is called: all of it is done, or none.
    if (held.stamp == period) {
      total -= amount < total ? amount : total;
    } else if (held.stamp == left) {
      leftTotal -= amount < leftTotal ? amount : leftTotal;
    }
    held.state = Part.OVER;
  }

  @Override
  boolean isEmpty(long now) {
    long end = ((CalendarCounter) counter).end();
    if (period > end) {
      enter(end);
    }
    return period <= now || (total == 0 && leftTotal == 0);
  }

  @Override
  long expiry() {
    return period;
  }

  private static long sum(long one, long other) {
    return one > Long.MAX_VALUE - other ? Long.MAX_VALUE : one + other;
  }

  /** Goes over to the counter's period, forwards or, after the clock was set back far, back. */
  private void enter(long stamp) {
    CalendarCounter calendar = (CalendarCounter) counter;
    if (stamp > period) {
      long leftLast = calendar.left();
      // Or leapt, and back already.
      boolean leapt = (leftLast != NONE && leftLast <= period) || calendar.end() < stamp;
      long both = sum(leftTotal, total);
      // From here on nothing is called: all of it is done, or none.
      leftTotal = leapt ? both : 0;
      left = !leapt ? NONE : left == NONE ? period : left;
      total = 0;
      period = stamp;
    } else if (stamp < period) {
      // What was counted since the leap counts here, with what had been before it.
      boolean back = stamp <= left;
      long both = sum(total, leftTotal);
      // From here on nothing is called: all of it is done, or none.
      total = back ? both : total;
      leftTotal = back ? 0 : leftTotal;
      left = back ? NONE : left;
      period = stamp;
    }
  }
}
