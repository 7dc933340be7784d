package dev.alcada.jdbc;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import dev.alcada.approval.ApprovalStore;
import dev.alcada.time.TimeSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Keeps approval requests in a database: PostgreSQL 13 or later, where any number of processes
 * share them, or SQLite, where they survive a restart of one machine's processes. Safe for use by
 * several threads.
 *
 * <p>Whether a request has expired is decided by the server's clock on PostgreSQL and by this
 * machine's on SQLite. Of several processes that claim one yes, one gets it. An answer that is
 * given in another process is seen by who waits for it within about a second. Requests are kept for
 * a day after they have expired, and then deleted, at most 64 at a time.
 *
 * <p>A row holds what a person was asked, arguments included. Where the database fails a stage
 * fails, which denies the call; a change whose commit was not answered may have been made, and is
 * not tried again.
 */
@SuppressWarnings("exports") // whoever uses this package requires java.sql already
public final class JdbcApprovalStore implements ApprovalStore, AutoCloseable {
  private static final long ONE_ADDS = 0x616c6361_64610002L;
  private static final int MOST_REMOVED = 64;
  private static final long KEPT = Duration.ofDays(1).toNanos() / 1_000;

  private static final String COLUMNS = Database.Table.APPROVAL.columns;

  private final Database database;
  private final Worker worker;

  private JdbcApprovalStore(Database database, @Nullable Executor executor) {
    this.database = database;
    this.worker = new Worker(executor, "alcada-approvals", database.settings.timeout());
  }

  /**
   * Returns a builder of a store.
   *
   * @param source connections to PostgreSQL, from a pool, or to a file of SQLite, of which the
   *     store keeps one
   */
  public static Builder builder(DataSource source) {
    return new Builder(Objects.requireNonNull(source, "source"));
  }

  @Override
  public CompletionStage<@Nullable ApprovalRequest> find(String binding) {
    return worker.ask(() -> database.read(connection -> find(connection, binding)));
  }

  private @Nullable ApprovalRequest find(Connection connection, String binding)
      throws SQLException {
    List<ApprovalRequest> found =
        requests(
            connection,
            "binding = ? AND (state = 'in_use' OR (state IN ('pending', 'approved', 'denied')"
                + " AND expires > "
                + database.now()
                + "))",
            binding);
    return found.isEmpty() ? null : found.get(0);
  }

  @Override
  public CompletionStage<Added> add(ApprovalRequest request, Bounds bounds) {
    return worker.ask(() -> database.write(connection -> add(connection, request, bounds)));
  }

  private Added add(Connection connection, ApprovalRequest request, Bounds bounds)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(database.begin());
      String alone = database.oneAtATime(ONE_ADDS);
      if (alone != null) {
        statement.execute(alone);
      }
    }
    ApprovalRequest found = find(connection, request.binding());
    if (found != null) {
      return new Added.Holds(found);
    } else if (isFull(connection, request, bounds)) {
      return new Added.Full();
    }
    Database.update(
        connection,
        "INSERT INTO alcada_approval (" + COLUMNS + ") VALUES (" + Database.marks(8) + ")",
        request.id(),
        request.binding(),
        requester(request),
        request.state().text(),
        request.version(),
        Span.micros(request.expiresAt()),
        request.bytes(),
        request.toJson());
    Database.update(
        connection,
        "DELETE FROM alcada_approval WHERE id IN (SELECT id FROM alcada_approval WHERE expires <= "
            + database.now()
            + " - ? AND state <> 'in_use' ORDER BY expires LIMIT "
            + MOST_REMOVED
            + database.lockIfFree()
            + ")",
        KEPT);
    return new Added.Yes();
  }

  private boolean isFull(Connection connection, ApprovalRequest request, Bounds bounds)
      throws SQLException {
    String counted =
        "SELECT count(*), coalesce(sum(size), 0), count(*) FILTER (WHERE requester = ?),"
            + " coalesce(sum(size) FILTER (WHERE requester = ?), 0) FROM alcada_approval"
            + " WHERE state = 'in_use' OR expires > "
            + database.now();
    String requester = requester(request);
    try (PreparedStatement statement =
            Database.prepared(connection, counted, requester, requester);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getLong(1) >= bounds.inAll()
          || row.getLong(2) > bounds.bytesInAll() - request.bytes()
          || row.getLong(3) >= bounds.perGrant()
          || row.getLong(4) > bounds.bytesPerGrant() - request.bytes();
    }
  }

  @Override
  public CompletionStage<Boolean> replace(ApprovalRequest next) {
    return worker.ask(
        () ->
            database.write(
                connection -> {
                  try (Statement statement = connection.createStatement()) {
                    statement.execute(database.begin());
                  }
                  String replace =
                      "UPDATE alcada_approval SET state = ?, version = ?, expires = ?, request = ?"
                          + " WHERE id = ? AND version = ? AND (state = 'in_use' OR expires > "
                          + database.now()
                          + ")";
                  return Database.update(
                          connection,
                          replace,
                          next.state().text(),
                          next.version(),
                          Span.micros(next.expiresAt()),
                          next.toJson(),
                          next.id(),
                          next.version() - 1)
                      == 1;
                }));
  }

  @Override
  public CompletionStage<@Nullable ApprovalRequest> get(String id) {
    return worker.ask(
        () ->
            database.read(
                connection -> {
                  List<ApprovalRequest> found = requests(connection, "id = ?", id);
                  return found.isEmpty() ? null : found.get(0);
                }));
  }

  @Override
  public CompletionStage<List<ApprovalRequest>> pending() {
    return worker.ask(
        () ->
            database.read(
                connection -> {
                  List<ApprovalRequest> found =
                      requests(
                          connection,
                          "state = ? AND expires > " + database.now(),
                          ApprovalState.PENDING.text());
                  return found.stream()
                      .sorted(
                          Comparator.comparing(ApprovalRequest::createdAt)
                              .thenComparing(ApprovalRequest::id))
                      .toList();
                }));
  }

  private List<ApprovalRequest> requests(Connection connection, String where, String value)
      throws SQLException {
    try (PreparedStatement statement =
        database.select(connection, "SELECT request FROM alcada_approval WHERE " + where, value)) {
      statement.setQueryTimeout(database.querySeconds());
      List<ApprovalRequest> found = new ArrayList<>();
      try (ResultSet rows = database.rows(statement)) {
        while (rows.next()) {
          found.add(ApprovalRequest.fromJson(rows.getString(1)));
        }
      }
      return found;
    }
  }

  /** A digest, so that it is compared and not read. */
  private static String requester(ApprovalRequest request) {
    return Wanted.digestOfAny(request.caller().grant());
  }

  /** Ends what is asked, for as long as an operation may take, and lets go of the database. */
  @Override
  public void close() {
    worker.close();
    database.close();
  }

  /** Builds a store. Not safe for use by several threads. */
  @SuppressWarnings("exports") // as above
  public static final class Builder {
    private final DataSource source;
    private final StoreSettings settings = new StoreSettings();

    private Builder(DataSource source) {
      this.source = source;
    }

    /**
     * Sets the clock by which requests expire; the server's own on PostgreSQL and this machine's on
     * SQLite, unless set. For tests: processes that share requests must share the clock.
     *
     * @param time its wall clock is used
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder timeSource(TimeSource time) {
      settings.timeSource(time);
      return this;
    }

    /**
     * Sets how long an operation may wait for a lock; 250 ms, unless set. A statement may take
     * twice as long.
     *
     * @param timeout 1 ms to 1 minute
     * @return this builder
     * @throws IllegalArgumentException if it is out of its range
     * @throws IllegalStateException if it was set before
     */
    public Builder timeout(Duration timeout) {
      settings.timeout(timeout);
      return this;
    }

    /**
     * Sets where the database is asked and stages are completed; up to 4 threads of the store's
     * own, unless set.
     *
     * @param executor may block; one of virtual threads fits
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder executor(Executor executor) {
      settings.executor(executor);
      return this;
    }

    /**
     * Lets the store create its tables where they are missing. Without this they must be there: the
     * host's migrations apply {@code dev/alcada/jdbc/postgresql.sql} or {@code sqlite.sql}.
     *
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder createTables() {
      settings.createTables();
      return this;
    }

    /**
     * Lets every commit on SQLite wait until it is on the disk, so that it survives a power cut and
     * not the end of the process alone; slower by far. On PostgreSQL the server's {@code
     * synchronous_commit} decides.
     *
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder syncEveryCommit() {
      settings.syncEveryCommit();
      return this;
    }

    /**
     * Returns the store, having checked that its table is there.
     *
     * @throws IllegalArgumentException if the database is another, or too old
     * @throws IllegalStateException if it cannot be reached, or its table is missing
     */
    public JdbcApprovalStore build() {
      Database database = settings.open(source);
      try {
        database.check(Database.Table.APPROVAL);
        return new JdbcApprovalStore(database, settings.executor());
      } catch (Throwable e) {
        database.close();
        throw e;
      }
    }
  }
}
