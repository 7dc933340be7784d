package dev.alcada.counter.memory;

import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Held;
import dev.alcada.counter.Look;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.ReserveResult;
import dev.alcada.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/*
 * How it hangs together:
 *
 *   256 stripes, each a lock, a part of       for each counter, under its own lock,
 *   the key table and the latest time         its keys by when they expire
 *
 *   key ─hash─► ▓ ─► tally ─► tally           heap:      tally (12:01)
 *               ▓                                       ╱            ╲
 *               ▓ ─► tally                      tally (12:03)    tally (12:02)
 *
 * A tally is in both, and what counts under its key is in the tally. A call with one charge of a
 * known key locks one stripe, looks, and adds; the rest is for keys that come or go and for calls of
 * several charges, which lock their stripes in ascending order: see AllOrNone and HeldTogether.
 * Locks are taken in the order stripes, LiveCounters, Counter.
 *
 * A call may meet the end of its thread's stack or of the memory wherever a method is called or an
 * object made, and an agent can arrange for it. So nothing is ever left half done: whatever changes
 * what counts is a run of assignments that calls nothing, and all that can throw comes before it.
 * Where several counts change, one assignment decides. What comes after a change (keys that have
 * expired are cleaned up) may fail: the next call does it. Locks are released by an assignment.
 */

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
 * still; a reading that goes back is taken for the latest one.
 *
 * <p>Calendar windows run on the wall clock, and a counter's period never goes back when that is
 * set by up to the period's length. When it is set further, as by mistake or after a long sleep,
 * the period follows it either way, and that is logged. What was counted before a leap ahead counts
 * again when the clock comes back, with all that came since; so a wrong clock closes a counter no
 * longer than it is wrong, or else for one period at most.
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
  private static final int MOST_COUNTERS = 64;

  private record Settings(TimeSource time, LiveCounters.Bounds bounds) {}

  private final TimeSource time;
  private final long origin;
  private final LiveCounters counters;
  private final LateCalls lateCalls = new LateCalls();
  private final Stripe[] stripes = new Stripe[STRIPES];
  private final KnownKeys known = new KnownKeys(this);

  /** Whether something that was decided may not be done yet, in whichever stripe. */
  private volatile boolean unfinished;

  private InMemoryCounterStore(Settings settings) {
    this.time = settings.time();
    this.origin = time.nanoTime();
    this.counters = new LiveCounters(this, settings.bounds());
    Arrays.setAll(stripes, Stripe::new);
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
  public int liveKeys() {
    finishAll();
    return counters.live();
  }

  @Override
  public ReserveResult reserve(Demand demand) {
    ReserveResult usual = known.reserve(demand);
    if (usual != null) {
      return usual;
    }
    AllOrNone attempt = new AllOrNone(this, demand);
    int budget = MOST_REMOVED;
    while (true) {
      long reading = reading();
      ReserveResult result = locked(attempt.stripes(), () -> attempt.reserve(reading));
      boolean full = false;
      int removed = 0;
      try {
        full = result instanceof Refusal r && r.reason() == Refusal.Reason.TOO_MANY_KEYS;
        removed = tidy(attempt, reading, budget);
        removed += full && removed == 0 ? makeRoom(reading, budget) : 0;
      } catch (Throwable e) {
        // The next call tidies up; what was decided stands.
      }
      budget -= removed;
      if (!full || removed == 0) {
        return result;
      }
    }
  }

  @Override
  public Look look(Demand demand) {
    Look usual = known.look(demand);
    if (usual != null) {
      return usual;
    }
    AllOrNone attempt = new AllOrNone(this, demand);
    int budget = MOST_REMOVED;
    while (true) {
      long reading = reading();
      Look look = locked(attempt.stripes(), () -> attempt.lookOnly(reading));
      Refusal refusal = look.refusal();
      boolean full = refusal != null && refusal.reason() == Refusal.Reason.TOO_MANY_KEYS;
      int removed = tidy(attempt, reading, budget);
      removed += full && removed == 0 ? makeRoom(reading, budget) : 0;
      budget -= removed;
      if (!full || removed == 0) {
        return look;
      }
    }
  }

  /** Removes what has expired of a counter that a call has met or, at its turn, of others. */
  void lookAfter(Counter counter, long now, boolean turn) {
    if (counter.hasExpired(now)) {
      cleanUp(counter, now, MOST_REMOVED);
    } else if (turn) {
      cleanUpNext(now, MOST_REMOVED);
    }
    counter.report();
  }

  @Override
  public List<Held> held(CounterId.Kind kind, String after, int most) {
    checkHeld(kind);
    if (most < 1) {
      throw new IllegalArgumentException("most is " + most + ", expected at least 1");
    }
    long reading = reading();
    TreeMap<String, Held> first = new TreeMap<>();
    for (Stripe stripe : stripes) {
      List<HeldTally> there = new ArrayList<>();
      List<Held> held =
          locked(
              new Stripe[] {stripe},
              () -> {
                long now = stripe.advance(reading);
                stripe.addHeld(kind, there);
                return there.stream().map(count -> held(count, now)).toList();
              });
      for (Held one : held) {
        String text = one.key().text();
        if (text.compareTo(after) > 0) {
          first.put(text, one);
          if (first.size() > most) {
            first.pollLastEntry();
          }
        }
      }
    }
    return List.copyOf(first.values());
  }

  private static Held held(HeldTally count, long now) {
    long end = count.expiry();
    return new Held(
        count.key, count.running(now), end == Long.MAX_VALUE ? null : Duration.ofNanos(end - now));
  }

  @Override
  public boolean takeBack(CounterKey key) {
    checkHeld(key.counter().kind());
    int hash = spread(key.hashCode());
    Stripe stripe = stripe(hash);
    long reading = reading();
    @Nullable Tally gone =
        locked(
            new Stripe[] {stripe},
            () -> {
              // First, so that no call is decided by an earlier time once this has found nothing.
              long now = stripe.advance(reading);
              Tally count = stripe.find(hash, key);
              if (count == null) {
                return null;
              }
              boolean there = !count.isEmpty(now);
              count.counter.expire(count);
              stripe.remove(count);
              try {
                counters.leave(count);
              } catch (Throwable e) {
                // It is gone; clean-up gives back its room, since it is due.
              }
              return there ? count : null;
            });
    return gone != null;
  }

  private static void checkHeld(CounterId.Kind kind) {
    if (kind == CounterId.Kind.AMOUNT || kind == CounterId.Kind.DISTINCT) {
      throw new IllegalArgumentException(
          "kind is " + kind + ", expected MARK, IN_FLIGHT or ONCE: counts are not taken back");
    }
  }

  /** Lets an operator find a call later; {@return by what, or null if too many are kept} */
  @Nullable String keep(HeldTogether held) {
    return lateCalls.add(held, reading());
  }

  @Override
  public boolean settleLate(String reservation, Ended ended) {
    byte how =
        switch (ended) {
          case DONE -> HeldTogether.DONE;
          case NOT_DONE -> HeldTogether.NOT_DONE;
          case UNKNOWN ->
              throw new IllegalArgumentException("ended is UNKNOWN, expected DONE or NOT_DONE");
        };
    HeldTogether held = lateCalls.find(reservation);
    if (held == null) {
      return false;
    }
    Stripe[] locked = stripesOf(held);
    long reading = reading();
    return locked(
        locked,
        () -> {
          for (Stripe stripe : locked) {
            stripe.advance(reading);
          }
          boolean first = !held.isSettled();
          if (!first && !held.isUnknown()) {
            return false;
          }
          HeldTogether note = first ? held : late(held, how);
          for (Stripe stripe : locked) {
            stripe.unfinished = note;
          }
          held.parts[0].unknown = false;
          held.parts[0].settled = true;
          note.ending = how;
          return true;
        });
  }

  /** {@return what is left to be ended of a call whose end nobody knew} */
  private HeldTogether late(HeldTogether held, byte how) {
    List<Part> parts = new ArrayList<>(held.parts.length);
    for (Part part : held.parts) {
      if (part.count != null && part.endsLateBy(how)) {
        parts.add(part);
      }
    }
    HeldTogether note = new HeldTogether(this, parts.toArray(new Part[0]));
    note.decided = true;
    for (Part part : note.parts) {
      part.state = Part.ADDED; // its end is done once more
    }
    return note;
  }

  /** For tests; {@return how many calls are kept to be settled late} */
  int lateCalls() {
    return lateCalls.size();
  }

  private static Stripe[] stripesOf(HeldTogether held) {
    if (held.parts.length == 1 && held.parts[0].count != null) {
      return new Stripe[] {held.parts[0].count.stripe};
    }
    Stripe[] each = new Stripe[held.parts.length];
    int size = 0;
    for (Part part : held.parts) {
      if (part.count != null) {
        each[size++] = part.count.stripe;
      }
    }
    return AllOrNone.ascending(Arrays.copyOf(each, size));
  }

  /** Ends a call that leaves marks, if nothing has settled it. */
  void endWithMarks(HeldTogether held, List<Mark> done) {
    Ending ending = new Ending(this, held, done);
    long reading = reading();
    tidyMarks(ending, reading);
    locked(ending.stripes(), () -> ending.decide(reading));
  }

  /** Makes room for marks where some have expired. */
  private void tidyMarks(Ending ending, long reading) {
    try {
      for (Mark mark : ending.marks()) {
        Counter counter = counters.get(mark.key().counter());
        if (counter != null) {
          cleanUp(counter, reading, MOST_REMOVED);
        }
      }
    } catch (Throwable e) {
      // The next call tidies up; the end of this one is told in any case.
    }
  }

  /** Ends a call by which something that counts changes, if nothing has settled it. */
  void end(HeldTogether held, byte how) {
    Stripe[] locked = stripesOf(held);
    long reading = reading();
    locked(
        locked,
        () -> {
          for (Stripe stripe : locked) {
            stripe.advance(reading);
          }
          // Within the locks: who finds it settled finds the amounts given back too.
          if (!held.isSettled()) {
            for (Stripe stripe : locked) {
              stripe.unfinished = held;
            }
            held.parts[0].unknown = how == HeldTogether.UNKNOWN;
            held.parts[0].settled = true;
            held.ending = how;
          }
          return held;
        });
  }

  /** Removes a key under which nothing counts any more; else sees to it that it is due in time. */
  void leaveIfEmpty(Tally count) {
    if (count.isEmpty(count.counter.clock(count.stripe.latest()))) {
      leave(count);
    } else if (count.position != ExpiryHeap.NOWHERE && count.expiry() < count.due) {
      count.counter.reschedule(count);
    }
  }

  /** Removes a key; where that ended half-way, the rest is done when its turn comes again. */
  private void leave(Tally count) {
    if (count.live) {
      count.stripe.remove(count);
    }
    if (count.position != ExpiryHeap.NOWHERE) {
      counters.leave(count);
    }
  }

  /** {@return how many expired keys at least were removed from the counters that a call has met} */
  private int tidy(AllOrNone attempt, long now, int most) {
    int removed = finishAll() ? 1 : 0;
    for (Counter counter : attempt.counters()) {
      removed += counter == null ? 0 : cleanUp(counter, now, most - removed);
    }
    return attempt.wantsKeys() ? removed + cleanUpNext(now, most - removed) : removed;
  }

  /** Removes expired keys of whichever counter has some, for a call that found no room. */
  private int makeRoom(long now, int most) {
    int removed = 0;
    for (int i = 0; i < MOST_COUNTERS && removed == 0; i++) {
      removed = cleanUpNext(now, most);
    }
    return removed;
  }

  /** Removes expired keys of a counter; {@return how many} */
  private int cleanUp(Counter counter, long now, int most) {
    int removed = 0;
    for (int i = 0; i < MOST_LOOKED_AT && removed < most; i++) {
      Tally count = counter.firstDue(now);
      if (count == null) {
        break;
      }
      Stripe stripe = count.stripe;
      stripe.lock();
      try {
        stripe.finish();
        if (!count.live || count.isEmpty(counter.clock(stripe.advance(now)))) {
          leave(count);
          removed++;
        } else {
          counter.reschedule(count);
        }
      } finally {
        stripe.held = 0;
      }
    }
    counter.report();
    return removed;
  }

  private int cleanUpNext(long now, int most) {
    Counter counter = counters.next();
    return counter == null ? 0 : cleanUp(counter, now, most);
  }

  /** Does all that was decided and is not done; {@return whether there may have been anything} */
  private boolean finishAll() {
    if (!unfinished) {
      return false;
    }
    unfinished = false;
    try {
      for (Stripe stripe : stripes) {
        locked(new Stripe[] {stripe}, () -> stripe);
      }
    } catch (Throwable e) {
      unfinished = true;
      throw e;
    }
    return true;
  }

  /** For tests; {@return what is counted under a key, or {@code null} if it is not live} */
  @Nullable Tally find(CounterKey key) {
    int hash = spread(key.hashCode());
    Stripe stripe = stripe(hash);
    return locked(new Stripe[] {stripe}, () -> stripe.find(hash, key));
  }

  TimeSource time() {
    return time;
  }

  LiveCounters counters() {
    return counters;
  }

  Stripe stripe(int spreadHash) {
    return stripes[spreadHash >>> 24];
  }

  long reading() {
    return time.nanoTime() - origin;
  }

  /** Does something while stripes are locked, and then what it has decided. */
  private <R extends @Nullable Object> R locked(Stripe[] ascending, Supplier<R> action) {
    int locked = 0;
    try {
      for (; locked < ascending.length; locked++) {
        ascending[locked].lock();
      }
      for (Stripe stripe : ascending) {
        stripe.finish();
      }
      R result = action.get();
      try {
        for (Stripe stripe : ascending) {
          stripe.finish();
        }
      } catch (Throwable e) {
        // Decided it is; whoever comes next does it.
        unfinished = true;
      }
      return result;
    } finally {
      while (locked > 0) {
        ascending[--locked].held = 0;
      }
    }
  }

  static int spread(int hash) {
    int product = hash * 0x9E3779B9;
    return product ^ product >>> 15;
  }

  /** Builds an empty store. Not safe for use by several threads. */
  public static final class Builder {
    private @Nullable TimeSource time;
    private @Nullable Integer maxKeysPerCounter;
    private @Nullable Integer maxKeysPerGrant;
    private @Nullable Integer maxKeys;
    private @Nullable Integer maxMarks;

    private Builder() {}

    /**
     * Sets the source of time; the machine's own clocks, unless set.
     *
     * @param source the source
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder timeSource(TimeSource source) {
      time = once("timeSource", time, Objects.requireNonNull(source, "source"));
      return this;
    }

    /**
     * Sets how many keys of one counter, or of one mark, may be live; 100,000, unless set.
     *
     * @param keys at least 1
     * @return this builder
     * @throws IllegalArgumentException if it is less
     * @throws IllegalStateException if it was set before
     */
    public Builder maxKeysPerCounter(int keys) {
      maxKeysPerCounter =
          once("maxKeysPerCounter", maxKeysPerCounter, positive("maxKeysPerCounter", keys));
      return this;
    }

    /**
     * Sets how many keys a grant's own calls may choose, in all counters that go by the grant and
     * by a value of the call; 10,000, unless set. As many marks of that kind are apart.
     *
     * @param keys at least 1
     * @return this builder
     * @throws IllegalArgumentException if it is less
     * @throws IllegalStateException if it was set before
     */
    public Builder maxKeysPerGrant(int keys) {
      maxKeysPerGrant = once("maxKeysPerGrant", maxKeysPerGrant, positive("maxKeysPerGrant", keys));
      return this;
    }

    /**
     * Sets how many marks may be there in all; 1,000,000, unless set.
     *
     * @param marks at least 1
     * @return this builder
     * @throws IllegalArgumentException if it is less
     * @throws IllegalStateException if it was set before
     */
    public Builder maxMarks(int marks) {
      maxMarks = once("maxMarks", maxMarks, positive("maxMarks", marks));
      return this;
    }

    /**
     * Sets how many keys of counters may be live in all; 1,000,000, unless set.
     *
     * @param keys at least 1
     * @return this builder
     * @throws IllegalArgumentException if it is less
     * @throws IllegalStateException if it was set before
     */
    public Builder maxKeys(int keys) {
      maxKeys = once("maxKeys", maxKeys, positive("maxKeys", keys));
      return this;
    }

    /** {@return an empty store} */
    public InMemoryCounterStore build() {
      FirstCalls.make();
      return built();
    }

    InMemoryCounterStore built() {
      return new InMemoryCounterStore(
          new Settings(
              time == null ? TimeSource.system() : time,
              new LiveCounters.Bounds(
                  maxKeysPerCounter == null ? 100_000 : maxKeysPerCounter,
                  maxKeysPerGrant == null ? 10_000 : maxKeysPerGrant,
                  maxKeys == null ? 1_000_000 : maxKeys,
                  maxMarks == null ? 1_000_000 : maxMarks)));
    }

    private static int positive(String setting, int keys) {
      if (keys < 1) {
        throw new IllegalArgumentException(setting + " is " + keys + ", expected at least 1");
      }
      return keys;
    }

    private static <T> T once(String setting, @Nullable T before, T value) {
      if (before != null) {
        throw new IllegalStateException(setting + " was set before");
      }
      return value;
    }
  }
}
