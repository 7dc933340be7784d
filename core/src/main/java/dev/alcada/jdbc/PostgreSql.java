package dev.alcada.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/*
 * A transaction and its trips:
 *
 *   BEGIN, set …, select … for update      1   read committed whatever the pool says; time-outs
 *   update …, insert …, COMMIT             2   all rows at once; an answer lost here is an answer
 *                                              unknown: not retried
 *
 * What does more than count commits in a trip of its own.
 *
 * The clock is read when the last row is locked: in the select that locks, it would be read before
 * the wait. Hence the MATERIALIZED table expression, out of which rows come once they are locked.
 */

/** PostgreSQL, whose clock all that share it go by. */
final class PostgreSql extends Database {
  private static final int OLDEST = 13;
  private static final int MOST_ATTEMPTS = 5;

  /** For the select that follows it in one trip, with which it ends. */
  private static final String BY_INDEX = "SELECT set_config('enable_seqscan', 'off', true); ";

  private static final Change COMMIT = Change.of("COMMIT");

  /** What surely did nothing: serialization, deadlock, a lock not had in time. */
  private static final Set<String> DID_NOTHING = Set.of("40001", "40P01", "55P03");

  /** A peer that was lost must not keep its locks. */
  private static final int IDLE_MILLIS = 10_000;

  private static final String CLOCK =
      "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS bigint)";

  /**
   * A connection that a call has of the pool. What is over is to be closed, and what is given back
   * to be forgotten: where the stack ends within either, the next call does so.
   */
  private static final class Lent {
    private volatile @Nullable Connection over;
    private volatile boolean given;
  }

  private final Set<Lent> lent = ConcurrentHashMap.newKeySet();

  /** Whether there may be some that are over. */
  private volatile boolean left;

  private final String begin;
  private final int querySeconds;
  private final int networkMillis;

  PostgreSql(Settings settings, int version) {
    super(settings);
    if (version < OLDEST) {
      throw new IllegalArgumentException(
          "the database is PostgreSQL " + version + ", expected " + OLDEST + " or later");
    }
    long millis = settings.timeout().toMillis();
    // In one statement, since each costs the server as much as the work does. Without the last, a
    // plan that is made while there are few rows would read the whole table ever after.
    this.begin =
        "SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE; SELECT"
            + (" set_config('lock_timeout', '" + millis + "', true),")
            + (" set_config('statement_timeout', '" + 2 * millis + "', true),")
            + (" set_config('idle_in_transaction_session_timeout', '" + IDLE_MILLIS + "', true),")
            + " set_config('enable_seqscan', 'off', true);";
    this.querySeconds = (int) ((2 * millis + 999) / 1_000);
    this.networkMillis = (int) Math.max(4 * millis, 2_000);
  }

  @Override
  String begin() {
    return begin;
  }

  @Override
  String now() {
    String given = givenTime();
    return given == null ? CLOCK : given;
  }

  @Override
  String lockCounts(int many) {
    return begin
        + " WITH locked AS MATERIALIZED (SELECT id, data FROM alcada_count WHERE id IN ("
        + marks(many)
        + ") ORDER BY id FOR UPDATE) SELECT id, data, "
        + now()
        + " FROM locked";
  }

  @Override
  PreparedStatement select(Connection connection, String sql, Object... values)
      throws SQLException {
    return prepared(connection, connection.getAutoCommit() ? BY_INDEX + sql : sql, values);
  }

  @Override
  @SuppressWarnings("MustBeClosedChecker")
  ResultSet rows(PreparedStatement selected) throws SQLException {
    ResultSet rows = null;
    boolean any = selected.execute();
    while (any || selected.getUpdateCount() >= 0) {
      rows = any ? selected.getResultSet() : rows;
      any = selected.getMoreResults(Statement.KEEP_CURRENT_RESULT);
    }
    if (rows == null) {
      throw new SQLException("a select gave no rows");
    }
    return rows;
  }

  @Override
  int[] change(Connection connection, boolean begins, List<Change> changes) throws SQLException {
    String sql = changes.stream().map(Change::sql).collect(Collectors.joining("; "));
    Object[] values = changes.stream().flatMap(change -> change.values().stream()).toArray();
    List<Integer> counts = new ArrayList<>();
    try (PreparedStatement statement =
        prepared(connection, begins ? begin + " " + sql : sql, values)) {
      boolean rows = statement.execute();
      while (rows || statement.getUpdateCount() >= 0) {
        counts.add(rows ? 0 : statement.getUpdateCount());
        rows = statement.getMoreResults();
      }
    }
    // What begins a transaction comes before them.
    return counts.subList(counts.size() - changes.size(), counts.size()).stream()
        .mapToInt(Integer::intValue)
        .toArray();
  }

  @Override
  int[] changeLast(Connection connection, List<Change> changes) {
    List<Change> committed = new ArrayList<>(changes);
    committed.add(COMMIT);
    try {
      return change(connection, false, committed);
    } catch (SQLException e) {
      throw unknown(e);
    }
  }

  @Override
  String removeExpired(Table table, String where, int most) {
    // An array, which is made once: a subquery may be run again for the rows that follow.
    return ("DELETE FROM " + table.tableName + " WHERE id = ANY (ARRAY(SELECT id FROM ")
        + (table.tableName + " WHERE " + where + " AND due <= " + now())
        + (" ORDER BY due LIMIT " + most + " FOR UPDATE SKIP LOCKED))");
  }

  @Override
  String lockIfFree() {
    return " FOR UPDATE SKIP LOCKED";
  }

  @Override
  String oneAtATime(long lock) {
    return "SELECT pg_advisory_xact_lock(" + lock + ")";
  }

  @Override
  String schema() {
    return "postgresql.sql";
  }

  @Override
  int querySeconds() {
    return querySeconds;
  }

  @Override
  <T extends @Nullable Object> T read(Work<T> work) {
    try {
      return with(true, work);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  @Override
  <T extends @Nullable Object> T write(Work<T> work) {
    long began = System.nanoTime();
    for (int attempt = 1; ; attempt++) {
      try {
        return with(false, work);
      } catch (SQLException e) {
        boolean inTime = System.nanoTime() - began < settings.timeout().toNanos();
        if (!DID_NOTHING.contains(e.getSQLState()) || !inTime || attempt == MOST_ATTEMPTS) {
          throw failed(e);
        }
      }
    }
  }

  @SuppressWarnings("NullAway") // as its type says
  private <T extends @Nullable Object> T with(boolean reading, Work<T> work) throws SQLException {
    if (left) {
      giveBackLeft();
    }
    Lent own = new Lent();
    lent.add(own);
    Connection connection;
    try {
      connection = settings.source().getConnection();
    } catch (Throwable e) {
      own.given = true;
      forget(own);
      throw e;
    }
    try {
      boolean autoCommit = connection.getAutoCommit();
      int network = limited(connection);
      boolean open = false;
      try {
        connection.setAutoCommit(reading);
        open = !reading;
        T result = work.with(connection);
        if (open) {
          commit(connection);
        }
        open = false;
        return result;
      } finally {
        // Unless it is rolled back, what follows would commit it.
        if (open) {
          quietly(connection::rollback);
        }
        restore(connection, autoCommit, network);
      }
    } finally {
      giveBack(own, connection);
    }
  }

  private static void commit(Connection connection) throws SQLException {
    try {
      connection.commit();
    } catch (SQLException e) {
      throw unknown(e);
    }
  }

  private void giveBack(Lent own, Connection connection) {
    try {
      quietly(connection::close);
      own.given = true;
    } finally {
      if (!own.given) {
        own.over = connection;
        left = true;
      }
    }
    forget(own);
  }

  private void forget(Lent own) {
    boolean forgotten = false;
    try {
      lent.remove(own);
      forgotten = true;
    } finally {
      if (!forgotten) {
        left = true;
      }
    }
  }

  /** Closes what calls had no stack left to close, as an agent can make them: a pool has few. */
  private void giveBackLeft() {
    left = false;
    boolean all = false;
    try {
      for (Lent each : List.copyOf(lent)) {
        synchronized (each) {
          Connection over = each.over;
          if (over != null) {
            quietly(over::rollback);
            quietly(over::close);
            each.given = true;
            each.over = null;
          }
          if (each.given) {
            lent.remove(each);
          }
        }
      }
      all = true;
    } finally {
      if (!all) {
        left = true;
      }
    }
  }

  /** So that a server that is gone without a word is not waited for; {@return what it was} */
  private int limited(Connection connection) throws SQLException {
    try {
      int before = connection.getNetworkTimeout();
      connection.setNetworkTimeout(Runnable::run, networkMillis);
      return before;
    } catch (SQLFeatureNotSupportedException e) {
      return -1;
    }
  }

  private static void restore(Connection connection, boolean autoCommit, int network) {
    quietly(() -> connection.setAutoCommit(autoCommit));
    if (network >= 0) {
      quietly(() -> connection.setNetworkTimeout(Runnable::run, network));
    }
  }

  private interface Step {
    void run() throws SQLException;
  }

  /** What fails once all is decided changes nothing: the pool finds the connection broken. */
  private static void quietly(Step step) {
    try {
      step.run();
    } catch (SQLException | RuntimeException e) {
      // As told.
    }
  }

  @Override
  public void close() {}
}
