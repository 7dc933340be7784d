package dev.alcada.counter.memory;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Reservation;
import dev.alcada.time.Window;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;

/**
 * Calls everything once before the first store is handed out. A class whose initialiser meets the
 * end of the stack is lost to its process for good, and with it every counter: so none is left to
 * be initialised by the first call of an agent.
 */
final class FirstCalls {
  private static volatile boolean made;

  private FirstCalls() {}

  static void make() {
    if (!made) {
      InMemoryCounterStore store = InMemoryCounterStore.builder().maxKeysPerCounter(2).built();
      Window sliding = new Window.Sliding(Duration.ofDays(1));
      Window calendar = new Window.Calendar(Duration.ofDays(1), ZoneOffset.UTC);
      Charge two = charge(sliding, "a", 2);
      Charge three = charge(calendar, "a", 3);
      Reservation both = (Reservation) store.reserve(Demand.of(two, three));
      both.usage();
      store.reserve(Demand.of(charge(sliding, "a", 1)));
      store.reserve(Demand.of(charge(sliding, "b", 1)));
      store.reserve(Demand.of(charge(sliding, "too many", 1)));
      store.reserve(Demand.of(two));
      store.look(Demand.of(two, three));
      both.settle(Ended.NOT_DONE);
      ofAllKinds(store, sliding, calendar);
      store.liveKeys();
      SipHash.hash(0, "", null);
      made = true;
    }
  }

  private static void ofAllKinds(InMemoryCounterStore store, Window sliding, Window calendar) {
    Duration day = Duration.ofDays(1);
    CounterKey running = key(CounterId.inFlight("first", "running", "value"), "a");
    CounterKey once = key(CounterId.once("first", "once"), "a").ownedBy("a");
    CounterKey tried = key(CounterId.mark("first", "tried", "value"), "a").ownedBy("a");
    CounterKey done = key(CounterId.mark("first", "done", "value"), "a");
    CounterKey owned = key(CounterId.of("first", "owned", "value", sliding), "a").ownedBy("a");
    CounterKey daily = key(CounterId.of("first", "daily", "value", calendar), "a").ownedBy("a");
    Demand.Builder demand = Demand.builder();
    for (Window window : List.of(sliding, calendar)) {
      CounterId id = CounterId.distinct("first", "values", "value", window);
      demand.charge(new Charge.Distinct(key(id, "a"), 2, List.of("a", "b")));
    }
    Demand all =
        demand
            .charge(new Charge.InFlight(running, 2, 1, 9, day))
            .charge(new Charge.InFlight(key(running.counter(), "b"), 2, 1, 3, day))
            .charge(new Charge.Once(once, calendar, day))
            .charge(new Charge.Amount(owned, 9, 1, 9, true))
            .charge(new Charge.Amount(daily, 9, 1, 9, true))
            .tried(new Mark(tried, day))
            .reads(done, false)
            .done(new Mark(done, day))
            .build();
    for (Ended ended : Ended.values()) {
      store.look(all);
      Reservation reservation = (Reservation) store.reserve(all);
      store.reserve(all);
      reservation.usage();
      reservation.settle(ended, all.done());
      for (CounterKey key : List.of(once, tried, done)) {
        store.held(key.counter().kind(), "", 1);
        store.takeBack(key);
      }
    }
    ((Reservation) store.reserve(all)).cancel();
  }

  private static CounterKey key(CounterId id, String value) {
    return new CounterKey(id, value, null);
  }

  private static Charge charge(Window window, String value, long amount) {
    CounterId id = CounterId.of("first", "calls", "value", window);
    return new Charge.Amount(new CounterKey(id, value, null), 3, amount, 9, true);
  }
}
