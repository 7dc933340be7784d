package dev.alcada.counter.memory;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Look;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.ReserveResult;
import dev.alcada.time.TimeSource;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts in this process's memory; nothing survives the process, and each instance counts for
 * itself. Safe for use by any number of threads; calls for different keys hardly ever wait for each
 * other.
 *
 * <p><b>Exact.</b> A sliding window of length W admits at most its maximum in any half-open span of
 * length W. Every admission of the window is remembered, up to 1,024 a key. Beyond that, those of
 * the same 1/1,024 of the window become one that leaves with the latest of them: later than it
 * might, by at most W/1,024, and never earlier. Sliding windows run on the monotonic clock, so that
 * setting the wall clock neither opens nor closes them, and while the machine sleeps they may stand
 * still; a reading that goes back is taken for the latest one. Calendar windows run on the wall
 * clock; a counter's period never goes back.
 *
 * <p><b>Bounded.</b> A key lives until its window has passed since its last admission, and is then
 * cleaned up, at most 64 keys a call. A live key is never dropped. When as many keys are live as
 * there may be, a new one is refused with {@link Refusal.Reason#TOO_MANY_KEYS} while the existing
 * ones keep counting; the last tenth of all keys is kept for counters with fewer than 1,024, so
 * that a flood of keys in some counters does not close the others. A key takes about 200 bytes and
 * its text, and 8 for each admission that its window holds (16 where amounts differ), at most 20
 * kB.
 */
public final class InMemoryCounterStore implements CounterStore {
  private static final int STRIPES = 256;
  private static final int MOST_REMOVED = 64;
  private static final int MOST_LOOKED_AT = 1024;

  /** How many calls of a stripe go by before it looks after counters other than those it uses. */
  private static final int TURN = 64;

  private final TimeSource time;
  private final long origin;
  private final LiveCounters counters;
  private final Stripe[] stripes = new Stripe[STRIPES];

  private InMemoryCounterStore(Builder builder) {
    this.time = builder.time;
    this.origin = time.nanoTime();
    this.counters = new LiveCounters(time, builder.maxKeysPerCounter, builder.maxKeys);
    Arrays.setAll(stripes, i -> new Stripe());
  }

  /** {@return an empty store with the defaults of {@link #builder}} */
  public static InMemoryCounterStore create() {
    return builder().build();
  }

  /** {@return a builder of an empty store} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return how many keys are held now: the live ones and those not cleaned up yet} */
  public int keys() {
    return counters.live();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if two charges have the same key
   */
  @Override
  public ReserveResult reserve(Demand demand) {
    List<Charge> charges = demand.charges();
    if (charges.size() == 1) {
      Charge charge = charges.get(0);
      if (charge.amount() > 0 && charge.amount() <= charge.max()) {
        ReserveResult result = reserveKnown(charge);
        if (result != null) {
          return result;
        }
      }
    }
    return decide(charges, true);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if two charges have the same key
   */
  @Override
  public Look look(Demand demand) {
    return Look.of(
        decide(demand.charges(), false) instanceof Refusal refusal ? refusal : null, List.of());
  }

  /** The usual case, without a detour; {@return {@code null} if the key is new} */
  private @Nullable ReserveResult reserveKnown(Charge charge) {
    int hash = spread(charge.key().hashCode());
    Stripe stripe = stripes[stripeOf(hash)];
    long reading = reading();
    long now;
    boolean turn;
    Counter counter;
    Tally count;
    long stamp;
    long freeAt;
    stripe.lock();
    try {
      count = stripe.find(hash, charge.key());
      if (count == null) {
        return null;
      }
      counter = count.counter;
      now = stripe.advance(reading);
      turn = stripe.tick() % TURN == 0;
      stamp = counter.stamp(now);
      freeAt = count.freeAt(stamp, charge.max(), charge.amount());
      if (freeAt == Tally.NOW) {
        count.add(stamp, charge.max(), charge.amount());
      }
    } finally {
      stripe.held = 0;
    }
    if (counter.hasExpired(now)) {
      cleanUp(counter, now, MOST_REMOVED);
    } else if (turn) {
      cleanUpNext(now, MOST_REMOVED);
    }
    return freeAt == Tally.NOW
        ? new HeldCharge(this, count, stamp, charge, null)
        : new Refusal(0, Refusal.Reason.EXHAUSTED, counter.until(freeAt, reading));
  }

  private ReserveResult decide(List<Charge> charges, boolean keep) {
    AllOrNone attempt = new AllOrNone(this, charges, keep);
    int budget = MOST_REMOVED;
    while (true) {
      long reading = reading();
      ReserveResult result = locked(attempt.stripes(), 0, () -> attempt.decide(reading));
      int removed = 0;
      for (Counter counter : attempt.counters()) {
        removed += counter == null ? 0 : cleanUp(counter, reading, budget - removed);
      }
      if (attempt.wantsKeys()) {
        removed += cleanUpNext(reading, budget - removed);
      }
      budget -= removed;
      boolean full = result instanceof Refusal r && r.reason() == Refusal.Reason.TOO_MANY_KEYS;
      if (!full || removed == 0) {
        return result;
      }
    }
  }

  /** Gives back what a reservation holds, if nothing has settled it. */
  void giveBack(HeldCharge reservation, boolean all) {
    int stripesHeld = 0;
    for (HeldCharge held = reservation; held != null; held = held.rest) {
      stripesHeld++;
    }
    int[] held = new int[stripesHeld];
    for (HeldCharge one = reservation; one != null; one = one.rest) {
      held[--stripesHeld] = one.count.stripe;
    }
    long reading = reading();
    locked(
        distinct(held),
        0,
        () -> {
          // Within the locks: who finds it settled finds the amounts given back too.
          if (reservation.settle()) {
            for (HeldCharge one = reservation; one != null; one = one.rest) {
              if (all || one.releasable) {
                giveBackOne(one, reading);
              }
            }
          }
          return reservation;
        });
  }

  private void giveBackOne(HeldCharge held, long reading) {
    Tally count = held.count;
    if (!count.live) {
      return;
    }
    Stripe stripe = stripes[count.stripe];
    long now = stripe.advance(reading);
    count.subtract(now, held.stamp, held.amount);
    if (count.isEmpty(count.counter.clock(now))) {
      forget(stripe, count);
    } else if (count.expiry() < count.due) {
      count.counter.reschedule(count);
    }
  }

  /** Removes expired keys of a counter; {@return how many} */
  private int cleanUp(Counter counter, long now, int most) {
    int removed = 0;
    for (int i = 0; i < MOST_LOOKED_AT && removed < most; i++) {
      Tally count = counter.firstDue(now);
      if (count == null) {
        break;
      }
      Stripe stripe = stripes[count.stripe];
      stripe.lock();
      try {
        if (count.live && count.isEmpty(counter.clock(stripe.advance(now)))) {
          forget(stripe, count);
          removed++;
        } else if (count.live) {
          counter.reschedule(count);
        }
      } finally {
        stripe.held = 0;
      }
    }
    return removed;
  }

  private int cleanUpNext(long now, int most) {
    Counter counter = counters.next();
    return counter == null ? 0 : cleanUp(counter, now, most);
  }

  private void forget(Stripe stripe, Tally count) {
    stripe.remove(count);
    count.counter.leave(count);
    counters.leave(count.counter);
  }

  /** For tests; {@return what is counted under a key, or {@code null} if it is not live} */
  @Nullable Tally find(CounterKey key) {
    int hash = spread(key.hashCode());
    Stripe stripe = stripes[stripeOf(hash)];
    stripe.lock();
    try {
      return stripe.find(hash, key);
    } finally {
      stripe.held = 0;
    }
  }

  LiveCounters counters() {
    return counters;
  }

  Stripe stripe(int index) {
    return stripes[index];
  }

  private long reading() {
    return time.nanoTime() - origin;
  }

  /** Locks the stripes in ascending order, so that calls never wait for each other in a circle. */
  private <R> R locked(int[] ascending, int from, Supplier<R> action) {
    if (from == ascending.length) {
      return action.get();
    }
    Stripe stripe = stripes[ascending[from]];
    stripe.lock();
    try {
      return locked(ascending, from + 1, action);
    } finally {
      stripe.held = 0;
    }
  }

  static int[] distinct(int[] indexes) {
    return indexes.length < 2 ? indexes : Arrays.stream(indexes).sorted().distinct().toArray();
  }

  static int spread(int hash) {
    int product = hash * 0x9E3779B9;
    return product ^ product >>> 15;
  }

  static int stripeOf(int spreadHash) {
    return spreadHash >>> 24;
  }

  /** Builds an empty store. */
  public static final class Builder {
    private TimeSource time = TimeSource.system();
    private int maxKeysPerCounter = 100_000;
    private int maxKeys = 1_000_000;

    private Builder() {}

    /**
     * Sets the source of time.
     *
     * @param time the machine's own clocks unless set
     * @return this builder
     */
    public Builder timeSource(TimeSource time) {
      this.time = Objects.requireNonNull(time, "time");
      return this;
    }

    /**
     * Sets how many keys of one counter may be live.
     *
     * @param keys at least 1; 100,000 unless set
     * @return this builder
     * @throws IllegalArgumentException if it is less
     */
    public Builder maxKeysPerCounter(int keys) {
      this.maxKeysPerCounter = positive("maxKeysPerCounter", keys);
      return this;
    }

    /**
     * Sets how many keys may be live in all.
     *
     * @param keys at least 1; 1,000,000 unless set
     * @return this builder
     * @throws IllegalArgumentException if it is less
     */
    public Builder maxKeys(int keys) {
      this.maxKeys = positive("maxKeys", keys);
      return this;
    }

    /** {@return an empty store} */
    public InMemoryCounterStore build() {
      return new InMemoryCounterStore(this);
    }

    private static int positive(String name, int keys) {
      if (keys < 1) {
        throw new IllegalArgumentException(name + " is " + keys + ", expected at least 1");
      }
      return keys;
    }
  }
}
