package dev.alcada.decision;

import dev.alcada.time.TimeSource;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The wall clock of a document's time zone. What it shows changes with the minute, as does the
 * zone's offset, so that is kept until the minute is over. Safe for use by several threads.
 */
final class Clock {
  /** What the clock shows, from a second on and until another. */
  record Moment(long from, long until, int hour, int minute, String weekday, String date) {
    private boolean holds(long second) {
      return second >= from && second < until;
    }
  }

  private final TimeSource time;
  private final ZoneId zone;

  /** A race writes what is right for its own minute, and is looked at before it is used. */
  private volatile @Nullable Moment last;

  Clock(TimeSource time, ZoneId zone) {
    this.time = time;
    this.zone = zone;
  }

  Moment now() {
    long second = second();
    Moment moment = last;
    if (moment == null || !moment.holds(second)) {
      moment = at(second, zone);
      last = moment;
    }
    return moment;
  }

  /** The machine's own clock is read without its nanoseconds, which takes half as long. */
  private long second() {
    return time == TimeSource.system()
        ? Math.floorDiv(System.currentTimeMillis(), 1_000L)
        : time.instant().getEpochSecond();
  }

  private static Moment at(long second, ZoneId zone) {
    ZonedDateTime local = Instant.ofEpochSecond(second).atZone(zone);
    return new Moment(
        second,
        second + 60 - local.getSecond(),
        local.getHour(),
        local.getMinute(),
        local.getDayOfWeek().name().toLowerCase(Locale.ROOT),
        local.toLocalDate().toString());
  }

  /** {@return a clock for a policy that has no time zone, and so nothing that reads it} */
  static Clock of(TimeSource time, @Nullable ZoneId zone) {
    return new Clock(time, zone == null ? ZoneOffset.UTC : zone);
  }
}
