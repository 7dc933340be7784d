package dev.alcada.counter.memory;

import dev.alcada.counter.CounterKey;
import org.jspecify.annotations.Nullable;

/** What an operator may see and take back: that which calls hold until they have been settled. */
abstract class HeldTally extends OwnedTally {
  final CounterKey key;

  HeldTally(Counter counter, CounterKey key, Stripe stripe, @Nullable Owner owner) {
    super(counter, key, stripe, owner);
    this.key = key;
  }

  /** {@return how many calls hold it that have not been settled} */
  abstract int running(long now);
}
