package dev.alcada.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * SQLite: one connection, which is kept, and one thread at a time. Another process on the machine,
 * or another store on the same file, is waited for as long as an operation may take.
 */
final class Sqlite extends Database {
  /** SQLITE_BUSY, and the bits of an error's code that are not its finer kind. */
  private static final int BUSY = 5;

  private static final int PRIMARY = 0xff;

  /** What a statement begins with that is told the time when it is asked for. */
  private static final String TIMED = "SELECT id, data, ?";

  private static final int MILLISECOND = 1_000_000;

  private final Turn turn = new Turn();
  private @Nullable Connection kept;

  /** One that is to be closed: what it has begun would hold the file against everybody. */
  private @Nullable Connection over;

  private boolean closed;

  Sqlite(Settings settings) {
    super(settings);
  }

  @Override
  String begin() {
    // The transaction has begun.
    return "SELECT 1";
  }

  @Override
  String now() {
    return Objects.requireNonNull(givenTime(), "time");
  }

  /** With the time as the last parameter, so that the statement is the same each time. */
  @Override
  String selectCounts(int many) {
    StringBuilder sql = new StringBuilder(TIMED).append(many + 1).append(" FROM alcada_count");
    for (int i = 1; i <= many; i++) {
      sql.append(i == 1 ? " WHERE id IN (?" : ", ?").append(i);
    }
    return sql.append(')').toString();
  }

  @Override
  String lockCounts(int many) {
    return selectCounts(many);
  }

  @Override
  int[] change(Connection connection, boolean begins, List<Change> changes) throws SQLException {
    int[] counts = new int[changes.size()];
    for (int i = 0; i < counts.length; i++) {
      Change change = changes.get(i);
      counts[i] = update(connection, change.sql(), change.values().toArray());
    }
    return counts;
  }

  @Override
  String removeExpired(Table table, String where, int most) {
    return ("DELETE FROM " + table.tableName + " WHERE id IN (SELECT id FROM " + table.tableName)
        + (" WHERE " + where + " AND due <= " + now() + " ORDER BY due LIMIT " + most + ")");
  }

  @Override
  String lockIfFree() {
    return "";
  }

  @Override
  @Nullable String oneAtATime(long lock) {
    return null;
  }

  @Override
  String schema() {
    return "sqlite.sql";
  }

  @Override
  int querySeconds() {
    return 0;
  }

  @Override
  <T extends @Nullable Object> T read(Work<T> work) {
    return inTurn(work);
  }

  @Override
  @SuppressWarnings("NullAway") // as its type says
  <T extends @Nullable Object> T write(Work<T> work) {
    return inTurn(
        connection -> {
          // Whatever fails is undone as the connection is dropped.
          update(connection, "BEGIN IMMEDIATE");
          T result = work.with(connection);
          update(connection, "COMMIT");
          return result;
        });
  }

  @SuppressWarnings("NullAway") // as its type says
  private <T extends @Nullable Object> T inTurn(Work<T> work) {
    try {
      if (!turn.take(TimeUnit.MILLISECONDS.toNanos(settings.timeout().toMillis()))) {
        throw new IllegalStateException(
            "the database was not free within " + settings.timeout().toMillis() + " ms");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the database", e);
    }
    boolean done = false;
    try {
      T result = work.with(connection());
      done = true;
      return result;
    } catch (SQLException e) {
      throw failed(e);
    } finally {
      // A connection on which something failed is opened anew: whatever it had begun ends with it.
      if (!done && kept != null) {
        over = kept;
        kept = null;
      }
      try {
        if (!done) {
          closeOver();
        }
      } finally {
        turn.taken = 0; // no call, for which there may be no stack
        wakeNext();
      }
    }
  }

  private void wakeNext() {
    try {
      turn.wake();
    } catch (Throwable e) {
      // Whoever waits looks again without being woken.
    }
  }

  private Connection connection() throws SQLException {
    if (closed) {
      throw new IllegalStateException("the store is closed");
    }
    closeOver();
    Connection present = kept;
    if (present != null) {
      return present;
    }
    Connection opened = settings.source().getConnection();
    over = opened;
    try {
      opened.setAutoCommit(true);
      execute(opened, "PRAGMA busy_timeout = " + settings.timeout().toMillis());
      String mode = walMode(opened);
      if (!"wal".equalsIgnoreCase(mode)) {
        throw new IllegalStateException(
            "the SQLite database is in journal mode "
                + mode
                + ", expected a file that can be in mode WAL: neither in memory nor read-only");
      }
      execute(opened, "PRAGMA synchronous = " + (settings.syncEveryCommit() ? "FULL" : "NORMAL"));
      Connection keeping = KeptStatements.over(opened, this::tellTime);
      over = null;
      kept = keeping;
      return keeping;
    } catch (Throwable e) {
      closeOver();
      throw e;
    }
  }

  private void tellTime(String sql, PreparedStatement statement) throws SQLException {
    if (sql.startsWith(TIMED)) {
      int from = TIMED.length();
      int last = Integer.parseInt(sql, from, sql.indexOf(' ', from), 10);
      statement.setLong(last, Long.parseLong(now()));
    }
  }

  /** SQLite waits for no other connection that changes the mode at this moment, so this does. */
  private @Nullable String walMode(Connection connection) throws SQLException {
    for (long left = settings.timeout().toMillis(); ; left--) {
      try {
        return execute(connection, "PRAGMA journal_mode = WAL");
      } catch (SQLException e) {
        if ((e.getErrorCode() & PRIMARY) != BUSY || left <= 0) {
          throw e;
        }
        LockSupport.parkNanos(MILLISECOND);
      }
    }
  }

  private static @Nullable String execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (statement.execute(sql)) {
        try (ResultSet rows = statement.getResultSet()) {
          return rows.next() ? rows.getString(1) : null;
        }
      }
      return null;
    }
  }

  /** Closes what is to be closed; where the stack ends within that, whoever comes next does. */
  private void closeOver() {
    Connection present = over;
    if (present != null) {
      close(present);
      over = null;
    }
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException | RuntimeException e) {
      // It is not used again.
    }
  }

  @Override
  public void close() {
    boolean interrupted = false;
    while (true) {
      try {
        if (turn.take(Long.MAX_VALUE)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    try {
      closed = true;
      if (kept != null) {
        over = kept;
        kept = null;
      }
      closeOver();
    } finally {
      turn.taken = 0;
      wakeNext();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
