package dev.alcada.counter.memory;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Reservation;
import dev.alcada.testing.ManualTime;
import dev.alcada.time.Window;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is kept in memory of calls for an operator; what a word changes is in the kit. */
class LateSettlementTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final CounterKey PAID =
      new CounterKey(
          CounterId.of("limits", "paid", "grant", new Window.Sliding(HOUR)), "agent-7", null);

  private final ManualTime time = new ManualTime();
  private final InMemoryCounterStore store =
      InMemoryCounterStore.builder().timeSource(time).build();

  private Reservation reserved() {
    Reservation held =
        (Reservation) store.reserve(Demand.of(new Charge.Amount(PAID, 1, 1, 9, true)));
    assertThat(held.id()).isNotNull();
    return held;
  }

  @Test
  void anIdentifierIsOfOneStoreAlone() {
    String id = requireNonNull(reserved().id());
    assertThat(InMemoryCounterStore.create().settleLate(id, Ended.DONE)).isFalse();
    assertThat(store.settleLate(id, Ended.DONE)).isTrue();
  }

  @Test
  void aCallIsKeptOnceHoweverOftenItsIdentifierIsAskedFor() {
    Reservation held = reserved();
    for (int i = 0; i < 100; i++) {
      assertThat(held.id()).isEqualTo(requireNonNull(held.id()));
    }
    assertThat(store.lateCalls()).isEqualTo(1);
  }

  @Test
  void whatIsOfNoMoreUseIsNotKept() {
    for (int i = 0; i < 1_000; i++) {
      reserved().settle(Ended.NOT_DONE);
    }
    for (int i = 0; i < 1_000; i++) {
      reserved().settle(Ended.UNKNOWN);
      time.advance(HOUR);
    }
    assertThat(store.lateCalls()).isLessThan(10);
  }
}
