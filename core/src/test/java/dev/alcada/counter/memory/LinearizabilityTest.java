package dev.alcada.counter.memory;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Reservation;
import dev.alcada.testing.ManualTime;
import dev.alcada.time.Window;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever several threads do at once, each sees what it would if all had done it one after the
 * other: two keys, two limits, reservations of one's own and one that all settle.
 */
@Tag("any-jvm")
public class LinearizabilityTest {
  private static final int WIDTH = Integer.getInteger("alcada.lincheck", 1);
  private static final Window SECOND = new Window.Sliding(Duration.ofSeconds(1));

  private final ManualTime time = new ManualTime();
  private final CounterStore store = InMemoryCounterStore.builder().timeSource(time).build();
  private final ConcurrentMap<Integer, Deque<Reservation>> own = new ConcurrentHashMap<>();
  private final Reservation shared = (Reservation) store.reserve(Demand.of(charges(2)));

  /** For Lincheck, which makes one for each scenario. */
  public LinearizabilityTest() {}

  @Operation
  public String reserve(
      @Param(gen = ThreadIdGen.class) int thread,
      @Param(gen = IntGen.class, conf = "0:3") int limits) {
    if (store.reserve(Demand.of(charges(limits))) instanceof Reservation reservation) {
      own.computeIfAbsent(thread, key -> new ArrayDeque<>()).push(reservation);
      return "reserved";
    }
    return "refused";
  }

  @Operation
  public boolean settle(
      @Param(gen = ThreadIdGen.class) int thread,
      @Param(gen = IntGen.class, conf = "0:2") int settlement) {
    Deque<Reservation> reservations = own.get(thread);
    if (reservations == null || reservations.isEmpty()) {
      return false;
    }
    settle(settlement, reservations.pop());
    return true;
  }

  @Operation
  public void settleShared(@Param(gen = IntGen.class, conf = "0:2") int settlement) {
    settle(settlement, shared);
  }

  @Operation
  public String peek(@Param(gen = IntGen.class, conf = "0:3") int limits) {
    Refusal refusal = store.look(Demand.of(charges(limits))).refusal();
    return refusal == null ? "room" : "none at " + refusal.index();
  }

  @Operation
  public void aSecondPasses() {
    time.advance(Duration.ofSeconds(1));
  }

  @Test
  void modelChecking() {
    new ModelCheckingOptions()
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(2)
        .actorsAfter(1)
        .iterations(4 * WIDTH)
        .invocationsPerIteration(50 * WIDTH)
        // Beside other work one may take many seconds, and has not hung.
        .invocationTimeout$lincheck(Duration.ofMinutes(2).toMillis())
        .check(LinearizabilityTest.class);
  }

  @Test
  void stress() {
    new StressOptions()
        .threads(3)
        .actorsPerThread(3)
        .actorsBefore(2)
        .actorsAfter(1)
        .iterations(10 * WIDTH)
        .invocationsPerIteration(200 * WIDTH)
        .check(LinearizabilityTest.class);
  }

  private static Charge charge(String value) {
    CounterId id = CounterId.of("document", "rate", "grant", SECOND);
    return new Charge.Amount(new CounterKey(id, value, null), 2, 1, 9, value.equals("one"));
  }

  /** Which limits a call meets, and in which order. */
  private static List<Charge> charges(int limits) {
    return switch (limits) {
      case 0 -> List.of(charge("one"));
      case 1 -> List.of(charge("two"));
      case 2 -> List.of(charge("one"), charge("two"));
      default -> List.of(charge("two"), charge("one"));
    };
  }

  private static void settle(int settlement, Reservation reservation) {
    switch (settlement) {
      case 0 -> reservation.settle(Ended.DONE);
      case 1 -> reservation.settle(Ended.NOT_DONE);
      default -> reservation.cancel();
    }
  }
}
