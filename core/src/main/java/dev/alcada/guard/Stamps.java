package dev.alcada.guard;

import dev.alcada.time.TimeSource;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Says which instant a reading of the monotonic clock stands for. To read a clock costs as much as
 * half a call, so of the machine's own two only the monotonic one is read each time; the wall clock
 * is read each millisecond, in which no adjustment moves it by a microsecond. Safe for use by
 * several threads.
 */
final class Stamps {
  private static final long TRUSTED = 1_000_000;

  /** Two readings that lie further apart are no readings of one moment. */
  private static final long TOGETHER = 2_000;

  private final TimeSource time;
  private final boolean ofMachine;
  private volatile @Nullable Pair pair;

  private record Pair(long nanos, long second, int micro) {
    Instant at(long since) {
      long micros = micro + Math.floorDiv(since, 1_000);
      return micros >= 0 && micros < 1_000_000
          ? Instant.ofEpochSecond(second, micros * 1_000)
          : Instant.ofEpochSecond(second).plus(micros, ChronoUnit.MICROS);
    }
  }

  Stamps(TimeSource time) {
    this(time, time == TimeSource.system());
  }

  /**
   * @param ofMachine whether the two clocks go at one pace, as those of a test need not
   */
  Stamps(TimeSource time, boolean ofMachine) {
    this.time = time;
    this.ofMachine = ofMachine;
  }

  /** Returns the instant that a reading of just now stands for, to the microsecond. */
  Instant at(long nanos) {
    Pair known = pair;
    if (known != null) {
      long since = nanos - known.nanos;
      if (since <= TRUSTED && since >= -TRUSTED) {
        return known.at(since);
      }
    }
    Instant instant = time.instant();
    if (ofMachine && time.nanoTime() - nanos < TOGETHER) {
      pair = new Pair(nanos, instant.getEpochSecond(), instant.getNano() / 1_000);
    }
    return instant;
  }

  Instant now() {
    return ofMachine ? at(time.nanoTime()) : time.instant();
  }
}
