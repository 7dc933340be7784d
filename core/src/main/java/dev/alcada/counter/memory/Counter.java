package dev.alcada.counter.memory;

import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.time.TimeSource;
import dev.alcada.time.Window;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One identity's live counts, by when they expire. */
abstract class Counter {
  /** Kept by {@link LiveCounters}, under its lock. */
  int live;

  private final ExpiryHeap expiries = new ExpiryHeap();
  private volatile long nextDue = Long.MAX_VALUE;
  private CounterId id;

  Counter(CounterId id) {
    this.id = id;
  }

  static Counter of(CounterId id, TimeSource time) {
    if (id.window() instanceof Window.Calendar calendar) {
      return new CalendarCounter(id, calendar, time);
    }
    return new SlidingCounter(id);
  }

  final CounterId id() {
    return id;
  }

  /**
   * Takes over an equal instance, so that the next look-ups end at the reference. Whichever of two
   * equal instances other threads see is right.
   */
  @SuppressWarnings("ReferenceEquality")
  final boolean is(CounterId other) {
    if (other == id) {
      return true;
    }
    if (!other.equals(id)) {
      return false;
    }
    id = other;
    return true;
  }

  abstract Tally newTally(CounterKey key, int stripe);

  /** {@return the stamp of an admission that happens now} */
  abstract long stamp(long now);

  /** {@return the present on the scale of {@link Tally#expiry}} */
  abstract long clock(long now);

  /** {@return how long it is from a clock's reading until a stamp} */
  abstract Duration until(long stamp, long reading);

  final boolean hasExpired(long now) {
    long due = nextDue;
    return due != Long.MAX_VALUE && clock(now) >= due;
  }

  /** {@return a count that may have expired by now, or {@code null} if none has} */
  final synchronized @Nullable Tally firstDue(long now) {
    return hasExpired(now) ? expiries.first() : null;
  }

  final synchronized void enter(Tally count) {
    count.due = count.expiry();
    expiries.add(count);
    nextDue = expiries.firstDue();
  }

  final synchronized void leave(Tally count) {
    expiries.remove(count);
    nextDue = expiries.firstDue();
  }

  final synchronized void reschedule(Tally count) {
    count.due = count.expiry();
    expiries.moved(count);
    nextDue = expiries.firstDue();
  }
}
