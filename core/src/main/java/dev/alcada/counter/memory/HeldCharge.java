package dev.alcada.counter.memory;

import dev.alcada.counter.Charge;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.Usage;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/** What one charge of a reservation holds, and the rest of the reservation. */
final class HeldCharge implements Reservation {
  private static final AtomicIntegerFieldUpdater<HeldCharge> SETTLED =
      AtomicIntegerFieldUpdater.newUpdater(HeldCharge.class, "settled");

  final Tally count;
  final long stamp;
  final long amount;
  final boolean releasable;
  final @Nullable HeldCharge rest;

  private final InMemoryCounterStore store;
  private volatile int settled;

  HeldCharge(
      InMemoryCounterStore store,
      Tally count,
      long stamp,
      Charge charge,
      @Nullable HeldCharge rest) {
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
  public void settle(Ended ended) {
    if (ended == Ended.NOT_DONE) {
      store.giveBack(this, false);
    } else {
      settle();
    }
  }

  @Override
  public void cancel() {
    store.giveBack(this, true);
  }

  @Override
  public List<Usage> usage() {
    return List.of();
  }
}
