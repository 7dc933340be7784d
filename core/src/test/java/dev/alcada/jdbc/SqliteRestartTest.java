package dev.alcada.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Charge;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Reservation;
import dev.alcada.testing.ManualTime;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a restart, a kill or a clock that was set leaves of the counts in a file. */
class SqliteRestartTest {
  /** 500 take some ten minutes. */
  private static final int KILLS = Integer.getInteger("alcada.jdbc.kills", 20);

  private static final Duration DAY = Duration.ofDays(1);

  @TempDir Path directory;

  private JdbcCounterStore open() {
    return JdbcCounterStore.builder(SqliteFile.source(directory.resolve("state")))
        .createTables()
        .timeout(Duration.ofSeconds(20))
        .build();
  }

  @Test
  @Timeout(1_800)
  void everyReservationThatWasAcknowledgedIsThereAfterAKill() throws Exception {
    Random random = new Random(KILLS);
    long[] acknowledged = new long[Reserving.THREADS];
    long inAll = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      Process child = child();
      try (BufferedReader told = child.inputReader(StandardCharsets.UTF_8)) {
        int lines = 1 + random.nextInt(600);
        String line = "";
        for (int i = 0; i < lines && (line = told.readLine()) != null; i++) {
          acknowledged[Integer.parseInt(line)]++;
          inAll++;
        }
        child.toHandle().destroyForcibly(); // the process alone, and not the pipe
        // What was printed before it died was acknowledged too; a line cut short was not.
        while (line != null && (line = told.readLine()) != null) {
          if (line.length() == 1) {
            acknowledged[Integer.parseInt(line)]++;
            inAll++;
          }
        }
      } catch (IOException e) {
        // The pipe broke with the process.
      }
      child.waitFor();
      try (JdbcCounterStore store = open()) {
        for (int thread = 0; thread < Reserving.THREADS; thread++) {
          long used = used(store, Reserving.own(thread));
          assertThat(used)
              .as("thread %s after kill %s", thread, kill)
              .isBetween(acknowledged[thread], acknowledged[thread] + 1);
          // What was done and not told of counts from now on.
          acknowledged[thread] = used;
        }
        assertThat(used(store, Reserving.SHARED)).isLessThanOrEqualTo(Reserving.SHARED.max());
      }
    }
    assertThat(inAll).isGreaterThan(KILLS * 50L);
    try (JdbcCounterStore store = open()) {
      assertThat(used(store, Reserving.SHARED)).isEqualTo(Reserving.SHARED.max());
    }
  }

  private static long used(JdbcCounterStore store, Charge charge) {
    return store.look(Demand.of(charge)).usage().get(0).used();
  }

  private Process child() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-cp",
            System.getProperty("java.class.path"),
            Reserving.class.getName(),
            directory.resolve("state").toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  @Test
  void anotherStoreOnTheSameFileSharesTheCounts() {
    Demand demand = Demand.of(ContentionTest.charge("a", DAY, 2, 1));
    try (JdbcCounterStore one = open();
        JdbcCounterStore another = open()) {
      assertThat(one.reserve(demand)).isInstanceOf(Reservation.class);
      Reservation second = (Reservation) another.reserve(demand);
      assertThat(one.reserve(demand)).isInstanceOf(Refusal.class);
      second.cancel();
    }
    try (JdbcCounterStore again = open()) {
      assertThat(again.reserve(demand)).isInstanceOf(Reservation.class);
      assertThat(again.reserve(demand)).isInstanceOf(Refusal.class);
    }
  }

  @Test
  void aClockThatIsSetBackAcrossARestartOpensNothing() {
    Demand demand = Demand.of(ContentionTest.charge("a", Duration.ofMinutes(1), 1, 1));
    Instant then = Instant.parse("2026-11-28T10:00:00Z");
    at(then, demand, true);
    at(then.minus(Duration.ofHours(1)), demand, false);
    at(then.minus(Duration.ofDays(400)), demand, false);
    at(then.plus(Duration.ofMillis(59_999)), demand, false);
    at(then.plus(Duration.ofMinutes(1)), demand, true);
  }

  private void at(Instant instant, Demand demand, boolean admitted) {
    try (JdbcCounterStore store =
        JdbcCounterStore.builder(SqliteFile.source(directory.resolve("state")))
            .createTables()
            .timeSource(new ManualTime(instant))
            .timeout(Duration.ofSeconds(20))
            .build()) {
      assertThat(store.look(demand).refusal() == null).isEqualTo(admitted);
      assertThat(store.reserve(demand) instanceof Reservation).isEqualTo(admitted);
    }
  }

  @Test
  void theStartDoesNotDependOnHowManyKeysThereAre() throws Exception {
    Demand known = Demand.of(ContentionTest.charge("a", DAY, 9, 1));
    try (JdbcCounterStore store = open()) {
      store.reserve(known);
    }
    fill(100_000);
    try (JdbcCounterStore store = open()) {
      assertThat(used(store, known.charge(0))).isEqualTo(1);
      assertThat(store.reserve(known)).isInstanceOf(Reservation.class);
      // The bound is that of the counter: it is full.
      assertThat(store.reserve(Demand.of(ContentionTest.charge("new", DAY, 9, 1))))
          .isEqualTo(new Refusal(0, Refusal.Reason.TOO_MANY_KEYS, null));
    }
  }

  /** Makes keys of the one counter that is there, as calls would. */
  private void fill(int keys) throws SQLException {
    try (Connection connection = SqliteFile.source(directory.resolve("state")).getConnection();
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO alcada_count SELECT ?, counter, owner, held, due, data FROM alcada_count"
                    + " WHERE id < 'g' LIMIT 1")) {
      connection.setAutoCommit(false);
      for (int i = 1; i < keys; i++) {
        insert.setString(1, "key " + i);
        insert.addBatch();
      }
      insert.executeBatch();
      connection.createStatement().execute("UPDATE alcada_counter SET keys = " + keys);
      connection.commit();
    }
  }
}
