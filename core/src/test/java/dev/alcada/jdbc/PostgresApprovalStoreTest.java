package dev.alcada.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import dev.alcada.approval.ApprovalStore;
import dev.alcada.testing.ApprovalStoreKit;
import dev.alcada.time.TimeSource;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract of stores of approvals, on a real PostgreSQL by a clock that the tests move. */
class PostgresApprovalStoreTest extends ApprovalStoreKit {
  private static HikariDataSource pool;

  @BeforeAll
  static void createDatabase() {
    pool = PostgresServer.pool(PostgresServer.emptyDatabase(), 8);
  }

  @AfterAll
  static void closePool() {
    pool.close();
  }

  @Override
  protected ApprovalStore emptyStore(TimeSource time) {
    Tables.empty(pool);
    return JdbcApprovalStore.builder(pool).timeSource(time).timeout(Duration.ofSeconds(20)).build();
  }
}
