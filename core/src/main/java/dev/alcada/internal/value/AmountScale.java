package dev.alcada.internal.value;

import java.math.BigDecimal;

/**
 * How finely a counter counts. Amounts are exact decimals and counters 64-bit integers: the finer
 * the unit, the less they hold.
 */
public enum AmountScale {
  /** Nine decimal places, up to 4·10⁹. */
  FINE(9),
  /** Three decimal places, up to 4·10¹⁵. */
  COARSE(3);

  /** The most units that a counter holds: two of them can be added without overflow. */
  public static final long MOST_UNITS = 4_000_000_000_000_000_000L;

  private final int places;
  private final BigDecimal most;

  AmountScale(int places) {
    this.places = places;
    this.most = BigDecimal.valueOf(MOST_UNITS, places);
  }

  /** Returns the finest scale in which a counter can hold that much; the coarsest, if none can. */
  public static AmountScale of(BigDecimal max) {
    return max.compareTo(FINE.most) <= 0 ? FINE : COARSE;
  }

  /** Returns how many decimal places an amount may have. */
  public int places() {
    return places;
  }

  /** Returns the most that a counter holds. */
  public BigDecimal most() {
    return most;
  }
}
