package dev.alcada.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Refusal.Reason;
import dev.alcada.counter.Reservation;
import dev.alcada.time.TimeSource;
import dev.alcada.time.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
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

  /**
   * Returns the kinds that the store keeps: all, unless overridden. The cases of the others are not
   * run, but that it refuses each of them by an {@link IllegalArgumentException}.
   */
  protected Set<CounterId.Kind> kinds() {
    return EnumSet.allOf(CounterId.Kind.class);
  }

  /** {@return whether the store lists and takes back what is held; it does, unless overridden} */
  protected boolean lists() {
    return true;
  }

  /**
   * Returns whether the store takes a word on how a call has ended after the fact; it does, unless
   * overridden. Of one that does not, the kit asks that it gives its reservations no identifiers
   * and refuses the word by an {@link UnsupportedOperationException}.
   */
  protected boolean settlesLate() {
    return true;
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

  static CounterKey key(CounterId id, String value) {
    return new CounterKey(id, value, null);
  }

  static Charge.Distinct distinct(long max, String... values) {
    CounterId id = CounterId.distinct("document", "rate", "grant", new Window.Sliding(MINUTE));
    return new Charge.Distinct(key(id, "a"), max, List.of(values));
  }

  static Charge.InFlight inFlight(long max, long amount) {
    CounterId id = CounterId.inFlight("document", "rate", "grant");
    return new Charge.InFlight(key(id, "a"), max, amount, 9, MINUTE);
  }

  /** Returns what is remembered for a minute, and may run as long. */
  static Charge.Once once(String call) {
    return once(call, MINUTE, MINUTE);
  }

  static Charge.Once once(String call, Duration window, Duration lease) {
    CounterKey key = key(CounterId.once("document", "pay"), call);
    return new Charge.Once(key, new Window.Sliding(window), lease);
  }

  static Mark mark(String name, Duration lasts) {
    return new Mark(key(CounterId.mark("marks", name, "grant"), "a"), lasts);
  }

  static Reservation admitted(CounterStore store, Demand demand) {
    return assertThat(store.reserve(demand)).asInstanceOf(type(Reservation.class)).actual();
  }

  static void refused(CounterStore store, Demand demand, Refusal expected) {
    assertThat(store.look(demand).refusal()).isEqualTo(expected);
    assertThat(store.reserve(demand)).isEqualTo(expected);
  }

  /** Whether a mark is there, as a call would be judged by it. */
  static boolean isThere(CounterStore store, Mark mark) {
    return store.look(Demand.builder().reads(mark.key(), null).build()).marks().get(0);
  }
}
