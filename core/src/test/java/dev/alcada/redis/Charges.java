package dev.alcada.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Reservation;
import dev.alcada.time.Window;
import java.time.Duration;
import java.time.ZoneId;

/** What the tests of this room charge. */
final class Charges {
  static final Duration MINUTE = Duration.ofMinutes(1);

  private Charges() {}

  static Charge.Amount amount(String counter, Window window, String grant, long max, long amount) {
    return new Charge.Amount(
        new CounterKey(CounterId.of("limits", counter, "grant", window), grant, null),
        max,
        amount,
        9,
        true);
  }

  /** Within a sliding hour, so that no test is too slow for it. */
  static Charge.Amount one(String counter, long max) {
    return amount(counter, new Window.Sliding(Duration.ofHours(1)), "agent-7", max, 1);
  }

  static Window day() {
    return new Window.Calendar(Duration.ofDays(1), ZoneId.of("UTC"));
  }

  static Reservation admitted(CounterStore store, Charge... charges) {
    return (Reservation)
        assertThat(store.reserve(Demand.of(charges))).isInstanceOf(Reservation.class).actual();
  }

  static long used(CounterStore store, Charge charge) {
    return store.look(Demand.of(charge)).usage().get(0).used();
  }
}
