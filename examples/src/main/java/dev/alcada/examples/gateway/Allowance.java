package dev.alcada.examples.gateway;

import dev.alcada.time.TimeSource;
import java.util.concurrent.TimeUnit;

/**
 * How many lines of a log one server may cause: some at once and some a second, so that it can
 * neither fill a disk nor hide what else there is to read. Thread-safe.
 */
final class Allowance {
  private static final long AT_ONCE = 1_000;
  private static final long A_SECOND = 20;

  private final TimeSource time;
  private long left = AT_ONCE;
  private long since;
  private long leftOut;

  Allowance(TimeSource time) {
    this.time = time;
    this.since = time.nanoTime();
  }

  /**
   * Takes a line.
   *
   * @return how many were left out since the last one, or -1 if this one is left out too
   */
  synchronized long take() {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(time.nanoTime() - since);
    if (seconds > 0) {
      since += TimeUnit.SECONDS.toNanos(seconds);
      left = Math.min(AT_ONCE, left + seconds * A_SECOND);
    }
    if (left == 0) {
      leftOut++;
      return -1;
    }
    left--;
    long before = leftOut;
    leftOut = 0;
    return before;
  }
}
