package dev.alcada.counter.memory;

import dev.alcada.counter.Charge;
import org.jspecify.annotations.Nullable;

/** What is held of different values. */
final class HeldDistinct extends Part {
  final Charge.Distinct charge;

  /** By what its values are known to be those that it has brought in. */
  long number;

  HeldDistinct(
      @Nullable Tally count, Charge.Distinct charge, long stamp, long used, long leavesIn) {
    super(count, stamp, used, leavesIn);
    this.charge = charge;
  }

  @Override
  boolean endsBy(byte how) {
    return how == HeldTogether.CANCELLED;
  }
}
