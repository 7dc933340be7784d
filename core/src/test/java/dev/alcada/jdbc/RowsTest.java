package dev.alcada.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalStore;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Reservation;
import dev.alcada.decision.AskingRule;
import dev.alcada.decision.Caller;
import dev.alcada.testing.ManualTime;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What lies in the tables, how it comes there and how it goes. */
class RowsTest {
  private static final Duration PATIENT = Duration.ofSeconds(20);
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir Path directory;

  private static Demand one(String value, Duration window) {
    return Demand.of(ContentionTest.charge(value, window, 100, 1));
  }

  private static JdbcCounterStore.Builder counters(DataSource source) {
    return JdbcCounterStore.builder(source).createTables().timeout(PATIENT);
  }

  @ParameterizedTest
  @EnumSource
  void whatHasExpiredGoesAFewAtATimeAndWhatCountsStays(Kind kind) {
    DataSource source = kind.empty(directory);
    ManualTime time = new ManualTime();
    try (JdbcCounterStore store = counters(source).timeSource(time).build()) {
      for (int i = 0; i < 150; i++) {
        store.reserve(one("gone" + i, Duration.ofMinutes(1)));
      }
      store.reserve(one("stays", HOUR));
      // Rows stay a little longer than they count.
      time.advance(Duration.ofSeconds(71));
      long rows = rows(source);
      assertThat(rows).isEqualTo(151);
      for (int i = 0; rows > 2; i++) {
        assertThat(i).as("new keys").isLessThan(10);
        store.reserve(one("new" + i, HOUR));
        long left = rows(source);
        assertThat(rows - left).isLessThanOrEqualTo(64);
        rows = left - i - 1 + 1;
      }
      assertThat(store.look(one("stays", HOUR)).usage().get(0).used()).isEqualTo(1);
      assertThat(
              Tables.number(
                  source,
                  "SELECT count(*) FROM alcada_counter WHERE keys <>"
                      + " (SELECT count(*) FROM alcada_count WHERE counter = alcada_counter.id)"))
          .isZero();
    }
  }

  private static long rows(DataSource source) {
    return Tables.number(source, "SELECT count(*) FROM alcada_count");
  }

  @ParameterizedTest
  @EnumSource
  void aRowThatWasMadeAndNotUsedGoesToo(Kind kind) {
    DataSource source = kind.empty(directory);
    ManualTime time = new ManualTime();
    try (JdbcCounterStore store = counters(source).timeSource(time).maxKeysPerCounter(1).build()) {
      // As if the process had died in between.
      store.reserve(one("a", HOUR));
      byte[] nothing = Row.empty(CounterId.Kind.AMOUNT).write();
      StringBuilder hex = new StringBuilder();
      for (byte b : nothing) {
        hex.append(String.format("%02x", b));
      }
      String literal = kind == Kind.POSTGRES ? "'\\x" + hex + "'" : "x'" + hex + "'";
      Tables.execute(
          source,
          "UPDATE alcada_count SET data = "
              + literal
              + ", due = "
              + (Span.micros(time.instant()) + 10_000_000));
      assertThat(store.reserve(one("b", HOUR))).isNotInstanceOf(Reservation.class);
      time.advance(Duration.ofSeconds(10));
      assertThat(store.reserve(one("b", HOUR))).isInstanceOf(Reservation.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void countersHoldNothingPersonalAndApprovalsNoNameOfTheRequesterOutsideTheRequest(Kind kind)
      throws SQLException {
    DataSource source = kind.empty(directory);
    try (JdbcCounterStore store = counters(source).build();
        JdbcApprovalStore approvals =
            JdbcApprovalStore.builder(source).createTables().timeout(PATIENT).build()) {
      store.reserve(one("maria@example.com", HOUR));
      approvals.add(request("id", "maria@example.com"), ALL).toCompletableFuture().join();
      assertThat(text(source, "SELECT * FROM alcada_count"))
          .doesNotContain("maria", "rate", "6d61726961");
      assertThat(text(source, "SELECT * FROM alcada_counter")).doesNotContain("maria", "rate");
      assertThat(
              text(
                  source,
                  "SELECT id, binding, requester, state, version, expires, size FROM"
                      + " alcada_approval"))
          .doesNotContain("maria");
    }
  }

  /** Marks, what runs and what is made once say whose they are, so that they can be listed. */
  @ParameterizedTest
  @EnumSource
  void keysThatAnOperatorListsAreWrittenUnlessTheStoreIsToldNotTo(Kind kind) throws SQLException {
    DataSource source = kind.empty(directory);
    Demand demand = SettledElsewhereTest.ofEachKind("maria@example.com");
    try (JdbcCounterStore store = counters(source).digestsOnly().build()) {
      store.reserve(demand);
      for (Database.Table table : Database.Table.values()) {
        assertThat(text(source, "SELECT * FROM " + table.tableName))
            .doesNotContain("maria", "6d61726961");
      }
      assertThatThrownBy(() -> store.held(CounterId.Kind.MARK, "", 9))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("digestsOnly()");
      for (CounterKey key : SettledElsewhereTest.keys("maria@example.com")) {
        assertThat(store.takeBack(key)).isTrue();
      }
      assertThat(store.reserve(demand)).isInstanceOf(Reservation.class);
    }
    Tables.empty(source);
    try (JdbcCounterStore store = counters(source).build()) {
      store.reserve(demand);
      store.reserve(one("maria@example.com", HOUR));
      assertThat(Tables.number(source, "SELECT count(held) FROM alcada_count")).isEqualTo(3);
      assertThat(text(source, "SELECT held FROM alcada_count WHERE held IS NOT NULL"))
          .contains("mark 1/5:marks/", "once 1/", "in_flight 1/");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aKeyTooLongForAnIndexCountsAndIsNotListed(Kind kind) {
    DataSource source = kind.empty(directory);
    try (JdbcCounterStore store = counters(source).build()) {
      CounterId id = CounterId.mark("marks", "\u00e9".repeat(3_000), "grant");
      Mark mark = new Mark(new CounterKey(id, "a", null), HOUR);
      assertThat(store.reserve(Demand.builder().tried(mark).build()))
          .isInstanceOf(Reservation.class);
      assertThat(store.held(CounterId.Kind.MARK, "", 9)).isEmpty();
      assertThat(store.takeBack(mark.key())).isTrue();
    }
  }

  private static final ApprovalStore.Bounds ALL =
      new ApprovalStore.Bounds(1_000, 1_000, Long.MAX_VALUE, Long.MAX_VALUE);

  private static ApprovalRequest request(String id, String grant) {
    return request(id, grant, "{}");
  }

  private static ApprovalRequest request(String id, String grant, String arguments) {
    return ApprovalRequest.builder(
            id,
            "binding of " + id,
            "transfer",
            Caller.grant(grant),
            List.of(new AskingRule("/tools/transfer/action", "/tools/transfer", "why", "{}")))
        .arguments(arguments)
        .pending(java.time.Instant.now(), HOUR, HOUR);
  }

  private static String text(DataSource source, String sql) throws SQLException {
    StringBuilder text = new StringBuilder();
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          Object value = rows.getObject(i);
          text.append(
                  value instanceof byte[] bytes
                      ? new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1)
                      : value)
              .append('\n');
        }
      }
    }
    return text.toString();
  }

  @ParameterizedTest
  @EnumSource
  void everyCharacterOfARequestIsKept(Kind kind) {
    DataSource source = kind.empty(directory);
    try (JdbcApprovalStore approvals =
        JdbcApprovalStore.builder(source).createTables().timeout(PATIENT).build()) {
      ApprovalRequest request =
          request(
              "id",
              "\ud83d\ude00 \u00e7\u0000",
              "{\"a\":\"\u0000 \\u0000 \\\\ud83d \ud83d\ude00\"}");
      approvals.add(request, ALL).toCompletableFuture().join();
      ApprovalRequest kept = approvals.get("id").toCompletableFuture().join();
      assertThat(kept.arguments()).isEqualTo(request.arguments());
      assertThat(kept.caller().grant()).isEqualTo(request.caller().grant());
    }
  }

  @ParameterizedTest
  @EnumSource
  void anEndedRequestIsKeptForADay(Kind kind) {
    DataSource source = kind.empty(directory);
    ManualTime time = new ManualTime(java.time.Instant.now());
    try (JdbcApprovalStore approvals =
        JdbcApprovalStore.builder(source)
            .createTables()
            .timeSource(time)
            .timeout(PATIENT)
            .build()) {
      approvals.add(request("old", "a"), ALL).toCompletableFuture().join();
      ApprovalRequest running = request("running", "a");
      approvals.add(running, ALL).toCompletableFuture().join();
      ApprovalRequest approved =
          running.answered(dev.alcada.approval.Answer.approve("ana"), time.instant());
      approvals.replace(approved).toCompletableFuture().join();
      approvals.replace(approved.claimed()).toCompletableFuture().join();
      time.advance(Duration.ofHours(24));
      approvals.add(request("new", "a"), ALL).toCompletableFuture().join();
      assertThat(approvals.get("old").toCompletableFuture().join()).isNotNull();
      time.advance(Duration.ofHours(2));
      approvals.add(request("newer", "a"), ALL).toCompletableFuture().join();
      assertThat(approvals.get("old").toCompletableFuture().join()).isNull();
      assertThat(approvals.get("running").toCompletableFuture().join()).isNotNull();
    }
  }

  @Test
  void tablesThatAreMissingAreToldWithTheFileThatMakesThem() {
    String database = PostgresServer.emptyDatabase();
    DataSource source = PostgresServer.source(database);
    Tables.execute(source, "DROP TABLE alcada_count");
    Tables.execute(source, "ALTER TABLE alcada_approval DROP COLUMN size");
    assertThatThrownBy(() -> JdbcCounterStore.builder(source).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll(
            "alcada_count",
            "id, counter, owner, held, due, data",
            "dev/alcada/jdbc/postgresql.sql");
    assertThatThrownBy(() -> JdbcApprovalStore.builder(source).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("alcada_approval", "size", "createTables()");
    assertThatThrownBy(
            () -> JdbcCounterStore.builder(SqliteFile.source(directory.resolve("empty"))).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("alcada_counter", "dev/alcada/jdbc/sqlite.sql");
  }

  @ParameterizedTest
  @EnumSource
  void severalProcessesMayCreateTheTablesAtOnce(Kind kind) throws Exception {
    DataSource source = kind.empty(directory);
    if (kind == Kind.POSTGRES) {
      Tables.drop(source);
    }
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> builds = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        builds.add(threads.submit(() -> counters(source).build().close()));
      }
      for (Future<?> build : builds) {
        build.get();
      }
    } finally {
      threads.shutdownNow();
    }
    JdbcApprovalStore.builder(source).build().close();
  }

  @Test
  void anotherDatabaseIsRefused() {
    DataSource other =
        (DataSource)
            Proxy.newProxyInstance(
                RowsTest.class.getClassLoader(),
                new Class<?>[] {
                  DataSource.class, Connection.class, java.sql.DatabaseMetaData.class
                },
                (proxy, method, arguments) ->
                    switch (method.getName()) {
                      case "getConnection", "getMetaData" -> proxy;
                      case "getDatabaseProductName" -> "H2";
                      case "getDatabaseMajorVersion" -> 2;
                      default -> null;
                    });
    assertThatThrownBy(() -> JdbcCounterStore.builder(other).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the database is H2, expected PostgreSQL or SQLite");
    assertThatThrownBy(
            () -> JdbcCounterStore.builder(SqliteFile.source(Path.of(":memory:"))).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("WAL");
  }

  @Test
  void aSettingIsMadeOnceAndWithinItsRange() {
    DataSource source = SqliteFile.source(directory.resolve("state"));
    assertThatThrownBy(() -> counters(source).createTables())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("createTables");
    assertThatThrownBy(() -> counters(source).timeout(HOUR))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1 ms to 1 minute");
    assertThatThrownBy(() -> counters(source).maxKeysPerCounter(0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
