package dev.alcada.jdbc;

import dev.alcada.counter.AsyncCounterStore;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Look;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.ReserveResult;
import dev.alcada.internal.value.Once;
import dev.alcada.time.TimeSource;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * One call:
 *
 *   look, no lock ──► no room: refused, nothing written
 *        │
 *        ├─ a key is new ──► its row is made, in a transaction of its own, sorted ──┐
 *        ▼                                                                         │
 *   lock the rows by id, then read the clock ◄──────────────────────────────────────┘
 *        │
 *        ├─ a row has gone since ──► from the start
 *        ├─ no room by now ──► refused
 *        ▼
 *   write the rows, commit ──► reserved
 */

/**
 * Counts in a database: PostgreSQL 13 or later, where any number of processes share them, or
 * SQLite, where they survive a restart of one machine's processes. Safe for use by several threads.
 *
 * <p><b>Exact.</b> A sliding window of length W admits at most its maximum in any half-open span of
 * length W by the clock of the store: the server's on PostgreSQL, this machine's on SQLite. A clock
 * that is set back opens nothing under a key that counts: it is taken to stand still at the latest
 * instant at which that key was written. One that is set ahead lets windows pass sooner. All
 * charges of a call are reserved in one transaction or none is. Beyond 1,024 admissions of one key
 * in its window, those of the same 1/1,024 of the window become one, which leaves at most that much
 * later than it might and never earlier.
 *
 * <p><b>After a process died</b> what ran in it leaves with its lease, and a call that is made once
 * is remembered. A mark that its attempt left stays until it is {@linkplain #takeBack taken back}.
 *
 * <p><b>Where the database fails</b> every method throws an {@link IllegalStateException}, which
 * denies the call. A reservation is tried again only where it surely did nothing; one whose commit
 * was not answered counts.
 *
 * <p><b>Bounded.</b> A key's row is deleted once its window has passed, at most 64 at a time. When
 * a counter has as many keys as there may be, a new one is refused and the others go on counting.
 * Nothing personal is written: rows are named by digests.
 *
 * <p>{@link #reserve} and {@link #look} ask the database on the caller's thread; {@link
 * #reserveAsync}, {@link #lookAsync} and what is given back use an executor.
 */
@SuppressWarnings("exports") // whoever uses this package requires java.sql already
public final class JdbcCounterStore implements AsyncCounterStore, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JdbcCounterStore.class);
  private static final int MOST_ATTEMPTS = 8;

  /** How many calls go by before some counter is looked after. */
  private static final int TURN = 64;

  /** Odd, so that no two of a sequence of multiples are equal. */
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private static final String UPDATE = "UPDATE alcada_count SET data = ?, due = ? WHERE id = ?";

  private final Database database;
  private final KeyRows keys;
  private final Worker worker;
  private final Endings endings = new Endings();
  private final long firstId = new SecureRandom().nextLong();
  private final AtomicLong calls = new AtomicLong();

  private JdbcCounterStore(Database database, int maxKeysPerCounter, @Nullable Executor executor) {
    this.database = database;
    this.keys = new KeyRows(database, maxKeysPerCounter);
    this.worker = new Worker(executor, "alcada-counters", database.settings.timeout());
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
  public ReserveResult reserve(Demand demand) {
    Asked asked = Asked.of(demand);
    List<String> rows = asked.ids();
    if (rows.isEmpty()) {
      return new HeldRows(List.of(), List.of(), this::end);
    }
    endings.finish(rows, database.settings.timeout());
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      Judged looked = looked(asked, rows);
      Refusal refusal = looked.refusal();
      if (refusal != null && looked.repeated().isEmpty()) {
        return refusal;
      }
      if (!asked.addsAnything()) {
        return new HeldRows(List.of(), looked.usage(), this::end);
      }
      boolean newKeys = refusal == null && !looked.missing().isEmpty();
      if (newKeys && !keys.make(looked.missing())) {
        continue; // Others were faster: the next look tells why there is no room.
      }
      ReserveResult result = database.write(connection -> reserve(connection, asked, rows));
      if (result != null) {
        tidy(newKeys ? asked.wanted().get(0).counter() : null);
        return result;
      }
    }
    throw new IllegalStateException("the rows of a call's keys were removed as they were made");
  }

  /** Returns {@code null} if a row is not there any more. */
  private @Nullable ReserveResult reserve(Connection connection, Asked asked, List<String> ids)
      throws SQLException {
    Judged.Rows rows = rows(connection, ids, true);
    Judged judged = new Judged(asked, rows);
    Refusal refusal = judged.refusal();
    Map<Wanted, Row> changed = new LinkedHashMap<>();
    if (refusal != null) {
      // A call that is made again is remembered for as long as it asks.
      for (Wanted again : judged.repeated()) {
        if (rows.byId().get(again.id()) instanceof OnceRow once) {
          once.remember(again, rows.now());
          changed.put(again, once);
        }
      }
      write(connection, changed, rows.now());
      return refusal;
    }
    if (!judged.missing().isEmpty()) {
      return null;
    }
    List<HeldRows.Part> parts = judged.add(nextId());
    for (HeldRows.Part part : parts) {
      changed.put(part.wanted(), Objects.requireNonNull(rows.byId().get(part.wanted().id())));
    }
    write(connection, changed, rows.now());
    return new HeldRows(parts, judged.usage(), this::end);
  }

  @Override
  public Look look(Demand demand) {
    Asked asked = Asked.of(demand);
    List<String> rows = asked.ids();
    if (rows.isEmpty()) {
      return Look.of(null, List.of());
    }
    endings.finish(rows, database.settings.timeout());
    return looked(asked, rows).look();
  }

  /** Looks again where an end that was yet to be written may have freed a key that is wanted. */
  private Judged looked(Asked asked, List<String> rows) {
    boolean freeing = endings.any();
    Judged judged = lookedOnce(asked, rows);
    Refusal refusal = judged.refusal();
    if (freeing && refusal != null && refusal.reason() == Refusal.Reason.TOO_MANY_KEYS) {
      endings.finishAll(database.settings.timeout());
      return lookedOnce(asked, rows);
    }
    return judged;
  }

  private Judged lookedOnce(Asked asked, List<String> ids) {
    return database.read(
        connection -> {
          Judged judged = new Judged(asked, rows(connection, ids, false));
          if (!judged.missing().isEmpty()) {
            Wanted full = keys.full(connection, judged.missing());
            if (full != null) {
              judged.noRoomFor(full);
            }
          }
          return judged;
        });
  }

  @Override
  public CompletionStage<ReserveResult> reserveAsync(Demand demand) {
    return worker.ask(() -> reserve(demand));
  }

  @Override
  public CompletionStage<Look> lookAsync(Demand demand) {
    return worker.ask(() -> look(demand));
  }

  /** Takes back what is there; it cannot be listed, for the rows do not say whose they are. */
  @Override
  public boolean takeBack(CounterKey key) {
    CounterId.Kind kind = key.counter().kind();
    if (kind == CounterId.Kind.AMOUNT || kind == CounterId.Kind.DISTINCT) {
      throw new IllegalArgumentException(
          "key is of a counter of kind " + kind + ", expected MARK, IN_FLIGHT or ONCE");
    }
    Wanted held = Wanted.held(key);
    List<String> ids = List.of(held.id());
    endings.finish(ids, database.settings.timeout());
    return database.write(
        connection -> {
          Judged.Rows rows = rows(connection, ids, true);
          Row row = rows.byId().get(held.id());
          if (row == null) {
            return false;
          }
          long now = rows.now();
          row.expire(held, now);
          boolean there = row.expiry(held) > now;
          if (there) {
            Row nothing = Row.empty(kind);
            nothing.touch(now);
            write(connection, Map.of(held, nothing), now);
          }
          return there;
        });
  }

  private void end(List<HeldRows.Part> parts, Row.End how, List<Wanted> left) {
    Set<String> ids = new LinkedHashSet<>();
    parts.forEach(part -> ids.add(part.wanted().id()));
    left.forEach(mark -> ids.add(mark.id()));
    AtomicReference<@Nullable FutureTask<Void>> self = new AtomicReference<>();
    FutureTask<Void> ending =
        new FutureTask<>(
            () -> {
              try {
                write(parts, how, left, List.copyOf(ids));
              } catch (Throwable e) {
                LOG.warn("How a call has ended was not written: {}", e.getMessage());
              } finally {
                FutureTask<Void> done = self.get();
                if (done != null) {
                  endings.end(ids, done);
                }
              }
            },
            null);
    self.set(ending);
    endings.begin(ids, ending);
    if (!worker.later(ending)) {
      endings.end(ids, ending);
      LOG.warn("How a call has ended was not written: too much is asked of the store");
    }
  }

  private void write(List<HeldRows.Part> parts, Row.End how, List<Wanted> left, List<String> ids) {
    if (!left.isEmpty()) {
      Judged.Rows there = database.read(connection -> rows(connection, ids, false));
      for (Wanted mark : left) {
        if (!there.byId().containsKey(mark.id())) {
          // A mark that permits and has no room is missing.
          keys.make(List.of(mark));
        }
      }
    }
    database.write(
        connection -> {
          Judged.Rows rows = rows(connection, ids, true);
          Map<Wanted, Row> changed = new LinkedHashMap<>();
          long now = rows.now();
          for (HeldRows.Part part : parts) {
            Row row = rows.byId().get(part.wanted().id());
            if (row != null && row.end(part.wanted(), part.stamp(), part.id(), how, now)) {
              changed.put(part.wanted(), row);
            }
          }
          for (Wanted mark : left) {
            Row row = rows.byId().get(mark.id());
            if (row != null) {
              row.add(mark, now, Row.NOBODY);
              changed.put(mark, row);
            }
          }
          write(connection, changed, now);
          return true;
        });
  }

  private static void write(Connection connection, Map<Wanted, Row> changed, long now)
      throws SQLException {
    if (changed.isEmpty()) {
      return;
    }
    try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
      for (Map.Entry<Wanted, Row> each : changed.entrySet()) {
        long expiry = each.getValue().expiry(each.getKey());
        update.setBytes(1, each.getValue().write());
        update.setLong(2, expiry == Row.NOW ? now : expiry);
        update.setString(3, each.getKey().id());
        update.addBatch();
      }
      for (int rows : update.executeBatch()) {
        if (rows != 1) {
          throw new IllegalStateException("a row that was locked could not be written");
        }
      }
    }
  }

  private Judged.Rows rows(Connection connection, List<String> ids, boolean locked)
      throws SQLException {
    String sql = locked ? database.lockCounts(ids.size()) : database.selectCounts(ids.size());
    Map<String, Row> byId = new HashMap<>();
    long reading = Long.MIN_VALUE;
    try (PreparedStatement statement = Database.prepared(connection, sql, ids.toArray())) {
      if (!locked) {
        statement.setQueryTimeout(database.querySeconds());
      }
      boolean selected = statement.execute();
      while (!selected) {
        if (statement.getUpdateCount() < 0) {
          throw new SQLException("a select gave no rows");
        }
        selected = statement.getMoreResults();
      }
      try (ResultSet rows = statement.getResultSet()) {
        while (rows.next()) {
          byId.put(rows.getString(1), Row.read(rows.getBytes(2)));
          reading = Math.max(reading, rows.getLong(3));
        }
      }
    }
    return new Judged.Rows(byId, reading);
  }

  /** {@return an identifier that no other reservation has, of whichever process} */
  private long nextId() {
    long id = firstId + calls.incrementAndGet() * SPREAD;
    return id == Row.NOBODY ? nextId() : id;
  }

  /** Removes expired rows now and then; what fails is done another time. */
  private void tidy(@Nullable String counter) {
    try {
      if (counter != null) {
        keys.tidy(counter);
      }
      if (counter != null || calls.get() % TURN == 0) {
        keys.tidy(null);
      }
    } catch (RuntimeException e) {
      LOG.debug("Rows that have expired were not removed", e);
    }
  }

  /** Ends what is given back, for as long as an operation may take, and lets go of the database. */
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
    private @Nullable Integer maxKeysPerCounter;

    private Builder(DataSource source) {
      this.source = source;
    }

    /**
     * Sets the clock; the server's own on PostgreSQL and this machine's on SQLite, unless set. For
     * tests: processes that share limits must share the clock.
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
     * Sets where stages are completed and amounts are given back; up to 4 threads of the store's
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
     * Sets how many keys of one counter may be live; 100,000, unless set.
     *
     * @param keys at least 1
     * @return this builder
     * @throws IllegalArgumentException if it is less
     * @throws IllegalStateException if it was set before
     */
    public Builder maxKeysPerCounter(int keys) {
      if (keys < 1) {
        throw new IllegalArgumentException(
            "maxKeysPerCounter is " + keys + ", expected at least 1");
      }
      maxKeysPerCounter = Once.set("maxKeysPerCounter", maxKeysPerCounter, keys);
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
     * Returns the store, having checked that its tables are there.
     *
     * @throws IllegalArgumentException if the database is another, or too old
     * @throws IllegalStateException if it cannot be reached, or its tables are missing
     */
    public JdbcCounterStore build() {
      Database database = settings.open(source);
      try {
        database.check(Database.Table.COUNTER, Database.Table.COUNT);
        return new JdbcCounterStore(
            database, maxKeysPerCounter == null ? 100_000 : maxKeysPerCounter, settings.executor());
      } catch (RuntimeException e) {
        database.close();
        throw e;
      }
    }
  }
}
