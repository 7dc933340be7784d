package dev.alcada.counter.memory;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.time.TimeSource;

/** One key's window under a lock of its own, without the look-up around it. */
public final class BareLimit {
  private final TimeSource time = TimeSource.system();
  private final long origin = time.nanoTime();
  private final Charge.Amount charge;
  private final Tally count;

  /**
   * Creates an empty window.
   *
   * @param id the counter
   * @param max the most the window may hold
   */
  public BareLimit(CounterId id, long max) {
    CounterKey key = new CounterKey(id, "", null);
    this.charge = new Charge.Amount(key, max, 1, 9, false);
    this.count = Counter.of(id, InMemoryCounterStore.create()).newTally(key, new Stripe(0), null);
  }

  /**
   * Counts one.
   *
   * @return whether there was room
   */
  public boolean tryCount() {
    long now = time.nanoTime() - origin;
    synchronized (count) {
      if (count.freeAt(now, charge) != Tally.NOW) {
        return false;
      }
      count.add(HeldCharge.of(count, charge, now, 0, Tally.NEVER));
      return true;
    }
  }
}
