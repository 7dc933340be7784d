package dev.alcada.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.ReserveResult;
import dev.alcada.time.Window;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads, and several stores on one database as processes have them. */
class ContentionTest {
  private static final int THREADS = 8;

  static Charge.Amount charge(String value, Duration window, long max, long amount) {
    CounterId counter = CounterId.of("document", "rate", "grant", new Window.Sliding(window));
    return new Charge.Amount(new CounterKey(counter, value, null), max, amount, 9, true);
  }

  private static JdbcCounterStore store(DataSource source) {
    return JdbcCounterStore.builder(source).createTables().timeout(Duration.ofSeconds(30)).build();
  }

  private interface Work {
    void run(int thread) throws Exception;
  }

  private static void inParallel(Work work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Callable<Void>> tasks = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int thread = i;
        tasks.add(
            () -> {
              work.run(thread);
              return null;
            });
      }
      for (Future<Void> done : threads.invokeAll(tasks)) {
        done.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void callsOnOverlappingKeysInAnyOrderNeverLockEachOtherOut() throws Exception {
    String database = PostgresServer.emptyDatabase();
    try (HikariDataSource pool = PostgresServer.pool(database, THREADS);
        JdbcCounterStore store = store(pool)) {
      inParallel(
          thread -> {
            Random random = new Random(thread);
            for (int i = 0; i < 60; i++) {
              List<Integer> keys = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5));
              Collections.shuffle(keys, random);
              List<Charge> charges = new ArrayList<>();
              // New keys all the time, too.
              String round = i % 3 == 0 ? "round " + i : "";
              keys.subList(0, 3)
                  .forEach(k -> charges.add(charge(round + k, Duration.ofHours(1), 10_000, 1)));
              ReserveResult result = store.reserve(Demand.of(charges));
              assertThat(result).isInstanceOf(Reservation.class);
              if (i % 5 == 0) {
                ((Reservation) result).cancel();
              }
            }
          });
    }
    try (HikariDataSource pool = PostgresServer.pool("postgres", 1)) {
      assertThat(
              Tables.number(
                  pool,
                  "SELECT deadlocks FROM pg_stat_database WHERE datname = '" + database + "'"))
          .isZero();
    }
  }

  /** What was admitted, told by who called: when it began, when it ended, and the store's stamp. */
  private record Logged(String key, long before, long after, long stamp, long amount) {}

  @ParameterizedTest
  @EnumSource
  void noSpanOfAnyWindowHoldsMoreThanItsMaximum(Kind kind, @TempDir Path directory)
      throws Exception {
    DataSource source = kind.empty(directory);
    Duration window = Duration.ofMillis(120);
    long max = 40;
    List<Logged> log = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger refused = new AtomicInteger();
    try (JdbcCounterStore one = store(source);
        JdbcCounterStore another = store(source)) {
      inParallel(
          thread -> {
            Random random = new Random(thread);
            JdbcCounterStore store = thread % 2 == 0 ? one : another;
            for (int i = 0; i < 150; i++) {
              List<Charge> charges = new ArrayList<>();
              for (int k = 0; k < 3; k++) {
                if (random.nextInt(3) > 0) {
                  charges.add(charge("k" + k, window, max, 1 + random.nextInt(12)));
                }
              }
              long before = Span.micros(Instant.now());
              ReserveResult result = store.reserve(Demand.of(charges));
              long after = Span.micros(Instant.now());
              if (!(result instanceof HeldRows held)) {
                refused.incrementAndGet();
              } else if (random.nextInt(6) == 0) {
                held.settle(Ended.NOT_DONE);
              } else {
                for (HeldRows.Part part : held.parts()) {
                  Wanted charge = part.wanted();
                  log.add(
                      new Logged(
                          charge.charge().key().value(),
                          before,
                          after,
                          part.stamp(),
                          charge.amount()));
                }
              }
            }
          });
    }
    assertThat(refused).hasPositiveValue();
    long fullest = 0;
    for (int k = 0; k < 3; k++) {
      String key = "k" + k;
      List<Logged> ofKey =
          log.stream()
              .filter(entry -> entry.key().equals(key))
              .sorted(Comparator.comparingLong(Logged::stamp))
              .toList();
      assertThat(ofKey)
          .allSatisfy(entry -> assertThat(entry.stamp()).isBetween(entry.before(), entry.after()));
      long length = window.toNanos() / 1_000;
      int from = 0;
      long sum = 0;
      for (Logged entry : ofKey) {
        sum += entry.amount();
        while (ofKey.get(from).stamp() <= entry.stamp() - length) {
          sum -= ofKey.get(from++).amount();
        }
        assertThat(sum).as("in the span that ends with %s", entry).isLessThanOrEqualTo(max);
        fullest = Math.max(fullest, sum);
      }
    }
    assertThat(fullest).as("windows fill").isGreaterThan(max * 8 / 10);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "TRANSACTION_READ_COMMITTED",
        "TRANSACTION_REPEATABLE_READ",
        "TRANSACTION_SERIALIZABLE"
      })
  void theIsolationOfThePoolMakesNoDifference(String isolation) throws Exception {
    try (HikariDataSource pool =
            PostgresServer.pool(
                PostgresServer.emptyDatabase(),
                THREADS,
                config -> {
                  config.setTransactionIsolation(isolation);
                  config.setAutoCommit(false);
                });
        JdbcCounterStore store = store(pool)) {
      AtomicInteger admitted = new AtomicInteger();
      inParallel(
          thread -> {
            for (int i = 0; i < 20; i++) {
              Demand demand =
                  Demand.of(
                      charge("a", Duration.ofHours(1), 50, 1),
                      charge("b", Duration.ofHours(1), 60, 1),
                      charge("c", Duration.ofHours(1), 70, 1));
              if (store.reserve(demand) instanceof Reservation) {
                admitted.incrementAndGet();
              }
            }
          });
      assertThat(admitted).hasValue(50);
    }
  }

  @ParameterizedTest
  @EnumSource
  void keysThatComeAndGoAreCountedRight(Kind kind, @TempDir Path directory) throws Exception {
    DataSource source = kind.empty(directory);
    try (JdbcCounterStore one = store(source);
        JdbcCounterStore another = store(source)) {
      inParallel(
          thread -> {
            Random random = new Random(thread);
            JdbcCounterStore store = thread % 2 == 0 ? one : another;
            for (int i = 0; i < 40; i++) {
              Demand demand =
                  Demand.of(
                      charge("k" + random.nextInt(30), Duration.ofMillis(20), 5, 1),
                      charge("k" + random.nextInt(30), Duration.ofMillis(30), 5, 1));
              if (store.reserve(demand) instanceof Reservation held && random.nextBoolean()) {
                held.cancel();
              }
            }
          });
    }
    assertThat(
            Tables.number(
                source,
                "SELECT count(*) FROM alcada_counter c WHERE keys <>"
                    + " (SELECT count(*) FROM alcada_count k WHERE k.counter = c.id)"))
        .isZero();
  }
}
