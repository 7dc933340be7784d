package dev.alcada.counter.memory;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
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

/** One call's charges, decided together while all their stripes are locked. */
final class AllOrNone {
  private final InMemoryCounterStore store;
  private final Charge.Amount[] charges;
  private final int[] hashes;
  private final Stripe[] stripes;

  /** What is found: for each charge its count, what that holds, and the counter, if they exist. */
  private final @Nullable Tally[] counts;

  private final long[] stamps;
  private final long[] used;
  private final long[] leavesIn;
  private final @Nullable Counter[] counters;

  /** The counters that want a new key. */
  private final @Nullable CounterId[] wanting;

  private boolean wantsKeys;
  private int refused;
  private Refusal.@Nullable Reason reason;
  private @Nullable Duration wait;

  AllOrNone(InMemoryCounterStore store, Demand demand) {
    if (!demand.isOfChargesAlone()) {
      throw new IllegalArgumentException("this store does not know marks yet");
    }
    int size = demand.size();
    this.store = store;
    this.charges = new Charge.Amount[size];
    this.hashes = new int[size];
    Stripe[] each = new Stripe[size];
    for (int i = 0; i < size; i++) {
      charges[i] = InMemoryCounterStore.amount(demand.charge(i));
      hashes[i] = InMemoryCounterStore.spread(charges[i].key().hashCode());
      each[i] = store.stripe(hashes[i]);
      for (int j = 0; j < i; j++) {
        if (hashes[i] == hashes[j] && charges[i].key().equals(charges[j].key())) {
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
    this.wanting = new @Nullable CounterId[size];
  }

  /** Sorts out the stripes, so that calls that lock them never wait for each other in a circle. */
  static Stripe[] ascending(Stripe[] any) {
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
      Refusal refusal = refusal();
      return refusal != null ? refusal : decide(live, now);
    }
    // What has room keeps it until it is taken.
    synchronized (live) {
      lookForRoom(live);
      Refusal refusal = refusal();
      return refusal != null ? refusal : decide(live, now);
    }
  }

  Look lookOnly(long reading) {
    look(reading);
    if (wantsKeys) {
      lookForRoom(store.counters());
    }
    List<Usage> usage = new ArrayList<>(charges.length);
    for (int i = 0; i < charges.length; i++) {
      usage.add(HeldCharge.usage(used[i], leavesIn[i]));
    }
    return Look.of(refusal(), usage);
  }

  /** {@return one instant for all charges, no earlier than any of their stripes has seen} */
  private long look(long reading) {
    long now = reading;
    for (Stripe stripe : stripes) {
      now = Math.max(now, stripe.latest());
    }
    for (Stripe stripe : stripes) {
      stripe.advance(now);
    }
    refused = -1;
    reason = null;
    wait = Duration.ZERO;
    wantsKeys = false;
    for (int i = 0; i < charges.length; i++) {
      look(i, now, reading);
    }
    return now;
  }

  private void look(int i, long now, long reading) {
    Charge.Amount charge = charges[i];
    boolean fits = charge.amount() <= charge.max();
    Tally count = stripeOf(i).find(hashes[i], charge.key());
    counts[i] = count;
    counters[i] = count == null ? null : count.counter;
    wanting[i] = null;
    used[i] = 0;
    leavesIn[i] = Tally.NEVER;
    if (!fits) {
      refuse(i, Refusal.Reason.ABOVE_MAX, null);
    }
    if (count == null) {
      if (fits && charge.amount() > 0) {
        wanting[i] = charge.key().counter();
        wantsKeys = true;
      }
      return;
    }
    stamps[i] = count.counter.stamp(now);
    long freeAt = count.freeAt(stamps[i], charge);
    used[i] = count.used(charge.decimals());
    leavesIn[i] = count.leavesIn(reading);
    if (fits && charge.amount() > 0 && freeAt != Tally.NOW) {
      refuse(i, Refusal.Reason.EXHAUSTED, count.counter.until(freeAt, reading));
    }
  }

  private void lookForRoom(LiveCounters live) {
    int full = live.full(wanting);
    if (full >= 0) {
      counters[full] = live.get(charges[full].key().counter());
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
    return reason == null ? null : new Refusal(refused, reason, wait);
  }

  private HeldTogether decide(LiveCounters live, long now) {
    HeldCharge[] parts = new HeldCharge[charges.length];
    for (int i = 0; i < parts.length; i++) {
      Charge.Amount charge = charges[i];
      Tally count = charge.amount() == 0 ? null : counts[i];
      if (wanting[i] != null) {
        Counter counter = live.known(wanting[i]);
        count = newCount(counter, charge.key(), i);
        counters[i] = counter;
        stamps[i] = counter.stamp(now);
      }
      parts[i] = new HeldCharge(count, charge, stamps[i], used[i], leavesIn[i]);
    }
    HeldTogether held = new HeldTogether(parts);
    for (Stripe stripe : stripes) {
      stripe.unfinished = held;
    }
    if (wantsKeys) {
      live.decide(held);
    } else {
      held.decided = true;
    }
    return held;
  }

  private Tally newCount(Counter counter, CounterKey key, int i) {
    Tally count = counter.newTally(key, stripeOf(i));
    count.hash = hashes[i];
    return count;
  }

  private Stripe stripeOf(int i) {
    return store.stripe(hashes[i]);
  }
}
