package dev.alcada.jdbc;

import dev.alcada.time.Window;
import java.nio.ByteBuffer;
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

  /** Whether a stamp is the end of a calendar's period. */
  private final boolean ofPeriods;

  private final Window.@Nullable Calendar calendar;

  private Span(long length, long ahead, boolean ofPeriods, Window.@Nullable Calendar calendar) {
    this.length = length;
    this.ahead = ahead;
    this.cell = Math.max(1, (length + ahead + EXACT - 1) / EXACT);
    this.ofPeriods = ofPeriods;
    this.calendar = calendar;
  }

  static Span of(Window window) {
    long length = window.length().toMillis() * 1_000;
    return window instanceof Window.Calendar calendar
        ? new Span(length, 0, true, calendar)
        : new Span(length, 0, false, null);
  }

  /** {@return the span of what runs, for so long at most} */
  static Span lease(Duration lease) {
    return new Span(0, micros(lease), false, null);
  }

  /** How many bytes {@link #write} writes. */
  static final int BYTES = 2 * Long.BYTES + 1;

  void write(ByteBuffer out) {
    out.putLong(length).putLong(ahead).put((byte) (ofPeriods ? 1 : 0));
  }

  /** {@return the span that was written; of a calendar it knows no period but by their stamps} */
  static Span read(ByteBuffer in) {
    return new Span(in.getLong(), in.getLong(), in.get() == 1, null);
  }

  /** {@return the stamp of what is admitted now} */
  long stamp(long now) {
    if (ofPeriods && calendar == null) {
      throw new IllegalStateException("nothing is admitted by a span that was read");
    }
    return calendar == null ? now + ahead : micros(calendar.endOfPeriod(instant(now)));
  }

  /** {@return when an entry with such a stamp stops counting} */
  long leaves(long stamp) {
    return ofPeriods ? stamp : stamp + length;
  }

  /** {@return whether entries of two stamps may become one} */
  boolean together(long one, long other) {
    return ofPeriods ? one == other : Math.floorDiv(one, cell) == Math.floorDiv(other, cell);
  }

  /** {@return how many entries are kept apart before those that may become one do} */
  int exact() {
    return ofPeriods ? EXACT_IN_PERIOD : EXACT;
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
