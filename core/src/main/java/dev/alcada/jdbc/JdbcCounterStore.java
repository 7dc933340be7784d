package dev.alcada.jdbc;

import dev.alcada.counter.AsyncCounterStore;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
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
  private final GiveBacks giveBacks = new GiveBacks();
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
    List<Wanted> wanted = Wanted.of(demand);
    if (wanted.isEmpty()) {
      return new Held(List.of(), List.of(), this::giveBack);
    }
    awaitGiveBacks(wanted);
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      Judged looked = looked(wanted);
      Refusal refusal = looked.refusal();
      if (refusal != null) {
        return refusal;
      }
      if (wanted.stream().noneMatch(Wanted::adds)) {
        return new Held(List.of(), looked.usage(), this::giveBack);
      }
      boolean newKeys = !looked.missing().isEmpty();
      if (newKeys && !keys.make(looked.missing())) {
        continue; // Others were faster: the next look tells why there is no room.
      }
      ReserveResult result = database.write(connection -> reserve(connection, wanted));
      if (result != null) {
        tidy(newKeys ? wanted.get(0).counter() : null);
        return result;
      }
    }
    throw new IllegalStateException("the rows of a call's keys were removed as they were made");
  }

  /** Returns {@code null} if a row is not there any more. */
  private @Nullable ReserveResult reserve(Connection connection, List<Wanted> wanted)
      throws SQLException {
    Judged judged = new Judged(wanted, rows(connection, ids(wanted), true));
    Refusal refusal = judged.refusal();
    if (refusal != null) {
      return refusal;
    }
    if (!judged.missing().isEmpty()) {
      return null;
    }
    long id = nextId();
    List<Held.Part> parts = new ArrayList<>();
    try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
      for (int i = 0; i < wanted.size(); i++) {
        Count count = judged.count(i);
        if (count != null && wanted.get(i).adds()) {
          parts.add(judged.add(i, id));
          write(update, wanted.get(i), count, 0);
        }
      }
      done(update.executeBatch());
    }
    return new Held(parts, judged.usage(), this::giveBack);
  }

  @Override
  public Look look(Demand demand) {
    List<Wanted> wanted = Wanted.of(demand);
    if (wanted.isEmpty()) {
      return Look.of(null, List.of());
    }
    awaitGiveBacks(wanted);
    return looked(wanted).look();
  }

  /** Looks again where what was being given back may have freed a key that is wanted. */
  private Judged looked(List<Wanted> wanted) {
    boolean freeing = giveBacks.any() && !worker.isOwnThread();
    Judged judged = lookedOnce(wanted);
    Refusal refusal = judged.refusal();
    boolean full = refusal != null && refusal.reason() == Refusal.Reason.TOO_MANY_KEYS;
    return freeing && full && giveBacks.awaitAll(database.settings.timeout())
        ? lookedOnce(wanted)
        : judged;
  }

  private Judged lookedOnce(List<Wanted> wanted) {
    return database.read(
        connection -> {
          Judged judged = new Judged(wanted, rows(connection, ids(wanted), false));
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

  private void awaitGiveBacks(List<Wanted> wanted) {
    if (!worker.isOwnThread()) {
      giveBacks.await(wanted, database.settings.timeout());
    }
  }

  private void giveBack(List<Held.Part> parts) {
    if (parts.isEmpty()) {
      return;
    }
    giveBacks.begin(parts);
    boolean accepted =
        worker.later(
            () -> {
              try {
                database.write(connection -> takeOut(connection, parts));
              } catch (Throwable e) {
                LOG.warn("An amount that was to be given back still counts: {}", e.getMessage());
              } finally {
                giveBacks.end(parts);
              }
            });
    if (!accepted) {
      giveBacks.end(parts);
      LOG.warn("An amount that was to be given back still counts: too much is asked of the store");
    }
  }

  private @Nullable Void takeOut(Connection connection, List<Held.Part> parts) throws SQLException {
    List<String> ids = parts.stream().map(part -> part.wanted().id()).toList();
    Judged.Rows rows = rows(connection, ids, true);
    boolean changed = false;
    try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
      for (Held.Part part : parts) {
        Count count = rows.counts().get(part.wanted().id());
        if (count == null) {
          continue;
        }
        long now = Math.max(rows.reading(), count.newest());
        Wanted wanted = part.wanted();
        if (count.take(wanted.charge(), part.stamp(), part.id(), now, wanted.span())) {
          write(update, wanted, count, now);
          changed = true;
        }
      }
      if (changed) {
        done(update.executeBatch());
      }
    }
    return null;
  }

  private static void write(PreparedStatement update, Wanted wanted, Count count, long now)
      throws SQLException {
    long expiry = count.expiry(wanted.span());
    update.setBytes(1, count.write());
    update.setLong(2, expiry == Count.NOW ? now : expiry);
    update.setString(3, wanted.id());
    update.addBatch();
  }

  private static void done(int[] rows) {
    for (int changed : rows) {
      if (changed != 1) {
        throw new IllegalStateException("a row that was locked could not be written");
      }
    }
  }

  private Judged.Rows rows(Connection connection, List<String> ids, boolean locked)
      throws SQLException {
    String sql = locked ? database.lockCounts(ids.size()) : database.selectCounts(ids.size());
    Map<String, Count> counts = new HashMap<>();
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
          counts.put(rows.getString(1), Count.read(rows.getBytes(2)));
          reading = Math.max(reading, rows.getLong(3));
        }
      }
    }
    return new Judged.Rows(counts, reading);
  }

  private static List<String> ids(List<Wanted> wanted) {
    return wanted.stream().map(Wanted::id).toList();
  }

  /** {@return an identifier that no other reservation has, of whichever process} */
  private long nextId() {
    long id = firstId + calls.incrementAndGet() * SPREAD;
    return id == Count.MERGED ? nextId() : id;
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
