package dev.alcada.counter.memory;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.ReserveResult;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/*
 * A ring of admissions, oldest first, and their sum:
 *
 *            head                          newest
 *              │      size = 5               │
 *   times   ┌──▼──┬─────┬─────┬─────┬────────▼┬╌╌╌╌╌┬╌╌╌╌╌┐
 *           │ 0.2 │ 0.9 │ 1.0 │ 1.0 │   1.7   ┊     ┊     ┊   then round to the first place
 *   amounts │  5  │  1  │  1  │  3  │    1    ┊     ┊     ┊   or none, while each is `unit`
 *           └─────┴─────┴─────┴─────┴─────────┴╌╌╌╌╌┴╌╌╌╌╌┘
 *
 * Beyond EXACT entries, those of each cell of the window become one, with the time of the latest.
 * Cells are 1/1,024 of the window long and lie at fixed places in time, so that an entry never
 * spans two of them:
 *
 *   before  │ a   b    c │      │ d  e │    f │   three cells and their entries
 *   after   │      a+b+c │      │  d+e │    f │   none leaves more than a cell late, none early
 *                      └─ `merged` counts those, from the oldest, that are alone in their cell
 *
 * While the ring is so full, a newcomer in the newest entry's cell joins it; where all are merged,
 * one that begins a cell is so too, being alone there. So there are at most 1,025: one more cell
 * than a window is long can be begun in it.
 *
 * Every change is prepared in steps that change no meaning (what has expired goes, the ring grows,
 * amounts are spelt out), and made by assignments alone at the end of each method. Loops
 * that move entries call nothing, so that they cannot be left half-way.
 */

/** The admissions of one key that are still in its window, with their sum. */
class SlidingTally extends Tally {
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

  SlidingTally(SlidingCounter counter, CounterKey key, Stripe stripe) {
    super(counter, key, stripe);
  }

  @Override
  long freeAt(long now, Charge any) {
    Charge.Amount charge = (Charge.Amount) any;
    expire(now);
    if (size == 0) {
      return NOW;
    }
    int decimals = Math.min(places, charge.decimals());
    long max = Places.down(charge.max(), charge.decimals(), decimals);
    long amount = kept(charge, decimals);
    long room = max - (decimals == places ? sum : sumIn(decimals));
    if (amount <= room) {
      return NOW;
    }
    if (amount > max) {
      // By rounding, which ends when all has left.
      return expiry();
    }
    return freed(amount - room, decimals);
  }

  /** Returns the stamp at which enough will have left, which is not more than counts. */
  private long freed(long excess, int decimals) {
    int last;
    if (amounts.length == 0) {
      long each = Places.up(unit, places, decimals);
      // The first to leave is often enough, and a division costs more than the look at it.
      last = excess <= each ? 0 : (int) ((excess - 1) / each);
    } else {
      long rest = excess;
      last = -1;
      while (rest > 0) {
        rest -= Places.up(amounts[index(++last)], places, decimals);
      }
    }
    return times[index(last)] + window().length;
  }

  @Override
  long used(int decimals) {
    return size == 0 ? 0 : Places.up(sum, places, decimals);
  }

  @Override
  long leavesIn(long reading) {
    return size == 0 ? NEVER : times[head] + window().length - reading;
  }

  @Override
  @Nullable ReserveResult decideAtOnce(long now, Charge.Amount charge, long reading) {
    expire(now);
    if (size == 0 || places != charge.decimals()) {
      return null;
    }
    long amount = charge.amount();
    long room = charge.max() - sum;
    if (amount > room) {
      return refused(freed(amount - room, places), reading);
    }
    boolean joins = size >= EXACT && now < cellEnd;
    if (!isReady(amount, joins)) {
      return null;
    }
    HeldCharge held = held(charge, now, reading);
    long nextEnd = nextCellEnd(now);
    // From here on nothing is called: all of it is done, or none.
    int at = joins ? head + size - 1 : head + size;
    at = at < times.length ? at : at - times.length;
    times[at] = now;
    if (amounts.length > 0) {
      amounts[at] = joins ? amounts[at] + amount : amount;
    }
    if (!joins) {
      size++;
    }
    merged += nextEnd == cellEnd ? 0 : 1;
    cellEnd = nextEnd;
    sum += amount;
    held.places = places;
    held.state = Part.ADDED;
    return held;
  }

  // Apart, so that the method above is small enough to become part of its callers.

  /**
   * Where the newest cell ends once an entry is added, which may begin one where all are merged.
   */
  private long nextCellEnd(long now) {
    if (merged != size || now < cellEnd) {
      return cellEnd;
    }
    long width = window().cell;
    return (now / width + 1) * width;
  }

  /** Whether an amount can be added to the arrays as they are. */
  private boolean isReady(long amount, boolean joins) {
    return (size < EXACT || merged == size)
        && (size < times.length || joins)
        && (amounts.length > 0 || amount == unit);
  }

  private HeldCharge held(Charge.Amount charge, long now, long reading) {
    return HeldCharge.of(this, charge, now, sum, times[head] + window().length - reading);
  }

  private Refusal refused(long freeAt, long reading) {
    return new Refusal(0, Refusal.Reason.EXHAUSTED, counter.until(freeAt, reading));
  }

  @Override
  void add(Part part) {
    HeldCharge held = (HeldCharge) part;
    Charge.Amount charge = held.charge;
    long now = held.stamp;
    int decimals = size == 0 ? charge.decimals() : Math.min(places, charge.decimals());
    long amount = kept(charge, decimals);
    boolean merging = size >= EXACT && merged < size;
    boolean coarser = size > 0 && decimals < places;
    if (size == times.length && size <= EXACT) {
      grow(charge.max() / charge.amount());
    }
    if (size > 0 && (merging || amount != Places.up(unit, places, decimals))) {
      spell();
    }
    if (merging || coarser) {
      condense(merging, coarser);
    }
    // From here on nothing is called: all of it is done, or none.
    boolean joins = size >= EXACT && now < cellEnd;
    int at = joins ? head + size - 1 : head + size;
    at = at < times.length ? at : at - times.length;
    times[at] = now;
    if (amounts.length > 0) {
      amounts[at] = joins ? amounts[at] + amount : amount;
    } else if (size == 0) {
      unit = amount;
    }
    if (!joins) {
      size++;
    }
    sum += amount;
    places = (byte) decimals;
    held.places = (byte) decimals;
    held.state = Part.ADDED;
  }

  /** From the first entry at or after the stamp: merging moved its amount there, if anywhere. */
  @Override
  void end(long now, Part part, byte how) {
    HeldCharge held = (HeldCharge) part;
    expire(now);
    int first = now - held.stamp >= window().length ? size : firstFrom(held.stamp);
    int last = first;
    long amount = first == size ? 0 : givenBack(held);
    long rest = amount;
    while (last < size && rest >= amount(last)) {
      rest -= amount(last++);
    }
    boolean reduces = last < size && rest > 0;
    if (reduces && amounts.length == 0) {
      spell();
    }
    int reduced = index(last);
    int gone = last - first;
    int mergedLeft = merged - Math.max(0, Math.min(last, merged) - first);
    if (first > 0 && gone > 0) {
      // What is the newest entry now may lie in a cell before that of the one removed.
      mergedLeft = Math.min(mergedLeft, size - gone - 1);
    }
    int nextHead = first == 0 ? index(gone) : head;
    // From here on nothing is called: all of it is done, or none.
    if (reduces) {
      amounts[reduced] -= rest;
      rest = 0;
    }
    if (first > 0 && gone > 0) {
      int capacity = times.length;
      for (int i = first; i < size - gone; i++) {
        int into = head + i < capacity ? head + i : head + i - capacity;
        int from = into + gone < capacity ? into + gone : into + gone - capacity;
        times[into] = times[from];
        if (amounts.length > 0) {
          amounts[into] = amounts[from];
        }
      }
    }
    head = nextHead;
    size -= gone;
    merged = mergedLeft;
    sum -= amount - rest;
    held.state = Part.OVER;
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

  /** An entry leaves the ring and the sum together, as nothing is called in between. */
  private void expire(long now) {
    long length = window().length;
    while (size > 0 && now - times[head] >= length) {
      sum -= amounts.length == 0 ? unit : amounts[head];
      head = head + 1 < times.length ? head + 1 : 0;
      size--;
      if (merged > 0) {
        merged--;
      }
    }
  }

  /**
   * Makes one entry of those of each cell, goes over to coarse units, or both. Nothing is called
   * once it has begun, and what calls it has nothing left to do that can fail.
   *
   * @param merging whether to merge; then the amounts must be spelt out
   * @param coarser whether to go over, with each entry rounded up
   */
  private void condense(boolean merging, boolean coarser) {
    long width = window().cell;
    int capacity = times.length;
    // From here on nothing is called.
    if (merging) {
      int kept = merged > 0 ? merged : 1;
      int into = head + kept - 1 < capacity ? head + kept - 1 : head + kept - 1 - capacity;
      int from = into;
      long cell = times[into] / width;
      for (int i = kept; i < size; i++) {
        from = from + 1 < capacity ? from + 1 : 0;
        if (times[from] / width == cell) {
          amounts[into] += amounts[from];
        } else {
          cell = times[from] / width;
          into = into + 1 < capacity ? into + 1 : 0;
          amounts[into] = amounts[from];
          kept++;
        }
        times[into] = times[from];
      }
      size = kept;
      merged = kept;
      cellEnd = (cell + 1) * width;
    }
    if (coarser) {
      sum = 0;
      unit = unit / Places.STEP + (unit % Places.STEP == 0 ? 0 : 1);
      for (int i = 0; i < size; i++) {
        int at = head + i < capacity ? head + i : head + i - capacity;
        if (amounts.length > 0) {
          amounts[at] = amounts[at] / Places.STEP + (amounts[at] % Places.STEP == 0 ? 0 : 1);
        }
        sum += amounts.length > 0 ? amounts[at] : unit;
      }
      places = Places.COARSE;
    }
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
      long[] spelt = new long[times.length];
      Arrays.fill(spelt, unit);
      amounts = spelt;
    }
  }

  /** Returns what the sum would be in coarser units, with each entry rounded up. */
  private long sumIn(int decimals) {
    long total = 0;
    for (int i = 0; i < size; i++) {
      total += Places.up(amount(i), places, decimals);
    }
    return total;
  }

  private long amount(int at) {
    return amounts.length == 0 ? unit : amounts[index(at)];
  }

  private int index(int at) {
    int index = head + at;
    return index < times.length ? index : index - times.length;
  }
}
