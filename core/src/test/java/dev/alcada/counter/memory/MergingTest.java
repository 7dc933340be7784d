package dev.alcada.counter.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.ReserveResult;
import dev.alcada.testing.ManualTime;
import dev.alcada.time.Window;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys with more admissions than are kept apart: late by at most W/1024, early never. */
@Tag("any-jvm")
class MergingTest {
  private static final int TRACES = Integer.getInteger("alcada.mergingTraces", 12);
  private static final int STEPS = 8_000;

  private static final List<Duration> WINDOWS =
      List.of(
          Duration.ofMillis(1),
          Duration.ofMillis(7),
          Duration.ofSeconds(1),
          Duration.ofSeconds(60),
          Duration.ofDays(7));

  /** How the calls of a trace arrive, as parts of the window's length. */
  enum Arrivals {
    STEADY,
    RANDOM,
    BURSTS,
    AT_ONCE,
    CELL_EDGES;

    long gap(long window, Random random) {
      long cell = (window + 1023) / 1024;
      return switch (this) {
        case STEADY -> Math.max(1, window / 3_000);
        case RANDOM -> random.nextLong(Math.max(2, window / 1_500));
        case BURSTS -> random.nextInt(700) == 0 ? random.nextLong(window) : random.nextLong(20);
        case AT_ONCE -> random.nextInt(900) == 0 ? random.nextLong(window / 2) : 0;
        case CELL_EDGES -> random.nextBoolean() ? cell - 1 : 1;
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyAdmissionFitsAndEveryRefusalIsAtMostACellLate(Arrivals arrivals) {
    int refusals = 0;
    for (int trace = 0; trace < TRACES; trace++) {
      refusals += run(arrivals, trace);
    }
    assertThat(refusals).isGreaterThan(TRACES * 10);
  }

  @Test
  void aKeyNeverHoldsMoreThan1025Entries() {
    ManualTime time = new ManualTime();
    InMemoryCounterStore store = InMemoryCounterStore.builder().timeSource(time).build();
    CounterId id = CounterId.of("document", "c", "grant", new Window.Sliding(WINDOWS.get(0)));
    List<Charge> charge =
        List.of(new Charge.Amount(new CounterKey(id, "k", null), 1_000_000, 1, 9, false));
    for (int i = 0; i < 100_000; i++) {
      time.advance(Duration.ofNanos(37));
      assertThat(store.reserve(Demand.of(charge))).isInstanceOf(Reservation.class);
    }
    assertThat(store.find(charge.get(0).key()))
        .isInstanceOfSatisfying(
            SlidingTally.class, count -> assertThat(count.entries()).isBetween(1_000, 1_025));
  }

  /**
   * One admission in each of 1,024 cells of a millisecond, the first at the very end of its own.
   */
  private static final class FullWindow {
    static final long CELL = Duration.ofMillis(1).toNanos();
    static final CounterKey KEY =
        new CounterKey(
            CounterId.of("document", "c", "grant", new Window.Sliding(Duration.ofMillis(1_024))),
            "k",
            null);

    final ManualTime time = new ManualTime();
    final InMemoryCounterStore store = InMemoryCounterStore.builder().timeSource(time).build();

    FullWindow() {
      this(1);
    }

    /**
     * Fills it.
     *
     * @param gap from the first to the second
     */
    FullWindow(long gap) {
      time.advance(Duration.ofNanos(CELL - 1));
      admit();
      time.advance(Duration.ofNanos(gap));
      for (int cell = 1; cell < 1_024; cell++) {
        admit();
        time.advance(Duration.ofNanos(CELL));
      }
    }

    Reservation admit() {
      return (Reservation) store.reserve(Demand.of(new Charge.Amount(KEY, 1_000_000, 1, 9, true)));
    }

    int entries() {
      return store.find(KEY) instanceof SlidingTally count ? count.entries() : 0;
    }
  }

  @Test
  void theFirstInstantOfACellIsNotMergedIntoTheCellBefore() {
    FullWindow window = new FullWindow();
    window.time.advance(Duration.ofNanos(-1));
    window.admit();
    assertThat(window.entries()).isEqualTo(1_024);
    window.time.advance(Duration.ofNanos(1));
    window.admit();
    assertThat(window.entries()).isEqualTo(1_025);
  }

  @Test
  void whatBeginsACellOfAFullWindowIsMergedWithThatCellAlone() {
    FullWindow window = new FullWindow(FullWindow.CELL);
    window.time.advance(Duration.ofNanos(1 - FullWindow.CELL));
    window.admit();
    window.admit();
    assertThat(window.entries()).isEqualTo(1_025);
    // By then the first has left, and one leaves at the end of each cell that follows.
    window.time.advance(Duration.ofNanos(FullWindow.CELL + FullWindow.CELL / 2));
    window.admit();
    assertThat(window.entries()).isEqualTo(1_025);
    window.admit();
    assertThat(window.entries()).isEqualTo(1_025);
    window.time.advance(Duration.ofNanos(FullWindow.CELL / 2));
    window.admit();
    assertThat(window.entries()).isEqualTo(1_025);
    window.time.advance(Duration.ofNanos(FullWindow.CELL - 2));
    window.admit();
    assertThat(window.entries()).isEqualTo(1_025);
  }

  @Test
  void aReleaseOfTheNewestLeavesTheOneBeforeItInItsOwnCell() {
    FullWindow window = new FullWindow();
    Reservation first = window.admit();
    Reservation second = window.admit();
    first.settle(Ended.NOT_DONE);
    second.settle(Ended.NOT_DONE);
    window.time.advance(Duration.ofNanos(FullWindow.CELL - 2));
    window.admit();
    // 1,025 are live; all but the last have to leave.
    Refusal refusal =
        window.store.look(Demand.of(new Charge.Amount(FullWindow.KEY, 2, 1, 9, true))).refusal();
    // The one before the last was admitted two cells ago, but for two nanoseconds.
    assertThat(refusal)
        .isNotNull()
        .extracting(Refusal::retryAfter)
        .isEqualTo(Duration.ofMillis(1_024).minusNanos(2 * FullWindow.CELL - 2));
  }

  private record Admission(long time, long amount, Reservation reservation) {}

  /** {@return how many refusals were compared} */
  private static int run(Arrivals arrivals, long seed) {
    Random random = new Random(seed);
    Duration length = WINDOWS.get(random.nextInt(WINDOWS.size()));
    long window = length.toNanos();
    long max = 1_500L + random.nextInt(4_000);
    boolean one = random.nextBoolean();
    ManualTime time = new ManualTime(random.nextLong(), new ManualTime().instant());
    long origin = time.nanoTime();
    InMemoryCounterStore store = InMemoryCounterStore.builder().timeSource(time).build();
    CounterKey key =
        new CounterKey(
            CounterId.of("document", "c", "grant", new Window.Sliding(length)), "k", null);
    List<Admission> admitted = new ArrayList<>();
    int refusals = 0;
    for (int step = 0; step < STEPS; step++) {
      time.advance(Duration.ofNanos(arrivals.gap(window, random)));
      long now = time.nanoTime() - origin;
      admitted.removeIf(admission -> now - admission.time() >= window);
      if (!admitted.isEmpty() && random.nextInt(12) == 0) {
        admitted.remove(random.nextInt(admitted.size())).reservation().settle(Ended.NOT_DONE);
      }
      long amount = one ? 1 : 1 + random.nextInt(random.nextInt(20) == 0 ? 400 : 4);
      long exact = exactInstant(admitted, now, window, max, amount);
      ReserveResult result = store.reserve(Demand.of(new Charge.Amount(key, max, amount, 9, true)));
      if (result instanceof Reservation reservation) {
        assertThat(exact)
            .as("%s, seed %s: admitted over the maximum", arrivals, seed)
            .isEqualTo(now);
        admitted.add(new Admission(now, amount, reservation));
      } else if (result instanceof Refusal refusal && refusal.retryAfter() != null) {
        long late = now + refusal.retryAfter().toNanos() - exact;
        assertThat(BigInteger.valueOf(late).multiply(BigInteger.valueOf(1024)))
            .as("%s, seed %s: 1024 times the nanoseconds late", arrivals, seed)
            .isBetween(BigInteger.ZERO, BigInteger.valueOf(window));
        refusals++;
      }
    }
    return refusals;
  }

  /** {@return when the amount would have fitted if nothing were merged} */
  private static long exactInstant(
      List<Admission> admitted, long now, long window, long max, long amount) {
    long total = admitted.stream().mapToLong(Admission::amount).sum();
    long instant = now;
    for (int i = 0; total + amount > max; i++) {
      total -= admitted.get(i).amount();
      instant = admitted.get(i).time() + window;
    }
    return instant;
  }
}
