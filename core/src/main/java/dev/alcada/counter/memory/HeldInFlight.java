package dev.alcada.counter.memory;

import dev.alcada.counter.Charge;
import org.jspecify.annotations.Nullable;

/** What is held while a call runs: a link of its count's chain. */
final class HeldInFlight extends Part {
  final Charge.InFlight charge;

  /** When it leaves if its call has not ended by then. */
  final long leaves;

  /** Its amount in the units of the count. */
  long amount;

  @Nullable HeldInFlight older;
  @Nullable HeldInFlight newer;

  HeldInFlight(@Nullable Tally count, Charge.InFlight charge, long stamp, long used) {
    super(count, stamp, used, Tally.NEVER);
    this.charge = charge;
    this.leaves = stamp + charge.lease().toNanos();
  }

  @Override
  boolean mayEndLate() {
    return true; // as long as it runs
  }

  @Override
  boolean endsBy(byte how) {
    return true;
  }
}
