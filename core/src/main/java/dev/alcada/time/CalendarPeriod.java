package dev.alcada.time;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.List;

/** Where the periods of a calendar window end. */
final class CalendarPeriod {
  private static final long DAY = Duration.ofDays(1).toSeconds();

  private CalendarPeriod() {}

  /** Returns the first second after {@code now}'s period, since the epoch. */
  static long endAfter(Instant now, Window.Calendar window) {
    long length = window.length().toSeconds();
    ZoneRules rules = window.zone().getRules();
    return length < DAY
        ? nextBoundary(now.getEpochSecond(), length, rules)
        : nextMidnight(now, length == DAY ? 1 : 7, rules);
  }

  /** The next second at which the local clock shows, or is set over, a whole minute or hour. */
  private static long nextBoundary(long second, long length, ZoneRules rules) {
    long from = second;
    while (true) {
      long offset = rules.getOffset(Instant.ofEpochSecond(from)).getTotalSeconds();
      long end = from - Math.floorMod(from + offset, length) + length;
      ZoneOffsetTransition change = rules.nextTransition(Instant.ofEpochSecond(from));
      if (change == null || change.toEpochSecond() > end) {
        return end;
      }
      long at = change.toEpochSecond();
      long before = at + change.getOffsetBefore().getTotalSeconds() - 1;
      long after = at + change.getOffsetAfter().getTotalSeconds();
      boolean shown = Math.floorMod(after, length) == 0;
      boolean setOver = Math.floorDiv(after, length) > Math.floorDiv(before, length);
      if (shown || setOver) {
        return at;
      }
      from = at;
    }
  }

  /**
   * The first instant of a later day or week than the one that has begun: where the clock is set
   * back over midnight, the day that began first stays.
   */
  private static long nextMidnight(Instant now, int days, ZoneRules rules) {
    LocalDate date = LocalDate.ofInstant(now, rules.getOffset(now));
    LocalDate next =
        days == 1 ? date.plusDays(1) : date.with(TemporalAdjusters.next(DayOfWeek.MONDAY));
    while (true) {
      long start = firstInstant(next.atStartOfDay(), rules);
      if (start > now.getEpochSecond()) {
        return start;
      }
      next = next.plusDays(days);
    }
  }

  private static long firstInstant(LocalDateTime local, ZoneRules rules) {
    List<ZoneOffset> offsets = rules.getValidOffsets(local);
    return offsets.isEmpty()
        ? rules.getTransition(local).toEpochSecond()
        : local.toEpochSecond(offsets.get(0));
  }
}
