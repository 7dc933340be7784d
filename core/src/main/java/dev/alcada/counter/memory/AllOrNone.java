package dev.alcada.counter.memory;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Look;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.ReserveResult;
import dev.alcada.counter.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one call demands, decided together while all its stripes are locked: its charges, then the
 * marks that it leaves at once, then those that it is judged by.
 */
final class AllOrNone {
  private final InMemoryCounterStore store;
  private final Demand demand;

  /** Where the marks to be left begin, and those that are read. */
  private final int charges;

  private final int left;
  private final int[] hashes;
  private final Stripe[] stripes;

  /** What is found: for each place its count, what that holds, and the counter, if they exist. */
  private final @Nullable Tally[] counts;

  /** Of a call that was made before, up to when it is remembered. */
  private final long[] stamps;

  /** Of a mark that is read, 1 if it is there. */
  private final long[] used;

  private final long[] leavesIn;
  private final @Nullable Counter[] counters;

  /** The new keys that are wanted. */
  private final @Nullable CounterKey[] wanting;

  private boolean wantsKeys;
  private int refused;
  private Refusal.@Nullable Reason reason;
  private @Nullable Duration wait;

  /** What comes before any lack of room. */
  private @Nullable Refusal first;

  AllOrNone(InMemoryCounterStore store, Demand demand) {
    this.store = store;
    this.demand = demand;
    this.charges = demand.size();
    this.left = charges + demand.tried().size();
    int size = left + demand.reads().size();
    this.hashes = new int[size];
    Stripe[] each = new Stripe[size];
    for (int i = 0; i < size; i++) {
      CounterKey key = key(i);
      hashes[i] = InMemoryCounterStore.spread(key.hashCode());
      each[i] = store.stripe(hashes[i]);
      for (int j = 0; i < charges && j < i; j++) {
        if (hashes[i] == hashes[j] && key.equals(key(j))) {
          throw new IllegalArgumentException(
              "charges " + j + " and " + i + " have the same key, expected one charge a key");
        }
      }
    }
    this.stripes = ascending(each);
    this.counts = new @Nullable Tally[size];
    this.stamps = new long[size];
    this.used = new long[size];
    this.leavesIn = new long[size];
    this.counters = new @Nullable Counter[size];
    this.wanting = new @Nullable CounterKey[size];
  }

  private CounterKey key(int i) {
    return i < charges
        ? demand.charge(i).key()
        : i < left ? demand.tried().get(i - charges).key() : demand.reads().get(i - left).key();
  }

  /** Sorts out the stripes, so that calls that lock them never wait for each other in a circle. */
  static Stripe[] ascending(Stripe[] any) {
    if (any.length == 1) {
      return any;
    }
    Stripe[] sorted = new Stripe[any.length];
    int size = 0;
    for (Stripe stripe : any) {
      int at = size;
      while (at > 0 && sorted[at - 1].index > stripe.index) {
        at--;
      }
      if (at == 0 || sorted[at - 1] != stripe) {
        System.arraycopy(sorted, at, sorted, at + 1, size - at);
        sorted[at] = stripe;
        size++;
      }
    }
    return size == any.length ? sorted : Arrays.copyOf(sorted, size);
  }

  /** {@return the stripes of the charges, in the order in which they are to be locked} */
  Stripe[] stripes() {
    return stripes;
  }

  /** {@return the counters that the charges met, as far as they exist} */
  @Nullable Counter[] counters() {
    return counters;
  }

  boolean wantsKeys() {
    return wantsKeys;
  }

  /** Reserves all or nothing; a reservation is decided, and yet to be done to the counts. */
  ReserveResult reserve(long reading) {
    long now = look(reading);
    LiveCounters live = store.counters();
    if (!wantsKeys) {
      return decided(live, now);
    }
    // What has room keeps it until it is taken.
    synchronized (live) {
      lookForRoom(live);
      return decided(live, now);
    }
  }

  private ReserveResult decided(LiveCounters live, long now) {
    Refusal refusal = refusal();
    if (refusal == null) {
      return decide(live, now);
    }
    // From here on nothing is called: a call that is made again is remembered as long as it asks.
    for (int i = 0; first != null && i < charges; i++) {
      HeldOnce call = counts[i] instanceof OnceTally once ? once.latest : null;
      if (call != null && stamps[i] > call.end) {
        call.end = stamps[i];
      }
    }
    return refusal;
  }

  Look lookOnly(long reading) {
    look(reading);
    if (wantsKeys) {
      lookForRoom(store.counters());
    }
    List<Usage> usage = new ArrayList<>(charges);
    for (int i = 0; i < charges; i++) {
      usage.add(Part.usage(used[i], leavesIn[i]));
    }
    if (left == used.length) {
      return Look.of(refusal(), usage);
    }
    List<Boolean> marks = new ArrayList<>(used.length - left);
    for (int i = left; i < used.length; i++) {
      marks.add(used[i] == 1);
    }
    return Look.of(refusal(), usage, marks);
  }

  /** {@return one instant for all, no earlier than any of the stripes has seen} */
  static long advance(Stripe[] stripes, long reading) {
    long now = reading;
    for (Stripe stripe : stripes) {
      now = Math.max(now, stripe.latest());
    }
    for (Stripe stripe : stripes) {
      stripe.advance(now);
    }
    return now;
  }

  private long look(long reading) {
    long now = advance(stripes, reading);
    refused = -1;
    reason = null;
    wait = Duration.ZERO;
    first = null;
    wantsKeys = false;
    for (int i = 0; i < charges; i++) {
      look(i, demand.charge(i), now, reading);
    }
    for (int i = charges; i < hashes.length; i++) {
      lookAtMark(i, now);
    }
    return now;
  }

  private void look(int i, Charge charge, long now, long reading) {
    boolean fits = fits(charge);
    boolean adds = adds(charge);
    Tally count = find(i, charge.key());
    if (!fits) {
      refuse(i, Refusal.Reason.ABOVE_MAX, null);
    }
    if (count == null) {
      if (fits && adds) {
        want(i, charge.key());
      }
      return;
    }
    stamps[i] = count.counter.stamp(now);
    long freeAt = count.freeAt(stamps[i], charge);
    used[i] =
        count.used(charge instanceof Charge.Amount amount ? amount.decimals() : places(charge));
    leavesIn[i] = count.leavesIn(reading);
    if (!fits || !adds || freeAt == Tally.NOW) {
      return;
    }
    if (count instanceof OnceTally once) {
      stamps[i] = once.endOf((Charge.Once) charge, now);
      if (first == null) {
        first = Refusal.duplicate(i, once.earlier(now));
      }
    } else {
      boolean known = freeAt != Tally.UNKNOWABLE;
      Duration until = known ? count.counter.until(freeAt, reading) : null;
      refuse(i, Refusal.Reason.EXHAUSTED, until);
    }
  }

  private static int places(Charge charge) {
    return charge instanceof Charge.InFlight inFlight ? inFlight.decimals() : Places.FINE;
  }

  /** Whether there can be room at all. */
  private static boolean fits(Charge charge) {
    if (charge instanceof Charge.Amount amount) {
      return amount.amount() <= amount.max();
    }
    if (charge instanceof Charge.InFlight inFlight) {
      return inFlight.amount() <= inFlight.max();
    }
    return !(charge instanceof Charge.Distinct distinct)
        || distinct.values().size() <= distinct.max();
  }

  /** Whether it leaves a trace. */
  private static boolean adds(Charge charge) {
    if (charge instanceof Charge.Amount amount) {
      return amount.amount() > 0;
    }
    if (charge instanceof Charge.InFlight inFlight) {
      return inFlight.amount() > 0;
    }
    return !(charge instanceof Charge.Distinct distinct) || !distinct.values().isEmpty();
  }

  private void lookAtMark(int i, long now) {
    CounterKey key = key(i);
    Tally count = find(i, key);
    if (i < left) {
      stamps[i] = now;
      if (count == null) {
        want(i, key);
      }
      return;
    }
    boolean there = count != null && !count.isEmpty(now);
    Boolean judged = demand.reads().get(i - left).there();
    used[i] = there ? 1 : 0;
    if (judged != null && judged != there) {
      first = new Refusal(-1, Refusal.Reason.MARKS_CHANGED, null);
    }
  }

  private @Nullable Tally find(int i, CounterKey key) {
    Tally count = stripeOf(i).find(hashes[i], key);
    counts[i] = count;
    counters[i] = count == null ? null : count.counter;
    wanting[i] = null;
    used[i] = 0;
    leavesIn[i] = Tally.NEVER;
    return count;
  }

  private void want(int i, CounterKey key) {
    wanting[i] = key;
    wantsKeys = true;
  }

  private void lookForRoom(LiveCounters live) {
    int full = live.full(wanting);
    if (full >= 0) {
      counters[full] = live.get(key(full).counter());
      refuse(full, Refusal.Reason.TOO_MANY_KEYS, null);
    }
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

  private @Nullable Refusal refusal() {
    return first != null ? first : reason == null ? null : new Refusal(refused, reason, wait);
  }

  private HeldTogether decide(LiveCounters live, long now) {
    Part[] parts = new Part[left];
    for (int i = 0; i < left; i++) {
      Tally count = counts[i];
      CounterKey wanted = wanting[i];
      if (wanted != null) {
        count = live.newTally(wanted, stripeOf(i), hashes[i]);
        counters[i] = count.counter;
        stamps[i] = count.counter.stamp(now);
      }
      parts[i] = part(i, count, now);
    }
    HeldTogether held = new HeldTogether(store, parts);
    for (Stripe stripe : stripes) {
      stripe.unfinished = held;
    }
    if (wantsKeys) {
      live.decide(held, null);
    } else {
      held.decided = true;
    }
    return held;
  }

  @SuppressWarnings("NullAway") // What adds something has a count by now.
  private Part part(int i, @Nullable Tally known, long now) {
    long stamp = stamps[i];
    if (i >= charges) {
      return new HeldMark(known, demand.tried().get(i - charges), stamp, false);
    }
    Charge charge = demand.charge(i);
    Tally count = adds(charge) ? known : null;
    if (charge instanceof Charge.Amount amount) {
      return HeldCharge.of(count, amount, stamp, used[i], leavesIn[i]);
    }
    if (charge instanceof Charge.Distinct distinct) {
      return new HeldDistinct(count, distinct, stamp, used[i], leavesIn[i]);
    }
    if (charge instanceof Charge.InFlight inFlight) {
      return new HeldInFlight(count, inFlight, stamp, used[i]);
    }
    Charge.Once once = (Charge.Once) charge;
    long end = ((PlainCounter) count.counter).endOf(once.window(), stamp, now);
    return new HeldOnce(count, stamp, end, stamp + once.lease().toNanos(), used[i]);
  }

  private Stripe stripeOf(int i) {
    return store.stripe(hashes[i]);
  }
}
