package dev.alcada.counter.memory;

import dev.alcada.counter.Charge;
import org.jspecify.annotations.Nullable;

/** What is held while a call runs: a link of its count's chain. */
final class HeldInFlight extends Part {
  /** When it leaves if its call has not ended by then. */
  final long leaves;

  /** Its amount; once it counts, in the units of the count. */
  long amount;

  /** In how many decimal places its call has said the amount. */
  final byte decimals;

  @Nullable HeldInFlight older;
  @Nullable HeldInFlight newer;

  HeldInFlight(@Nullable Tally count, Charge.InFlight charge, long stamp, long used) {
    super(count, stamp, used, Tally.NEVER);
    this.amount = charge.amount();
    this.decimals = (byte) charge.decimals();
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
