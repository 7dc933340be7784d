package dev.alcada.time;

import java.time.Instant;
import java.time.InstantSource;

/**
 * The one source of time: a monotonic clock for sliding windows, a wall clock for calendars and
 * expiries. Implementations must be safe for use by several threads.
 */
public interface TimeSource extends InstantSource {
  /**
   * Returns the value of a monotonic clock in nanoseconds since an arbitrary origin. As with {@link
   * System#nanoTime} only differences mean anything, and the value may wrap.
   */
  long nanoTime();

  /** {@return the machine's own clocks} */
  static TimeSource system() {
    return SystemTimeSource.INSTANCE;
  }

  /** {@return the wall clock's time} */
  @Override
  Instant instant();
}
