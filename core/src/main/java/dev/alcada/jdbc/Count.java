package dev.alcada.jdbc;

import dev.alcada.counter.CounterId;
import java.nio.ByteBuffer;
import java.util.Arrays;

/*
 * After a row's header:
 *
 *   ┌────────┬───────────────────────────┬───────────────────────────┐
 *   │ places │  stamp · amount · id      │  stamp · amount · id      │ …
 *   │   1    │    8       8      8       │                           │
 *   └────────┴───────────────────────────┴───────────────────────────┘
 *
 * Entries lie by stamp, oldest first. `places` are the decimal places of the amounts, the coarsest
 * that the count has met while it held anything.
 *
 * An entry is one reservation and has its id, until there are as many as are told apart. Then those
 * of each cell of the window become one, which has no id and the stamp of the latest: it leaves
 * later than some of them might, by at most a cell (1/1,024 of the window), and never earlier.
 */

/** The amounts under one key: within a window, or of what runs. */
final class Count extends Row {
  private static final int ENTRY = 3 * Long.BYTES;

  private int places;
  private int size;
  private long[] stamps;
  private long[] amounts;
  private long[] ids;

  private Count(CounterId.Kind kind, long newest, int places, int size) {
    super(kind, newest);
    this.places = places;
    this.size = size;
    this.stamps = new long[size + 1];
    this.amounts = new long[size + 1];
    this.ids = new long[size + 1];
  }

  static Count empty(CounterId.Kind kind) {
    return new Count(kind, NOW, Units.FINE, 0);
  }

  static Count read(CounterId.Kind kind, long newest, ByteBuffer in) {
    if (in.remaining() % ENTRY != 1) {
      throw damaged();
    }
    int places = in.get();
    if (places != Units.FINE && places != Units.COARSE) {
      throw damaged();
    }
    Count count = new Count(kind, newest, places, in.remaining() / ENTRY);
    for (int i = 0; i < count.size; i++) {
      count.stamps[i] = in.getLong();
      count.amounts[i] = in.getLong();
      count.ids[i] = in.getLong();
      if (count.amounts[i] < 0 || (i > 0 && count.stamps[i] < count.stamps[i - 1])) {
        throw damaged();
      }
    }
    return count;
  }

  @Override
  int bytes() {
    return 1 + size * ENTRY;
  }

  @Override
  void write(ByteBuffer out) {
    out.put((byte) places);
    for (int i = 0; i < size; i++) {
      out.putLong(stamps[i]).putLong(amounts[i]).putLong(ids[i]);
    }
  }

  int size() {
    return size;
  }

  @Override
  void expire(Wanted by, long now) {
    int gone = 0;
    while (gone < size && by.span().leaves(stamps[gone]) <= now) {
      gone++;
    }
    remove(0, gone);
  }

  @Override
  long freeAt(Wanted by) {
    if (size == 0) {
      return NOW;
    }
    int decimals = Math.min(places, by.decimals());
    long max = Units.down(by.max(), by.decimals(), decimals);
    long amount = Units.up(by.amount(), by.decimals(), decimals);
    long excess = amount - (max - sum(decimals));
    if (excess <= 0) {
      return NOW;
    }
    if (kind() == CounterId.Kind.IN_FLIGHT) {
      return UNKNOWABLE;
    }
    int last = size - 1;
    if (amount <= max) {
      last = -1;
      while (excess > 0) {
        excess -= Units.up(amounts[++last], places, decimals);
      }
    }
    // Else by rounding, which ends when all has left.
    return by.span().leaves(stamps[last]);
  }

  @Override
  long used(Wanted by) {
    return size == 0 ? 0 : Units.up(sum(places), places, by.decimals());
  }

  @Override
  long nextLeaves(Wanted by) {
    return size == 0 || kind() == CounterId.Kind.IN_FLIGHT ? NOW : by.span().leaves(stamps[0]);
  }

  @Override
  long expiry(Wanted by) {
    return size == 0 ? NOW : by.span().leaves(stamps[size - 1]);
  }

  @Override
  int running() {
    return kind() == CounterId.Kind.IN_FLIGHT ? size : 0;
  }

  @Override
  long add(Wanted by, long now, long id) {
    Span span = by.span();
    int decimals = size == 0 ? by.decimals() : Math.min(places, by.decimals());
    for (int i = 0; decimals < places && i < size; i++) {
      amounts[i] = Units.up(amounts[i], places, decimals);
    }
    places = decimals;
    if (size >= span.exact()) {
      merge(span);
    }
    long stamp = span.stamp(now);
    long amount = Units.up(by.amount(), by.decimals(), decimals);
    if (size >= span.exact()
        && stamp >= stamps[size - 1]
        && span.together(stamps[size - 1], stamp)) {
      stamps[size - 1] = stamp;
      amounts[size - 1] += amount;
      ids[size - 1] = NOBODY;
    } else {
      insert(stamp, amount, id);
    }
    touch(now);
    return stamp;
  }

  private void insert(long stamp, long amount, long id) {
    if (size == stamps.length) {
      stamps = Arrays.copyOf(stamps, size * 2);
      amounts = Arrays.copyOf(amounts, size * 2);
      ids = Arrays.copyOf(ids, size * 2);
    }
    int at = size;
    while (at > 0 && stamps[at - 1] > stamp) {
      stamps[at] = stamps[at - 1];
      amounts[at] = amounts[at - 1];
      ids[at] = ids[at - 1];
      at--;
    }
    stamps[at] = stamp;
    amounts[at] = amount;
    ids[at] = id;
    size++;
  }

  @Override
  boolean end(Wanted by, long stamp, long id, End how, long now) {
    boolean taken =
        kind() == CounterId.Kind.IN_FLIGHT
            || how == End.CANCELLED
            || (how == End.NOT_DONE && by.isReleasable());
    return taken && take(by, stamp, id, now);
  }

  /** Takes back what was added, if it is there: by its id, or from what it was merged into. */
  private boolean take(Wanted by, long stamp, long id, long now) {
    Span span = by.span();
    if (span.leaves(stamp) <= now) {
      return false;
    }
    expire(by, now);
    for (int i = 0; i < size; i++) {
      if (ids[i] == id) {
        remove(i, i + 1);
        touch(now);
        return true;
      }
    }
    for (int i = 0; i < size; i++) {
      if (ids[i] == NOBODY && stamps[i] >= stamp && span.together(stamps[i], stamp)) {
        // Rounded down: in coarser units it may lie in one sum with others.
        long amount = by.decimals() < places ? 0 : Units.down(by.amount(), by.decimals(), places);
        amounts[i] -= Math.min(amounts[i], amount);
        if (amounts[i] == 0) {
          remove(i, i + 1);
        }
        touch(now);
        return true;
      }
    }
    return false;
  }

  private long sum(int decimals) {
    long total = 0;
    for (int i = 0; i < size; i++) {
      total += Units.up(amounts[i], places, decimals);
    }
    return total;
  }

  private void merge(Span span) {
    int into = 0;
    for (int i = 1; i < size; i++) {
      if (span.together(stamps[into], stamps[i])) {
        amounts[into] += amounts[i];
        ids[into] = NOBODY;
      } else {
        into++;
        amounts[into] = amounts[i];
        ids[into] = ids[i];
      }
      stamps[into] = stamps[i];
    }
    size = into + 1;
  }

  private void remove(int from, int to) {
    System.arraycopy(stamps, to, stamps, from, size - to);
    System.arraycopy(amounts, to, amounts, from, size - to);
    System.arraycopy(ids, to, ids, from, size - to);
    size -= to - from;
  }
}
