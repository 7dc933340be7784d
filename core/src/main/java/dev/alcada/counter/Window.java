package dev.alcada.counter;

import java.time.Duration;
import java.time.ZoneId;

/** The span of time that a counter looks back on. */
public sealed interface Window {
  /** {@return the window's length; of a calendar window, that of its period on an ordinary day} */
  Duration length();

  /**
   * A window that ends now and moves with it: an admission at t counts at t′ iff t′ − t &lt;
   * length.
   *
   * @param length 1 ms to 366 days
   */
  record Sliding(Duration length) implements Window {}

  /**
   * The current period of a time zone's calendar, from its local start up to the next.
   *
   * @param length exactly a minute, an hour, a day or a week (from Monday)
   * @param zone the time zone
   */
  record Calendar(Duration length, ZoneId zone) implements Window {}
}
