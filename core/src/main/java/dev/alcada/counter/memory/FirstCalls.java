package dev.alcada.counter.memory;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Reservation;
import dev.alcada.time.Window;
import java.time.Duration;
import java.time.ZoneOffset;

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
      store.liveKeys();
      SipHash.hash(0, "", null);
      made = true;
    }
  }

  private static Charge charge(Window window, String value, long amount) {
    CounterId id = CounterId.of("first", "calls", "value", window);
    return new Charge.Amount(new CounterKey(id, value, null), 3, amount, 9, true);
  }
}
