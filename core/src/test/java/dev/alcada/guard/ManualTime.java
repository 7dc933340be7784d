package dev.alcada.guard;

import dev.alcada.counter.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** Clocks that stand until a test moves them. */
final class ManualTime implements TimeSource {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000_000_000L);
  private volatile Instant now = Instant.parse("2026-11-01T12:00:00Z");

  @Override
  public long nanoTime() {
    return nanos.get();
  }

  @Override
  public Instant instant() {
    return now;
  }

  void advance(Duration duration) {
    nanos.addAndGet(duration.toNanos());
    now = now.plus(duration);
  }
}
