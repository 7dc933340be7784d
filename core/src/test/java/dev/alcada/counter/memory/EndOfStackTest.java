package dev.alcada.counter.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.ReserveResult;
import dev.alcada.counter.memory.NaiveCounters.Admission;
import dev.alcada.counter.memory.NaiveCounters.Wanted;
import dev.alcada.testing.ManualTime;
import dev.alcada.traces.KindsTrace;
import dev.alcada.traces.KindsTrace.Place;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Calls near the end of a thread's stack, as a model can have an agent make them: with tools that
 * call tools, or steps that each wait for the next. Every call is made with ever more of the stack
 * left until it is answered, and after each try the store is compared with {@link NaiveCounters}.
 */
@Timeout(120)
class EndOfStackTest {
  private static final int STACK = 192 << 10;
  private static final int STEPS = Integer.getInteger("alcada.stackSteps", 100);
  private static final long WINDOW = Duration.ofMinutes(1).toNanos();
  private static final long MAX = 100;

  /** What {@link #deepest} was last: frames shrink when they are compiled. */
  private static int deepest;

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void whatACallThatEndsSoLeavesBehindIsNothing(long seed) throws Throwable {
    Trace trace = new Trace(seed);
    onASmallStack(
        () -> {
          for (int step = 0; step < STEPS; step++) {
            trace.step();
          }
          return trace;
        });
    assertThat(trace.failed).as("tries for which the stack was too small").isGreaterThan(STEPS);
    assertThat(trace.reservations).as("reservations").isGreaterThan(STEPS / 8);
  }

  /** Of classes that nobody has used yet. */
  @Test
  void aStoreThatIsFirstCalledThereIsOfUseAfterwards() throws Throwable {
    int tries =
        onASmallStack(
            () -> {
              for (int left = 0; ; left++) {
                CounterStore store = FaultyRoom.asItIs().store(new ManualTime(), 10);
                Demand demand = Demand.of(charge("a", 1), charge("b", 2));
                boolean answered = reached(deepest() - left, 0, () -> store.reserve(demand));
                assertThat(store.reserve(demand)).isInstanceOf(Reservation.class);
                assertThat(store.look(demand).usage().get(1).used()).isEqualTo(answered ? 4 : 2);
                if (answered) {
                  return left;
                }
              }
            });
    assertThat(tries).isPositive();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void soItIsOfAllKindsAndOfMarks(long seed) throws Throwable {
    Random random = new Random(seed);
    int failed =
        onASmallStack(
            () -> {
              int sum = 0;
              for (int i = 0; i < STEPS / 4; i++) {
                KindsTrace trace =
                    new KindsTrace(
                        (int) (100 * seed + i),
                        call -> reached(deepest() - random.nextInt(100), random.nextInt(4), call),
                        Place.of(time -> InMemoryCounterStore.builder().timeSource(time).build()));
                trace.run();
                sum += trace.failed();
              }
              return sum;
            });
    assertThat(failed).as("tries for which the stack was too small").isGreaterThan(STEPS);
  }

  private static Charge.Amount charge(String value, long amount) {
    return new Charge.Amount(Scene.sliding("rate", value), MAX, amount, 9, true);
  }

  /** The store, and what it must hold. */
  private static final class Trace {
    final Random random;
    final ManualTime time = new ManualTime();
    final long origin = time.nanoTime();
    final CounterStore store = InMemoryCounterStore.builder().timeSource(time).build();
    final NaiveCounters model = new NaiveCounters();
    final List<Reservation> held = new ArrayList<>();
    final List<List<Admission>> admitted = new ArrayList<>();
    int failed;
    int reservations;

    Trace(long seed) {
      random = new Random(seed);
    }

    void step() {
      time.advance(Duration.ofMillis(random.nextInt(random.nextInt(9) == 0 ? 40_000 : 400)));
      switch (random.nextInt(5)) {
        case 0, 1 -> giveBack();
        case 2 -> {
          List<Charge.Amount> charges = charges();
          untilAnswered(() -> store.look(Demand.of(charges)));
        }
        default -> reserve();
      }
      compare();
    }

    private List<Charge.Amount> charges() {
      List<String> values = new ArrayList<>(List.of("a", "b", "c", "d"));
      Collections.shuffle(values, random);
      return values.subList(0, random.nextInt(3) == 0 ? 3 : 1).stream()
          .map(value -> charge(value, 1 + random.nextInt(random.nextInt(3) == 0 ? 9 : 1)))
          .toList();
    }

    private void reserve() {
      List<Charge.Amount> charges = charges();
      ReserveResult[] result = new ReserveResult[1];
      untilAnswered(() -> result[0] = store.reserve(Demand.of(charges)));
      if (result[0] instanceof Reservation reservation) {
        reservations++;
        held.add(reservation);
        admitted.add(model.admit(now(), charges.stream().map(Trace::wanted).toList()));
      }
    }

    private void giveBack() {
      if (!held.isEmpty()) {
        int which = random.nextInt(held.size());
        Reservation reservation = held.remove(which);
        boolean cancel = random.nextBoolean();
        untilAnswered(
            () -> {
              if (cancel) {
                reservation.cancel();
              } else {
                reservation.settle(Ended.NOT_DONE);
              }
            });
        admitted.remove(which).forEach(admission -> admission.takenBack = true);
      }
    }

    /** Tries with ever more stack left; each try that fails must leave all as it was. */
    private void untilAnswered(Runnable call) {
      int wide = random.nextInt(4);
      for (int depth = deepest(); !reached(depth, wide, call); depth--) {
        failed++;
        compare();
      }
    }

    private void compare() {
      for (String value : List.of("a", "b", "c", "d")) {
        long used = store.look(Demand.of(charge(value, 0))).usage().get(0).used();
        BigDecimal expected = model.total(value, WINDOW, now());
        if (BigDecimal.valueOf(used).compareTo(expected) != 0) {
          assertThat(used).as(value).isEqualTo(expected.longValue());
        }
      }
    }

    private long now() {
      return time.nanoTime() - origin;
    }

    private static Wanted wanted(Charge.Amount charge) {
      return new Wanted(
          charge.key().value(),
          WINDOW,
          BigDecimal.valueOf(MAX),
          BigDecimal.valueOf(charge.amount()));
    }
  }

  private interface Work<T> {
    T done();
  }

  private static <T> T onASmallStack(Work<T> work) throws Throwable {
    FutureTask<T> task =
        new FutureTask<>(
            () -> {
              // Until the frames of the way down have got their final size.
              for (int i = 0; i < 20; i++) {
                deepest();
              }
              return work.done();
            });
    Thread thread = new Thread(null, task, "a small stack", STACK);
    thread.start();
    thread.join();
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw e.getCause();
    }
  }

  /** {@return how deep one cannot go; a little less deep one can} */
  private static int deepest() {
    while (reached(deepest, 0, () -> {})) {
      deepest += Math.max(4, deepest / 8);
    }
    while (!reached(deepest - 4, 0, () -> {})) {
      deepest -= 4;
    }
    return deepest;
  }

  private static boolean reached(int depth, int wide, Runnable call) {
    try {
      descend(depth, wide, call);
      return true;
    } catch (StackOverflowError e) {
      return false;
    }
  }

  private static int descend(int depth, int wide, Runnable call) {
    if (depth <= 0) {
      return (int) descendFurther(wide, 1, 2, 3, call);
    }
    return 1 + descend(depth - 1, wide, call);
  }

  /** With frames of another size, so that calls end at every place. */
  private static long descendFurther(int depth, long one, long two, long three, Runnable call) {
    if (depth <= 0) {
      call.run();
      return one + two + three;
    }
    return 1 + descendFurther(depth - 1, two, three, one, call);
  }
}
