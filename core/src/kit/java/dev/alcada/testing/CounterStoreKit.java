package dev.alcada.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Refusal.Reason;
import dev.alcada.counter.Reservation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every {@link CounterStore} must do. Extend it, say how a store is made, and run it with
 * JUnit.
 */
@Timeout(60)
@SuppressWarnings("exports") // Tests are run on the class path.
public abstract class CounterStoreKit extends LateCases {
  private static final int THREADS = 16;

  /** For subclasses. */
  protected CounterStoreKit() {}

  @ParameterizedTest
  @CsvSource({
    // the window, the zone, an instant, when its period ends
    "PT1M,   UTC,                 2026-11-02T10:15:30.5Z, 2026-11-02T10:16:00Z",
    "PT1H,   UTC,                 2026-11-02T10:15:30Z,   2026-11-02T11:00:00Z",
    "PT1H,   Asia/Kathmandu,      2026-11-02T10:14:30Z,   2026-11-02T10:15:00Z",
    "PT24H,  America/Sao_Paulo,   2026-11-02T02:59:59Z,   2026-11-02T03:00:00Z",
    "PT168H, UTC,                 2026-11-01T23:59:59Z,   2026-11-02T00:00:00Z",
    "PT168H, Asia/Tokyo,          2026-11-02T10:15:30Z,   2026-11-08T15:00:00Z",
    // a day of 23 hours, and one of 25
    "PT24H,  Europe/Berlin,       2026-03-28T23:00:00Z,   2026-03-29T22:00:00Z",
    "PT24H,  Europe/Berlin,       2026-10-24T22:00:00Z,   2026-10-25T23:00:00Z",
    // the hour that is shown twice, and the one that is left out
    "PT1H,   America/New_York,    2026-11-01T05:30:00Z,   2026-11-01T06:00:00Z",
    "PT1H,   America/New_York,    2026-11-01T06:30:00Z,   2026-11-01T07:00:00Z",
    "PT1H,   America/New_York,    2026-03-08T06:30:00Z,   2026-03-08T07:00:00Z",
    "PT1M,   America/New_York,    2026-11-01T05:59:30Z,   2026-11-01T06:00:00Z",
    // clocks that change by half an hour
    "PT1H,   Australia/Lord_Howe, 2026-04-04T14:30:00Z,   2026-04-04T15:30:00Z",
    "PT1H,   Australia/Lord_Howe, 2026-10-03T15:45:00Z,   2026-10-03T16:00:00Z",
    // midnight left out, midnight shown twice, a day left out
    "PT24H,  America/Sao_Paulo,   2018-11-03T12:00:00Z,   2018-11-04T03:00:00Z",
    "PT24H,  America/Havana,      2026-11-01T03:30:00Z,   2026-11-01T04:00:00Z",
    "PT24H,  America/Havana,      2026-11-01T05:30:00Z,   2026-11-02T05:00:00Z",
    "PT24H,  Pacific/Apia,        2011-12-30T09:00:00Z,   2011-12-30T10:00:00Z",
    "PT24H,  Pacific/Apia,        2011-12-30T10:00:00Z,   2011-12-31T10:00:00Z",
  })
  void aCalendarPeriodEndsWhereTheNextBeginsOnTheLocalClock(
      Duration length, String zone, Instant now, Instant end) {
    ManualTime time = new ManualTime(0, now);
    CounterStore store = store(time, 10);
    Charge charge = new Charge.Amount(key("c", calendar(length, zone), "a", null), 1, 1, 9, true);
    admitted(store, charge);
    Duration left = Duration.between(now, end);
    refused(store, 0, Reason.EXHAUSTED, left, charge);
    time.advance(left.minusMillis(1));
    refused(store, 0, Reason.EXHAUSTED, Duration.ofMillis(1), charge);
    time.advance(Duration.ofMillis(1));
    admitted(store, charge);
  }

  @Test
  void aCalendarPeriodNeverGoesBack() {
    CounterStore store = store();
    Charge charge =
        new Charge.Amount(key("c", calendar(Duration.ofHours(1), "UTC"), "a", null), 2, 1, 9, true);
    time.setWall(Instant.parse("2026-11-02T10:59:00Z"));
    admitted(store, charge);
    Reservation earlier = admitted(store, charge);
    time.setWall(Instant.parse("2026-11-02T11:01:00Z"));
    admitted(store, charge);
    time.setWall(Instant.parse("2026-11-02T10:58:00Z"));
    admitted(store, charge);
    refused(store, 0, Reason.EXHAUSTED, Duration.ofMinutes(62), charge);
    earlier.cancel();
    refused(store, 0, Reason.EXHAUSTED, Duration.ofMinutes(62), charge);
  }

  @Test
  void aWallClockThatIsSetBackOpensNoSlidingWindow() {
    CounterStore store = store();
    admitted(store, charge("rate", "a", 1, 1));
    time.setWall(Instant.parse("1996-11-02T10:00:00Z"));
    assertThat(store.reserve(Demand.of(charge("rate", "a", 1, 1))))
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal ->
                assertThat(refusal)
                    .returns(Reason.EXHAUSTED, Refusal::reason)
                    .satisfies(
                        told -> assertThat(told.retryAfter()).isGreaterThanOrEqualTo(MINUTE)));
  }

  /** Where sliding windows run on the wall clock, one that is set ahead opens them. */
  @Test
  void aWallClockThatIsSetAheadOpensASlidingWindowOnlyIfThatRunsOnIt() {
    CounterStore store = store();
    admitted(store, charge("rate", "a", 1, 1));
    time.setWall(Instant.parse("2036-11-02T10:00:00Z"));
    if (slidesOnWallClock()) {
      admitted(store, charge("rate", "a", 1, 1));
    }
    refused(store, 0, Reason.EXHAUSTED, MINUTE, charge("rate", "a", 1, 1));
    time.advance(MINUTE);
    admitted(store, charge("rate", "a", 1, 1));
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE - 1, -1, 0, Long.MIN_VALUE})
  void theMonotonicClockMayWrap(long first) {
    ManualTime time = new ManualTime(first, Instant.parse("2026-11-02T10:15:30Z"));
    CounterStore store = store(time, 10);
    admitted(store, charge("rate", "a", 2, 1));
    time.advance(SECOND);
    admitted(store, charge("rate", "a", 2, 1));
    time.advance(Duration.ofSeconds(58));
    refused(store, 0, Reason.EXHAUSTED, SECOND, charge("rate", "a", 2, 1));
    time.advance(SECOND);
    admitted(store, charge("rate", "a", 2, 1));
    refused(store, 0, Reason.EXHAUSTED, SECOND, charge("rate", "a", 2, 1));
  }

  @Test
  void aMonotonicClockThatGoesBackOpensNothing() {
    CounterStore store = store();
    time.advance(Duration.ofSeconds(10));
    admitted(store, charge("rate", "a", 1, 1));
    time.advance(Duration.ofSeconds(-5));
    refused(store, 0, Reason.EXHAUSTED, Duration.ofSeconds(65), charge("rate", "a", 1, 1));
    time.advance(Duration.ofSeconds(64));
    refused(store, 0, Reason.EXHAUSTED, SECOND, charge("rate", "a", 1, 1));
    time.advance(SECOND);
    admitted(store, charge("rate", "a", 1, 1));
  }

  @Test
  void manyThreadsTogetherGetTheMaximumAndNotOneMore() throws Exception {
    CounterStore store = store();
    AtomicInteger admitted = new AtomicInteger();
    together(
        () -> {
          for (int i = 0; i < 50; i++) {
            if (store.reserve(Demand.of(charge("rate", "a", 500, 1))) instanceof Reservation) {
              admitted.incrementAndGet();
            }
          }
          return null;
        });
    assertThat(admitted).hasValue(500);
  }

  @Test
  void setsOfLimitsThatOverlapInOppositeOrderNeitherLockUpNorOvershoot() throws Exception {
    CounterStore store = store();
    AtomicInteger turn = new AtomicInteger();
    AtomicInteger admitted = new AtomicInteger();
    together(
        () -> {
          boolean forward = turn.getAndIncrement() % 2 == 0;
          for (int i = 0; i < 50; i++) {
            Charge one = charge("one", "a", 300, 1);
            Charge two = charge("two", "b", 400, 1);
            List<Charge> charges = forward ? List.of(one, two) : List.of(two, one);
            if (store.reserve(Demand.of(charges)) instanceof Reservation) {
              admitted.incrementAndGet();
            }
          }
          return null;
        });
    assertThat(admitted).hasValue(300);
    admitted(store, charge("two", "b", 400, 100));
    refused(store, 0, Reason.EXHAUSTED, MINUTE, charge("two", "b", 400, 1));
  }

  @Test
  void ofManySettlementsAtOnceOneCounts() throws Exception {
    CounterStore store = store();
    for (int round = 0; round < 20; round++) {
      admitted(store, charge("rate", "a", 9, 5));
      Reservation contended = admitted(store, charge("rate", "a", 9, 3));
      together(
          () -> {
            contended.settle(Ended.NOT_DONE);
            contended.cancel();
            return null;
          });
      assertThat(store.look(Demand.of(charge("rate", "a", 9, 4))).refusal()).isNull();
      assertThat(store.look(Demand.of(charge("rate", "a", 9, 5))).refusal()).isNotNull();
      time.advance(MINUTE);
    }
  }

  @Test
  void ofManyIdenticalCallsAtOnceOneIsMade() throws Exception {
    assumeTrue(kinds().contains(CounterId.Kind.ONCE));
    CounterStore store = store();
    for (int round = 0; round < 20; round++) {
      Charge once = once("call " + round);
      AtomicInteger made = new AtomicInteger();
      together(
          () -> {
            if (store.reserve(Demand.of(once)) instanceof Reservation reservation) {
              made.incrementAndGet();
              reservation.settle(Ended.DONE);
            }
            return null;
          });
      assertThat(made).hasValue(1);
    }
  }

  /** Calls that end in each way there is, and some that never do. */
  @Test
  void neverDoMoreRunThanMayAtOnce() throws Exception {
    assumeTrue(kinds().contains(CounterId.Kind.IN_FLIGHT));
    CounterStore store = store();
    int most = THREADS / 2;
    AtomicInteger turn = new AtomicInteger();
    AtomicInteger running = new AtomicInteger();
    AtomicInteger over = new AtomicInteger();
    AtomicInteger lost = new AtomicInteger();
    together(
        () -> {
          for (int i = 0; i < 50; i++) {
            if (store.reserve(Demand.of(inFlight(most, 1))) instanceof Reservation reservation) {
              if (running.incrementAndGet() > most) {
                over.incrementAndGet();
              }
              int how = turn.getAndIncrement();
              if (how % 97 == 0 && lost.incrementAndGet() < most) {
                continue;
              }
              running.decrementAndGet();
              settle(reservation, List.of("keep", "lose", "release", "cancel").get(how % 4));
            }
          }
          return null;
        });
    assertThat(over).hasValue(0);
    assertThat(used(store, inFlight(most, 1))).isEqualTo(running.get());
    time.advance(MINUTE);
    assertThat(used(store, inFlight(most, 1))).isZero();
  }

  @Test
  void ofManySettlementsAtOnceOneLeavesItsMarks() throws Exception {
    assumeTrue(kinds().contains(CounterId.Kind.MARK));
    CounterStore store = store();
    for (int round = 0; round < 20; round++) {
      String name = "round " + round;
      Demand.Builder demand = Demand.builder();
      for (int i = 0; i < THREADS; i++) {
        demand.done(mark(name + " of " + i, MINUTE));
      }
      if (round % 2 == 0) {
        demand.charge(charge("rate", "a", 99, 1));
      }
      Reservation call = admitted(store, demand.build());
      AtomicInteger turn = new AtomicInteger();
      together(
          () -> {
            call.settle(Ended.DONE, List.of(mark(name + " of " + turn.getAndIncrement(), MINUTE)));
            return null;
          });
      int left = 0;
      for (int i = 0; i < THREADS; i++) {
        left += isThere(store, mark(name + " of " + i, MINUTE)) ? 1 : 0;
      }
      assertThat(left).as(name).isEqualTo(1);
    }
  }

  @Test
  void ofManyOperatorsAtOnceAndTheCallItselfOneIsBelieved() throws Exception {
    assumeTrue(settlesLate());
    CounterStore store = store();
    for (int round = 0; round < 20; round++) {
      admitted(store, charge("rate", "a", 9, 5));
      Reservation call = admitted(store, charge("rate", "a", 9, 3));
      String id = id(call);
      AtomicInteger turn = new AtomicInteger();
      AtomicInteger believed = new AtomicInteger();
      boolean comesBack = round % 2 == 0;
      together(
          () -> {
            if (comesBack && turn.getAndIncrement() == THREADS / 2) {
              call.settle(Ended.NOT_DONE);
            } else if (store.settleLate(id, Ended.NOT_DONE)) {
              believed.incrementAndGet();
            }
            return null;
          });
      assertThat(believed.get()).isBetween(comesBack ? 0 : 1, 1);
      assertThat(used(store, charge("rate", "a", 9, 1))).isEqualTo(5);
      time.advance(MINUTE);
    }
  }

  private static void together(Callable<?> task) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      CyclicBarrier start = new CyclicBarrier(THREADS);
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        running.add(
            threads.submit(
                () -> {
                  start.await();
                  return task.call();
                }));
      }
      for (Future<?> future : running) {
        future.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
