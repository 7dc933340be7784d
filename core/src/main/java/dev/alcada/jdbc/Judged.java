package dev.alcada.jdbc;

import dev.alcada.counter.Look;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Usage;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One demand, judged by the rows of its keys as they were at one instant. */
final class Judged {
  /** What was read: the rows by their id, and the clock after the last of them. */
  record Rows(Map<String, Row> byId, long reading) {
    /** What is read where no row is. */
    static final Rows NONE = new Rows(Map.of(), Long.MIN_VALUE);

    /** {@return the row of what is wanted, which is there} */
    Row of(Wanted wanted) {
      return Objects.requireNonNull(byId.get(wanted.id()), "row");
    }

    /** {@return the instant at which they are judged: none of them was written later} */
    long now() {
      return byId.values().stream().mapToLong(Row::newest).reduce(reading, Math::max);
    }
  }

  private final Asked asked;
  private final Rows read;
  private final List<Usage> usage = new ArrayList<>();
  private final List<Boolean> marks = new ArrayList<>();
  private final List<Wanted> missing = new ArrayList<>();
  private final List<Wanted> repeated = new ArrayList<>();
  private final long now;

  private int refused = -1;
  private Refusal.@Nullable Reason reason;
  private @Nullable Duration wait = Duration.ZERO;

  /** What comes before any lack of room. */
  private @Nullable Refusal first;

  Judged(Asked asked, Rows read) {
    this.asked = asked;
    this.read = read;
    this.now = read.now();
    for (int i = 0; i < asked.wanted().size(); i++) {
      judge(i, asked.wanted().get(i), read.reading());
    }
    for (Asked.Read mark : asked.reads()) {
      boolean there = read.byId().get(mark.id()) instanceof MarkRow row && row.isThere(now);
      marks.add(there);
      if (mark.there() != null && mark.there() != there) {
        first = new Refusal(-1, Refusal.Reason.MARKS_CHANGED, null);
      }
    }
  }

  private void judge(int i, Wanted each, long reading) {
    if (!each.fits()) {
      refuse(i, Refusal.Reason.ABOVE_MAX, null);
    }
    Row row = read.byId().get(each.id());
    if (row == null) {
      tell(i, Usage.of(0, null));
      if (each.fits() && each.adds()) {
        missing.add(each);
      }
      return;
    }
    row.expire(each, now);
    long leaves = row.nextLeaves(each);
    tell(i, Usage.of(row.used(each), leaves == Row.NOW ? null : until(leaves, reading)));
    long freeAt = each.fits() && each.adds() ? row.freeAt(each) : Row.NOW;
    if (freeAt == Row.NOW) {
      return;
    }
    if (row instanceof OnceRow once) {
      if (once.isLonger(each)) {
        repeated.add(each);
      }
      if (first == null) {
        first = Refusal.duplicate(i, once.earlier(now));
      }
    } else {
      boolean known = freeAt != Row.UNKNOWABLE;
      refuse(i, Refusal.Reason.EXHAUSTED, known ? until(freeAt, reading) : null);
    }
  }

  private void tell(int i, Usage held) {
    if (i < asked.charges()) {
      usage.add(held);
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
    refuse(asked.wanted().indexOf(key), Refusal.Reason.TOO_MANY_KEYS, null);
  }

  /** {@return the keys that would have to be made, in the order of the demand} */
  List<Wanted> missing() {
    return missing;
  }

  /** {@return what repeats a call and wants it to be remembered for longer} */
  List<Wanted> repeated() {
    return repeated;
  }

  @Nullable Refusal refusal() {
    return first != null ? first : reason == null ? null : new Refusal(refused, reason, wait);
  }

  List<Usage> usage() {
    return List.copyOf(usage);
  }

  Look look() {
    return asked.reads().isEmpty() ? Look.of(refusal(), usage) : Look.of(refusal(), usage, marks);
  }

  /** Adds all that is wanted to the rows; {@return what is held there} */
  List<HeldRows.Part> add(long id) {
    List<HeldRows.Part> parts = new ArrayList<>();
    for (Wanted each : asked.wanted()) {
      if (each.adds()) {
        parts.add(new HeldRows.Part(each, read.of(each).add(each, now, id), id));
      }
    }
    return parts;
  }
}
