package dev.alcada.counter.memory;

import dev.alcada.counter.CounterKey;

/** Counts of amounts of which it is known whose they are: those of all others do without. */
final class OwnedAmounts {
  private OwnedAmounts() {}

  /** Of a sliding window. */
  static final class Sliding extends SlidingTally {
    private final Owner owner;

    Sliding(SlidingCounter counter, CounterKey key, Stripe stripe, Owner owner) {
      super(counter, key, stripe);
      this.owner = owner;
    }

    @Override
    Owner owner() {
      return owner;
    }
  }

  /** Of a calendar's periods. */
  static final class Calendar extends CalendarTally {
    private final Owner owner;

    Calendar(CalendarCounter counter, CounterKey key, Stripe stripe, Owner owner) {
      super(counter, key, stripe);
      this.owner = owner;
    }

    @Override
    Owner owner() {
      return owner;
    }
  }
}
