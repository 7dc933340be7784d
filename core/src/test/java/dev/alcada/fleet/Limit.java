package dev.alcada.fleet;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.time.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;

/**
 * A limit that all of a fleet share.
 *
 * @param name the counter, too
 * @param window over which it counts
 * @param max the most units that its window holds
 * @param unit what amounts are multiples of, so that its window can be filled to the last
 * @param most the most such multiples that one call asks for
 * @param releasable whether a call that did nothing gets it back
 */
record Limit(String name, Window window, long max, long unit, int most, boolean releasable) {
  /** No double is a multiple of it that matters, and forty of it are nearly 4 · 10^18. */
  private static final long LARGE = 99_999_999_999_999_989L;

  private static final String CAP = "cap";

  /** How long a fleet has to run that fills windows on a busy machine, too. */
  private static final Duration LONG = Duration.ofSeconds(30);

  /**
   * Returns the limits.
   *
   * @param start when the fleet starts: no day of theirs ends while it runs
   */
  static List<Limit> all(Instant start) {
    ZoneOffset noon = ZoneOffset.ofHours(12 - start.atOffset(ZoneOffset.UTC).getHour());
    Window day = new Window.Calendar(Duration.ofDays(1), noon);
    Window minute = new Window.Calendar(Duration.ofMinutes(1), ZoneOffset.UTC);
    return List.of(
        // Its key comes and goes.
        new Limit("blink", sliding(40), 2, 1, 1, true),
        new Limit("second", sliding(1_000), 50, 1, 3, true),
        new Limit("seconds", sliding(3_000), 200, 1, 5, false),
        // Of more calls than are kept apart.
        new Limit("busy", sliding(30_000), 1_100, 1, 1, true),
        new Limit("spend", sliding(2_000), 40 * LARGE, LARGE, 4, true),
        new Limit(
            "anything", sliding(4_000), 4_000_000_000_000_000_000L, 1, Integer.MAX_VALUE, true),
        new Limit("minute", minute, 40 * LARGE, LARGE / 16, 4, true),
        // So that whatever was counted is there at the end; one is full long before, one never is.
        new Limit(CAP, day, 300, 1, 4, true),
        new Limit("ledger", day, 4_000_000_000_000_000_000L, 9_999_999_967L, 1_000, true));
  }

  private static Window sliding(long millis) {
    return new Window.Sliding(Duration.ofMillis(millis));
  }

  CounterKey key() {
    return new CounterKey(CounterId.of("fleet", name, "grant", window), "shared", null);
  }

  Charge.Amount charge(long amount) {
    return new Charge.Amount(key(), max, amount, 9, releasable);
  }

  Charge.Amount charge(Random random) {
    long multiple =
        most == Integer.MAX_VALUE ? random.nextLong(1, max / 20) : 1L + random.nextInt(most);
    return charge(multiple * unit);
  }

  /** {@return whether it is the one that is full in the end} */
  boolean isCap() {
    return name.equals(CAP);
  }

  /** {@return whether its window is full at some time of a fleet that runs so long} */
  boolean fills(Duration run) {
    boolean often =
        window instanceof Window.Sliding && run.compareTo(LONG) >= 0 && most != Integer.MAX_VALUE;
    return often || isCap();
  }

  /** {@return its sliding window's length in microseconds} */
  long micros() {
    return window.length().toNanos() / 1_000;
  }
}
