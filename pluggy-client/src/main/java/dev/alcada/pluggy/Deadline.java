package dev.alcada.pluggy;

import java.time.Duration;

/**
 * The moment at which a call must be over.
 *
 * @param nanos that moment on the clock of {@link System#nanoTime}
 */
record Deadline(long nanos) {
  static Deadline in(Duration time) {
    return new Deadline(System.nanoTime() + time.toNanos());
  }

  /** {@return the nanoseconds that are left; 0 or negative if none} */
  long remaining() {
    return nanos - System.nanoTime();
  }

  /** {@return whether a wait, however long a server asks for, would be over before} */
  boolean allows(Duration wait) {
    return wait.compareTo(Duration.ofNanos(remaining())) < 0;
  }
}
