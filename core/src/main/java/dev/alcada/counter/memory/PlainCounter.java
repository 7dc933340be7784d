package dev.alcada.counter.memory;

import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.time.TimeSource;
import dev.alcada.time.Window;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A counter without a window of its own: what is under its keys says itself how long it lasts. */
final class PlainCounter extends Counter {
  private final CounterId.Kind kind;
  private final TimeSource time;

  PlainCounter(CounterId id, InMemoryCounterStore store) {
    super(id, store);
    this.kind = id.kind();
    this.time = store.time();
  }

  @Override
  Tally newTally(CounterKey key, Stripe stripe, @Nullable Owner owner) {
    return switch (kind) {
      case IN_FLIGHT -> new InFlightTally(this, key, stripe, owner);
      case ONCE -> new OnceTally(this, key, stripe, owner);
      case MARK -> new MarkTally(this, key, stripe, owner);
      case AMOUNT, DISTINCT -> throw new IllegalStateException(kind + " has a window");
    };
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

  /**
   * Returns the stamp up to which a window reaches that holds a stamp. Of a calendar window the end
   * of its period is taken by the wall clock once; from then on no setting of it counts.
   */
  long endOf(Window window, long stamp, long now) {
    if (window instanceof Window.Calendar calendar) {
      Instant then = time.instant().minusNanos(now - stamp);
      Instant end = calendar.endOfPeriod(then);
      return stamp + Duration.between(then, end).toNanos();
    }
    return stamp + window.length().toNanos();
  }
}
