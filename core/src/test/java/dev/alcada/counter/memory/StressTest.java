package dev.alcada.counter.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.ReserveResult;
import dev.alcada.testing.ManualTime;
import dev.alcada.time.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sixteen threads, and time that passes while they work. */
@Timeout(120)
class StressTest {
  private static final int THREADS = 16;
  private static final int CALLS = Integer.getInteger("alcada.stress", 4_000);
  private static final long WINDOW = Duration.ofMillis(1).toNanos();
  private static final int MAX = 40;

  private final ManualTime time = new ManualTime(0, ManualTime.START);
  private final InMemoryCounterStore store =
      InMemoryCounterStore.builder().timeSource(time).build();
  private final ConcurrentLinkedQueue<Admission> admissions = new ConcurrentLinkedQueue<>();

  /** That the store took it some time between these two readings. */
  private record Admission(String key, long before, long after) {}

  @Test
  void oneHotKey() throws Exception {
    together(thread -> call(thread, charges("hot")));
    nothingOvershot();
    nothingIsLeft("hot");
  }

  /** Time stands, so that every call counts: a lost update shows as one too many. */
  @Test
  void oneKeyGetsExactlyItsMaximum() throws Exception {
    int most = THREADS * CALLS / 2;
    Charge one = new Charge.Amount(charges("hot").get(0).key(), most, 1, 9, true);
    LongAdder admitted = new LongAdder();
    together(
        thread -> {
          if (store.reserve(Demand.of(one)) instanceof Reservation) {
            admitted.increment();
          }
        });
    assertThat(admitted.sum()).isEqualTo(most);
  }

  @Test
  void overlappingSetsOfLimitsInOppositeOrder() throws Exception {
    together(
        thread -> {
          List<String> keys = new ArrayList<>(List.of("a", "b", "c", "d", "e"));
          Collections.shuffle(keys, thread.random);
          call(
              thread,
              charges(keys.subList(0, 2 + thread.random.nextInt(3)).toArray(new String[0])));
        });
    nothingOvershot();
    nothingIsLeft("a", "b", "c", "d", "e");
  }

  @Test
  void keysThatExpireWhileTheyAreUsed() throws Exception {
    together(
        thread -> {
          if (thread.random.nextInt(50) == 0) {
            time.advance(Duration.ofNanos(WINDOW));
          }
          call(thread, charges("key-" + thread.random.nextInt(300), "global"));
        });
    nothingOvershot();
    nothingIsLeft("global");
  }

  @Test
  void noReleaseIsLost() throws Exception {
    together(
        thread -> {
          if (store.reserve(Demand.of(charges("a", "b"))) instanceof Reservation reservation) {
            thread.held.add(reservation);
          }
          if (thread.held.size() > thread.random.nextInt(4)) {
            thread.held.remove(thread.random.nextInt(thread.held.size())).cancel();
          }
        });
    assertThat(store.liveKeys()).as("keys of which everything was given back").isZero();
  }

  /** Each thread would like to have more keys of its own than may be live at once. */
  @Test
  void neverAreMoreKeysLiveThanMayBe() throws Exception {
    int most = 3;
    InMemoryCounterStore few =
        InMemoryCounterStore.builder().timeSource(time).maxKeysPerCounter(most).build();
    LongAdder refused = new LongAdder();
    together(
        thread -> {
          String key = "key-" + thread.random.nextLong();
          if (few.reserve(Demand.of(charges(key))) instanceof Reservation reservation) {
            thread.held.add(reservation);
            assertThat(few.liveKeys()).isLessThanOrEqualTo(most);
          } else {
            refused.increment();
            thread.held.forEach(Reservation::cancel);
            thread.held.clear();
          }
        });
    assertThat(refused.sum()).isPositive();
    assertThat(few.liveKeys()).isZero();
  }

  /** Calls of which some never end, while time passes: never more than may within their leases. */
  @Test
  void whatRunsWithinItsLease() throws Exception {
    int most = THREADS / 2;
    CounterId id = CounterId.inFlight("document", "running", "grant");
    Charge one =
        new Charge.InFlight(
            new CounterKey(id, "a", null), most, 1, 9, Duration.ofNanos(50 * WINDOW));
    ConcurrentLinkedQueue<long[]> ran = new ConcurrentLinkedQueue<>();
    together(
        thread -> {
          time.advance(Duration.ofNanos(thread.random.nextInt((int) WINDOW)));
          long before = time.nanoTime();
          if (store.reserve(Demand.of(one)) instanceof Reservation reservation) {
            long from = time.nanoTime();
            long to = before + 50 * WINDOW;
            if (thread.random.nextInt(4) == 0) {
              // Its handler never ends.
            } else {
              to = Math.min(to, time.nanoTime());
              reservation.settle(List.of(Ended.values()).get(thread.random.nextInt(3)));
            }
            if (to > from) {
              ran.add(new long[] {from, 1});
              ran.add(new long[] {to, -1});
            }
          }
        });
    List<long[]> ends = new ArrayList<>(ran);
    assertThat(ends).hasSizeGreaterThan(100);
    ends.sort(Comparator.<long[]>comparingLong(end -> end[0]).thenComparingLong(end -> end[1]));
    long running = 0;
    for (long[] end : ends) {
      running += end[1];
      assertThat(running).isLessThanOrEqualTo(most);
    }
    time.advance(Duration.ofNanos(50 * WINDOW));
    assertThat(store.look(Demand.of(one)).usage().get(0).used()).isZero();
  }

  /** Between the look and the reservation of calls that need a mark somebody takes it away. */
  @Test
  void noCallIsAdmittedByAMarkThatIsGone() throws Exception {
    Round first = new Round(0);
    AtomicReference<Round> rounds = new AtomicReference<>(first);
    store.reserve(Demand.builder().tried(first.mark).build());
    LongAdder admitted = new LongAdder();
    LongAdder changed = new LongAdder();
    together(
        thread -> {
          Round round = Objects.requireNonNull(rounds.get());
          if (thread.random.nextInt(50) == 0) {
            if (round.going.compareAndSet(false, true)) {
              assertThat(store.takeBack(round.mark.key())).isTrue();
              round.gone = true;
              Demand needs = Demand.builder().reads(round.mark.key(), true).build();
              assertThat(store.reserve(needs)).isInstanceOf(Refusal.class);
              changed.increment();
              Round next = new Round(round.number + 1);
              store.reserve(Demand.builder().tried(next.mark).build());
              rounds.set(next);
            }
            return;
          }
          boolean gone = round.gone;
          Demand needs = Demand.builder().reads(round.mark.key(), true).build();
          boolean granted = store.reserve(needs) instanceof Reservation;
          assertThat(granted && gone).as("by a mark that was gone").isFalse();
          assertThat(granted || round.going.get()).as("while it was there").isTrue();
          (granted ? admitted : changed).increment();
        });
    assertThat(admitted.sum()).isPositive();
    assertThat(changed.sum()).isPositive();
  }

  /** A mark that is there until somebody takes it away. */
  private static final class Round {
    final int number;
    final Mark mark;
    final AtomicBoolean going = new AtomicBoolean();
    volatile boolean gone;

    Round(int number) {
      this.number = number;
      CounterId id = CounterId.mark("marks", "checked", "grant");
      this.mark = new Mark(new CounterKey(id, "round " + number, null), Duration.ofHours(1));
    }
  }

  /** What each thread has to itself. */
  private static final class Worker {
    final Random random;
    final List<Reservation> held = new ArrayList<>();

    Worker(long seed) {
      this.random = new Random(seed);
    }
  }

  private interface Step {
    void run(Worker thread) throws Exception;
  }

  private void call(Worker thread, List<Charge> charges) {
    time.advance(Duration.ofNanos(thread.random.nextInt(2_000)));
    long before = time.nanoTime();
    ReserveResult result = store.reserve(Demand.of(charges));
    long after = time.nanoTime();
    if (result instanceof Reservation reservation) {
      if (thread.random.nextInt(3) == 0) {
        reservation.cancel();
      } else {
        charges.forEach(
            charge -> admissions.add(new Admission(charge.key().value(), before, after)));
      }
    }
  }

  private void together(Step step) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      CyclicBarrier start = new CyclicBarrier(THREADS);
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        Worker worker = new Worker(i);
        Callable<?> task =
            () -> {
              start.await();
              for (int call = 0; call < CALLS; call++) {
                step.run(worker);
              }
              worker.held.forEach(Reservation::cancel);
              return null;
            };
        running.add(threads.submit(task));
      }
      for (Future<?> future : running) {
        future.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Those surely within a span of the window's length, which starts with one of them. */
  private void nothingOvershot() {
    Map<String, List<Admission>> byKey =
        admissions.stream().collect(Collectors.groupingBy(Admission::key));
    assertThat(admissions).hasSizeGreaterThan(1_000);
    byKey.forEach(
        (key, all) -> {
          List<Admission> sorted =
              all.stream().sorted(Comparator.comparingLong(Admission::before)).toList();
          for (int i = 0; i < sorted.size(); i++) {
            long end = sorted.get(i).before() + WINDOW;
            int within = 0;
            for (int j = i; j < sorted.size() && sorted.get(j).before() < end; j++) {
              within += sorted.get(j).after() < end ? 1 : 0;
            }
            assertThat(within).as("admitted within a window of %s", key).isLessThanOrEqualTo(MAX);
          }
        });
  }

  private void nothingIsLeft(String... keys) {
    time.advance(Duration.ofNanos(WINDOW));
    for (String key : keys) {
      Charge all = new Charge.Amount(charges(key).get(0).key(), MAX, MAX, 9, true);
      assertThat(store.look(Demand.of(all)).refusal()).as(key).isNull();
    }
    for (int i = 0; i < 20; i++) {
      store.look(Demand.of(charges("none"))).refusal();
    }
    assertThat(store.liveKeys()).isZero();
  }

  private static List<Charge> charges(String... keys) {
    CounterId id =
        CounterId.of("document", "rate", "grant", new Window.Sliding(Duration.ofNanos(WINDOW)));
    List<Charge> charges = new ArrayList<>();
    for (String key : keys) {
      charges.add(new Charge.Amount(new CounterKey(id, key, null), MAX, 1, 9, true));
    }
    return charges;
  }
}
