package dev.alcada.counter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
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
    assertThat(store.reserve(charge("a"))).isInstanceOf(Reservation.class);
    assertThat(store.reserve(charge("b"))).isInstanceOf(Reservation.class);
    assertThat(store.reserve(charge("c")))
        .isEqualTo(new Refusal(0, Refusal.Reason.TOO_MANY_KEYS, null));
    time.advance(MINUTE);
    assertThat(store.reserve(charge("c"))).isInstanceOf(Reservation.class);
    assertThat(store.keys()).isEqualTo(1);
  }

  @Test
  void noOperationRemovesMoreThan64ExpiredKeys() {
    InMemoryCounterStore store = InMemoryCounterStore.builder().timeSource(time).build();
    for (int i = 0; i < 10_000; i++) {
      store.reserve(charge("grant-" + i));
    }
    assertThat(store.keys()).isEqualTo(10_000);
    time.advance(MINUTE);
    int before = store.keys();
    int operations = 0;
    while (before > 0) {
      assertThat(store.peek(charge("grant-" + operations++))).isNull();
      int now = store.keys();
      assertThat(before - now).isBetween(1, 64);
      before = now;
    }
    assertThat(operations).isLessThan(400);
  }

  @Test
  void aCancelledReservationLeavesNoKey() {
    InMemoryCounterStore store = InMemoryCounterStore.builder().timeSource(time).build();
    if (store.reserve(charge("a")) instanceof Reservation reservation) {
      reservation.cancel();
    }
    assertThat(store.keys()).isZero();
  }

  @Test
  void oneKeyTwiceIsRefusedAsAMistake() {
    InMemoryCounterStore store = InMemoryCounterStore.create();
    assertThatThrownBy(() -> store.reserve(List.of(charge("a").get(0), charge("a").get(0))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("charges 0 and 1");
  }

  private static List<Charge> charge(String grant) {
    CounterId id = new CounterId("document", "rate", "grant", 9, new Window.Sliding(MINUTE));
    return List.of(new Charge(new CounterKey(id, grant, null), 30, 1, false));
  }
}
