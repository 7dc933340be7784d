package dev.alcada.counter;

import java.time.Duration;

/** A counter whose window moves with the monotonic clock. */
final class SlidingCounter extends Counter {
  final long length;

  /** The length of the cells that entries are merged by. */
  final long cell;

  SlidingCounter(CounterId id) {
    super(id);
    this.length = id.window().length().toNanos();
    this.cell = (length + SlidingCount.EXACT - 1) / SlidingCount.EXACT;
  }

  @Override
  Count newCount(CounterKey key) {
    return new SlidingCount(this, key);
  }

  @Override
  long stamp(long now) {
    return now;
  }

  @Override
  long clock(long now) {
    return now;
  }

  @Override
  Duration until(long stamp, long reading) {
    return Duration.ofNanos(stamp - reading);
  }
}
