package dev.alcada.counter;

/**
 * What one call adds to one count, and the most that count may hold.
 *
 * @param key the count
 * @param max the most it may hold within its window, in the counter's units, 0 to {@value #MOST}
 * @param amount what the call adds, in the same units, at least 0
 * @param releasable whether the amount is given back when the call turns out to have done nothing
 */
public record Charge(CounterKey key, long max, long amount, boolean releasable) {
  /** The greatest {@code max}: two of them can be added without overflow. */
  public static final long MOST = 4_000_000_000_000_000_000L;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a component is out of its range
   */
  public Charge {
    if (max < 0 || max > MOST) {
      throw new IllegalArgumentException("max is " + max + ", expected 0 to " + MOST);
    }
    if (amount < 0) {
      throw new IllegalArgumentException("amount is " + amount + ", expected at least 0");
    }
  }
}
