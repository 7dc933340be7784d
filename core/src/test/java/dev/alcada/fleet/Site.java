package dev.alcada.fleet;

import dev.alcada.counter.CounterKey;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Reservation;

/** A store that a process of a fleet uses, and what tells its log apart from it. */
public interface Site extends AutoCloseable {
  /** {@return the store} */
  CounterStore store();

  /** {@return a reader of the store's clock, which is one thread's and asks without the store} */
  Clock clock();

  /** {@return when the store says that it has admitted a charge, in microseconds} */
  long stamp(Reservation reservation, CounterKey key);

  /** Lets go of the store, which has done all that it was told once this returns. */
  @Override
  void close();

  /** A clock in microseconds since 1970. */
  interface Clock {
    /** {@return what it shows} */
    long read() throws Exception;
  }
}
