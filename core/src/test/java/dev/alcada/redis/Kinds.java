package dev.alcada.redis;

import static dev.alcada.redis.Charges.MINUTE;
import static dev.alcada.redis.Charges.amount;
import static dev.alcada.redis.Charges.day;
import static dev.alcada.redis.Charges.one;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Reservation;
import dev.alcada.time.Window;
import java.time.Duration;
import java.util.List;

/** What the tests of this room charge beside amounts, and the marks of their calls. */
final class Kinds {
  static final Window HOUR = new Window.Sliding(Duration.ofHours(1));

  private Kinds() {}

  static Charge.Distinct distinct(Window window, long max, String... values) {
    CounterId id = CounterId.distinct("limits", "recipients", "grant", window);
    return new Charge.Distinct(new CounterKey(id, "agent-7", null), max, List.of(values));
  }

  static Charge.InFlight inFlight(long max, Duration lease) {
    CounterId id = CounterId.inFlight("limits", "exports", "grant");
    return new Charge.InFlight(new CounterKey(id, "agent-7", null), max, 1, 9, lease);
  }

  static Charge.Once once(String call, Window window) {
    CounterKey key = new CounterKey(CounterId.once("once", "pay"), "agent-7", call);
    return new Charge.Once(key, window, MINUTE);
  }

  static Mark mark(Duration lasts) {
    CounterId id = CounterId.mark("marks", "private_data", "grant");
    return new Mark(new CounterKey(id, "agent-7", null), lasts);
  }

  static boolean isThere(CounterStore store, Mark mark) {
    return store.look(Demand.builder().reads(mark.key(), null).build()).marks().get(0);
  }

  static Reservation reserved(CounterStore store, Demand demand) {
    return (Reservation) assertThat(store.reserve(demand)).isInstanceOf(Reservation.class).actual();
  }

  /** One of every kind, with marks that are read, left, and left at the end. */
  static Demand everything(Mark done) {
    return Demand.builder()
        .charge(one("rate", 90))
        .charge(amount("day", day(), "agent-7", 90, 1))
        .charge(distinct(HOUR, 9, "ana@example.com", "bob@example.com"))
        .charge(inFlight(90, MINUTE))
        .charge(once("ssn 078-05-1120", HOUR))
        .reads(done.key(), false)
        .tried(mark(MINUTE))
        .done(done)
        .build();
  }

  static Mark done() {
    CounterId id = CounterId.mark("marks", "checked", "args.customer");
    return new Mark(new CounterKey(id, "ana@example.com", null), MINUTE);
  }

  static Demand tries(Mark mark) {
    return Demand.builder().tried(mark).build();
  }
}
