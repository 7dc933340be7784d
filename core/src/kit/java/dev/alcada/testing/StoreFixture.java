package dev.alcada.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Refusal.Reason;
import dev.alcada.counter.Reservation;
import dev.alcada.time.TimeSource;
import dev.alcada.time.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/** What the cases of the {@link CounterStoreKit} are told in. */
abstract class StoreFixture {
  /** The length of the window of {@link #charge}. */
  protected static final Duration MINUTE = Duration.ofMinutes(1);

  /** A step of the clock. */
  protected static final Duration SECOND = Duration.ofSeconds(1);

  /** The clocks of {@link #store()}. */
  protected final ManualTime time =
      new ManualTime(123_456_789_000L, Instant.parse("2026-11-02T10:15:30Z"));

  /**
   * Makes an empty store.
   *
   * @param time its clocks
   * @param maxKeysPerCounter how many keys of one counter may be live
   * @return the store
   */
  protected abstract CounterStore store(TimeSource time, int maxKeysPerCounter);

  /** {@return the smallest span of time that the store tells apart} */
  protected Duration resolution() {
    return Duration.ofNanos(1);
  }

  /**
   * Returns whether sliding windows run on the wall clock, as in a store whose clock several
   * processes share; unless overridden, they run on the monotonic one.
   */
  protected boolean slidesOnWallClock() {
    return false;
  }

  final CounterStore store() {
    return store(time, 1_000);
  }

  static Reservation admitted(CounterStore store, Charge... charges) {
    return assertThat(store.reserve(Demand.of(charges)))
        .asInstanceOf(type(Reservation.class))
        .actual();
  }

  static void refused(
      CounterStore store, int index, Reason reason, @Nullable Duration wait, Charge... charges) {
    Refusal expected = new Refusal(index, reason, wait);
    assertThat(store.look(Demand.of(charges)).refusal()).isEqualTo(expected);
    assertThat(store.reserve(Demand.of(charges))).isEqualTo(expected);
  }

  static void settle(Reservation reservation, String how) {
    switch (how) {
      case "keep" -> reservation.settle(Ended.DONE);
      case "lose" -> reservation.settle(Ended.UNKNOWN);
      case "release" -> reservation.settle(Ended.NOT_DONE);
      default -> reservation.cancel();
    }
  }

  /** {@return what the count of a charge holds, in the charge's units} */
  static long used(CounterStore store, Charge charge) {
    return store.look(Demand.of(charge)).usage().get(0).used();
  }

  static Charge.Amount charge(String counter, String value, long max, long amount) {
    return new Charge.Amount(key(counter, value, null), max, amount, 9, true);
  }

  static CounterKey key(String counter, String value, @Nullable String session) {
    return key(counter, new Window.Sliding(MINUTE), value, session);
  }

  static CounterKey key(String counter, Window window, String value, @Nullable String session) {
    return new CounterKey(CounterId.of("document", counter, "grant", window), value, session);
  }

  static Window calendar(Duration length, String zone) {
    return new Window.Calendar(length, ZoneId.of(zone));
  }
}
