package dev.alcada.counter;

/** One key's window under its own lock, without the look-up and the reservation around it. */
public final class BareLimit {
  private final TimeSource time = TimeSource.system();
  private final long origin = time.nanoTime();
  private final Count count;

  /**
   * Creates an empty window.
   *
   * @param id the counter
   */
  public BareLimit(CounterId id) {
    this.count = Counter.of(id, time).newCount(new CounterKey(id, "", null));
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
      if (count.freeAt(now, max, 1) != Count.NOW) {
        return false;
      }
      count.add(now, max, 1);
      return true;
    }
  }
}
