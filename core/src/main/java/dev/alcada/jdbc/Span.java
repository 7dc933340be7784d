package dev.alcada.jdbc;

import dev.alcada.time.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * A window on the scale of the database: microseconds since 1970. An entry's <em>stamp</em> is when
 * it was admitted, the end of its calendar period, or the end of its lease.
 */
final class Span {
  /** How many entries of a sliding window are told apart. */
  private static final int EXACT = 1024;

  /** How many of a calendar period are, so that what was admitted last can be given back. */
  private static final int EXACT_IN_PERIOD = 64;

  /** How long an entry counts after its stamp. */
  private final long length;

  /** How much later than now an entry's stamp is: a lease is known by its end. */
  private final long ahead;

  private final long cell;
  private final Window.@Nullable Calendar calendar;

  private Span(long length, long ahead, Window.@Nullable Calendar calendar) {
    this.length = length;
    this.ahead = ahead;
    this.cell = Math.max(1, (length + ahead + EXACT - 1) / EXACT);
    this.calendar = calendar;
  }

  static Span of(Window window) {
    long length = window.length().toMillis() * 1_000;
    return new Span(length, 0, window instanceof Window.Calendar calendar ? calendar : null);
  }

  /** {@return the span of what runs, for so long at most} */
  static Span lease(Duration lease) {
    return new Span(0, micros(lease), null);
  }

  /** {@return the stamp of what is admitted now} */
  long stamp(long now) {
    return calendar == null ? now + ahead : micros(calendar.endOfPeriod(instant(now)));
  }

  /** {@return when an entry with such a stamp stops counting} */
  long leaves(long stamp) {
    return calendar == null ? stamp + length : stamp;
  }

  /** {@return whether entries of two stamps may become one} */
  boolean together(long one, long other) {
    return calendar == null ? Math.floorDiv(one, cell) == Math.floorDiv(other, cell) : one == other;
  }

  /** {@return how many entries are kept apart before those that may become one do} */
  int exact() {
    return calendar == null ? EXACT : EXACT_IN_PERIOD;
  }

  static long micros(Duration duration) {
    return duration.toNanos() / 1_000;
  }

  static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
