package dev.alcada.counter.memory;

import dev.alcada.counter.CounterKey;
import org.jspecify.annotations.Nullable;

/**
 * A live key and what is counted under it: a node of its stripe's table and of its counter's expiry
 * heap at once. Guarded by its stripe, but for the fields of the heap.
 *
 * <p>A <em>stamp</em> is a point on the counter's own scale: nanoseconds for a sliding window, the
 * end of the period for a calendar one.
 */
abstract class Tally {
  /** What {@link #freeAt} returns if there is room already. */
  static final long NOW = Long.MIN_VALUE;

  final String value;
  final @Nullable String session;
  final Counter counter;

  /** Which part of the key table it is in. */
  final short stripe;

  /** By the table: of the plain or the keyed hash function, whichever it uses. */
  int hash;

  @Nullable Tally next;
  boolean live = true;

  /** By the heap: not after the count's true expiry. */
  long due;

  int position;

  Tally(Counter counter, CounterKey key, int stripe) {
    this.counter = counter;
    this.value = key.value();
    this.session = key.session();
    this.stripe = (short) stripe;
  }

  final boolean is(CounterKey key) {
    String otherSession = key.session();
    return value.equals(key.value())
        && counter.is(key.counter())
        && (session == null ? otherSession == null : session.equals(otherSession));
  }

  /**
   * Returns {@link #NOW} if the amount has room, or else the stamp at which it will.
   *
   * @param amount 1 to {@code max}
   */
  abstract long freeAt(long stamp, long max, long amount);

  /** Adds an amount that has room. */
  abstract void add(long stamp, long max, long amount);

  /** Takes back what was added at a stamp, or does nothing if that no longer counts. */
  abstract void subtract(long now, long stamp, long amount);

  /** {@return whether nothing is counted any more} */
  abstract boolean isEmpty(long now);

  /** {@return the stamp at which nothing will be counted any more} */
  abstract long expiry();
}
