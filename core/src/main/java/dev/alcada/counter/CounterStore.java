package dev.alcada.counter;

/**
 * Keeps counts, and reserves all that a call demands or nothing. It is asked on the caller's
 * thread; one behind a network is an {@link AsyncCounterStore}. Implementations must be safe for
 * use by several threads, and must never admit more than a charge's maximum in any span of its
 * window's length. Whatever one throws, the call is denied.
 *
 * @implSpec What can throw comes before the first change: a demand is granted whole or leaves the
 *     store as it was, whatever ends the method.
 */
public interface CounterStore {
  /**
   * Reserves all of a demand in one atomic step, or nothing.
   *
   * @param demand what the call wants
   * @return a reservation to be settled once, or the first charge that has no room
   * @throws IllegalArgumentException if two charges have the same key, or the store does not know a
   *     charge's kind
   */
  ReserveResult reserve(Demand demand);

  /**
   * Looks what {@link #reserve} would answer now and what each count holds, and changes nothing.
   *
   * @param demand what the call would want
   * @return what the store holds
   * @throws IllegalArgumentException if two charges have the same key, or the store does not know a
   *     charge's kind
   */
  Look look(Demand demand);
}
