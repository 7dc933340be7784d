package dev.alcada.jdbc;

import dev.alcada.approval.ApprovalStore;
import dev.alcada.testing.ApprovalStoreKit;
import dev.alcada.time.TimeSource;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract of stores of approvals, on a file of SQLite. */
@SuppressWarnings("NullAway.Init") // each test makes one
class SqliteApprovalStoreTest extends ApprovalStoreKit {
  @TempDir Path directory;

  private JdbcApprovalStore store;

  @Override
  protected ApprovalStore emptyStore(TimeSource time) {
    store =
        JdbcApprovalStore.builder(SqliteFile.source(directory.resolve("state")))
            .createTables()
            .timeSource(time)
            .timeout(Duration.ofSeconds(20))
            .build();
    return store;
  }

  @AfterEach
  void closeStore() {
    store.close();
  }
}
