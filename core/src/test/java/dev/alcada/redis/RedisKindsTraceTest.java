package dev.alcada.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Look;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.ReserveResult;
import dev.alcada.counter.memory.InMemoryCounterStore;
import dev.alcada.testing.ManualTime;
import dev.alcada.time.Window;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random calls with every kind of charge and marks, their ends, and an operator's words: all that
 * is told is as in memory.
 */
@Timeout(120)
class RedisKindsTraceTest {
  private static final int STEPS = Integer.getInteger("alcada.redis.steps", 1_500);
  private static final List<Ended> ENDS = List.of(Ended.DONE, Ended.NOT_DONE, Ended.UNKNOWN);
  private static final List<Window> WINDOWS =
      List.of(
          new Window.Sliding(Duration.ofMillis(7)),
          new Window.Sliding(Duration.ofSeconds(1)),
          new Window.Sliding(Duration.ofMinutes(1)),
          new Window.Calendar(Duration.ofMinutes(1), ZoneId.of("UTC")),
          new Window.Calendar(Duration.ofHours(1), ZoneId.of("Asia/Kathmandu")));

  private record Call(Reservation ours, Reservation theirs) {
    /** Whatever has been said of it; what it changes is seen by those that ask next. */
    void settleLate(CounterStore our, CounterStore their, Ended ended) {
      String ourId = ours.id();
      String theirId = theirs.id();
      if (ourId != null && theirId != null) {
        our.settleLate(ourId, ended);
        their.settleLate(theirId, ended);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyAnswerIsThatOfTheStoreInMemory(long seed) {
    Random random = new Random(seed);
    ManualTime time = new ManualTime(1_000, ManualTime.START);
    CounterStore theirs = InMemoryCounterStore.builder().timeSource(time).build();
    List<Call> running = new ArrayList<>();
    List<Call> ended = new ArrayList<>();
    Map<String, Integer> answers = new TreeMap<>();
    try (RedisCounterStore ours =
        RedisCounterStore.builder(RedisProcess.sharedClient())
            .prefix(RedisProcess.freshPrefix())
            .timeout(Duration.ofSeconds(20))
            .clock(time)
            .build()) {
      for (int i = 0; i < STEPS; i++) {
        String step = "seed " + seed + ", step " + i;
        time.advance(
            Duration.ofNanos(1_000L * random.nextInt(random.nextInt(9) == 0 ? 9_000_000 : 90_000)));
        if (!running.isEmpty() && random.nextInt(2) == 0) {
          Call call = running.remove(random.nextInt(running.size()));
          end(call, random);
          ended.add(call);
          continue;
        }
        if (random.nextInt(9) == 0) {
          List<Call> any = random.nextInt(3) == 0 ? running : ended;
          if (!any.isEmpty()) {
            Call call = any.get(any.size() - 1 - random.nextInt(Math.min(9, any.size())));
            call.settleLate(ours, theirs, random.nextBoolean() ? Ended.DONE : Ended.NOT_DONE);
          }
          continue;
        }
        if (random.nextInt(20) == 0) {
          CounterKey held = held(random);
          assertThat(ours.takeBack(held)).as(step).isEqualTo(theirs.takeBack(held));
          continue;
        }
        Demand demand = demand(random);
        Look our = ours.look(demand);
        Look their = theirs.look(demand);
        assertThat(our.refusal()).as(step).isEqualTo(their.refusal());
        assertThat(our.marks()).as(step).isEqualTo(their.marks());
        assertThat(our.usage()).as(step).hasToString(their.usage().toString());
        ReserveResult mine = ours.reserve(demand);
        ReserveResult yours = theirs.reserve(demand);
        if (yours instanceof Reservation other) {
          assertThat(mine).as(step).isInstanceOf(Reservation.class);
          assertThat(((Reservation) mine).usage()).as(step).hasToString(other.usage().toString());
          // Memory keeps a name from when it is asked for.
          assertThat(((Reservation) mine).id() == null).as(step).isEqualTo(other.id() == null);
          running.add(new Call((Reservation) mine, other));
          answers.merge("reserved", 1, Integer::sum);
        } else {
          assertThat(mine).as(step).isEqualTo(yours);
          answers.merge(((Refusal) mine).reason().name(), 1, Integer::sum);
        }
      }
    }
    assertThat(answers)
        .containsOnlyKeys("ABOVE_MAX", "DUPLICATE", "EXHAUSTED", "MARKS_CHANGED", "reserved")
        .allSatisfy((answer, times) -> assertThat(times).as(answer).isGreaterThan(STEPS / 100));
  }

  private static void end(Call call, Random random) {
    List<Mark> done = random.nextBoolean() ? List.of(mark(random), mark(random)) : List.of();
    int how = random.nextInt(ENDS.size() + 1);
    for (Reservation each : List.of(call.ours(), call.theirs())) {
      if (how == ENDS.size()) {
        each.cancel();
      } else {
        each.settle(ENDS.get(how), done);
      }
    }
  }

  private static CounterKey key(CounterId counter, Random random) {
    return new CounterKey(counter, "k" + random.nextInt(3), null);
  }

  private static Mark mark(Random random) {
    CounterId id = CounterId.mark("marks", "read", "grant");
    return new Mark(key(id, random), Duration.ofMillis(1 + random.nextInt(3_000)));
  }

  private static CounterKey held(Random random) {
    return switch (random.nextInt(3)) {
      case 0 -> key(CounterId.inFlight("limits", "f", "grant"), random);
      case 1 -> key(CounterId.once("limits", "pay"), random);
      default -> mark(random).key();
    };
  }

  private static Window window(Random random) {
    return WINDOWS.get(random.nextInt(WINDOWS.size()));
  }

  private static Duration lease(Random random) {
    return Duration.ofMillis(1 + random.nextInt(5_000));
  }

  private static Demand demand(Random random) {
    Demand.Builder demand = Demand.builder();
    if (random.nextInt(3) == 0) {
      CounterId id = CounterId.of("limits", "c", "grant", window(random));
      demand.charge(
          new Charge.Amount(key(id, random), 9, random.nextInt(6), 9, random.nextBoolean()));
    }
    if (random.nextInt(3) == 0) {
      CounterId id = CounterId.distinct("limits", "d", "grant", window(random));
      List<String> values = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        values.add("v" + random.nextInt(7));
      }
      demand.charge(new Charge.Distinct(key(id, random), 2 + random.nextInt(2), values));
    }
    if (random.nextInt(3) == 0) {
      boolean coarse = random.nextInt(9) == 0;
      long unit = coarse ? 1_000L : 1_000_000_000L;
      long amount = random.nextInt(6) * unit / (random.nextBoolean() ? 1 : 3);
      demand.charge(
          new Charge.InFlight(
              key(CounterId.inFlight("limits", "f", "grant"), random),
              4 * unit,
              amount,
              coarse ? 3 : 9,
              lease(random)));
    }
    if (random.nextInt(3) == 0) {
      CounterKey key = key(CounterId.once("limits", "pay"), random);
      demand.charge(new Charge.Once(key, window(random), lease(random)));
    }
    if (random.nextInt(3) == 0) {
      demand.tried(mark(random));
    }
    if (random.nextInt(3) == 0) {
      int there = random.nextInt(3);
      demand.reads(mark(random).key(), there == 2 ? null : there == 1);
    }
    if (random.nextInt(3) == 0) {
      demand.done(mark(random));
    }
    return demand.build();
  }
}
