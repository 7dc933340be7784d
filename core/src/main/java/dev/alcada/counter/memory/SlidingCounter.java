package dev.alcada.counter.memory;

import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.time.Window;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A counter whose window moves with the monotonic clock. */
final class SlidingCounter extends Counter {
  final long length;

  /** The length of the cells that entries are merged by. */
  final long cell;

  SlidingCounter(CounterId id, Window window, InMemoryCounterStore store) {
    super(id, store);
    this.length = window.length().toNanos();
    this.cell = (length + SlidingTally.EXACT - 1) / SlidingTally.EXACT;
  }

  @Override
  Tally newTally(CounterKey key, Stripe stripe, @Nullable Owner owner) {
    if (id().kind() == CounterId.Kind.DISTINCT) {
      return new DistinctTally(this, key, stripe, owner);
    }
    return owner == null
        ? new SlidingTally(this, key, stripe)
        : new OwnedAmounts.Sliding(this, key, stripe, owner);
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
