package dev.alcada.redis;

import java.nio.ByteBuffer;

/** Amounts as the scripts have them: billions and the rest, in units of nine or of three places. */
final class Units {
  private static final long BILLION = 1_000_000_000;

  /** How many units of nine places are one of three. */
  private static final long STEP = 1_000_000;

  private Units() {}

  /**
   * Writes an amount.
   *
   * @param amount at most {@code Charge.MAX_UNITS}, so that the billions take four bytes
   */
  static void put(ByteBuffer out, long amount) {
    out.putInt((int) (amount / BILLION)).putInt((int) (amount % BILLION));
  }

  static long get(ByteBuffer in) {
    long billions = Integer.toUnsignedLong(in.getInt());
    return billions * BILLION + Integer.toUnsignedLong(in.getInt());
  }

  /** Returns an amount in other units, rounded up; the greatest there is if it is more. */
  static long up(long amount, int from, int to) {
    if (from == to) {
      return amount;
    } else if (from < to) {
      return amount > Long.MAX_VALUE / STEP ? Long.MAX_VALUE : amount * STEP;
    }
    return amount / STEP + (amount % STEP == 0 ? 0 : 1);
  }

  /** Returns an amount in units of three places, rounded down. */
  static long downToThree(long amount, int from) {
    return from == 3 ? amount : amount / STEP;
  }
}
