package dev.alcada.jdbc;

import dev.alcada.time.TimeSource;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What differs between the databases: how a transaction runs, how a row is locked, whose clock. */
abstract class Database implements AutoCloseable {
  /** What is done with a connection; whether the result may be null is for its type to say. */
  interface Work<T extends @Nullable Object> {
    @Nullable T with(Connection connection) throws SQLException;
  }

  /**
   * What a store is made with.
   *
   * @param source the host's connections
   * @param time the clock, or {@code null} for the database's own where it has one
   * @param timeout how long an operation may wait
   * @param syncEveryCommit whether a commit waits until it is on the disk, where that is not the
   *     server's to say
   */
  record Settings(
      DataSource source, @Nullable TimeSource time, Duration timeout, boolean syncEveryCommit) {
    Settings orSystemTime() {
      return time != null
          ? this
          : new Settings(source, TimeSource.system(), timeout, syncEveryCommit);
    }
  }

  /** The tables and their columns. */
  enum Table {
    COUNTER("alcada_counter", "id, keys"),
    OWNER("alcada_owner", "id, keys"),
    COUNT("alcada_count", "id, counter, owner, held, due, data"),
    OPEN_CALL("alcada_open_call", "id, due, data"),
    APPROVAL("alcada_approval", "id, binding, requester, state, version, expires, size, request");

    final String tableName;
    final String columns;

    Table(String tableName, String columns) {
      this.tableName = tableName;
      this.columns = columns;
    }
  }

  /**
   * One of several changes that are made together.
   *
   * @param sql an insert, an update or a deletion
   * @param values what its marks stand for
   */
  record Change(String sql, List<Object> values) {
    static Change of(String sql, Object... values) {
      return new Change(sql, List.of(values));
    }
  }

  final Settings settings;

  Database(Settings settings) {
    this.settings = settings;
  }

  static Database of(Settings settings) {
    String product;
    int version;
    try (Connection connection = settings.source().getConnection()) {
      DatabaseMetaData about = connection.getMetaData();
      product = about.getDatabaseProductName();
      version = about.getDatabaseMajorVersion();
    } catch (SQLException e) {
      throw new IllegalStateException("the database cannot be asked what it is: " + told(e), e);
    }
    return switch (product.toLowerCase(Locale.ROOT)) {
      case "postgresql" -> new PostgreSql(settings, version);
      case "sqlite" -> new Sqlite(settings.orSystemTime());
      default ->
          throw new IllegalArgumentException(
              "the database is " + product + ", expected PostgreSQL or SQLite");
    };
  }

  /** Reads, outside of any transaction and without a lock. */
  abstract <T extends @Nullable Object> T read(Work<T> work);

  /**
   * Does something in a transaction. It is done again if it surely did nothing and there is time
   * left, but never once its commit was sent.
   */
  abstract <T extends @Nullable Object> T write(Work<T> work);

  /** {@return SQL for the present in microseconds since 1970, read when it is met} */
  abstract String now();

  /** {@return SQL for what begins a transaction, to be put before its first statement} */
  abstract String begin();

  /** {@return SQL that selects rows of counts by their id, locked in order, and then the time} */
  abstract String lockCounts(int many);

  /**
   * Makes changes in their order, in one trip where a trip is what costs.
   *
   * @param begins whether they are what begins the transaction
   * @param changes at least one
   * @return how many rows each has changed
   */
  abstract int[] change(Connection connection, boolean begins, List<Change> changes)
      throws SQLException;

  /**
   * Makes the last changes of a transaction. Where a trip is what costs they are committed with it,
   * and whatever fails is an answer unknown.
   *
   * @param changes at least one
   * @return how many rows each has changed
   */
  int[] changeLast(Connection connection, List<Change> changes) throws SQLException {
    return change(connection, false, changes);
  }

  /** {@return SQL that deletes expired rows, those first that were due first, not locked ones} */
  abstract String removeExpired(Table table, String where, int most);

  /** {@return what follows a select that locks its rows and leaves out those that others have} */
  abstract String lockIfFree();

  /** {@return SQL that lets one transaction at a time go on, or {@code null} if they all do so} */
  abstract @Nullable String oneAtATime(long lock);

  /** {@return the file with what creates the tables} */
  abstract String schema();

  /** {@return how many seconds a look may take, 0 for as long as it takes} */
  abstract int querySeconds();

  @Override
  public abstract void close();

  /** {@return the clock's time in SQL, if it is not the database's} */
  final @Nullable String givenTime() {
    TimeSource time = settings.time();
    return time == null ? null : Long.toString(Span.micros(time.instant()));
  }

  /** {@return SQL that selects rows of counts by their id, and the time} */
  String selectCounts(int many) {
    return "SELECT id, data, " + now() + " FROM alcada_count WHERE id IN (" + marks(many) + ")";
  }

  /**
   * Prepares a select, within a transaction that was begun or outside of any.
   *
   * @param values what its marks stand for
   */
  PreparedStatement select(Connection connection, String sql, Object... values)
      throws SQLException {
    return prepared(connection, sql, values);
  }

  /** {@return the rows of the last select that was prepared, by itself or behind others} */
  @SuppressWarnings("MustBeClosedChecker")
  ResultSet rows(PreparedStatement selected) throws SQLException {
    return selected.executeQuery();
  }

  static String marks(int many) {
    return String.join(", ", Collections.nCopies(many, "?"));
  }

  static int update(Connection connection, String sql, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement statement = prepared(connection, sql, values)) {
      return statement.executeUpdate();
    }
  }

  @SuppressWarnings("MustBeClosedChecker")
  static PreparedStatement prepared(Connection connection, String sql, @Nullable Object... values)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    try {
      for (int i = 0; i < values.length; i++) {
        Object value = values[i];
        if (value instanceof byte[] bytes) {
          statement.setBytes(i + 1, bytes);
        } else if (value instanceof Long number) {
          statement.setLong(i + 1, number);
        } else {
          statement.setString(i + 1, (String) value);
        }
      }
      return statement;
    } catch (Throwable e) {
      statement.close();
      throw e;
    }
  }

  /** Creates what is missing of the tables; where nothing is, no lock is taken. */
  final void createTables() {
    boolean there = read(connection -> problem(connection, Table.values()) == null);
    if (there) {
      return;
    }
    List<String> statements = SchemaFile.statements(schema());
    write(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            statement.execute(begin());
            String alone = oneAtATime(SchemaFile.LOCK);
            if (alone != null) {
              statement.execute(alone);
            }
            for (String create : statements) {
              statement.execute(create);
            }
          }
          return null;
        });
  }

  /**
   * Checks that tables are there.
   *
   * @throws IllegalStateException if one is not, or lacks a column
   */
  final void check(Table... tables) {
    String problem = read(connection -> problem(connection, tables));
    if (problem != null) {
      throw new IllegalStateException(
          problem
              + ". Apply "
              + SchemaFile.path(schema())
              + " of this library with your migrations, or build with createTables(), which makes"
              + " tables that are missing and changes none that is there");
    }
  }

  private static @Nullable String problem(Connection connection, Table... tables) {
    for (Table table : tables) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("SELECT " + table.columns + " FROM " + table.tableName + " WHERE 1 = 0");
      } catch (SQLException e) {
        return "The table "
            + table.tableName
            + " cannot be read with the columns "
            + table.columns
            + ": "
            + told(e);
      }
    }
    return null;
  }

  /** {@return what is told of a failure: its state and what the driver says} */
  static String told(SQLException e) {
    return e.getMessage() + " (SQL state " + e.getSQLState() + ")";
  }

  static IllegalStateException failed(SQLException e) {
    return new IllegalStateException("the database did not do it: " + told(e), e);
  }

  static IllegalStateException unknown(SQLException e) {
    return new IllegalStateException(
        "the database did not answer a commit: what it may have done stands; " + told(e), e);
  }
}
