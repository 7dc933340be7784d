package dev.alcada.counter.memory;

import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.time.TimeSource;

/** One key's window under its own lock, without the look-up and the reservation around it. */
public final class BareLimit {
  private final TimeSource time = TimeSource.system();
  private final long origin = time.nanoTime();
  private final Tally count;

  /**
   * Creates an empty window.
   *
   * @param id the counter
   */
  public BareLimit(CounterId id) {
    this.count = Counter.of(id, time).newTally(new CounterKey(id, "", null), 0);
  }

  /**
   * Counts one.
   *
   * @param max the most the window may hold
   * @return whether there was room
   */
  public boolean tryCount(long max) {
    long now = time.nanoTime() - origin;
    synchronized (count) {
      if (count.freeAt(now, max, 1) != Tally.NOW) {
        return false;
      }
      count.add(now, max, 1);
      return true;
    }
  }
}
