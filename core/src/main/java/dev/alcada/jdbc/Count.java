package dev.alcada.jdbc;

import dev.alcada.counter.Charge;
import java.nio.ByteBuffer;
import java.util.Arrays;

/*
 * One row's data, big-endian:
 *
 *   ┌────────┬──────┬────────┬──────────┬───────────────────────────┬───────────────────────────┐
 *   │ format │ kind │ places │  newest  │  stamp · amount · id      │  stamp · amount · id      │ …
 *   │   1    │  1   │   1    │    8     │    8       8      8       │                           │
 *   └────────┴──────┴────────┴──────────┴───────────────────────────┴───────────────────────────┘
 *
 * Entries lie by stamp, oldest first. `newest` is the latest instant at which the row was written:
 * the clock is never taken to be before it. `places` are the decimal places of the amounts, the
 * coarsest that the count has met while it held anything.
 *
 * An entry is one reservation and has its id, until there are as many as are told apart. Then those
 * of each cell of the window become one, which has no id (0) and the stamp of the latest: it leaves
 * later than some of them might, by at most a cell (1/1,024 of the window), and never earlier.
 */

/** What is counted under one key. Not safe for use by several threads. */
final class Count {
  /** What {@link #freeAt} returns if there is room already. */
  static final long NOW = Long.MIN_VALUE;

  private static final byte FORMAT = 1;
  private static final byte AMOUNTS = 1;
  private static final int HEADER = 3 + Long.BYTES;
  private static final int ENTRY = 3 * Long.BYTES;
  static final long MERGED = 0;

  private long newest;
  private int places;
  private int size;
  private long[] stamps;
  private long[] amounts;
  private long[] ids;

  private Count(long newest, int places, int size) {
    this.newest = newest;
    this.places = places;
    this.size = size;
    this.stamps = new long[size + 1];
    this.amounts = new long[size + 1];
    this.ids = new long[size + 1];
  }

  /** {@return a count that holds nothing and has never been written} */
  static Count empty() {
    return new Count(Long.MIN_VALUE, Units.FINE, 0);
  }

  /**
   * Reads a row's data.
   *
   * @throws IllegalStateException if no store of this version wrote it
   */
  static Count read(byte[] data) {
    ByteBuffer in = ByteBuffer.wrap(data);
    if (data.length < HEADER || (data.length - HEADER) % ENTRY != 0) {
      throw new IllegalStateException("a count has " + data.length + " bytes, which none can have");
    }
    byte format = in.get();
    byte kind = in.get();
    int places = in.get();
    if (format != FORMAT || kind != AMOUNTS || (places != Units.FINE && places != Units.COARSE)) {
      throw new IllegalStateException(
          "a count is of format "
              + format
              + " and kind "
              + kind
              + ", expected "
              + FORMAT
              + " and "
              + AMOUNTS
              + ": a later version of the library wrote it");
    }
    Count count = new Count(in.getLong(), places, (data.length - HEADER) / ENTRY);
    for (int i = 0; i < count.size; i++) {
      count.stamps[i] = in.getLong();
      count.amounts[i] = in.getLong();
      count.ids[i] = in.getLong();
      if (count.amounts[i] < 0 || (i > 0 && count.stamps[i] < count.stamps[i - 1])) {
        throw new IllegalStateException("a count has entries that none can have");
      }
    }
    return count;
  }

  byte[] write() {
    ByteBuffer out = ByteBuffer.allocate(HEADER + size * ENTRY);
    out.put(FORMAT).put(AMOUNTS).put((byte) places).putLong(newest);
    for (int i = 0; i < size; i++) {
      out.putLong(stamps[i]).putLong(amounts[i]).putLong(ids[i]);
    }
    return out.array();
  }

  /** {@return the latest instant at which this was written} */
  long newest() {
    return newest;
  }

  int size() {
    return size;
  }

  /** Drops what has left its window. */
  void expire(long now, Span span) {
    int gone = 0;
    while (gone < size && span.leaves(stamps[gone]) <= now) {
      gone++;
    }
    remove(0, gone);
  }

  /**
   * Returns {@link #NOW} if the charge has room, or else when it will.
   *
   * @param charge of an amount from 0 to its {@code max}
   */
  long freeAt(Charge.Amount charge, Span span) {
    if (size == 0) {
      return NOW;
    }
    int decimals = Math.min(places, charge.decimals());
    long max = Units.down(charge.max(), charge.decimals(), decimals);
    long amount = Units.up(charge.amount(), charge.decimals(), decimals);
    long excess = amount - (max - sum(decimals));
    if (excess <= 0) {
      return NOW;
    }
    int last = size - 1;
    if (amount <= max) {
      last = -1;
      while (excess > 0) {
        excess -= Units.up(amounts[++last], places, decimals);
      }
    }
    // Else by rounding, which ends when all has left.
    return span.leaves(stamps[last]);
  }

  /** Returns what is held, in units of so many places, rounded up. */
  long used(int decimals) {
    return size == 0 ? 0 : Units.up(sum(places), places, decimals);
  }

  /** {@return when the first of what is held leaves; {@link #NOW} if nothing is held} */
  long nextLeaves(Span span) {
    return size == 0 ? NOW : span.leaves(stamps[0]);
  }

  /** {@return when nothing will be held any more; {@link #NOW} if nothing is held} */
  long expiry(Span span) {
    return size == 0 ? NOW : span.leaves(stamps[size - 1]);
  }

  /** Adds a charge that has room. */
  void add(Charge.Amount charge, long now, long id, Span span) {
    int decimals = size == 0 ? charge.decimals() : Math.min(places, charge.decimals());
    for (int i = 0; decimals < places && i < size; i++) {
      amounts[i] = Units.up(amounts[i], places, decimals);
    }
    places = decimals;
    if (size >= span.exact()) {
      merge(span);
    }
    long stamp = span.stamp(now);
    long amount = Units.up(charge.amount(), charge.decimals(), decimals);
    if (size >= span.exact() && span.together(stamps[size - 1], stamp)) {
      stamps[size - 1] = stamp;
      amounts[size - 1] += amount;
      ids[size - 1] = MERGED;
    } else {
      if (size == stamps.length) {
        stamps = Arrays.copyOf(stamps, size * 2);
        amounts = Arrays.copyOf(amounts, size * 2);
        ids = Arrays.copyOf(ids, size * 2);
      }
      stamps[size] = stamp;
      amounts[size] = amount;
      ids[size] = id;
      size++;
    }
    newest = Math.max(newest, now);
  }

  /**
   * Takes back what was added, if it is there: by its id, or from what it was merged into.
   *
   * @return whether anything was taken
   */
  boolean take(Charge.Amount charge, long stamp, long id, long now, Span span) {
    if (span.leaves(stamp) <= now) {
      return false;
    }
    expire(now, span);
    for (int i = 0; i < size; i++) {
      if (ids[i] == id) {
        remove(i, i + 1);
        newest = Math.max(newest, now);
        return true;
      }
    }
    for (int i = 0; i < size; i++) {
      if (ids[i] == MERGED && stamps[i] >= stamp && span.together(stamps[i], stamp)) {
        // Rounded down: in coarser units it may lie in one sum with others.
        long amount =
            charge.decimals() < places ? 0 : Units.down(charge.amount(), charge.decimals(), places);
        amounts[i] -= Math.min(amounts[i], amount);
        if (amounts[i] == 0) {
          remove(i, i + 1);
        }
        newest = Math.max(newest, now);
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
        ids[into] = MERGED;
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
