package dev.alcada.redis;

import static dev.alcada.redis.Charges.MINUTE;
import static dev.alcada.redis.Charges.amount;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Look;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.ReserveResult;
import dev.alcada.counter.Usage;
import dev.alcada.counter.memory.InMemoryCounterStore;
import dev.alcada.testing.ManualTime;
import dev.alcada.time.Window;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random calls, whose answers are those of the store in memory, or of a plain list. */
@Timeout(60)
class RedisTraceTest {
  private static final Window SLIDING = new Window.Sliding(MINUTE);
  private static final List<Window> WINDOWS =
      List.of(
          new Window.Sliding(Duration.ofSeconds(1)),
          new Window.Sliding(MINUTE),
          new Window.Calendar(MINUTE, ZoneId.of("UTC")),
          new Window.Calendar(Duration.ofHours(1), ZoneId.of("Asia/Kathmandu")));

  private final ManualTime time = new ManualTime(1_000, ManualTime.START);

  private RedisCounterStore store() {
    return RedisCounterStore.builder(RedisProcess.sharedClient())
        .prefix(RedisProcess.freshPrefix())
        .timeout(Duration.ofSeconds(20))
        .maxKeysPerCounter(100)
        .clock(time)
        .build();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theAnswersAreThoseOfTheStoreInMemory(long seed) {
    Random random = new Random(seed);
    CounterStore memory =
        InMemoryCounterStore.builder().timeSource(time).maxKeysPerCounter(100).build();
    List<Reservation[]> held = new ArrayList<>();
    int refused = 0;
    int settled = 0;
    try (RedisCounterStore redis = store()) {
      for (int i = 0; i < 1_500; i++) {
        time.advance(Duration.ofNanos(1_000L * random.nextInt(400_000)));
        Demand demand = demand(random);
        String step = "seed " + seed + ", step " + i;
        if (random.nextInt(4) == 0) {
          Look ours = redis.look(demand);
          Look theirs = memory.look(demand);
          assertThat(ours.refusal()).as(step).isEqualTo(theirs.refusal());
          assertSame(ours.usage(), theirs.usage(), step);
        } else {
          ReserveResult ours = redis.reserve(demand);
          ReserveResult theirs = memory.reserve(demand);
          if (theirs instanceof Reservation expected) {
            assertThat(ours).as(step).isInstanceOf(Reservation.class);
            assertSame(((Reservation) ours).usage(), expected.usage(), step);
            held.add(new Reservation[] {(Reservation) ours, expected});
          } else {
            refused++;
            assertThat(ours).as(step).isEqualTo(theirs);
          }
        }
        if (!held.isEmpty() && random.nextInt(3) == 0) {
          Reservation[] both = held.remove(random.nextInt(held.size()));
          int how = random.nextInt(3);
          for (Reservation each : both) {
            if (how == 0) {
              each.cancel();
            } else {
              each.settle(how == 1 ? Ended.NOT_DONE : Ended.DONE);
            }
          }
          settled++;
        }
      }
    }
    assertThat(refused).isGreaterThan(100);
    assertThat(settled).isGreaterThan(100);
  }

  private static void assertSame(List<Usage> ours, List<Usage> theirs, String step) {
    assertThat(ours).as(step).hasToString(theirs.toString());
  }

  private static Demand demand(Random random) {
    List<Window> windows = new ArrayList<>(WINDOWS);
    Collections.shuffle(windows, random);
    List<Charge> charges = new ArrayList<>();
    for (Window window : windows.subList(0, 1 + random.nextInt(3))) {
      boolean large = random.nextBoolean();
      long unit = large ? 1_000_000_000_000_000_007L : 1;
      long amount = large ? random.nextInt(4) : random.nextInt(6);
      String grant = "agent-" + random.nextInt(6);
      Charge.Amount charge =
          amount(large ? "spend" : "rate", window, grant, 3 * unit + 17, amount * unit);
      charges.add(
          new Charge.Amount(charge.key(), charge.max(), charge.amount(), 9, random.nextInt(3) > 0));
    }
    return Demand.of(charges);
  }

  /** A call of the plain list. */
  private record Call(long at, long amount) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void beyondWhatIsKeptApartNothingLeavesEarlyAndNothingMoreThanACellLate(long seed) {
    long window = MINUTE.toNanos();
    long cell = window / 1024 + 1;
    long max = 6_000;
    Random random = new Random(seed);
    List<Call> calls = new ArrayList<>();
    List<Reservation> held = new ArrayList<>();
    int refused = 0;
    try (RedisCounterStore store = store()) {
      for (int i = 0; i < 6_000; i++) {
        // So that the window comes to hold some thousands of calls, and then is full.
        time.advance(Duration.ofNanos(1_000L * random.nextInt(i < 4_000 ? 16_000 : 30_000)));
        long now = time.nanoTime();
        long amount = 1L + random.nextInt(3);
        ReserveResult result = store.reserve(Demand.of(amount("rate", SLIDING, "a", max, amount)));
        if (result instanceof Reservation reservation) {
          assertThat(sum(calls, now - window) + amount).as("step %s", i).isLessThanOrEqualTo(max);
          calls.add(new Call(now, amount));
          held.add(reservation);
        } else {
          refused++;
          assertThat(result).isInstanceOf(Refusal.class);
          assertThat(sum(calls, now - window - cell) + amount).as("step %s", i).isGreaterThan(max);
        }
        if (random.nextInt(4) == 0) {
          int at = random.nextInt(held.size());
          held.remove(at).cancel();
          // At its own place, for as long as that counts.
          calls.remove(at);
        }
      }
    }
    assertThat(refused).isGreaterThan(100);
  }

  /** What counts of the calls after an instant. */
  private static long sum(List<Call> calls, long after) {
    long sum = 0;
    for (int i = calls.size() - 1; i >= 0 && calls.get(i).at() > after; i--) {
      sum += calls.get(i).amount();
    }
    return sum;
  }
}
