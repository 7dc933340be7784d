package dev.alcada.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import dev.alcada.counter.CounterStore;
import dev.alcada.testing.CounterStoreKit;
import dev.alcada.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** The contract of stores, on a real PostgreSQL by a clock that the tests move. */
class PostgresCounterStoreTest extends CounterStoreKit {
  private static HikariDataSource pool;

  private final List<JdbcCounterStore> stores = new ArrayList<>();

  @BeforeAll
  static void createDatabase() {
    pool = PostgresServer.pool(PostgresServer.emptyDatabase(), 16);
  }

  @AfterAll
  static void closePool() {
    pool.close();
  }

  @Override
  protected CounterStore store(TimeSource time, int maxKeysPerCounter) {
    Tables.empty(pool);
    JdbcCounterStore store =
        JdbcCounterStore.builder(pool)
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
