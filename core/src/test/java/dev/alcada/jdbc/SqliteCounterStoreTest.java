package dev.alcada.jdbc;

import dev.alcada.counter.CounterStore;
import dev.alcada.testing.CounterStoreKit;
import dev.alcada.time.TimeSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract of stores, on a file of SQLite. */
class SqliteCounterStoreTest extends CounterStoreKit {
  @TempDir Path directory;

  private final List<JdbcCounterStore> stores = new ArrayList<>();

  @Override
  protected CounterStore store(TimeSource time, int maxKeysPerCounter) {
    JdbcCounterStore store =
        JdbcCounterStore.builder(SqliteFile.source(directory.resolve("state" + stores.size())))
            .createTables()
            .timeSource(time)
            // The end of a call is written before the clock is moved on.
            .executor(Runnable::run)
            .timeout(Duration.ofSeconds(20))
            .maxKeysPerCounter(maxKeysPerCounter)
            .build();
    stores.add(store);
    return store;
  }

  @AfterEach
  void closeStores() {
    stores.forEach(JdbcCounterStore::close);
  }

  @Override
  protected Duration resolution() {
    return Duration.ofNanos(1_000);
  }

  @Override
  protected boolean slidesOnWallClock() {
    return true;
  }
}
