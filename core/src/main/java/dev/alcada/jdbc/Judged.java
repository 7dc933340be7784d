package dev.alcada.jdbc;

import dev.alcada.counter.Charge;
import dev.alcada.counter.Look;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Usage;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One demand, judged by the rows of its keys as they were at one instant. */
final class Judged {
  /** What was read: the rows by their id, and the clock after the last of them. */
  record Rows(Map<String, Count> counts, long reading) {}

  private final List<Wanted> wanted;
  private final List<@Nullable Count> counts = new ArrayList<>();
  private final List<Usage> usage = new ArrayList<>();
  private final List<Wanted> missing = new ArrayList<>();
  private final long now;

  private int refused = -1;
  private Refusal.@Nullable Reason reason;
  private @Nullable Duration wait = Duration.ZERO;

  Judged(List<Wanted> wanted, Rows rows) {
    this.wanted = wanted;
    long latest = rows.reading();
    for (Wanted each : wanted) {
      Count count = rows.counts().get(each.id());
      counts.add(count);
      latest = count == null ? latest : Math.max(latest, count.newest());
    }
    this.now = latest;
    for (int i = 0; i < wanted.size(); i++) {
      judge(i, rows.reading());
    }
  }

  private void judge(int i, long reading) {
    Wanted each = wanted.get(i);
    Charge.Amount charge = each.charge();
    if (charge.amount() > charge.max()) {
      refuse(i, Refusal.Reason.ABOVE_MAX, null);
    }
    Count count = counts.get(i);
    if (count == null) {
      usage.add(Usage.of(0, null));
      if (each.adds()) {
        missing.add(each);
      }
      return;
    }
    count.expire(now, each.span());
    long nextLeaves = count.nextLeaves(each.span());
    usage.add(
        Usage.of(
            count.used(charge.decimals()),
            nextLeaves == Count.NOW ? null : until(nextLeaves, reading)));
    if (each.adds()) {
      long freeAt = count.freeAt(charge, each.span());
      if (freeAt != Count.NOW) {
        refuse(i, Refusal.Reason.EXHAUSTED, until(freeAt, reading));
      }
    }
  }

  private static Duration until(long stamp, long reading) {
    return Duration.of(Math.max(0, stamp - reading), ChronoUnit.MICROS);
  }

  /** Keeps the first refusal in list order and the longest wait of all. */
  private void refuse(int i, Refusal.Reason why, @Nullable Duration until) {
    if (refused < 0 || i < refused) {
      refused = i;
      reason = why;
    }
    if (until == null) {
      wait = null;
    } else if (wait != null && wait.compareTo(until) < 0) {
      wait = until;
    }
  }

  /** Says that a key which is wanted and missing cannot be made. */
  void noRoomFor(Wanted key) {
    refuse(wanted.indexOf(key), Refusal.Reason.TOO_MANY_KEYS, null);
  }

  /** {@return the keys that would have to be made, in the order of the demand} */
  List<Wanted> missing() {
    return missing;
  }

  @Nullable Refusal refusal() {
    return reason == null ? null : new Refusal(refused, reason, wait);
  }

  List<Usage> usage() {
    return List.copyOf(usage);
  }

  Look look() {
    return Look.of(refusal(), usage);
  }

  /** Adds to a count, and returns what is held there. */
  Held.Part add(int i, long id) {
    Wanted each = wanted.get(i);
    Count count = counts.get(i);
    if (count == null) {
      throw new IllegalStateException("a key is missing");
    }
    count.add(each.charge(), now, id, each.span());
    return new Held.Part(each, each.span().stamp(now), id);
  }

  @Nullable Count count(int i) {
    return counts.get(i);
  }
}
