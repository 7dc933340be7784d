package dev.alcada.approval;

import dev.alcada.counter.TimeSource;
import java.time.Duration;
import java.time.Instant;

/** Clocks that stand still until they are moved. */
final class ManualTime implements TimeSource {
  static final Instant START = Instant.parse("2026-11-02T09:00:00Z");

  private Duration elapsed = Duration.ZERO;

  synchronized void advance(Duration step) {
    elapsed = elapsed.plus(step);
  }

  synchronized void set(Instant now) {
    elapsed = Duration.between(START, now);
  }

  @Override
  public synchronized long nanoTime() {
    return elapsed.toNanos();
  }

  @Override
  public synchronized Instant instant() {
    return START.plus(elapsed);
  }
}
