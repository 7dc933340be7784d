package dev.alcada.counter;

import java.util.List;

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
   * Reserves all of a demand in one atomic step, or nothing: its charges, the marks that it leaves
   * at once, and that the marks it was judged by are as they were.
   *
   * @param demand what the call wants
   * @return a reservation to be settled once, or why there is none
   * @throws IllegalArgumentException if two charges have the same key, or the store does not know a
   *     charge's kind
   */
  ReserveResult reserve(Demand demand);

  /**
   * Looks what {@link #reserve} would answer now, what each count holds and which marks are there,
   * and changes nothing.
   *
   * @param demand what the call would want
   * @return what the store holds
   * @throws IllegalArgumentException if two charges have the same key, or the store does not know a
   *     charge's kind
   */
  Look look(Demand demand);

  /**
   * Lists what an operator may {@linkplain #takeBack take back}: the marks that are there, the
   * counts of what runs, or the calls that are not to be made twice, in the order of {@link
   * CounterKey#text}.
   *
   * @param kind {@link CounterId.Kind#MARK}, {@link CounterId.Kind#IN_FLIGHT} or {@link
   *     CounterId.Kind#ONCE}
   * @param after the text of the last key of the list before, or empty for the first ones
   * @param most how many to list at most, at least 1
   * @return those after it; unmodifiable
   * @throws IllegalArgumentException if the kind is another, or {@code most} is less than 1
   * @throws UnsupportedOperationException if the store cannot list
   */
  default List<Held> held(CounterId.Kind kind, String after, int most) {
    throw new UnsupportedOperationException("this store cannot list what it holds");
  }

  /**
   * Takes back what is there under a key, whichever calls have left it; that they are settled later
   * does not bring it back, but a mark that one of them leaves only then is a new one. It is an
   * operator's word, for calls of which nobody knows how they ended.
   *
   * @param key a mark, a count of what runs, or a call that is not to be made twice
   * @return whether anything was there
   * @throws IllegalArgumentException if the key is of another kind
   * @throws UnsupportedOperationException if the store cannot
   */
  default boolean takeBack(CounterKey key) {
    throw new UnsupportedOperationException("this store cannot take back what it holds");
  }

  /**
   * Says how a call has ended that was settled as {@link Ended#UNKNOWN}, or not at all: with {@link
   * Ended#NOT_DONE} what is left of it is given back as {@link Reservation#settle} does, with
   * {@link Ended#DONE} it no longer runs and is remembered as done. Neither leaves a mark that
   * {@link Demand#done} names. It is an operator's word, and the last: a process that settles the
   * call afterwards changes nothing.
   *
   * @param reservation the reservation's {@linkplain Reservation#id identifier}
   * @param ended {@link Ended#DONE} or {@link Ended#NOT_DONE}
   * @return whether there was such a call; {@code false} if it has been settled otherwise, or
   *     nothing that it reserved is kept any more
   * @throws IllegalArgumentException if it is {@link Ended#UNKNOWN}
   * @throws UnsupportedOperationException if the store keeps no identifiers
   */
  default boolean settleLate(String reservation, Ended ended) {
    throw new UnsupportedOperationException("this store cannot settle a call by its identifier");
  }
}
