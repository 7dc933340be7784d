package dev.alcada.counter;

/**
 * Amounts held in counters for one call. Settled exactly once: the first of the methods to be
 * called decides, later calls do nothing. Safe for use by several threads.
 */
public non-sealed interface Reservation extends ReserveResult {
  /** Keeps every amount: the call ran, or nobody knows. */
  void keep();

  /**
   * Gives back the amounts of {@linkplain Charge#releasable releasable} charges and keeps the
   * others: the call ran and did nothing.
   */
  void release();

  /** Gives back every amount, as if nothing had been reserved: the call did not run. */
  void cancel();
}
