package dev.alcada.counter.memory;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Refusal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The latest call that was made with one key. */
final class OnceTally extends HeldTally {
  @Nullable HeldOnce latest;

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

  /** {@return up to when the latest call would be remembered by a charge's window} */
  long endOf(Charge.Once charge, long now) {
    HeldOnce call = latest;
    return call == null ? now : ((PlainCounter) counter).endOf(charge.window(), call.stamp, now);
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
