package dev.alcada.jdbc;

/** Units of 9 and of 3 decimal places: what is counted is rounded up, what it may be is not. */
final class Units {
  static final int FINE = 9;
  static final int COARSE = 3;

  /** How many fine units a coarse one is. */
  private static final long STEP = 1_000_000;

  private Units() {}

  /** Returns an amount in other units, rounded up; the greatest there is if it is more. */
  static long up(long amount, int from, int to) {
    if (from == to) {
      return amount;
    }
    if (from < to) {
      return amount > Long.MAX_VALUE / STEP ? Long.MAX_VALUE : amount * STEP;
    }
    return amount / STEP + (amount % STEP == 0 ? 0 : 1);
  }

  /** Returns an amount in units that are as coarse or coarser, rounded down. */
  static long down(long amount, int from, int to) {
    return from == to ? amount : amount / STEP;
  }
}
