package dev.alcada.counter;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/** What one charge of a reservation holds, and the rest of the reservation. */
final class Held implements Reservation {
  private static final AtomicIntegerFieldUpdater<Held> SETTLED =
      AtomicIntegerFieldUpdater.newUpdater(Held.class, "settled");

  final Count count;
  final long stamp;
  final long amount;
  final boolean releasable;
  final @Nullable Held rest;

  private final InMemoryCounterStore store;
  private volatile int settled;

  Held(InMemoryCounterStore store, Count count, long stamp, Charge charge, @Nullable Held rest) {
    this.store = store;
    this.count = count;
    this.stamp = stamp;
    this.amount = charge.amount();
    this.releasable = charge.releasable();
    this.rest = rest;
  }

  /** {@return whether the caller is the first to settle} */
  boolean settle() {
    return settled == 0 && SETTLED.compareAndSet(this, 0, 1);
  }

  @Override
  public void keep() {
    settle();
  }

  @Override
  public void release() {
    store.giveBack(this, false);
  }

  @Override
  public void cancel() {
    store.giveBack(this, true);
  }
}
