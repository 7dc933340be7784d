package dev.alcada.counter.memory;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.ReserveResult;
import org.jspecify.annotations.Nullable;

/**
 * A key and what is counted under it: a node of its stripe's table and of its counter's expiry heap
 * at once. Guarded by its stripe, but for the fields of the heap.
 *
 * <p>A <em>stamp</em> is a point on the counter's own scale: nanoseconds for a sliding window, the
 * end of the period for a calendar one.
 *
 * <p>Each method here changes all that it changes, or nothing: what can throw comes first, and no
 * method is called and nothing is allocated after the first assignment that alone would be wrong.
 */
abstract class Tally {
  /** What {@link #freeAt} returns if there is room already. */
  static final long NOW = Long.MIN_VALUE;

  /** What {@link #freeAt} returns if it cannot be known when there will be room. */
  static final long UNKNOWABLE = Long.MAX_VALUE;

  /** What {@link #leavesIn} returns if nothing counts, or it cannot be known. */
  static final long NEVER = -1;

  final String value;
  final @Nullable String session;
  final Counter counter;

  /** The part of the key table that it belongs to. */
  final Stripe stripe;

  /** By the table: of the plain or the keyed hash function, whichever it uses. */
  int hash;

  @Nullable Tally next;

  /** Whether it is in the table. */
  boolean live;

  /** How many decimal places its units are; of no meaning while nothing counts. */
  byte places = Places.FINE;

  /** By the heap: not after the count's true expiry. */
  long due;

  int position = ExpiryHeap.NOWHERE;

  Tally(Counter counter, CounterKey key, Stripe stripe) {
    this.counter = counter;
    this.value = key.value();
    this.session = key.session();
    this.stripe = stripe;
  }

  final boolean is(CounterKey key) {
    String otherSession = key.session();
    return value.equals(key.value())
        && counter.is(key.counter())
        && (session == null ? otherSession == null : session.equals(otherSession));
  }

  /** {@return the grant whose calls choose such keys, if that is known} */
  @Nullable Owner owner() {
    return null;
  }

  /**
   * Returns {@link #NOW} if the charge has room, or else the stamp at which it will.
   *
   * @param charge of the counter's kind, with nothing above its {@code max}
   */
  abstract long freeAt(long stamp, Charge charge);

  /** Returns what counted when {@link #freeAt} was last asked, in units of so many places. */
  abstract long used(int decimals);

  /**
   * Returns the nanoseconds from a clock's reading until the first of that leaves, or {@link
   * #NEVER}.
   */
  abstract long leavesIn(long reading);

  /**
   * Decides about an amount in one step, if nothing has to be prepared; {@return what came of it,
   * or {@code null} if {@link #freeAt} and {@link #add} are to decide}
   *
   * @param charge of an amount that is more than nothing and not above its maximum
   * @param reading of the clock, from which it is told when the first leaves
   */
  @Nullable ReserveResult decideAtOnce(long stamp, Charge.Amount charge, long reading) {
    return null;
  }

  /** Adds what has room, and says so in what holds it. */
  abstract void add(Part part);

  /**
   * Does the end of a call to what it has added: takes that back, or nothing if it no longer
   * counts, or lets it stay; and says so.
   *
   * @param how an end by which the part {@linkplain Part#endsBy ends}
   */
  abstract void end(long now, Part part, byte how);

  /** {@return whether nothing is counted any more} */
  abstract boolean isEmpty(long now);

  /** {@return the stamp at which nothing will be counted any more} */
  abstract long expiry();

  /** Returns what a charge's amount is here, in the units of its own or coarser ones. */
  final long kept(Charge.Amount charge, int decimals) {
    return Places.up(charge.amount(), charge.decimals(), decimals);
  }

  /**
   * Returns how much to give back of what is held: exactly what was added; rounded down if the
   * units have become coarser since, because then it may lie in one sum with others.
   */
  final long givenBack(HeldCharge held) {
    long added = kept(held.charge, held.places);
    // In finer units than it was added in: nothing is left of what counted then.
    return places > held.places ? 0 : Places.down(added, held.places, places);
  }
}
