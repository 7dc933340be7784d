package dev.alcada.counter.memory;

import dev.alcada.counter.CounterKey;
import java.util.Arrays;

/**
 * The admissions of one key that are still in its window, in a ring, with their sum.
 *
 * <p>Beyond {@value #EXACT} entries those of each cell of the window (1/{@value #EXACT} of its
 * length, at fixed places in time) become one, with the time of the latest. An entry never spans
 * two cells, so that none leaves more than a cell late and at most one more entry than that remain.
 */
final class SlidingTally extends Tally {
  static final int EXACT = 1024;

  private static final int FIRST_CAPACITY = 4;
  private static final long[] NONE = {};

  private long[] times = NONE;

  /** Each entry's amount; empty while all are {@link #unit}, as they are under a rate limit. */
  private long[] amounts = NONE;

  private long unit;
  private long sum;
  private int head;
  private int size;

  /** How many of the oldest entries are known to lie in cells of their own. */
  private int merged;

  /** Where the cell of the newest entry ends, if all are merged. */
  private long cellEnd;

  SlidingTally(SlidingCounter counter, CounterKey key, int stripe) {
    super(counter, key, stripe);
  }

  @Override
  long freeAt(long now, long max, long amount) {
    expire(now);
    if (amount <= max - sum) {
      return NOW;
    }
    long excess = amount - (max - sum);
    int last;
    if (amounts.length == 0) {
      last = (int) ((excess - 1) / unit);
    } else {
      last = -1;
      while (excess > 0) {
        excess -= amounts[index(++last)];
      }
    }
    return times[index(last)] + window().length;
  }

  @Override
  void add(long now, long max, long amount) {
    if (size >= EXACT) {
      if (merged < size) {
        merge();
      }
      if (size >= EXACT && now < cellEnd) {
        join(now, amount);
        return;
      }
    }
    if (size == times.length) {
      grow(max / amount);
    }
    if (size == 0 && amounts.length == 0) {
      unit = amount;
    } else if (amount != unit && amounts.length == 0) {
      spell();
    }
    int index = index(size);
    times[index] = now;
    if (amounts.length > 0) {
      amounts[index] = amount;
    }
    size++;
    sum += amount;
  }

  /** From the first entry at or after the stamp: merging moved its amount there, if anywhere. */
  @Override
  void subtract(long now, long stamp, long amount) {
    expire(now);
    if (now - stamp >= window().length) {
      return;
    }
    int at = firstFrom(stamp);
    long left = amount;
    while (left > 0 && at < size) {
      long here = amount(at);
      long taken = Math.min(here, left);
      left -= taken;
      if (taken == here) {
        remove(at);
      } else {
        spell();
        amounts[index(at)] = here - taken;
      }
      sum -= taken;
    }
  }

  @Override
  boolean isEmpty(long now) {
    return size == 0 || now - times[index(size - 1)] >= window().length;
  }

  @Override
  long expiry() {
    return size == 0 ? NOW : times[index(size - 1)] + window().length;
  }

  /** {@return how many entries are kept} */
  int entries() {
    return size;
  }

  private SlidingCounter window() {
    return (SlidingCounter) counter;
  }

  /** Where the stack ends within a call, an entry must not leave the sum and yet stay. */
  private void expire(long now) {
    long length = window().length;
    while (size > 0 && now - times[head] >= length) {
      long first = amount(0);
      dropFirst();
      sum -= first;
    }
  }

  private void merge() {
    spell();
    int kept = Math.max(merged, 1);
    long cell = cell(times[index(kept - 1)]);
    for (int i = kept; i < size; i++) {
      int from = index(i);
      if (cell(times[from]) == cell) {
        int into = index(kept - 1);
        times[into] = times[from];
        amounts[into] += amounts[from];
      } else {
        cell = cell(times[from]);
        int into = index(kept++);
        times[into] = times[from];
        amounts[into] = amounts[from];
      }
    }
    size = kept;
    merged = kept;
    cellEnd = (cell + 1) * window().cell;
  }

  private void join(long now, long amount) {
    int newest = index(size - 1);
    times[newest] = now;
    amounts[newest] += amount;
    sum += amount;
  }

  private long cell(long time) {
    return time / window().cell;
  }

  private int firstFrom(long stamp) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (times[index(middle)] < stamp) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private void remove(int at) {
    if (at == 0) {
      dropFirst();
      return;
    }
    for (int i = at; i < size - 1; i++) {
      int into = index(i);
      int from = index(i + 1);
      times[into] = times[from];
      if (amounts.length > 0) {
        amounts[into] = amounts[from];
      }
    }
    size--;
    if (at < merged) {
      merged--;
    }
    // What is the newest entry now may lie in a cell before that of the one removed.
    merged = Math.min(merged, size - 1);
  }

  private void dropFirst() {
    head = index(1);
    size--;
    if (merged > 0) {
      merged--;
    }
  }

  /** Doubles, though not beyond the entries that so many admissions of one amount can need. */
  private void grow(long admissions) {
    int capacity = times.length == 0 ? FIRST_CAPACITY : times.length * 2;
    if (admissions > size) {
      capacity = (int) Math.min(capacity, admissions);
    }
    capacity = Math.min(capacity, EXACT + 1);
    long[] moreAmounts = amounts.length == 0 ? NONE : unrolled(amounts, capacity);
    times = unrolled(times, capacity);
    amounts = moreAmounts;
    head = 0;
  }

  private long[] unrolled(long[] ring, int capacity) {
    long[] copy = new long[capacity];
    int first = Math.min(size, ring.length - head);
    System.arraycopy(ring, head, copy, 0, first);
    System.arraycopy(ring, 0, copy, first, size - first);
    return copy;
  }

  private void spell() {
    if (amounts.length == 0) {
      amounts = new long[times.length];
      Arrays.fill(amounts, unit);
    }
  }

  private long amount(int at) {
    return amounts.length == 0 ? unit : amounts[index(at)];
  }

  private int index(int at) {
    int index = head + at;
    return index < times.length ? index : index - times.length;
  }
}
