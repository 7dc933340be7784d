package dev.alcada.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.alcada.OwnLog;
import dev.alcada.counter.Charge;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.ReserveResult;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/** What the caller gets, and what is counted, when PostgreSQL fails, is slow or is gone. */
@Timeout(60)
class PostgresFaultsTest {
  private static final long DEADLINE = Duration.ofSeconds(50).toNanos();

  /** So long that a lock which is held is waited for. */
  private static final Duration PATIENT = Duration.ofSeconds(40);

  private static final Demand ONE = Demand.of(charge("a"));

  /** As the driver sends it, and not as a part of a longer text. */
  private static final String COMMIT = "COMMIT\0";

  private String database;
  private HikariDataSource pool;

  private static Charge.Amount charge(String value) {
    return ContentionTest.charge(value, Duration.ofHours(1), 100, 1);
  }

  @BeforeEach
  void createDatabase() {
    database = PostgresServer.emptyDatabase();
    pool = PostgresServer.pool(database, 6);
  }

  @AfterEach
  void closePool() {
    pool.close();
  }

  private JdbcCounterStore store(Duration timeout) {
    return JdbcCounterStore.builder(pool).timeout(timeout).build();
  }

  private static long used(JdbcCounterStore store) {
    return store.look(ONE).usage().get(0).used();
  }

  private void awaitLockWaiters(int count) {
    await(
        () ->
            Tables.number(
                    pool,
                    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                        + (" AND datname = '" + database + "'"))
                == count);
  }

  private static void await(BooleanSupplier condition) {
    long began = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - began).isLessThan(DEADLINE);
      LockSupport.parkNanos(2_000_000);
    }
  }

  /** Another process that holds the lock of every row. */
  private Connection locker() throws SQLException {
    Connection locker = PostgresServer.source(database).getConnection();
    locker.setAutoCommit(false);
    try (Statement statement = locker.createStatement()) {
      statement.execute("SELECT id FROM alcada_count FOR UPDATE");
    }
    return locker;
  }

  @Test
  void aCommitWhoseAnswerIsLostIsCountedOnceAndNotTriedAgain() throws Exception {
    try (CuttingProxy proxy = new CuttingProxy(PostgresServer.port())) {
      PGSimpleDataSource direct = PostgresServer.source(database);
      direct.setPortNumbers(new int[] {proxy.port()});
      direct.setServerNames(new String[] {"127.0.0.1"});
      try (JdbcCounterStore clear = store(PATIENT);
          JdbcCounterStore cut = JdbcCounterStore.builder(direct).timeout(PATIENT).build()) {
        clear.reserve(ONE);
        for (int i = 1; i <= 20; i++) {
          proxy.cutAfter(COMMIT);
          assertThatThrownBy(() -> cut.reserve(ONE))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("did not answer a commit");
          assertThat(proxy.cuts()).isEqualTo(i);
          assertThat(used(clear)).isEqualTo(1 + i);
        }
        assertThat(cut.reserve(ONE)).isInstanceOf(Reservation.class);
      }
    }
  }

  @Test
  void aReleaseWhoseAnswerIsLostTakesNothingOfAnotherCall() throws Throwable {
    try (CuttingProxy proxy = new CuttingProxy(PostgresServer.port())) {
      PGSimpleDataSource direct = PostgresServer.source(database);
      direct.setPortNumbers(new int[] {proxy.port()});
      direct.setServerNames(new String[] {"127.0.0.1"});
      try (JdbcCounterStore clear = store(PATIENT);
          JdbcCounterStore cut =
              JdbcCounterStore.builder(direct).timeout(PATIENT).executor(Runnable::run).build()) {
        clear.reserve(ONE);
        Reservation mine = (Reservation) cut.reserve(ONE);
        proxy.cutAfter(COMMIT);
        assertThat(OwnLog.of(mine::cancel))
            .singleElement()
            .asString()
            .contains("How a call has ended was not written", "did not answer a commit");
        assertThat(proxy.cuts()).isEqualTo(1);
        mine.cancel();
        assertThat(used(clear)).isEqualTo(1);
      }
    }
  }

  @Test
  void aConnectionThatIsCutBeforeTheCommitCountsNothing() throws Exception {
    try (CuttingProxy proxy = new CuttingProxy(PostgresServer.port())) {
      PGSimpleDataSource direct = PostgresServer.source(database);
      direct.setPortNumbers(new int[] {proxy.port()});
      direct.setServerNames(new String[] {"127.0.0.1"});
      try (JdbcCounterStore clear = store(PATIENT);
          JdbcCounterStore cut = JdbcCounterStore.builder(direct).timeout(PATIENT).build()) {
        clear.reserve(ONE);
        proxy.cutAfter("WITH locked");
        // Where assertions are on, the driver fails by one of its own.
        assertThatThrownBy(() -> cut.reserve(ONE))
            .isInstanceOfAny(IllegalStateException.class, AssertionError.class);
        assertThat(proxy.cuts()).isPositive();
        assertThat(used(clear)).isEqualTo(1);
        assertThat(cut.reserve(ONE)).isInstanceOf(Reservation.class);
      }
    }
  }

  @Test
  void aServerThatIsGoneWithoutAWordIsNotWaitedForForever() throws Exception {
    try (CuttingProxy proxy = new CuttingProxy(PostgresServer.port())) {
      PGSimpleDataSource direct = PostgresServer.source(database);
      direct.setPortNumbers(new int[] {proxy.port()});
      direct.setServerNames(new String[] {"127.0.0.1"});
      try (Connection open = direct.getConnection();
          JdbcCounterStore cut =
              JdbcCounterStore.builder(new OneConnection(open))
                  .timeout(Duration.ofMillis(50))
                  .build()) {
        proxy.silent(true);
        assertThatThrownBy(() -> cut.look(ONE)).isInstanceOf(IllegalStateException.class);
      }
    }
  }

  @Test
  void aRowThatAnotherProcessKeepsIsWaitedForAsLongAsIsSetAndNothingIsCounted() throws Exception {
    try (JdbcCounterStore store = store(Duration.ofMillis(60))) {
      store.reserve(ONE);
      try (Connection locker = locker()) {
        assertThatThrownBy(() -> store.reserve(ONE))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("55P03");
        // What has no room is refused without the lock.
        assertThat(store.reserve(Demand.of(ContentionTest.charge("a", Duration.ofHours(1), 1, 1))))
            .isInstanceOf(Refusal.class);
        locker.rollback();
      }
      assertThat(used(store)).isEqualTo(1);
      assertThat(store.reserve(ONE)).isInstanceOf(Reservation.class);
    }
  }

  @Test
  void theClockIsReadOnceTheLockIsHad() throws Exception {
    try (JdbcCounterStore store = store(PATIENT)) {
      store.reserve(ONE);
      CompletableFuture<ReserveResult> waiting;
      long released;
      try (Connection locker = locker()) {
        waiting = CompletableFuture.supplyAsync(() -> store.reserve(ONE));
        awaitLockWaiters(1);
        released =
            Tables.number(
                pool, "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)");
        locker.commit();
      }
      HeldRows held = (HeldRows) waiting.get(50, TimeUnit.SECONDS);
      assertThat(held.parts().get(0).stamp()).isGreaterThanOrEqualTo(released);
    }
  }

  @Test
  void aBackendThatIsKilledWhileItWaitsCountsNothing() throws Exception {
    try (JdbcCounterStore store = store(PATIENT)) {
      store.reserve(ONE);
      try (Connection locker = locker()) {
        CompletableFuture<ReserveResult> waiting =
            CompletableFuture.supplyAsync(() -> store.reserve(ONE));
        awaitLockWaiters(1);
        Tables.number(
            pool,
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                + (" WHERE wait_event_type = 'Lock' AND datname = '" + database + "'"));
        assertThatThrownBy(() -> waiting.get(50, TimeUnit.SECONDS))
            .hasCauseInstanceOf(IllegalStateException.class);
        locker.rollback();
      }
      assertThat(used(store)).isEqualTo(1);
      assertThat(store.reserve(ONE)).isInstanceOf(Reservation.class);
    }
  }

  @Test
  void aBackendThatIsKilledGivesItsLocksUp() throws Exception {
    try (JdbcCounterStore store = store(PATIENT)) {
      store.reserve(ONE);
      CompletableFuture<ReserveResult> waiting;
      try (Connection locker = locker()) {
        waiting = CompletableFuture.supplyAsync(() -> store.reserve(ONE));
        awaitLockWaiters(1);
        Tables.number(
            pool,
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                + (" WHERE state = 'idle in transaction' AND datname = '" + database + "'"));
        assertThat(waiting.get(50, TimeUnit.SECONDS)).isInstanceOf(Reservation.class);
        assertThat(locker.isValid(5)).isFalse();
      }
    }
  }

  @Test
  void aDeadlockWithAForeignTransactionIsTriedAgain() throws Exception {
    try (JdbcCounterStore store = store(PATIENT)) {
      Demand both = Demand.of(charge("a"), charge("b"));
      store.reserve(both);
      String[] ids = new String[2];
      try (Connection reader = pool.getConnection();
          Statement statement = reader.createStatement();
          var rows = statement.executeQuery("SELECT id FROM alcada_count ORDER BY id")) {
        for (int i = 0; rows.next(); i++) {
          ids[i] = rows.getString(1);
        }
      }
      // It locks in the other order, and waits longer before it looks for a deadlock.
      try (Connection foreign = PostgresServer.source(database).getConnection();
          Statement statement = foreign.createStatement()) {
        statement.execute("SET deadlock_timeout = '60s'");
        foreign.setAutoCommit(false);
        String lock = "SELECT id FROM alcada_count WHERE id = '%s' FOR UPDATE";
        statement.execute(lock.formatted(ids[1]));
        CompletableFuture<ReserveResult> waiting =
            CompletableFuture.supplyAsync(() -> store.reserve(both));
        awaitLockWaiters(1);
        statement.execute(lock.formatted(ids[0]));
        // The store's transaction was the one to give way.
        foreign.commit();
        assertThat(waiting.get(50, TimeUnit.SECONDS)).isInstanceOf(Reservation.class);
      }
      assertThat(used(store)).isEqualTo(2);
    }
  }

  @Test
  void aServerThatIsNotThereDeniesAndIsFoundAgain() {
    try (JdbcCounterStore store = store(PATIENT)) {
      Tables.execute(pool, "ALTER TABLE alcada_count RENAME TO gone");
      assertThatThrownBy(() -> store.reserve(ONE)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> store.look(ONE)).isInstanceOf(IllegalStateException.class);
      Tables.execute(pool, "ALTER TABLE gone RENAME TO alcada_count");
      assertThat(store.reserve(ONE)).isInstanceOf(Reservation.class);
    }
  }

  @Test
  void aRefusedCallWritesNothing() {
    try (JdbcCounterStore store = store(PATIENT)) {
      Demand full = Demand.of(ContentionTest.charge("a", Duration.ofHours(1), 1, 1));
      store.reserve(full);
      long before = transactions();
      for (int i = 0; i < 50; i++) {
        assertThat(store.reserve(full)).isInstanceOf(Refusal.class);
        assertThat(
                store.reserve(
                    Demand.of(
                        charge("new" + i), ContentionTest.charge("a", Duration.ofHours(1), 1, 1))))
            .isInstanceOf(Refusal.class);
      }
      assertThat(transactions()).isEqualTo(before);
      assertThat(Tables.number(pool, "SELECT count(*) FROM alcada_count")).isEqualTo(1);
    }
  }

  /** {@return the next number that a transaction which writes would get} */
  private long transactions() {
    return Tables.number(pool, "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint");
  }
}
