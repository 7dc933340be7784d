package dev.alcada.micrometer;

import io.micrometer.core.instrument.Clock;

/**
 * The least of what was seen in this minute and the last, so that a scrape meets it and it is
 * forgotten afterwards. Safe for use by several threads.
 */
final class Headroom {
  private static final long MINUTE = 60_000;

  private final Clock clock;
  private long minute;
  private double now = 1;
  private double before = 1;

  Headroom(Clock clock) {
    this.clock = clock;
  }

  synchronized void seen(double left) {
    turn();
    now = Math.min(now, left);
  }

  synchronized double least() {
    turn();
    return Math.min(now, before);
  }

  private void turn() {
    long present = clock.wallTime() / MINUTE;
    if (present != minute) {
      before = present == minute + 1 ? now : 1;
      now = 1;
      minute = present;
    }
  }
}
