package dev.alcada.counter.memory;

import dev.alcada.counter.CounterKey;

/** The total of one key in its latest period. */
final class CalendarTally extends Tally {
  private long period = Long.MIN_VALUE;
  private long total;

  CalendarTally(CalendarCounter counter, CounterKey key, int stripe) {
    super(counter, key, stripe);
  }

  @Override
  long freeAt(long stamp, long max, long amount) {
    enter(stamp);
    return amount <= max - total ? NOW : period;
  }

  @Override
  void add(long stamp, long max, long amount) {
    enter(stamp);
    total += amount;
  }

  @Override
  void subtract(long now, long stamp, long amount) {
    if (stamp == period) {
      total -= amount;
    }
  }

  @Override
  boolean isEmpty(long now) {
    return total == 0 || period <= now;
  }

  @Override
  long expiry() {
    return period;
  }

  private void enter(long stamp) {
    if (stamp > period) {
      period = stamp;
      total = 0;
    }
  }
}
