package dev.alcada.jdbc;

import dev.alcada.counter.AsyncCounterStore;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Held;
import dev.alcada.counter.Look;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.ReserveResult;
import dev.alcada.internal.value.Once;
import dev.alcada.time.TimeSource;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
 *   half was free a moment ago: lock at once; else
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
 * is remembered. A mark that its attempt left stays. An operator {@linkplain #settleLate settles}
 * the call from any other process, as far as the end of its windows and leases, or {@linkplain
 * #takeBack takes back} what it left; a call whose marks time does not end can be settled for 366
 * days.
 *
 * <p><b>Where the database fails</b> every method throws an {@link IllegalStateException}, which
 * denies the call. A reservation is tried again only where it surely did nothing; one whose commit
 * was not answered counts.
 *
 * <p><b>Bounded.</b> A key's row is deleted once its window has passed, at most 64 at a time. When
 * a counter has as many keys as there may be, or a grant's calls have chosen as many, a new one is
 * refused and the others go on counting. Rows are named by digests; those of marks, of what runs
 * and of calls made once say whose they are, unless {@linkplain Builder#digestsOnly told not to}.
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

  private final Database database;
  private final CountRows counts;
  private final KeyRows keys;
  private final @Nullable HeldList heldList;
  private final OpenCalls openCalls;
  private final Settlements settlements;
  private final Worker worker;
  private final Room room = new Room();
  private final long firstId = new SecureRandom().nextLong();
  private final AtomicLong calls = new AtomicLong();

  private JdbcCounterStore(
      Database database, KeyRows.Bounds bounds, boolean listed, @Nullable Executor executor) {
    this.database = database;
    this.counts = new CountRows(database);
    this.keys = new KeyRows(database, bounds, listed);
    this.heldList = listed ? new HeldList(database) : null;
    this.openCalls = new OpenCalls(database);
    this.worker = new Worker(executor, "alcada-counters", database.settings.timeout());
    this.settlements = new Settlements(database, keys, openCalls, worker);
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
      return new HeldRows(List.of(), List.of(), null, settlements::end);
    }
    settlements.finish(rows);
    if (room.isExpected(asked)) {
      ReserveResult result = database.write(connection -> reserve(connection, asked, rows, false));
      if (result != null) {
        tidy(null, false);
        return result;
      }
    }
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      Judged looked = looked(asked, rows);
      Refusal refusal = looked.refusal();
      if (refusal != null && looked.repeated().isEmpty()) {
        return refusal;
      }
      if (!asked.addsAnything()) {
        return new HeldRows(List.of(), looked.usage(), null, settlements::end);
      }
      boolean newKeys = refusal == null && !looked.missing().isEmpty();
      if (newKeys && !keys.make(looked.missing())) {
        continue; // Others were faster: the next look tells why there is no room.
      }
      ReserveResult result = database.write(connection -> reserve(connection, asked, rows, true));
      if (result != null) {
        boolean open = result instanceof HeldRows held && held.open() != null;
        tidy(newKeys ? asked.wanted().get(0).counter() : null, open);
        return result;
      }
    }
    throw new IllegalStateException("the rows of a call's keys were removed as they were made");
  }

  /**
   * Returns {@code null} if a row is not there any more.
   *
   * @param looked whether it is known that what is missing of a refused call could have been made
   */
  private @Nullable ReserveResult reserve(
      Connection connection, Asked asked, List<String> ids, boolean looked) throws SQLException {
    Judged.Rows rows = counts.lock(connection, ids);
    Judged judged = new Judged(asked, rows);
    Refusal refusal = judged.refusal();
    if (!judged.missing().isEmpty() && (refusal == null || !looked)) {
      return null;
    }
    room.note(asked, refusal == null, judged.usage());
    Map<Wanted, Row> changed = new LinkedHashMap<>();
    List<Database.Change> besides = new ArrayList<>();
    if (refusal != null) {
      // A call that is made again is remembered for as long as it asks.
      for (Wanted again : judged.repeated()) {
        if (rows.byId().get(again.id()) instanceof OnceRow once) {
          once.remember(again, rows.now());
          changed.put(again, once);
          besides.add(OpenCalls.extended(once.remembered()));
        }
      }
      counts.write(connection, changed, rows.now(), besides);
      return refusal;
    }
    long id = nextId();
    List<HeldRows.Part> parts = judged.add(id);
    parts.forEach(part -> changed.put(part.wanted(), rows.of(part.wanted())));
    OpenCall open = OpenCall.of(id, parts, rows, asked.leavesMarks());
    if (open != null) {
      besides.add(OpenCalls.added(open));
    }
    counts.write(connection, changed, rows.now(), besides);
    return new HeldRows(parts, judged.usage(), open, settlements::end);
  }

  @Override
  public Look look(Demand demand) {
    Asked asked = Asked.of(demand);
    List<String> rows = asked.ids();
    if (rows.isEmpty()) {
      return Look.of(null, List.of());
    }
    settlements.finish(rows);
    return looked(asked, rows).look();
  }

  /** Looks again where an end that was yet to be written may have freed a key that is wanted. */
  private Judged looked(Asked asked, List<String> rows) {
    boolean freeing = settlements.any();
    Judged judged = lookedOnce(asked, rows);
    Refusal refusal = judged.refusal();
    if (freeing && refusal != null && refusal.reason() == Refusal.Reason.TOO_MANY_KEYS) {
      settlements.finishAll();
      return lookedOnce(asked, rows);
    }
    return judged;
  }

  private Judged lookedOnce(Asked asked, List<String> ids) {
    return database.read(
        connection -> {
          Judged judged = new Judged(asked, counts.read(connection, ids));
          if (!judged.missing().isEmpty()) {
            Wanted full = keys.full(connection, judged.missing(), ids);
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

  /**
   * {@inheritDoc} Of a key of which more than 1,024 calls run at once, some count as one.
   *
   * @throws UnsupportedOperationException if the store was built with {@link Builder#digestsOnly}
   */
  @Override
  public List<Held> held(CounterId.Kind kind, String after, int most) {
    checkHeld(kind);
    if (most < 1) {
      throw new IllegalArgumentException("most is " + most + ", expected at least 1");
    }
    HeldList list = heldList;
    if (list == null) {
      throw new UnsupportedOperationException(
          "this store was built with digestsOnly(): its rows do not say whose they are");
    }
    settlements.finishAll();
    return database.read(connection -> list.list(connection, kind, after, most));
  }

  @Override
  public boolean takeBack(CounterKey key) {
    CounterId.Kind kind = key.counter().kind();
    checkHeld(kind);
    Wanted held = Wanted.held(key);
    List<String> ids = List.of(held.id());
    settlements.finish(ids);
    return database.write(
        connection -> {
          Judged.Rows rows = counts.lock(connection, ids);
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
            counts.write(connection, Map.of(held, nothing), now, List.of());
          }
          return there;
        });
  }

  private static void checkHeld(CounterId.Kind kind) {
    if (kind == CounterId.Kind.AMOUNT || kind == CounterId.Kind.DISTINCT) {
      throw new IllegalArgumentException(
          "kind is " + kind + ", expected MARK, IN_FLIGHT or ONCE: counts are not taken back");
    }
  }

  @Override
  public boolean settleLate(String reservation, Ended ended) {
    return settlements.settleLate(reservation, ended);
  }

  /** {@return an identifier that no other reservation has, of whichever process} */
  private long nextId() {
    long id = firstId + calls.incrementAndGet() * SPREAD;
    return id == Row.NOBODY ? nextId() : id;
  }

  /** Removes expired rows now and then; what fails is done another time. */
  private void tidy(@Nullable String counter, boolean open) {
    try {
      long call = calls.get();
      if (counter != null) {
        keys.tidy(counter);
      }
      if (counter != null || call % TURN == 0) {
        keys.tidy(null);
      }
      // Twice as many may go as come.
      if (call % TURN == 0 || (open && call % (TURN / 2) == 0)) {
        openCalls.tidy();
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
    private @Nullable Integer maxKeysPerGrant;
    private @Nullable Boolean digestsOnly;

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
      maxKeysPerCounter =
          Once.set("maxKeysPerCounter", maxKeysPerCounter, positive("maxKeysPerCounter", keys));
      return this;
    }

    /**
     * Sets how many keys a grant's own calls may choose, in all counters that go by the grant and
     * by a value of the call; 10,000, unless set. As many marks of that kind are apart.
     *
     * @param keys at least 1
     * @return this builder
     * @throws IllegalArgumentException if it is less
     * @throws IllegalStateException if it was set before
     */
    public Builder maxKeysPerGrant(int keys) {
      maxKeysPerGrant =
          Once.set("maxKeysPerGrant", maxKeysPerGrant, positive("maxKeysPerGrant", keys));
      return this;
    }

    private static int positive(String setting, int keys) {
      if (keys < 1) {
        throw new IllegalArgumentException(setting + " is " + keys + ", expected at least 1");
      }
      return keys;
    }

    /**
     * Keeps digests alone of all keys. Otherwise the rows of marks, of what runs and of calls made
     * once have their key as a text too, with the grant and the values of arguments that it is made
     * of, so that {@link JdbcCounterStore#held} can list them; with this it cannot.
     *
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder digestsOnly() {
      digestsOnly = Once.set("digestsOnly", digestsOnly, true);
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
        database.check(
            Database.Table.COUNTER,
            Database.Table.OWNER,
            Database.Table.COUNT,
            Database.Table.OPEN_CALL);
        return new JdbcCounterStore(
            database,
            new KeyRows.Bounds(
                maxKeysPerCounter == null ? 100_000 : maxKeysPerCounter,
                maxKeysPerGrant == null ? 10_000 : maxKeysPerGrant),
            digestsOnly == null,
            settings.executor());
      } catch (Throwable e) {
        database.close();
        throw e;
      }
    }
  }
}
