package dev.alcada.counter;

import java.util.List;

/**
 * What is held in a store for one call. Settled exactly once: the first of {@link #settle} and
 * {@link #cancel} to be called decides, later calls do nothing. Safe for use by several threads.
 *
 * @implSpec Both return at once: a store on a network sends and does not wait. What is lost stays
 *     counted.
 */
public non-sealed interface Reservation extends ReserveResult {
  /**
   * Says how the call has ended. {@link Ended#NOT_DONE} gives back the amounts of {@linkplain
   * Charge#releasable releasable} charges; everything else stays counted.
   *
   * @param ended how the call has ended
   */
  void settle(Ended ended);

  /** Gives back everything, as if nothing had been reserved: the call did not run. */
  void cancel();

  /**
   * Returns what each count held just before this reservation, in the order of the demand's
   * charges; unmodifiable.
   */
  List<Usage> usage();
}
