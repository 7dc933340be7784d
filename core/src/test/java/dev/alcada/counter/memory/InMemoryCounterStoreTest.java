package dev.alcada.counter.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Reservation;
import dev.alcada.testing.CounterStoreKit;
import dev.alcada.time.TimeSource;
import dev.alcada.time.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class InMemoryCounterStoreTest extends CounterStoreKit {
  @Override
  protected CounterStore store(TimeSource time, int maxKeysPerCounter) {
    return InMemoryCounterStore.builder()
        .timeSource(time)
        .maxKeysPerCounter(maxKeysPerCounter)
        .build();
  }

  @Test
  void aCleanedUpKeyMakesRoomForANewOne() {
    InMemoryCounterStore store =
        InMemoryCounterStore.builder().timeSource(time).maxKeysPerCounter(2).build();
    assertThat(store.reserve(Demand.of(charge("a")))).isInstanceOf(Reservation.class);
    assertThat(store.reserve(Demand.of(charge("b")))).isInstanceOf(Reservation.class);
    assertThat(store.reserve(Demand.of(charge("c"))))
        .isEqualTo(new Refusal(0, Refusal.Reason.TOO_MANY_KEYS, null));
    time.advance(MINUTE);
    assertThat(store.reserve(Demand.of(charge("c")))).isInstanceOf(Reservation.class);
    assertThat(store.liveKeys()).isEqualTo(1);
  }

  @Test
  void noOperationRemovesMoreThan64ExpiredKeys() {
    InMemoryCounterStore store = InMemoryCounterStore.builder().timeSource(time).build();
    for (int i = 0; i < 10_000; i++) {
      store.reserve(Demand.of(charge("grant-" + i)));
    }
    assertThat(store.liveKeys()).isEqualTo(10_000);
    time.advance(MINUTE);
    int before = store.liveKeys();
    int operations = 0;
    while (before > 0) {
      assertThat(store.look(Demand.of(charge("grant-" + operations++))).refusal()).isNull();
      int now = store.liveKeys();
      assertThat(before - now).isBetween(1, 64);
      before = now;
    }
    assertThat(operations).isLessThan(400);
  }

  /** Two threads read the clock in one order and come to the store in the other. */
  @Test
  void whatFoundNothingLetsNoLaterCallBeDecidedByAnEarlierTime() {
    CounterKey mark = new CounterKey(CounterId.mark("marks", "read", "grant"), "a", null);
    List<Consumer<CounterStore>> findNothing =
        List.of(
            store -> assertThat(store.takeBack(mark)).isFalse(),
            store -> store.look(Demand.builder().reads(mark, null).build()),
            store -> store.look(Demand.of(charge("other"))));
    for (Consumer<CounterStore> finds : findNothing) {
      long[] reading = {0};
      InMemoryCounterStore store =
          InMemoryCounterStore.builder().timeSource(readingsOf(reading)).build();
      reading[0] = Duration.ofSeconds(30).toNanos();
      finds.accept(store);
      reading[0] = 0;
      store.reserve(
          Demand.builder()
              .charge(charge("other").get(0))
              .tried(new Mark(mark, Duration.ofSeconds(1)))
              .build());
      reading[0] = Duration.ofSeconds(80).toNanos();

      assertThat(store.look(Demand.of(charge("other"))).usage().get(0).used()).isEqualTo(1);
    }
  }

  private static TimeSource readingsOf(long[] reading) {
    return new TimeSource() {
      @Override
      public long nanoTime() {
        return reading[0];
      }

      @Override
      public Instant instant() {
        return Instant.EPOCH.plusNanos(reading[0]);
      }
    };
  }

  @Test
  void aCancelledReservationLeavesNoKey() {
    InMemoryCounterStore store = InMemoryCounterStore.builder().timeSource(time).build();
    if (store.reserve(Demand.of(charge("a"))) instanceof Reservation reservation) {
      reservation.cancel();
    }
    assertThat(store.liveKeys()).isZero();
  }

  @Test
  void aSettingIsMadeOnce() {
    InMemoryCounterStore.Builder builder =
        InMemoryCounterStore.builder().timeSource(time).maxKeys(5).maxKeysPerCounter(4);
    assertThatThrownBy(() -> builder.timeSource(time))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("timeSource was set before");
    assertThatThrownBy(() -> builder.maxKeys(5))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("maxKeys was set before");
    assertThatThrownBy(() -> builder.maxKeysPerCounter(4))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("maxKeysPerCounter was set before");
    assertThatThrownBy(() -> builder.maxMarks(5).maxMarks(5))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("maxMarks was set before");
    assertThatThrownBy(() -> builder.maxKeysPerGrant(5).maxKeysPerGrant(5))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("maxKeysPerGrant was set before");
    assertThatThrownBy(() -> InMemoryCounterStore.builder().maxKeys(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxKeys is 0, expected at least 1");
    assertThat(builder.build().liveKeys()).isZero();
  }

  @Test
  void oneKeyTwiceIsRefusedAsAMistake() {
    InMemoryCounterStore store = InMemoryCounterStore.create();
    assertThatThrownBy(() -> store.reserve(Demand.of(charge("a").get(0), charge("a").get(0))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("charges 0 and 1");
  }

  @Test
  void aFloodOfKeysInSomeCountersDoesNotCloseTheOthers() {
    InMemoryCounterStore store =
        InMemoryCounterStore.builder().timeSource(time).maxKeys(20_000).build();
    assertThat(admitted(store, "flooded", 25_000)).isEqualTo(18_000);
    assertThat(store.reserve(Demand.of(charge("flooded", "key-0"))))
        .isInstanceOf(Reservation.class);

    assertThat(admitted(store, "flooded-too", 25_000)).isEqualTo(1_024);
    assertThat(admitted(store, "quiet", 900)).isEqualTo(900);
    assertThat(store.reserve(Demand.of(charge("flooded", "new"))))
        .isEqualTo(new Refusal(0, Refusal.Reason.TOO_MANY_KEYS, null));

    assertThat(admitted(store, "late", 900)).as("what is left").isEqualTo(20_000 - 19_924);
    assertThat(store.liveKeys()).isEqualTo(20_000);
    assertThat(store.reserve(Demand.of(charge("quiet", "key-0")))).isInstanceOf(Reservation.class);
  }

  @Test
  void aFloodIsOverOnceItsWindowHasPassed() {
    InMemoryCounterStore store =
        InMemoryCounterStore.builder().timeSource(time).maxKeys(100).build();
    assertThat(admitted(store, "flooded", 200)).isEqualTo(100);
    time.advance(MINUTE);
    assertThat(admitted(store, "other", 200)).isEqualTo(100);
  }

  /** A grant that makes up keys closes nothing to others, nor what it does not choose itself. */
  @Test
  void aGrantChoosesSoManyKeysInAllAndNoMore() {
    InMemoryCounterStore store =
        InMemoryCounterStore.builder().timeSource(time).maxKeysPerGrant(3).build();
    CounterId orders = CounterId.of("document", "orders", "args.order", new Window.Sliding(MINUTE));
    CounterId once = CounterId.once("document", "pay");
    CounterId running = CounterId.inFlight("document", "jobs", "args.job");
    assertThat(store.reserve(Demand.of(amount(orders, "1", "mallory")))).isInstanceOf(HELD);
    assertThat(store.reserve(Demand.of(once(once, "2", "mallory"), amount(orders, "2", "mallory"))))
        .isInstanceOf(HELD);
    Refusal full = new Refusal(0, Refusal.Reason.TOO_MANY_KEYS, null);
    for (String value : List.of("3", "4")) {
      assertThat(store.reserve(Demand.of(amount(orders, value, "mallory")))).isEqualTo(full);
      assertThat(store.reserve(Demand.of(once(once, value, "mallory")))).isEqualTo(full);
      assertThat(store.look(Demand.of(once(once, value, "mallory"))).refusal()).isEqualTo(full);
    }
    assertThat(store.reserve(Demand.of(amount(orders, "1", "mallory")))).isInstanceOf(HELD);
    assertThat(store.reserve(Demand.of(charge("mallory")))).isInstanceOf(HELD);
    assertThat(
            store.reserve(
                Demand.of(
                    amount(orders, "1", "alice"),
                    amount(orders, "2", "alice"),
                    amount(orders, "3", "alice"),
                    new Charge.InFlight(key(running, "4", "alice"), 1, 1, 9, MINUTE))))
        .isEqualTo(new Refusal(3, Refusal.Reason.TOO_MANY_KEYS, null));
    assertThat(store.reserve(Demand.of(amount(orders, "3", "alice")))).isInstanceOf(HELD);
    time.advance(MINUTE);
    for (String value : List.of("5", "6", "7")) {
      assertThat(store.reserve(Demand.of(once(once, value, "mallory")))).isInstanceOf(HELD);
    }
    assertThat(store.reserve(Demand.of(once(once, "8", "mallory")))).isEqualTo(full);
  }

  @Test
  void theMarksOfAGrantAreCountedApart() {
    InMemoryCounterStore store =
        InMemoryCounterStore.builder().timeSource(time).maxKeysPerGrant(1).build();
    CounterId id = CounterId.mark("marks", "read", "args.file");
    CounterId orders = CounterId.of("document", "orders", "args.order", new Window.Sliding(MINUTE));
    assertThat(store.reserve(Demand.of(amount(orders, "1", "mallory")))).isInstanceOf(HELD);
    Reservation first = (Reservation) store.reserve(tried(id, "1", "mallory"));
    assertThat(store.reserve(tried(id, "2", "mallory")))
        .isEqualTo(new Refusal(0, Refusal.Reason.TOO_MANY_KEYS, null));
    assertThat(store.reserve(tried(id, "2", "alice"))).isInstanceOf(HELD);
    first.cancel();
    assertThat(store.reserve(tried(id, "2", "mallory"))).isInstanceOf(HELD);
    assertThat(store.liveKeys()).isEqualTo(3);
  }

  @Test
  void marksAreBoundedInAllAndCloseNoCounter() {
    InMemoryCounterStore store =
        InMemoryCounterStore.builder().timeSource(time).maxMarks(1).maxKeys(1).build();
    CounterId id = CounterId.mark("marks", "read", "args.file");
    assertThat(store.reserve(tried(id, "1", "a"))).isInstanceOf(HELD);
    assertThat(store.reserve(tried(id, "2", "b")))
        .isEqualTo(new Refusal(0, Refusal.Reason.TOO_MANY_KEYS, null));
    assertThat(store.reserve(Demand.of(charge("a")))).isInstanceOf(HELD);
    assertThat(store.reserve(Demand.of(charge("b")))).isInstanceOf(Refusal.class);
  }

  @Test
  void aMarkOfAnUnsettledCallIsNeverCleanedUpAndOneThatIsOverIs() {
    InMemoryCounterStore store =
        InMemoryCounterStore.builder().timeSource(time).maxKeysPerCounter(1).build();
    CounterId id = CounterId.mark("marks", "read", "args.file");
    Reservation call = (Reservation) store.reserve(tried(id, "1", "a"));
    time.advance(Duration.ofDays(400));
    assertThat(store.reserve(tried(id, "2", "a"))).isInstanceOf(Refusal.class);
    call.settle(Ended.DONE);
    time.advance(MINUTE);
    assertThat(store.reserve(tried(id, "2", "a"))).isInstanceOf(HELD);
    assertThat(store.liveKeys()).isEqualTo(1);
  }

  private static final Class<Reservation> HELD = Reservation.class;

  private static CounterKey key(CounterId id, String value, String grant) {
    return new CounterKey(id, grant + " " + value, null).ownedBy(grant);
  }

  private static Charge amount(CounterId id, String value, String grant) {
    return new Charge.Amount(key(id, value, grant), 9, 1, 9, true);
  }

  private static Charge once(CounterId id, String value, String grant) {
    return new Charge.Once(key(id, value, grant), new Window.Sliding(MINUTE), MINUTE);
  }

  private static Demand tried(CounterId id, String value, String grant) {
    return Demand.builder().tried(new Mark(key(id, value, grant), MINUTE)).build();
  }

  /** {@return how many of so many new keys are admitted} */
  private static int admitted(InMemoryCounterStore store, String counter, int keys) {
    int admitted = 0;
    for (int i = 0; i < keys; i++) {
      if (store.reserve(Demand.of(charge(counter, "key-" + i))) instanceof Reservation) {
        admitted++;
      }
    }
    return admitted;
  }

  private static List<Charge> charge(String grant) {
    return charge("rate", grant);
  }

  private static List<Charge> charge(String counter, String grant) {
    CounterId id = CounterId.of("document", counter, "grant", new Window.Sliding(MINUTE));
    return List.of(new Charge.Amount(new CounterKey(id, grant, null), 30, 1, 9, false));
  }
}
