package dev.alcada.counter.memory;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Refusal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The latest call that was made with one key. */
final class OnceTally extends HeldTally {
  private @Nullable HeldOnce latest;

  OnceTally(Counter counter, CounterKey key, Stripe stripe, @Nullable Owner owner) {
    super(counter, key, stripe, owner);
  }

  @Override
  long freeAt(long now, Charge charge) {
    return isEmpty(now) ? NOW : UNKNOWABLE;
  }

  /** Returns what is known of the latest call, which is remembered. */
  Refusal.Earlier earlier(long now) {
    HeldOnce call = latest;
    return call == null
        ? new Refusal.Earlier(Duration.ZERO, null)
        : new Refusal.Earlier(Duration.ofNanos(now - call.stamp), call.ended());
  }

  /** Remembers the latest call for a window that may be longer than its own. */
  void extend(long now, Charge.Once charge) {
    HeldOnce call = latest;
    if (call != null) {
      long end = ((PlainCounter) counter).endOf(charge.window(), call.stamp, now);
      if (end > call.end) {
        call.end = end;
      }
    }
  }

  @Override
  long used(int decimals) {
    return 0;
  }

  @Override
  long leavesIn(long reading) {
    return NEVER;
  }

  @Override
  void add(Part part) {
    HeldOnce call = (HeldOnce) part;
    // From here on nothing is called: all of it is done, or none.
    latest = call;
    call.state = Part.ADDED;
  }

  @Override
  void end(long now, Part part, byte how) {
    HeldOnce call = (HeldOnce) part;
    boolean forgotten = how == HeldTogether.NOT_DONE || how == HeldTogether.CANCELLED;
    // From here on nothing is called: all of it is done, or none.
    call.ended = how;
    if (forgotten && latest == call) {
      latest = null;
    }
    call.state = Part.OVER;
  }

  @Override
  boolean isEmpty(long now) {
    return latest == null || latest.isOver(now);
  }

  @Override
  long expiry() {
    return latest == null ? NOW : latest.expiry();
  }

  @Override
  int running(long now) {
    return latest != null && latest.ended == HeldTogether.NOT_YET ? 1 : 0;
  }
}
