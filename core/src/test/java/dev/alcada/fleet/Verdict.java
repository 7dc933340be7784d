package dev.alcada.fleet;

import dev.alcada.time.Window;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/*
 * Why it can be believed. A call was decided at some instant between two readings of the store's
 * clock, which its caller took on another connection, before it asked and after it was answered.
 *
 *        before ├───────── decided ──────────┤ after
 *
 * By these alone: calls that began no earlier than t and ended before t + W were all decided in a
 * span of length W, so together they are within the maximum, whatever the store says. This forgives
 * what is as short as a call. Hence the second look: the store tells when it decided, and is held to
 * it. Each stamp must lie between the two readings, and by the order of the stamps the windows are
 * judged to the microsecond, with what had not been given back yet.
 */

/** What a fleet's logs say about the store that it used. */
final class Verdict {
  /**
   * What the store holds at the end.
   *
   * @param before what its clock showed before it was asked
   * @param used how much
   * @param after what its clock showed after that
   */
  record Left(long before, long used, long after) {}

  private final Duration run;
  private final List<String> faults = new ArrayList<>();
  private final List<String> figures = new ArrayList<>();

  private Verdict(Duration run) {
    this.run = run;
  }

  /**
   * Judges a log.
   *
   * @param limits the limits
   * @param run for how long the fleet has run
   * @param log what was admitted, in any order
   * @param left what the store holds at the end of each limit
   */
  static Verdict of(List<Limit> limits, Duration run, List<Entry> log, List<Left> left) {
    Verdict verdict = new Verdict(run);
    for (int i = 0; i < limits.size(); i++) {
      int limit = i;
      verdict.judge(
          limits.get(i), log.stream().filter(e -> e.limit() == limit).toList(), left.get(i));
    }
    return verdict;
  }

  /** {@return what is not as it has to be} */
  List<String> faults() {
    return faults;
  }

  /** {@return a line for each limit} */
  List<String> figures() {
    return figures;
  }

  private void judge(Limit limit, List<Entry> log, Left left) {
    BigInteger fullest;
    if (limit.window() instanceof Window.Calendar calendar) {
      fullest = fullestPeriod(calendar, log);
    } else {
      within(limit, fullestByReadings(limit, log), "by the readings alone");
      stamps(limit, log);
      fullest = fullestByStamps(limit, log);
    }
    within(limit, fullest, "by the store's clock");
    if (limit.fills(run) && fullest.compareTo(BigInteger.valueOf(limit.max())) < 0) {
      faults.add(limit.name() + " was never full: at most " + fullest + " of " + limit.max());
    }
    left(limit, log, left);
    long released = log.stream().filter(e -> e.released() != Entry.KEPT).count();
    long[] widths = log.stream().mapToLong(e -> e.after() - e.before()).sorted().toArray();
    figures.add(
        String.format(
            Locale.ROOT,
            "%-9s %7d admitted %6d given back, fullest %.6f of the maximum, %d at the end, readings"
                + " apart %.1f ms (median)",
            limit.name(),
            log.size(),
            released,
            fullest.doubleValue() / limit.max(),
            left.used(),
            widths.length == 0 ? 0 : widths[widths.length / 2] / 1_000.0));
  }

  private void within(Limit limit, BigInteger fullest, String how) {
    if (fullest.compareTo(BigInteger.valueOf(limit.max())) > 0) {
      faults.add(limit.name() + " held " + fullest + " of " + limit.max() + " " + how);
    }
  }

  private void stamps(Limit limit, List<Entry> log) {
    for (Entry entry : log) {
      if (entry.stamp() != Entry.UNTOLD
          && (entry.stamp() < entry.before() || entry.stamp() > entry.after())) {
        faults.add(limit.name() + " was stamped while nobody asked: " + entry);
        return;
      }
    }
  }

  /** Calls that were kept, by when they began, less those that had ended. */
  private static BigInteger fullestByReadings(Limit limit, List<Entry> log) {
    List<Entry> kept = log.stream().filter(e -> e.released() == Entry.KEPT).toList();
    List<Entry> begun = kept.stream().sorted(Comparator.comparingLong(Entry::before)).toList();
    List<Entry> ended = kept.stream().sorted(Comparator.comparingLong(Entry::after)).toList();
    BigInteger fullest = BigInteger.ZERO;
    BigInteger sum = BigInteger.ZERO;
    int to = 0;
    for (Entry first : begun) {
      while (to < ended.size() && ended.get(to).after() < first.before() + limit.micros()) {
        sum = sum.add(BigInteger.valueOf(ended.get(to++).amount()));
      }
      fullest = fullest.max(sum);
      // Where a call took longer than the window this takes off what was not in: never too little.
      sum = sum.subtract(BigInteger.valueOf(first.amount()));
    }
    return fullest;
  }

  /** What comes into a window or leaves it. */
  private record Step(long at, boolean in, long amount) {}

  private static BigInteger fullestByStamps(Limit limit, List<Entry> log) {
    List<Step> steps = new ArrayList<>();
    for (Entry entry : log) {
      if (entry.stamp() != Entry.UNTOLD) {
        steps.add(new Step(entry.stamp(), true, entry.amount()));
        long leaves = entry.stamp() + limit.micros();
        // It may be gone as soon as it is given back: within this very microsecond.
        long gone = Math.max(entry.stamp(), entry.released());
        steps.add(new Step(Math.min(leaves, gone), false, entry.amount()));
      }
    }
    steps.sort(Comparator.comparingLong(Step::at).thenComparing(Step::in));
    BigInteger fullest = BigInteger.ZERO;
    BigInteger sum = BigInteger.ZERO;
    for (Step step : steps) {
      BigInteger amount = BigInteger.valueOf(step.amount());
      sum = step.in() ? sum.add(amount) : sum.subtract(amount);
      fullest = fullest.max(sum);
    }
    return fullest;
  }

  /** Of what was kept, and surely in one period. */
  private static BigInteger fullestPeriod(Window.Calendar window, List<Entry> log) {
    Map<Long, BigInteger> periods = new HashMap<>();
    for (Entry entry : log) {
      long end = end(window, entry.before());
      if (entry.released() == Entry.KEPT && end == end(window, entry.after())) {
        periods.merge(end, BigInteger.valueOf(entry.amount()), BigInteger::add);
      }
    }
    return periods.values().stream().reduce(BigInteger.ZERO, BigInteger::max);
  }

  private static long end(Window.Calendar window, long micros) {
    return window.endOfPeriod(Instant.EPOCH.plus(micros, ChronoUnit.MICROS)).getEpochSecond();
  }

  /** Nothing is lost, and nothing given back twice or of another call's. */
  private void left(Limit limit, List<Entry> log, Left left) {
    BigInteger least = BigInteger.ZERO;
    BigInteger most = BigInteger.ZERO;
    for (Entry entry : log) {
      if (entry.released() == Entry.KEPT) {
        BigInteger amount = BigInteger.valueOf(entry.amount());
        if (counts(limit, entry.before(), left.after(), 0)) {
          least = least.add(amount);
        }
        // What lies together with later ones may leave with them.
        if (counts(limit, entry.after(), left.before(), limit.micros() / 1_024 + 1)) {
          most = most.add(amount);
        }
      }
    }
    BigInteger used = BigInteger.valueOf(left.used());
    if (used.compareTo(least) < 0 || used.compareTo(most) > 0) {
      faults.add(
          limit.name() + " holds " + used + " at the end, expected " + least + " to " + most);
    }
  }

  /** Whether a call of one instant is within the window at another. */
  private static boolean counts(Limit limit, long at, long now, long late) {
    return limit.window() instanceof Window.Calendar calendar
        ? end(calendar, at) == end(calendar, now)
        : now - at < limit.micros() + late;
  }
}
