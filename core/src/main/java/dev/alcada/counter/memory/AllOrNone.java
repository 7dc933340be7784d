package dev.alcada.counter.memory;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.ReserveResult;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One call's charges, decided together while all their stripes are locked. */
final class AllOrNone {
  private final InMemoryCounterStore store;
  private final boolean keep;
  private final Charge[] charges;
  private final int[] hashes;
  private final int[] stripes;
  private final @Nullable Tally[] counts;
  private final @Nullable Counter[] counters;

  /** The counters that want a new key. */
  private final @Nullable CounterId[] wanting;

  private int refused;
  private Refusal.@Nullable Reason reason;
  private @Nullable Duration wait;

  AllOrNone(InMemoryCounterStore store, List<Charge> list, boolean keep) {
    this.store = store;
    this.keep = keep;
    this.charges = list.toArray(new Charge[0]);
    this.hashes = new int[charges.length];
    for (int i = 0; i < charges.length; i++) {
      hashes[i] = InMemoryCounterStore.spread(charges[i].key().hashCode());
      for (int j = 0; j < i; j++) {
        if (hashes[i] == hashes[j] && charges[i].key().equals(charges[j].key())) {
          throw new IllegalArgumentException(
              "charges " + j + " and " + i + " have the same key, expected one charge a key");
        }
      }
    }
    this.stripes =
        InMemoryCounterStore.distinct(
            Arrays.stream(hashes).map(InMemoryCounterStore::stripeOf).toArray());
    this.counts = new @Nullable Tally[charges.length];
    this.counters = new @Nullable Counter[charges.length];
    this.wanting = new @Nullable CounterId[charges.length];
  }

  int[] stripes() {
    return stripes;
  }

  /** {@return the counters that the charges met, as far as they exist} */
  @Nullable Counter[] counters() {
    return counters;
  }

  boolean wantsKeys() {
    for (CounterId id : wanting) {
      if (id != null) {
        return true;
      }
    }
    return false;
  }

  ReserveResult decide(long reading) {
    long now = advance(reading);
    refused = -1;
    wait = Duration.ZERO;
    for (int i = 0; i < charges.length; i++) {
      look(i, now, reading);
    }
    @Nullable Counter[] entered = new @Nullable Counter[charges.length];
    int full = wantsKeys() ? store.counters().enter(wanting, entered, keep && refused < 0) : -1;
    if (full >= 0) {
      counters[full] = store.counters().get(charges[full].key().counter());
      refuse(full, Refusal.Reason.TOO_MANY_KEYS, null);
    }
    if (reason != null && refused >= 0) {
      return new Refusal(refused, reason, wait);
    }
    return keep ? reserve(now, entered) : NothingHeld.INSTANCE;
  }

  /** One instant for all charges, no earlier than any of their stripes has seen. */
  private long advance(long reading) {
    long now = reading;
    for (int stripe : stripes) {
      now = Math.max(now, store.stripe(stripe).latest());
    }
    for (int stripe : stripes) {
      store.stripe(stripe).advance(now);
    }
    return now;
  }

  private void look(int i, long now, long reading) {
    Charge charge = charges[i];
    counts[i] = null;
    counters[i] = null;
    wanting[i] = null;
    if (charge.amount() == 0) {
      return;
    }
    if (charge.amount() > charge.max()) {
      refuse(i, Refusal.Reason.NEVER, null);
      return;
    }
    Tally count = stripeOf(i).find(hashes[i], charge.key());
    if (count == null) {
      wanting[i] = charge.key().counter();
      return;
    }
    counts[i] = count;
    Counter counter = count.counter;
    counters[i] = counter;
    long freeAt = count.freeAt(counter.stamp(now), charge.max(), charge.amount());
    if (freeAt != Tally.NOW) {
      refuse(i, Refusal.Reason.EXHAUSTED, counter.until(freeAt, reading));
    }
  }

  /** Keeps the first refusal in list order and the longest wait of all. */
  private void refuse(int i, Refusal.Reason why, @Nullable Duration until) {
    if (refused < 0 || i < refused) {
      refused = i;
      reason = why;
    }
    Duration longest = wait;
    wait = until == null || longest == null || longest.compareTo(until) > 0 ? longest : until;
    if (until == null) {
      wait = null;
    }
  }

  private Reservation reserve(long now, @Nullable Counter[] entered) {
    HeldCharge held = null;
    for (int i = charges.length - 1; i >= 0; i--) {
      Charge charge = charges[i];
      Tally count = counts[i];
      Counter counter = entered[i];
      if (count != null) {
        long stamp = count.counter.stamp(now);
        count.add(stamp, charge.max(), charge.amount());
        held = new HeldCharge(store, count, stamp, charge, held);
      } else if (counter != null) {
        counters[i] = counter;
        count = counter.newTally(charge.key(), InMemoryCounterStore.stripeOf(hashes[i]));
        long stamp = counter.stamp(now);
        count.add(stamp, charge.max(), charge.amount());
        counter.enter(count);
        stripeOf(i).add(hashes[i], count);
        held = new HeldCharge(store, count, stamp, charge, held);
      }
    }
    return held == null ? NothingHeld.INSTANCE : held;
  }

  private Stripe stripeOf(int i) {
    return store.stripe(InMemoryCounterStore.stripeOf(hashes[i]));
  }
}
