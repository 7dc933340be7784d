package dev.alcada.counter.memory;

import dev.alcada.counter.CounterKey;
import org.jspecify.annotations.Nullable;

/** A count of which it is known whose it is. */
abstract class OwnedTally extends Tally {
  private final @Nullable Owner owner;

  OwnedTally(Counter counter, CounterKey key, Stripe stripe, @Nullable Owner owner) {
    super(counter, key, stripe);
    this.owner = owner;
  }

  @Override
  final @Nullable Owner owner() {
    return owner;
  }
}
