package dev.alcada.decision;

import dev.alcada.internal.value.Decimals;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/**
 * A document's number, made ready to be compared exactly with what Java callers and parsers supply.
 */
final class ExpectedNumber {
  private static final BigDecimal LEAST_LONG = BigDecimal.valueOf(Long.MIN_VALUE);
  private static final BigDecimal MOST_LONG = BigDecimal.valueOf(Long.MAX_VALUE);

  private final BigDecimal value;

  /** The nearest double, and how the decimal which that double stands for compares. */
  private final double near;

  private final int nearCompared;

  /** The greatest long that is not above the number, where there is one within reach. */
  private final long floor;

  private final boolean whole;

  /** How every long compares, or 0 where that depends. */
  private final int longsCompared;

  ExpectedNumber(BigDecimal value) {
    this.value = value;
    this.near = Double.parseDouble(value.toString());
    this.nearCompared =
        Double.isFinite(near) ? Decimals.decimal(near).compareTo(value) : -value.signum();
    if (value.compareTo(LEAST_LONG) < 0 || value.compareTo(MOST_LONG) > 0) {
      this.longsCompared = -value.signum();
      this.floor = 0;
      this.whole = false;
    } else {
      BigDecimal down = value.setScale(0, RoundingMode.FLOOR);
      this.longsCompared = 0;
      this.floor = down.longValueExact();
      this.whole = down.compareTo(value) == 0;
    }
  }

  /** Compares a finite number of one of Java's own types with this one. */
  int compare(Number number) {
    if (Decimals.integral(number)) {
      return compare(number.longValue());
    }
    if (number instanceof Double) {
      // Doubles that differ stand for decimals in the same order, and so does whatever rounds to
      // them; of equal ones the order was found beforehand.
      double found = number.doubleValue();
      return found < near ? -1 : found > near ? 1 : nearCompared;
    }
    return number instanceof BigInteger integer && integer.bitLength() < 64
        ? compare(integer.longValue())
        : Decimals.decimal(number).compareTo(value);
  }

  private int compare(long found) {
    if (longsCompared != 0) {
      return longsCompared;
    }
    return found == floor ? (whole ? 0 : -1) : Long.compare(found, floor);
  }
}
