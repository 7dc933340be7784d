package dev.alcada.time;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;

/** The span of time that a limit, and the counter behind it, looks back on. */
public sealed interface Window {
  /** The shortest window, 1 ms. */
  Duration SHORTEST = Duration.ofMillis(1);

  /** The longest window, 366 days. */
  Duration LONGEST = Duration.ofDays(366);

  /** {@return the window's length; of a calendar window, that of its period on an ordinary day} */
  Duration length();

  /**
   * A window that ends now and moves with it: an admission at t counts at t′ iff t′ − t &lt;
   * length.
   *
   * @param length 1 ms to 366 days, in whole milliseconds
   */
  record Sliding(Duration length) implements Window {
    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if the length is out of its range or has a fraction of a
     *     millisecond
     */
    public Sliding {
      if (length.compareTo(SHORTEST) < 0
          || length.compareTo(LONGEST) > 0
          || length.toNanosPart() % 1_000_000 != 0) {
        throw new IllegalArgumentException(
            "window is " + length + ", expected 1 ms to 366 days, in whole milliseconds");
      }
    }
  }

  /**
   * The current period of a time zone's calendar, from its local start up to the next.
   *
   * @param length exactly a minute, an hour, a day or a week (from Monday)
   * @param zone the time zone
   */
  record Calendar(Duration length, ZoneId zone) implements Window {
    private static final List<Duration> LENGTHS =
        List.of(Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofDays(1), Duration.ofDays(7));

    /**
     * Checks the length.
     *
     * @throws IllegalArgumentException if it is none of the four
     */
    public Calendar {
      if (!LENGTHS.contains(length)) {
        throw new IllegalArgumentException(
            "calendar window is "
                + length
                + ", expected a minute, an hour, a day or a week: one of "
                + LENGTHS);
      }
      Objects.requireNonNull(zone, "zone");
    }

    /**
     * Returns the first instant after the period that an instant lies in, a whole second. A day or
     * week that begins twice, as where the clock is set back over midnight, begins the first time.
     *
     * @param now the instant
     */
    public Instant endOfPeriod(Instant now) {
      return Instant.ofEpochSecond(CalendarPeriod.endAfter(now, this));
    }
  }
}
