package dev.alcada.counter.memory;

import dev.alcada.counter.Charge;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.Usage;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is held for one charge: a reservation, or a part of {@link HeldTogether}. */
final class HeldCharge implements Reservation {
  /** The amount is yet to be added. */
  static final byte WANTED = 0;

  /** The amount was added. */
  static final byte ADDED = 1;

  /** The amount was added and taken back. */
  static final byte TAKEN = 2;

  /** Where the amount counts, or {@code null} if it is 0. */
  final @Nullable Tally count;

  final Charge.Amount charge;
  final long stamp;

  /** How far it has come; guarded by the count's stripe. */
  byte state;

  /** In how many decimal places the amount was added. */
  byte places;

  /** Whether nothing can be given back any more. */
  volatile boolean settled;

  private final long used;
  private final long leavesIn;

  HeldCharge(@Nullable Tally count, Charge.Amount charge, long stamp, long used, long leavesIn) {
    this.count = count;
    this.charge = charge;
    this.stamp = stamp;
    this.used = used;
    this.leavesIn = leavesIn;
  }

  @Override
  public void settle(Ended ended, List<Mark> done) {
    if (ended == Ended.NOT_DONE && charge.releasable()) {
      cancel();
    } else {
      settled = true;
    }
  }

  @Override
  public void cancel() {
    if (count != null && !settled) {
      count.counter.store.giveBack(new HeldTogether(this), true);
    }
  }

  @Override
  public List<Usage> usage() {
    return List.of(usageThen());
  }

  /** {@return what the count held just before} */
  Usage usageThen() {
    return usage(used, leavesIn);
  }

  static Usage usage(long used, long leavesIn) {
    return Usage.of(used, leavesIn == Tally.NEVER ? null : Duration.ofNanos(leavesIn));
  }
}
