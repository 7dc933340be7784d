package dev.alcada.jdbc;

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
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random traces, against the store in memory. */
class TracesTest {
  private static final int STEPS = Integer.getInteger("alcada.jdbc.steps", 1_500);

  private static final List<Window> WINDOWS =
      List.of(
          new Window.Sliding(Duration.ofMillis(7)),
          new Window.Sliding(Duration.ofSeconds(1)),
          new Window.Sliding(Duration.ofMinutes(1)),
          new Window.Calendar(Duration.ofMinutes(1), ZoneId.of("UTC")),
          new Window.Calendar(Duration.ofHours(1), ZoneId.of("Asia/Kathmandu")));

  private record Outstanding(Reservation ours, Reservation theirs) {}

  /** A call by what it is found by in each store, since it was reserved. */
  private record Named(String ours, String theirs) {}

  @ParameterizedTest
  @EnumSource
  void everyAnswerIsThatOfTheStoreInMemory(Kind kind, @TempDir Path directory) {
    Random random = new Random(20261128);
    ManualTime time = new ManualTime(0, Instant.parse("2026-11-28T10:15:30Z"));
    CounterStore theirs =
        InMemoryCounterStore.builder().timeSource(time).maxKeysPerCounter(4).build();
    List<Outstanding> outstanding = new ArrayList<>();
    int refusals = 0;
    try (JdbcCounterStore ours =
        JdbcCounterStore.builder(kind.empty(directory))
            .createTables()
            .timeSource(time)
            .timeout(Duration.ofSeconds(20))
            .maxKeysPerCounter(4)
            .build()) {
      for (int step = 0; step < STEPS; step++) {
        time.advance(
            Duration.ofNanos(1_000L * random.nextInt(random.nextInt(9) == 0 ? 9_000_000 : 900)));
        if (!outstanding.isEmpty() && random.nextInt(3) == 0) {
          Outstanding one = outstanding.remove(random.nextInt(outstanding.size()));
          boolean cancelled = random.nextBoolean();
          settle(one.ours(), cancelled);
          settle(one.theirs(), cancelled);
          continue;
        }
        Demand demand = demand(random);
        assertThat(told(ours.look(demand).refusal()))
            .as("look %s", step)
            .isEqualTo(told(theirs.look(demand).refusal()));
        ReserveResult our = ours.reserve(demand);
        ReserveResult their = theirs.reserve(demand);
        if (our instanceof Reservation one && their instanceof Reservation other) {
          assertThat(one.usage())
              .map(Object::toString)
              .isEqualTo(other.usage().stream().map(Object::toString).toList());
          outstanding.add(new Outstanding(one, other));
        } else {
          assertThat(told(our)).as("reserve %s", step).isEqualTo(told(their));
          refusals++;
        }
      }
    }
    assertThat(refusals).isBetween(STEPS / 20, STEPS * 19 / 20);
  }

  /** Every kind of charge, and marks that are read, left and left at the end. */
  @ParameterizedTest
  @EnumSource
  void soIsItForAllKinds(Kind kind, @TempDir Path directory) {
    Random random = new Random(20261129);
    ManualTime time = new ManualTime(0, Instant.parse("2026-11-28T10:15:30Z"));
    CounterStore theirs = InMemoryCounterStore.builder().timeSource(time).build();
    List<Outstanding> outstanding = new ArrayList<>();
    List<Named> named = new ArrayList<>();
    Map<String, Integer> answers = new TreeMap<>();
    try (JdbcCounterStore ours =
        JdbcCounterStore.builder(kind.empty(directory))
            .createTables()
            .timeSource(time)
            .executor(Runnable::run)
            .timeout(Duration.ofSeconds(20))
            .build()) {
      for (int step = 0; step < STEPS; step++) {
        time.advance(
            Duration.ofNanos(1_000L * random.nextInt(random.nextInt(9) == 0 ? 9_000_000 : 90_000)));
        if (!named.isEmpty() && random.nextInt(5) == 0) {
          Named one = named.remove(Math.max(0, named.size() - 1 - random.nextInt(9)));
          Ended said = random.nextBoolean() ? Ended.DONE : Ended.NOT_DONE;
          boolean taken = ours.settleLate(one.ours(), said);
          // What is over each drops when it comes to it; of that, nothing changes.
          assertThat(theirs.settleLate(one.theirs(), said) || !taken)
              .as("settle late %s", step)
              .isTrue();
          answers.merge("settled late", taken ? 1 : 0, Integer::sum);
          continue;
        }
        if (!outstanding.isEmpty() && random.nextInt(2) == 0) {
          Outstanding one = outstanding.remove(random.nextInt(outstanding.size()));
          List<Mark> done = random.nextBoolean() ? List.of(mark(random)) : List.of();
          int how = random.nextInt(4);
          for (Reservation each : List.of(one.ours(), one.theirs())) {
            if (how == 3) {
              each.cancel();
            } else {
              each.settle(List.of(Ended.DONE, Ended.NOT_DONE, Ended.UNKNOWN).get(how), done);
            }
          }
          continue;
        }
        Demand demand = anyDemand(random);
        Look our = ours.look(demand);
        Look their = theirs.look(demand);
        assertThat(told(our.refusal())).as("look %s", step).isEqualTo(told(their.refusal()));
        assertThat(our.marks()).as("marks %s", step).isEqualTo(their.marks());
        assertThat(our.usage().toString()).as("usage %s", step).isEqualTo(their.usage().toString());
        ReserveResult mine = ours.reserve(demand);
        ReserveResult yours = theirs.reserve(demand);
        if (mine instanceof Reservation one && yours instanceof Reservation other) {
          outstanding.add(new Outstanding(one, other));
          String mineId = one.id();
          String yourId = other.id();
          assertThat(mineId == null).as("named %s", step).isEqualTo(yourId == null);
          if (mineId != null && yourId != null) {
            named.add(new Named(mineId, yourId));
          }
          answers.merge("reserved", 1, Integer::sum);
        } else {
          assertThat(told(mine)).as("reserve %s", step).isEqualTo(told(yours));
          answers.merge(((Refusal) mine).reason().name(), 1, Integer::sum);
        }
      }
    }
    assertThat(answers)
        .containsOnlyKeys(
            "ABOVE_MAX", "DUPLICATE", "EXHAUSTED", "MARKS_CHANGED", "reserved", "settled late")
        .allSatisfy((answer, times) -> assertThat(times).as(answer).isGreaterThan(STEPS / 100));
  }

  private static CounterKey key(CounterId counter, Random random) {
    return new CounterKey(counter, "k" + random.nextInt(3), null);
  }

  private static Mark mark(Random random) {
    CounterId id = CounterId.mark("marks", "read", "grant");
    return new Mark(key(id, random), Duration.ofMillis(1 + random.nextInt(3_000)));
  }

  private static Demand anyDemand(Random random) {
    Demand.Builder demand = Demand.builder();
    if (random.nextInt(3) == 0) {
      Window window = WINDOWS.get(random.nextInt(WINDOWS.size()));
      CounterId id = CounterId.of("document", "c", "grant", window);
      demand.charge(
          new Charge.Amount(key(id, random), 9, random.nextInt(6), 9, random.nextBoolean()));
    }
    if (random.nextInt(3) == 0) {
      Window window = WINDOWS.get(random.nextInt(WINDOWS.size()));
      CounterId id = CounterId.distinct("document", "d", "grant", window);
      List<String> values = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        values.add("v" + random.nextInt(7));
      }
      demand.charge(new Charge.Distinct(key(id, random), 2 + random.nextInt(2), values));
    }
    if (random.nextInt(3) == 0) {
      CounterId id = CounterId.inFlight("document", "f", "grant");
      Duration lease = Duration.ofMillis(1 + random.nextInt(5_000));
      demand.charge(new Charge.InFlight(key(id, random), 4, random.nextInt(6), 9, lease));
    }
    if (random.nextInt(3) == 0) {
      Window window = WINDOWS.get(random.nextInt(WINDOWS.size()));
      Duration lease = Duration.ofMillis(1 + random.nextInt(5_000));
      demand.charge(new Charge.Once(key(CounterId.once("document", "pay"), random), window, lease));
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

  private static String told(@Nullable Object answer) {
    return String.valueOf(answer instanceof Refusal ? answer : answer == null ? null : "reserved");
  }

  private static void settle(Reservation reservation, boolean cancelled) {
    if (cancelled) {
      reservation.cancel();
    } else {
      reservation.settle(Ended.NOT_DONE);
    }
  }

  private static Demand demand(Random random) {
    List<Charge> charges = new ArrayList<>();
    List<Window> windows = new ArrayList<>(WINDOWS);
    int size = 1 + random.nextInt(3);
    for (int i = 0; i < size; i++) {
      Window window = windows.remove(random.nextInt(windows.size()));
      CounterId counter = CounterId.of("document", "c", "grant", window);
      CounterKey key = new CounterKey(counter, "k" + random.nextInt(6), null);
      charges.add(
          new Charge.Amount(
              key, 3 + random.nextInt(9), random.nextInt(6), 9, random.nextBoolean()));
    }
    return Demand.of(charges);
  }
}
