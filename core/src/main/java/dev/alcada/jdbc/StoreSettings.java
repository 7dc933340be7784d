package dev.alcada.jdbc;

import dev.alcada.internal.value.Once;
import dev.alcada.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.Executor;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What the builders of both stores have in common. */
final class StoreSettings {
  private static final Duration TIMEOUT = Duration.ofMillis(250);
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private @Nullable TimeSource time;
  private @Nullable Duration timeout;
  private @Nullable Executor executor;
  private @Nullable Boolean createTables;
  private @Nullable Boolean syncEveryCommit;

  void timeSource(TimeSource source) {
    time = Once.set("timeSource", time, source);
  }

  void timeout(Duration duration) {
    if (duration.toMillis() < 1 || duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("timeout is " + duration + ", expected 1 ms to 1 minute");
    }
    timeout = Once.set("timeout", timeout, duration);
  }

  void executor(Executor given) {
    executor = Once.set("executor", executor, given);
  }

  @Nullable Executor executor() {
    return executor;
  }

  void createTables() {
    createTables = Once.set("createTables", createTables, true);
  }

  void syncEveryCommit() {
    syncEveryCommit = Once.set("syncEveryCommit", syncEveryCommit, true);
  }

  Database open(DataSource source) {
    Database database =
        Database.of(
            new Database.Settings(
                source, time, timeout == null ? TIMEOUT : timeout, syncEveryCommit != null));
    try {
      if (createTables != null) {
        database.createTables();
      }
      return database;
    } catch (Throwable e) {
      database.close();
      throw e;
    }
  }
}
