package dev.alcada.counter.memory;

import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.time.Window;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One identity's live counts, by when they expire. */
abstract class Counter {
  /** How many keys have room here; kept by {@link LiveCounters}, under its lock. */
  int live;

  final InMemoryCounterStore store;

  /** Whether its keys are of marks, which have a bound of their own. */
  final boolean ofMarks;

  private final ExpiryHeap expiries = new ExpiryHeap();
  private CounterId id;

  Counter(CounterId id, InMemoryCounterStore store) {
    this.id = id;
    this.ofMarks = id.kind() == CounterId.Kind.MARK;
    this.store = store;
  }

  static Counter of(CounterId id, InMemoryCounterStore store) {
    Window window = id.window();
    if (window == null) {
      return new PlainCounter(id, store);
    }
    if (window instanceof Window.Calendar calendar) {
      return new CalendarCounter(id, calendar, store);
    }
    return new SlidingCounter(id, window, store);
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

  abstract Tally newTally(CounterKey key, Stripe stripe, @Nullable Owner owner);

  /** {@return the stamp of an admission that happens now} */
  abstract long stamp(long now);

  /** {@return the present on the scale of {@link Tally#expiry}} */
  abstract long clock(long now);

  /** {@return how long it is from a clock's reading until a stamp} */
  abstract Duration until(long stamp, long reading);

  /** {@return whether it may be forgotten once it has no keys} */
  boolean isOver() {
    return true;
  }

  /** Logs what has happened to it since it was last asked. */
  void report() {}

  final boolean hasExpired(long now) {
    long due = expiries.firstDue();
    return due != Long.MAX_VALUE && clock(now) >= due;
  }

  /** {@return a count that may have expired by now, or {@code null} if none has} */
  final synchronized @Nullable Tally firstDue(long now) {
    return hasExpired(now) ? expiries.first() : null;
  }

  final synchronized void enter(Tally count) {
    expiries.add(count, count.expiry());
  }

  final synchronized void leave(Tally count) {
    expiries.remove(count);
  }

  final synchronized void reschedule(Tally count) {
    expiries.move(count, count.expiry());
  }

  /** Lets a count be due, so that clean-up looks at it. */
  final synchronized void expire(Tally count) {
    if (count.position != ExpiryHeap.NOWHERE) {
      expiries.move(count, Tally.NOW);
    }
  }

  /** Lets no count be due later than a stamp. */
  final synchronized void bringForward(long stamp) {
    expiries.bringForward(stamp);
  }
}
