package dev.alcada.counter.memory;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Mark;
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
 * So it is of what runs, of calls that are made once, and of marks that calls are judged by, left
 * with their admission and with their end, and taken back.
 */
@Tag("any-jvm")
public class AllKindsLincheckTest {
  private static final int WIDTH = Integer.getInteger("alcada.lincheck", 1);
  private static final Window SECOND = new Window.Sliding(Duration.ofSeconds(1));

  private static final Mark LEFT =
      new Mark(key(CounterId.mark("marks", "left", "grant")), Duration.ofSeconds(1));
  private static final Mark DONE =
      new Mark(key(CounterId.mark("marks", "done", "grant")), Duration.ofSeconds(1));

  private final ManualTime time = new ManualTime();
  private final CounterStore store = InMemoryCounterStore.builder().timeSource(time).build();
  private final ConcurrentMap<Integer, Deque<Reservation>> own = new ConcurrentHashMap<>();
  private final Reservation shared = (Reservation) store.reserve(demand(3));

  /** For Lincheck, which makes one for each scenario. */
  public AllKindsLincheckTest() {}

  @Operation
  public String reserve(
      @Param(gen = ThreadIdGen.class) int thread,
      @Param(gen = IntGen.class, conf = "0:3") int limits) {
    if (store.reserve(demand(limits)) instanceof Reservation reservation) {
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
    Refusal refusal = store.look(demand(limits)).refusal();
    return refusal == null ? "room" : refusal.reason() + " at " + refusal.index();
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
        .iterations(3 * WIDTH)
        .invocationsPerIteration(30 * WIDTH)
        // Beside other work one may take many seconds, and has not hung.
        .invocationTimeout$lincheck(Duration.ofMinutes(2).toMillis())
        .check(AllKindsLincheckTest.class);
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
        .check(AllKindsLincheckTest.class);
  }

  @Operation
  public boolean takeBack() {
    return store.takeBack(LEFT.key());
  }

  /** What a call wants: of all kinds, in one order and the other. */
  private static Demand demand(int which) {
    CounterKey running = key(CounterId.inFlight("document", "running", "grant"));
    CounterKey once = key(CounterId.once("document", "pay"));
    CounterKey values = key(CounterId.distinct("document", "values", "grant", SECOND));
    Charge inFlight = new Charge.InFlight(running, 2, 1, 9, Duration.ofSeconds(1));
    return switch (which) {
      case 0 -> Demand.builder().charge(inFlight).reads(LEFT.key(), false).done(DONE).build();
      case 1 ->
          Demand.builder()
              .charge(new Charge.Once(once, SECOND, Duration.ofSeconds(1)))
              .charge(inFlight)
              .tried(LEFT)
              .done(DONE)
              .build();
      case 2 ->
          Demand.builder()
              .charge(new Charge.Distinct(values, 1, List.of("a")))
              .reads(DONE.key(), true)
              .done(DONE)
              .build();
      default -> Demand.builder().charge(inFlight).tried(LEFT).done(DONE).build();
    };
  }

  private static CounterKey key(CounterId id) {
    return new CounterKey(id, "one", null);
  }

  private static void settle(int settlement, Reservation reservation) {
    switch (settlement) {
      case 0 -> reservation.settle(Ended.DONE, List.of(DONE));
      case 1 -> reservation.settle(Ended.NOT_DONE);
      default -> reservation.settle(Ended.UNKNOWN);
    }
  }
}
