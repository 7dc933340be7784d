package dev.alcada.decision;

import dev.alcada.time.TimeSource;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoField;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The wall clock of a document's time zone. What it shows changes with the minute, as does the
 * zone's offset, so that is kept until the minute is over. Safe for use by several threads.
 */
final class Clock {
  /** What the clock shows, from a millisecond on and until another. */
  record Moment(long from, long until, int hour, int minute, String weekday, String date) {
    private boolean holds(long millis) {
      return millis >= from && millis < until;
    }
  }

  private final TimeSource time;
  private final boolean ofMachine;
  private final ZoneId zone;

  /** A race writes what is right for its own minute, and is looked at before it is used. */
  private volatile @Nullable Moment last;

  Clock(TimeSource time, ZoneId zone) {
    this.time = time;
    this.ofMachine = time == TimeSource.system();
    this.zone = zone;
  }

  Moment now() {
    // Of the machine's own clock the milliseconds alone, which takes half as long.
    long millis = ofMachine ? System.currentTimeMillis() : time.instant().toEpochMilli();
    Moment moment = last;
    if (moment == null || !moment.holds(millis)) {
      moment = at(millis, zone);
      last = moment;
    }
    return moment;
  }

  private static Moment at(long millis, ZoneId zone) {
    ZonedDateTime local = Instant.ofEpochMilli(millis).atZone(zone);
    return new Moment(
        millis,
        millis + 1_000L * (60 - local.getSecond()) - local.get(ChronoField.MILLI_OF_SECOND),
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
