package dev.alcada.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Reservation;
import dev.alcada.time.Window;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Calls near the end of a thread's stack, as an agent with tools that call tools can make them:
 * they hold no lock, no connection and no transaction against those that come after.
 */
@Timeout(300)
class EndOfStackSqliteTest {
  private static final int ROUNDS = 60;
  private static final int MOST_TRIES = 100_000;
  private static final long ONE = 1_000_000_000L;

  @TempDir private Path directory;
  private int failed;
  private int admitted;

  @Test
  void whatEndsWithinAStoreLeavesItForOthers() throws Exception {
    try (JdbcCounterStore store = open();
        JdbcCounterStore other = open()) {
      store.reserve(demand());
      assertThat(new Throwable().getStackTrace()[0].toString()).isNotEmpty();
      for (int round = 0; round < ROUNDS; round++) {
        int shift = round;
        onASmallStack(() -> shifted(store, shift % 10, shift, shift));
        assertThat(other.reserve(demand()))
            .as("another, round %s", round)
            .isInstanceOf(Reservation.class);
        assertThat(store.reserve(demand()))
            .as("itself, round %s", round)
            .isInstanceOf(Reservation.class);
      }
      long used = store.look(demand()).usage().get(0).used() / ONE;
      assertThat(used).isGreaterThanOrEqualTo(admitted + 1 + 2 * ROUNDS).isLessThan(1_000_000);
    }
    assertThat(failed).isGreaterThan(ROUNDS);
  }

  private JdbcCounterStore open() {
    return JdbcCounterStore.builder(SqliteFile.source(directory.resolve("counts.db")))
        .timeout(Duration.ofSeconds(5))
        .createTables()
        .build();
  }

  private static Demand demand() {
    CounterId id =
        CounterId.of("limits", "rate", "grant", new Window.Sliding(Duration.ofDays(300)));
    return Demand.of(
        new Charge.Amount(new CounterKey(id, "agent-7", null), 4_000_000 * ONE, ONE, 9, false));
  }

  private long shifted(JdbcCounterStore store, int frames, long one, long another) {
    if (frames == 0) {
      fromTheEnd(store, 0);
      return one;
    }
    return another + shifted(store, frames - 1, another, one);
  }

  private void fromTheEnd(JdbcCounterStore store, int depth) {
    if (depth < 1_000_000) {
      try {
        fromTheEnd(store, depth + 1);
        return;
      } catch (Error | RuntimeException e) {
        failed++; // it denies the call
      }
    }
    if (failed > MOST_TRIES) {
      return; // it is held for good, which what follows finds
    }
    store.reserve(demand());
    admitted++;
  }

  private static void onASmallStack(Runnable action) throws Exception {
    FutureTask<Void> task = new FutureTask<>(action, null);
    Thread thread = new Thread(null, task, "small", 256 << 10);
    thread.start();
    task.get();
  }
}
