package dev.alcada.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import dev.alcada.benchmark.Contest;
import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Reservation;
import dev.alcada.time.Window;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.postgresql.Bucket4jPostgreSQL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/** The store on PostgreSQL beside Bucket4j on the same pool of 8, and on SQLite by itself. */
public final class JdbcContests {
  private static final int THREADS = 8;
  private static final Duration SHORT = Duration.ofMillis(10);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final int ROOM = 1_000_000;

  private final JdbcCounterStore store;

  private JdbcContests(JdbcCounterStore store) {
    this.store = store;
  }

  /**
   * Runs those whose name has a regular expression in it, and tells what a key takes.
   *
   * @param wanted the expression
   * @param rounds how many rounds
   */
  public static void run(Pattern wanted, int rounds) throws Exception {
    if (wanted.matcher("SQLite").find()) {
      Path directory = Files.createTempDirectory("contest");
      DataSource file = SqliteFile.source(directory.resolve("state"));
      try (JdbcCounterStore store =
          JdbcCounterStore.builder(file).createTables().timeout(Duration.ofSeconds(30)).build()) {
        Contest.run(new JdbcContests(store).onSqlite(), rounds);
      }
    }
    if (wanted.matcher("PostgreSQL").find()) {
      String database = PostgresServer.emptyDatabase();
      PostgresServer.get()
          .execute(database, "CREATE TABLE bucket (id bigint PRIMARY KEY, state bytea)");
      try (HikariDataSource pool = PostgresServer.pool(database, THREADS);
          JdbcCounterStore store =
              JdbcCounterStore.builder(pool).timeout(Duration.ofSeconds(30)).build()) {
        JdbcContests contests = new JdbcContests(store);
        Contest.run(
            contests.onPostgres(Bucket4jPostgreSQL.selectForUpdateBasedBuilder(pool).build()),
            rounds);
        contests.tellBytes(pool);
      }
    }
  }

  private List<Contest> onSqlite() {
    ours(HOUR, 1, "full");
    return List.of(
        new Contest(
            "SQLite, one limit, 8 threads",
            THREADS,
            true,
            thread -> ours(SHORT, ROOM, "a" + thread),
            null),
        new Contest("SQLite, one limit, 1 thread", 1, true, t -> ours(SHORT, ROOM, "one"), null),
        new Contest(
            "SQLite, three limits, 8 threads",
            THREADS,
            true,
            thread -> ours(SHORT, ROOM, "a" + thread, "b" + thread, "c" + thread),
            null),
        new Contest(
            "SQLite, refused, 8 threads", THREADS, false, thread -> ours(HOUR, 1, "full"), null));
  }

  private List<Contest> onPostgres(ProxyManager<Long> peer) {
    Map<Long, Bucket> buckets = new ConcurrentHashMap<>();
    ours(HOUR, 1, "full");
    peers(peer, buckets, HOUR, 1, 999);
    return List.of(
        new Contest(
            "PostgreSQL, one limit, 8 threads : Bucket4j",
            THREADS,
            true,
            thread -> ours(SHORT, ROOM, "a" + thread),
            thread -> peers(peer, buckets, SHORT, ROOM, thread)),
        new Contest(
            "PostgreSQL, three limits, 8 threads : Bucket4j, three calls",
            THREADS,
            true,
            thread -> ours(SHORT, ROOM, "a" + thread, "b" + thread, "c" + thread),
            thread -> peers(peer, buckets, SHORT, ROOM, thread, 100 + thread, 200 + thread)),
        new Contest(
            "PostgreSQL, one limit that is given back : Bucket4j",
            THREADS,
            true,
            thread -> ours(true, SHORT, ROOM, "g" + thread),
            thread -> peers(peer, buckets, SHORT, ROOM, 300 + thread)),
        new Contest(
            "PostgreSQL, refused, 8 threads : Bucket4j",
            THREADS,
            false,
            thread -> ours(HOUR, 1, "full"),
            thread -> peers(peer, buckets, HOUR, 1, 999)),
        new Contest(
            "PostgreSQL, one hot key, 8 threads : Bucket4j",
            THREADS,
            true,
            thread -> ours(SHORT, ROOM, "hot"),
            thread -> peers(peer, buckets, SHORT, ROOM, 500)));
  }

  private boolean ours(Duration window, int max, String... keys) {
    return ours(false, window, max, keys);
  }

  private boolean ours(boolean releasable, Duration window, int max, String... keys) {
    List<Charge> charges = new ArrayList<>();
    for (String key : keys) {
      charges.add(charge(releasable, window, max, key));
    }
    return store.reserve(Demand.of(charges)) instanceof Reservation;
  }

  /**
   * Of those that a call gets back if it did nothing, what can still be said of the call is written
   * with it: a row more, which no peer has.
   */
  private static Charge.Amount charge(boolean releasable, Duration window, int max, String key) {
    CounterId counter = CounterId.of("limits", "rate", "grant", new Window.Sliding(window));
    return new Charge.Amount(new CounterKey(counter, key, null), max, 1, 9, releasable);
  }

  /** All are asked: a peer that stopped at the first refusal would leave the others uncounted. */
  private static boolean peers(
      ProxyManager<Long> peer, Map<Long, Bucket> buckets, Duration window, int max, long... keys) {
    boolean all = true;
    for (long key : keys) {
      all &=
          buckets
              .computeIfAbsent(
                  key,
                  id ->
                      peer.builder()
                          .build(
                              id,
                              () ->
                                  BucketConfiguration.builder()
                                      .addLimit(
                                          limit -> limit.capacity(max).refillGreedy(max, window))
                                      .build()))
              .tryConsume(1);
    }
    return all;
  }

  @SuppressWarnings("SystemOut")
  private void tellBytes(DataSource source) {
    for (int entries : new int[] {1, 30, 1_024}) {
      String key = "of " + entries;
      for (int i = 0; i < entries; i++) {
        ours(HOUR, ROOM, key);
      }
      String id = Wanted.id(charge(false, HOUR, ROOM, key).key());
      System.out.println(
          "bytes of a key with "
              + entries
              + " entries: "
              + Tables.number(
                  source, "SELECT length(data) FROM alcada_count WHERE id = '" + id + "'"));
    }
  }
}
