package dev.alcada.counter.memory;

import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.time.TimeSource;
import dev.alcada.time.Window;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Which period it is. The wall clock says, and people, programs and sleeping machines set it:
 *
 *   the clock is set by     the period                      what was counted before
 *   ─────────────────────   ─────────────────────────────   ───────────────────────────────────
 *   back, up to a length    stays: it never goes back       counts on
 *   ahead, up to a length   may be the next                 is over, if so: for good
 *   ahead, further          the one the clock shows, told   kept aside while it may come back
 *   back, further           the one the clock shows, told   counts again, with all that came since
 *
 * How far it was set is what it has gone beyond the monotonic clock since the period began. So a
 * clock that is wrong by years closes a counter no longer than it is wrong, and a clock that is
 * wrong by less closes it for a period at most. One that goes on for days while nobody calls was
 * not set at all.
 *
 * For a while after a leap no key is cleaned up: by a wrong clock, all would have expired.
 */

/** A counter of calendar periods. */
final class CalendarCounter extends Counter {
  private static final Logger LOG = LoggerFactory.getLogger(InMemoryCounterStore.class);
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final long LONGEST_PAUSE = Duration.ofHours(1).toSeconds();
  private static final long NONE = Long.MIN_VALUE;

  /**
   * A period.
   *
   * @param from the earliest second of it that was seen
   * @param end the first second after it
   * @param wall what the wall clock showed when it began to be this counter's
   * @param now what the monotonic clock showed then
   * @param left the end of the period that the clock has leapt out of, if it has
   * @param cleanFrom when keys may be cleaned up, by the monotonic clock
   */
  private record Period(long from, long end, long wall, long now, long left, long cleanFrom) {}

  private final Window.Calendar window;
  private final TimeSource time;
  private final long length;

  /** Replaced as a whole, under this counter's lock. */
  private volatile @Nullable Period period;

  /** How far the clock has leapt, in seconds, until somebody has logged it. */
  private volatile long leap;

  CalendarCounter(CounterId id, Window.Calendar window, InMemoryCounterStore store) {
    super(id, store);
    this.window = window;
    this.time = store.time();
    this.length = window.length().toSeconds();
  }

  @Override
  Tally newTally(CounterKey key, Stripe stripe, @Nullable Owner owner) {
    if (id().kind() == CounterId.Kind.DISTINCT) {
      return new DistinctTally(this, key, stripe, owner);
    }
    return owner == null
        ? new CalendarTally(this, key, stripe)
        : new OwnedAmounts.Calendar(this, key, stripe, owner);
  }

  @Override
  long stamp(long now) {
    return stamp(now, time.instant());
  }

  private long stamp(long now, Instant instant) {
    Period current = period;
    long second = instant.getEpochSecond();
    return current != null && second >= current.from && second < current.end
        ? current.end
        : moved(now, instant);
  }

  private synchronized long moved(long now, Instant instant) {
    Period last = period;
    long second = instant.getEpochSecond();
    long end = window.endOfPeriod(instant).getEpochSecond();
    if (last == null) {
      period = new Period(second, end, second, now, NONE, now);
      return end;
    }
    long set = second - last.wall - (now - last.now) / SECOND;
    boolean far = Math.abs(set) > length;
    if (end == last.end) {
      long from = Math.min(second, last.from);
      period = new Period(from, end, last.wall, last.now, last.left, last.cleanFrom);
    } else if (end > last.end || far) {
      long pause = far ? now + Math.min(length, LONGEST_PAUSE) * SECOND : last.cleanFrom;
      Period next = new Period(second, end, second, now, left(last, end, far), pause);
      if (end < last.end) {
        bringForward(end);
      }
      period = next;
      leap = far ? set : leap;
    } else {
      return last.end;
    }
    return end;
  }

  /** Of several leaps in a row, the period left is that which the first one left. */
  private static long left(Period last, long end, boolean far) {
    if (end > last.end) {
      return !far ? NONE : last.left == NONE ? last.end : last.left;
    }
    return last.left < end ? last.left : NONE;
  }

  @Override
  long clock(long now) {
    Instant instant = time.instant();
    stamp(now, instant);
    Period current = period;
    return current == null || now < current.cleanFrom ? NONE : instant.getEpochSecond();
  }

  @Override
  Duration until(long stamp, long reading) {
    Duration wait = Duration.between(time.instant(), Instant.ofEpochSecond(stamp));
    return wait.isNegative() ? Duration.ZERO : wait;
  }

  /** So that the period does not go back when keys come again. */
  @Override
  boolean isOver() {
    return time.instant().getEpochSecond() >= end();
  }

  /** {@return the end of the period that the counter is in} */
  long end() {
    Period current = period;
    return current == null ? Long.MAX_VALUE : current.end;
  }

  /** {@return the end of the period that the clock has leapt out of, if it has} */
  long left() {
    Period current = period;
    return current == null ? NONE : current.left;
  }

  /** Whether a period that ends so is one that the clock has leapt out of. */
  boolean mayComeBackTo(long end) {
    Period current = period;
    return current != null && current.left != NONE && end >= current.left;
  }

  @Override
  void report() {
    long seconds = leap;
    if (seconds != 0) {
      leap = 0;
      LOG.warn(
          "The wall clock was set {} by {}: the counter {} is now in the period that ends at {}",
          seconds < 0 ? "back" : "ahead",
          Duration.ofSeconds(Math.abs(seconds)),
          id().name(),
          Instant.ofEpochSecond(end()));
    }
  }
}
