package dev.alcada.counter;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is held in a store for one call. Settled exactly once: the first of {@link #settle} and
 * {@link #cancel} to be called decides, later calls do nothing. Safe for use by several threads.
 *
 * @implSpec Both return at once: a store on a network sends and does not wait. What is lost stays
 *     counted.
 */
public non-sealed interface Reservation extends ReserveResult {
  /**
   * Says how the call has ended, and leaves no further marks.
   *
   * @param ended how the call has ended
   * @see #settle(Ended, List)
   */
  default void settle(Ended ended) {
    settle(ended, List.of());
  }

  /**
   * Says how the call has ended. What {@linkplain Charge.InFlight runs} leaves, whatever it is.
   * {@link Ended#NOT_DONE} gives back the {@linkplain Charge#releasable releasable} charges and the
   * marks that were left at once; everything else stays, and such marks last from now.
   *
   * @param ended how the call has ended
   * @param done the marks that it leaves now, from among {@link Demand#done}; without effect unless
   *     it is {@link Ended#DONE}
   */
  void settle(Ended ended, List<Mark> done);

  /** Gives back everything, as if nothing had been reserved: the call did not run. */
  void cancel();

  /**
   * Returns what each count held just before this reservation, in the order of the demand's
   * charges; unmodifiable.
   */
  List<Usage> usage();

  /**
   * Returns what {@link CounterStore#settleLate} finds this reservation by, in every process that
   * shares the store: a text that no other reservation ever has. It is {@code null} where there is
   * nothing to be said later, because whatever was reserved stays counted however the call has
   * ended, or the store cannot find it.
   *
   * @implSpec A store that makes them keeps what it needs from the reservation on, since the
   *     process may end before its call does.
   */
  default @Nullable String id() {
    return null;
  }
}
