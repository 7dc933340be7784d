package dev.alcada.testing;

import dev.alcada.time.TimeSource;
import java.time.Duration;
import java.time.Instant;

/**
 * Clocks that stand still until they are moved, so that a test of a limit need not wait.
 *
 * <pre>{@code
 * ManualTime time = new ManualTime();
 * ToolGuard guard = ToolGuard.builder(policy).timeSource(time).build();
 * // … use up the limit …
 * time.advance(Duration.ofMinutes(1));
 * }</pre>
 *
 * <p>Safe for use by several threads.
 */
public final class ManualTime implements TimeSource {
  /** Where the wall clock stands first unless said otherwise: a Monday morning. */
  public static final Instant START = Instant.parse("2026-11-02T09:00:00Z");

  /** A monotonic clock may wrap at any time; this one soon does. */
  private static final long FIRST_NANOS = Long.MAX_VALUE - 1_000_000_000L;

  private long nanos;
  private Instant instant;

  /** Creates clocks at {@link #START}. */
  public ManualTime() {
    this(START);
  }

  /**
   * Creates clocks.
   *
   * @param instant the wall clock's first reading
   */
  public ManualTime(Instant instant) {
    this(FIRST_NANOS, instant);
  }

  /**
   * Creates clocks.
   *
   * @param nanos the monotonic clock's first reading, in nanoseconds; any number
   * @param instant the wall clock's first reading
   */
  public ManualTime(long nanos, Instant instant) {
    this.nanos = nanos;
    this.instant = instant;
  }

  @Override
  public synchronized long nanoTime() {
    return nanos;
  }

  @Override
  public synchronized Instant instant() {
    return instant;
  }

  /**
   * Moves both clocks.
   *
   * @param by how far; negative sets them back
   */
  public synchronized void advance(Duration by) {
    nanos += by.toNanos();
    instant = instant.plus(by);
  }

  /**
   * Sets the wall clock alone, as an operator may.
   *
   * @param to its next reading
   */
  public synchronized void setWall(Instant to) {
    instant = to;
  }
}
