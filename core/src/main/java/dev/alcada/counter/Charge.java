package dev.alcada.counter;

import java.util.Objects;

/**
 * What one call adds to one count, and the most that count may hold. Kinds may be added with the
 * library; a store refuses, by an exception, a kind that it does not know.
 */
public sealed interface Charge {
  /** The greatest {@code max}, in units: two of them can be added without overflow. */
  long MAX_UNITS = 4_000_000_000_000_000_000L;

  /** {@return the count} */
  CounterKey key();

  /** {@return whether it is given back when the call turns out to have done nothing} */
  boolean releasable();

  /**
   * An amount, which counts until its window has passed.
   *
   * <p>Amounts and maxima are whole units of so many decimal places. The places are no part of what
   * a count is: charges in both units may meet in one. While the count holds anything it is kept in
   * the coarser of the units that it has met. An amount that those cannot say is rounded up and a
   * maximum is rounded down, so that no call is let through by rounding.
   *
   * @param key the count
   * @param max the most it may hold within its window, in units, 0 to {@value #MAX_UNITS}
   * @param amount what the call adds, in the same units, at least 0
   * @param decimals how many decimal places of the amounts a unit is: 9 or 3
   * @param releasable whether the amount is given back when the call turns out to have done nothing
   */
  record Amount(CounterKey key, long max, long amount, int decimals, boolean releasable)
      implements Charge {
    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a component is out of its range
     */
    public Amount {
      Objects.requireNonNull(key, "key");
      if (max < 0 || max > MAX_UNITS) {
        throw new IllegalArgumentException("max is " + max + ", expected 0 to " + MAX_UNITS);
      }
      if (amount < 0) {
        throw new IllegalArgumentException("amount is " + amount + ", expected at least 0");
      }
      if (decimals != 9 && decimals != 3) {
        throw new IllegalArgumentException("decimals is " + decimals + ", expected 9 or 3");
      }
    }
  }
}
