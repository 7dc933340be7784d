package dev.alcada.counter.memory;

import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.time.TimeSource;
import dev.alcada.time.Window;
import java.time.Duration;
import java.time.Instant;

/** A counter of calendar periods. Its period never goes back, wherever the wall clock is set. */
final class CalendarCounter extends Counter {
  private final Window.Calendar window;
  private final TimeSource time;
  private volatile long periodEnd = Long.MIN_VALUE;

  CalendarCounter(CounterId id, Window.Calendar window, TimeSource time) {
    super(id);
    this.window = window;
    this.time = time;
  }

  @Override
  Tally newTally(CounterKey key, int stripe) {
    return new CalendarTally(this, key, stripe);
  }

  @Override
  long stamp(long now) {
    Instant instant = time.instant();
    long end = periodEnd;
    return instant.getEpochSecond() < end ? end : nextPeriod(instant);
  }

  @Override
  long clock(long now) {
    return time.instant().getEpochSecond();
  }

  @Override
  Duration until(long stamp, long reading) {
    Duration wait = Duration.between(time.instant(), Instant.ofEpochSecond(stamp));
    return wait.isNegative() ? Duration.ZERO : wait;
  }

  private synchronized long nextPeriod(Instant instant) {
    if (instant.getEpochSecond() >= periodEnd) {
      periodEnd = CalendarPeriod.endAfter(instant, window);
    }
    return periodEnd;
  }
}
