package dev.alcada.counter.memory;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterKey;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/*
 * The values in their order, each with the stamp of the call that had it last and the number of the
 * one that brought it in, as long as no other has had it since:
 *
 *   texts     ana@…    bob@…    eve@…
 *   stamps    12:00    12:07    12:07
 *   numbers     4        0        6      0: nobody's any more, no cancellation takes it out
 *
 * The three arrays are made anew for each change, and taken over by assignments. Values of calls
 * come in the same order, so that a chosen one costs no more than any other.
 */

/** The different values of one key. */
final class DistinctTally extends OwnedTally {
  private static final String[] NO_TEXTS = {};
  private static final long[] NO_NUMBERS = {};
  private static final long NOBODY = 0;

  private String[] texts = NO_TEXTS;
  private long[] stamps = NO_NUMBERS;
  private long[] numbers = NO_NUMBERS;
  private long lastNumber = NOBODY;

  /** What {@link #freeAt} has found. */
  private int counting;

  private long firstStamp;

  DistinctTally(Counter counter, CounterKey key, Stripe stripe, @Nullable Owner owner) {
    super(counter, key, stripe, owner);
  }

  @Override
  long freeAt(long stamp, Charge any) {
    Charge.Distinct charge = (Charge.Distinct) any;
    notAfter(stamp);
    List<String> values = charge.values();
    long[] others = new long[texts.length];
    int size = 0;
    int found = 0;
    long first = Long.MAX_VALUE;
    int at = 0;
    for (int i = 0; i < texts.length; i++) {
      if (counts(i, stamp)) {
        found++;
        first = Math.min(first, stamps[i]);
        while (at < values.size() && values.get(at).compareTo(texts[i]) < 0) {
          at++;
        }
        if (at == values.size() || !values.get(at).equals(texts[i])) {
          others[size++] = stamps[i];
        }
      }
    }
    long leaving = size - (charge.max() - values.size());
    Arrays.sort(others, 0, size);
    counting = found;
    firstStamp = first;
    return leaving <= 0 || size == 0 ? NOW : leaves(others[(int) Math.min(leaving, size) - 1]);
  }

  @Override
  long used(int decimals) {
    return counting;
  }

  @Override
  long leavesIn(long reading) {
    return counting == 0 ? NEVER : counter.until(leaves(firstStamp), reading).toNanos();
  }

  @Override
  void add(Part part) {
    HeldDistinct held = (HeldDistinct) part;
    List<String> values = held.charge.values();
    long number = lastNumber + 1;
    int most = texts.length + values.size();
    String[] nextTexts = new String[most];
    long[] nextStamps = new long[most];
    long[] nextNumbers = new long[most];
    int size = 0;
    int old = 0;
    int own = 0;
    while (old < texts.length || own < values.size()) {
      int order =
          old == texts.length
              ? 1
              : own == values.size() ? -1 : texts[old].compareTo(values.get(own));
      boolean there = order <= 0 && counts(old, held.stamp);
      if (order >= 0) {
        nextTexts[size] = values.get(own++);
        nextStamps[size] = held.stamp;
        // What a period has that the clock may come back to outlasts the end of this call.
        nextNumbers[size++] = there || (order == 0 && mayCountAgain(old)) ? NOBODY : number;
      } else if (there || mayCountAgain(old)) {
        nextTexts[size] = texts[old];
        nextStamps[size] = stamps[old];
        nextNumbers[size++] = numbers[old];
      }
      old += order <= 0 ? 1 : 0;
    }
    String[] newTexts = Arrays.copyOf(nextTexts, size);
    long[] newStamps = Arrays.copyOf(nextStamps, size);
    long[] newNumbers = Arrays.copyOf(nextNumbers, size);
    // From here on nothing is called: all of it is done, or none.
    texts = newTexts;
    stamps = newStamps;
    numbers = newNumbers;
    lastNumber = number;
    held.number = number;
    held.state = Part.ADDED;
  }

  @Override
  void end(long now, Part part, byte how) {
    long number = ((HeldDistinct) part).number;
    int most = texts.length;
    String[] nextTexts = new String[most];
    long[] nextStamps = new long[most];
    long[] nextNumbers = new long[most];
    int size = 0;
    for (int i = 0; i < most; i++) {
      if (numbers[i] != number) {
        nextTexts[size] = texts[i];
        nextStamps[size] = stamps[i];
        nextNumbers[size++] = numbers[i];
      }
    }
    String[] newTexts = Arrays.copyOf(nextTexts, size);
    long[] newStamps = Arrays.copyOf(nextStamps, size);
    long[] newNumbers = Arrays.copyOf(nextNumbers, size);
    // From here on nothing is called: all of it is done, or none.
    texts = newTexts;
    stamps = newStamps;
    numbers = newNumbers;
    part.state = Part.OVER;
  }

  @Override
  boolean isEmpty(long now) {
    if (counter instanceof CalendarCounter calendar) {
      notAfter(calendar.end());
    }
    return expiry() <= now;
  }

  @Override
  long expiry() {
    long last = NOW;
    for (long stamp : stamps) {
      last = Math.max(last, stamp);
    }
    return last == NOW ? NOW : leaves(last);
  }

  private boolean counts(int at, long stamp) {
    return counter instanceof SlidingCounter sliding
        ? stamp - stamps[at] < sliding.length
        : stamps[at] >= stamp;
  }

  /** Whether a period that the clock has leapt out of had the value. */
  private boolean mayCountAgain(int at) {
    return counter instanceof CalendarCounter calendar && calendar.mayComeBackTo(stamps[at]);
  }

  /** {@return the stamp at which a value leaves} */
  private long leaves(long stamp) {
    return counter instanceof SlidingCounter sliding ? stamp + sliding.length : stamp;
  }

  /** What was of a later period is of this one, to which the clock was set back. Calls nothing. */
  private void notAfter(long stamp) {
    for (int i = 0; i < stamps.length; i++) {
      if (stamps[i] > stamp) {
        stamps[i] = stamp;
      }
    }
  }
}
