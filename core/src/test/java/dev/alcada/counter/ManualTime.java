package dev.alcada.counter;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** Clocks that stand still until they are told otherwise. Safe for use by several threads. */
public final class ManualTime implements TimeSource {
  private final AtomicLong nanos;
  private volatile Instant instant;

  /** Creates clocks at an ordinary place. */
  public ManualTime() {
    this(123_456_789_000L, Instant.parse("2026-11-02T10:15:30Z"));
  }

  /**
   * Creates clocks.
   *
   * @param nanos the monotonic clock's first reading
   * @param instant the wall clock's first reading
   */
  public ManualTime(long nanos, Instant instant) {
    this.nanos = new AtomicLong(nanos);
    this.instant = instant;
  }

  @Override
  public long nanoTime() {
    return nanos.get();
  }

  @Override
  public Instant instant() {
    return instant;
  }

  /**
   * Moves both clocks.
   *
   * @param by how far; negative sets them back
   */
  public synchronized void advance(Duration by) {
    nanos.addAndGet(by.toNanos());
    instant = instant.plus(by);
  }

  /**
   * Sets the wall clock alone.
   *
   * @param to its next reading
   */
  public synchronized void setWall(Instant to) {
    instant = to;
  }
}
