package dev.alcada.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Reservation;
import dev.alcada.time.Window;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an operator takes back, of calls of which nobody knows how they ended. */
class TakeBackTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final CounterKey READ =
      new CounterKey(CounterId.mark("marks", "read", "grant"), "a", null);
  private static final CounterKey RUNS =
      new CounterKey(CounterId.inFlight("document", "runs", "grant"), "a", null);
  private static final CounterKey PAID =
      new CounterKey(CounterId.once("document", "pay"), "a", null);
  private static final Demand ALL =
      Demand.builder()
          .charge(new Charge.InFlight(RUNS, 1, 1, 9, MINUTE))
          .charge(new Charge.Once(PAID, new Window.Sliding(MINUTE), MINUTE))
          .tried(new Mark(READ, MINUTE))
          .build();

  private static boolean isThere(JdbcCounterStore store) {
    return store.look(Demand.builder().reads(READ, null).build()).marks().get(0);
  }

  @ParameterizedTest
  @EnumSource
  void theCallsOfAProcessThatDiedDoNotBringItBack(Kind kind, @TempDir Path directory) {
    try (JdbcCounterStore store =
        JdbcCounterStore.builder(kind.empty(directory))
            .createTables()
            .timeout(Duration.ofSeconds(20))
            .build()) {
      for (Ended ended : Ended.values()) {
        Reservation hung = (Reservation) store.reserve(ALL);
        assertThat(store.reserve(ALL)).isNotInstanceOf(Reservation.class);
        for (CounterKey key : List.of(READ, RUNS, PAID)) {
          assertThat(store.takeBack(key)).as(key.toString()).isTrue();
          assertThat(store.takeBack(key)).as(key.toString()).isFalse();
        }
        assertThat(isThere(store)).isFalse();
        Reservation next = (Reservation) store.reserve(ALL);
        hung.settle(ended);
        assertThat(isThere(store)).as("of the next call").isTrue();
        assertThat(store.reserve(ALL)).isNotInstanceOf(Reservation.class);
        next.cancel();
        assertThat(isThere(store)).as("of the call before").isFalse();
      }
      CounterKey amount = ContentionTest.charge("a", MINUTE, 1, 1).key();
      assertThatThrownBy(() -> store.takeBack(amount))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("AMOUNT, expected MARK, IN_FLIGHT or ONCE");
    }
  }
}
