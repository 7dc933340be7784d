package dev.alcada.internal.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import tools.jackson.core.io.NumberOutput;

/** Java's numbers as the decimals they stand for. */
public final class Decimals {
  /** Decimals of up to 15 digits that differ are doubles that differ. */
  private static final double DIGITS_15 = 1e15;

  private static final long[] POWERS = {
    1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000
  };

  private Decimals() {}

  public static boolean integral(Number number) {
    Class<?> type = number.getClass();
    return type == Integer.class || type == Long.class || type == Short.class || type == Byte.class;
  }

  /** Returns the decimal that a finite number of one of Java's own types stands for. */
  public static BigDecimal decimal(Number number) {
    if (integral(number)) {
      return BigDecimal.valueOf(number.longValue());
    }
    if (number instanceof BigDecimal decimal) {
      return decimal;
    }
    if (number instanceof BigInteger integer) {
      return new BigDecimal(integer);
    }
    // The shortest that reads back as it, the same on every JDK: Double.toString was not until 19.
    return new BigDecimal(
        number instanceof Double
            ? NumberOutput.toString(number.doubleValue(), true)
            : NumberOutput.toString(number.floatValue(), true));
  }

  /** Returns the one plain notation of a number: no exponent, no zero that says nothing. */
  public static String plain(Number number) {
    if (integral(number)) {
      return Long.toString(number.longValue());
    }
    BigDecimal shortest = decimal(number).stripTrailingZeros();
    return shortest.signum() == 0 ? "0" : shortest.toPlainString();
  }

  /**
   * Returns the number in units of that many decimal places, or -1 if it is negative, finer than a
   * unit, or more than a counter holds.
   */
  public static long units(Number number, int decimals) {
    long power = POWERS[decimals];
    if (integral(number)) {
      long value = number.longValue();
      return value < 0 || value > AmountScale.MOST_UNITS / power ? -1 : value * power;
    }
    if (number instanceof Double) {
      double value = number.doubleValue();
      double scaled = value * power;
      if (value >= 0 && scaled < DIGITS_15 && scaled == Math.rint(scaled)) {
        // Both are exact, so the quotient is the double that this decimal reads as.
        long units = (long) scaled;
        if ((double) units / power == value) {
          return units;
        }
      }
    }
    return units(decimal(number), decimals);
  }

  /** Returns the most units that are not above a maximum, or -1 if no counter holds as many. */
  public static long floorUnits(BigDecimal max, int decimals) {
    return (long) max.precision() - max.scale() > 19
        ? -1
        : units(max.setScale(decimals, RoundingMode.FLOOR), decimals);
  }

  private static long units(BigDecimal number, int decimals) {
    if (number.signum() <= 0) {
      return number.signum();
    }
    BigDecimal shortest = number.stripTrailingZeros();
    if (shortest.scale() > decimals || (long) shortest.precision() - shortest.scale() > 19) {
      return -1;
    }
    BigInteger units = shortest.setScale(decimals).unscaledValue();
    return units.bitLength() > 62 || units.longValue() > AmountScale.MOST_UNITS
        ? -1
        : units.longValue();
  }
}
