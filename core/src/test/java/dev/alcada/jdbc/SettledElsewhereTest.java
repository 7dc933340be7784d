package dev.alcada.jdbc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Reservation;
import dev.alcada.testing.ManualTime;
import dev.alcada.time.Window;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls of one process of which another says how they have ended, and what is kept for that. */
@Timeout(120)
class SettledElsewhereTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAYS = Duration.ofDays(366);
  private static final Mark SEEN =
      new Mark(new CounterKey(CounterId.mark("marks", "seen", "grant"), "a", null), HOUR);

  @TempDir Path directory;

  private static JdbcCounterStore.Builder store(DataSource source) {
    return JdbcCounterStore.builder(source).createTables().timeout(Duration.ofSeconds(30));
  }

  private static Charge once() {
    CounterKey key = new CounterKey(CounterId.once("document", "pay"), "a", null);
    return new Charge.Once(key, new Window.Sliding(HOUR), HOUR);
  }

  private static Charge inFlight() {
    CounterKey key = new CounterKey(CounterId.inFlight("document", "runs", "grant"), "a", null);
    return new Charge.InFlight(key, 1, 1, 9, HOUR);
  }

  /** What leaves something of each kind that is listed, under keys of a grant. */
  static Demand ofEachKind(String grant) {
    List<CounterKey> keys = keys(grant);
    return Demand.builder()
        .charge(new Charge.Once(keys.get(0), new Window.Sliding(HOUR), HOUR))
        .charge(new Charge.InFlight(keys.get(1), 1, 1, 9, HOUR))
        .reads(keys.get(2), false)
        .tried(new Mark(keys.get(2), HOUR))
        .build();
  }

  static List<CounterKey> keys(String grant) {
    return List.of(
        new CounterKey(CounterId.once("document", "pay"), grant, "v").ownedBy(grant),
        new CounterKey(CounterId.inFlight("document", "runs", "grant"), grant, null),
        new CounterKey(CounterId.mark("marks", "seen", "grant"), grant, null));
  }

  /** One of each kind that leaves something to be said, each with room for one call alone. */
  static List<Demand> demands() {
    return List.of(
        Demand.of(ContentionTest.charge("a", HOUR, 1, 1)),
        Demand.of(once()),
        Demand.of(inFlight()),
        Demand.builder().reads(SEEN.key(), false).tried(SEEN).build());
  }

  static Demand another() {
    return Demand.of(ContentionTest.charge("another", HOUR, 1, 1));
  }

  private static List<Boolean> room(JdbcCounterStore store) {
    List<Demand> all = new ArrayList<>(demands());
    all.add(another());
    return all.stream().map(demand -> store.look(demand).refusal() == null).toList();
  }

  private static long open(DataSource source) {
    return Tables.number(source, "SELECT count(*) FROM alcada_open_call");
  }

  @ParameterizedTest
  @EnumSource
  void theCallsOfAProcessThatWasKilledAreSettledByAnother(Kind kind) throws Exception {
    DataSource source = kind.empty(directory);
    try (JdbcCounterStore store = store(source).build()) {
      String where =
          source instanceof HikariDataSource pool
              ? ((org.postgresql.ds.PGSimpleDataSource) pool.getDataSource()).getUrl()
              : directory.resolve("state").toString();
      for (Ended said : List.of(Ended.NOT_DONE, Ended.DONE)) {
        List<String> ids = killedAfterReserving(where);
        assertThat(room(store)).containsOnly(false);

        for (String id : ids) {
          assertThat(store.settleLate(id, said)).isTrue();
          assertThat(store.settleLate(id, said)).isFalse();
        }

        assertThat(room(store))
            .isEqualTo(
                said == Ended.NOT_DONE
                    ? List.of(true, true, true, true, true)
                    : List.of(false, false, true, false, false));
        assertThat(open(source)).isZero();
      }
    }
  }

  private static List<String> killedAfterReserving(String where) throws Exception {
    Process child = child(where);
    List<String> ids = new ArrayList<>();
    try (BufferedReader told = child.inputReader(StandardCharsets.UTF_8)) {
      while (ids.size() <= demands().size()) {
        ids.add(requireNonNull(told.readLine()));
      }
    } finally {
      child.destroyForcibly().waitFor();
    }
    assertThat(ids).doesNotContain("null").doesNotHaveDuplicates();
    return ids;
  }

  private static Process child(String where) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Dying.class.getName(),
            where)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  @ParameterizedTest
  @EnumSource
  void ofTwoOperatorsAndTheProcessItselfAtOnceOneIsBelieved(Kind kind) throws Exception {
    DataSource source = kind.empty(directory);
    ExecutorService threads = Executors.newFixedThreadPool(3);
    Charge.Amount charge = ContentionTest.charge("a", HOUR, 1_000, 3);
    try (JdbcCounterStore own = store(source).build();
        JdbcCounterStore one = store(source).build();
        JdbcCounterStore two = store(source).build()) {
      own.reserve(Demand.of(ContentionTest.charge("a", HOUR, 1_000, 5)));
      for (int round = 0; round < 20; round++) {
        Reservation call = (Reservation) own.reserve(Demand.of(charge));
        String id = requireNonNull(call.id());
        CyclicBarrier start = new CyclicBarrier(3);
        Future<Boolean> first = threads.submit(() -> said(one, id, start));
        Future<Boolean> second = threads.submit(() -> said(two, id, start));
        boolean comesBack = round % 2 == 0;
        start.await();
        if (comesBack) {
          call.settle(Ended.NOT_DONE);
        }
        int believed = (first.get() ? 1 : 0) + (second.get() ? 1 : 0);
        assertThat(believed).isBetween(comesBack ? 0 : 1, 1);
        assertThat(own.look(Demand.of(charge)).usage().get(0).used()).isEqualTo(5);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static boolean said(JdbcCounterStore store, String id, CyclicBarrier start)
      throws Exception {
    start.await();
    return store.settleLate(id, Ended.NOT_DONE);
  }

  @ParameterizedTest
  @EnumSource
  void aProcessThatComesBackAfterTheWordLeavesEverythingAsItIs(Kind kind) {
    DataSource source = kind.empty(directory);
    Mark checked =
        new Mark(new CounterKey(CounterId.mark("marks", "checked", "grant"), "a", null), HOUR);
    try (JdbcCounterStore own = store(source).executor(Runnable::run).build();
        JdbcCounterStore other = store(source).build()) {
      Demand demand =
          Demand.builder()
              .charge(once())
              .charge(inFlight())
              .reads(SEEN.key(), false)
              .tried(SEEN)
              .done(checked)
              .build();
      for (Ended ended : Ended.values()) {
        Reservation call = (Reservation) own.reserve(demand);
        assertThat(other.settleLate(requireNonNull(call.id()), Ended.NOT_DONE)).isTrue();
        Reservation next = (Reservation) other.reserve(demand);

        call.settle(ended, List.of(checked));

        assertThat(other.look(demand).refusal())
            .extracting(Refusal::reason)
            .isEqualTo(Refusal.Reason.MARKS_CHANGED);
        Demand looks = Demand.builder().reads(checked.key(), null).build();
        assertThat(other.look(looks).marks()).containsExactly(false);
        assertThat(other.settleLate(requireNonNull(next.id()), Ended.NOT_DONE)).isTrue();
        assertThat(other.look(demand).refusal()).isNull();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRowIsKeptWhileAWordCanChangeAnythingAndNoLonger(Kind kind) {
    DataSource source = kind.empty(directory);
    ManualTime time = new ManualTime();
    try (JdbcCounterStore store = store(source).timeSource(time).executor(Runnable::run).build()) {
      for (String how : List.of("keep", "release", "cancel")) {
        for (Demand demand : demands()) {
          Reservation call = (Reservation) store.reserve(demand);
          assertThat(open(source)).isEqualTo(1);
          switch (how) {
            case "keep" -> call.settle(Ended.DONE);
            case "release" -> call.settle(Ended.NOT_DONE);
            default -> call.cancel();
          }
          assertThat(open(source)).as(how).isZero();
        }
        time.advance(HOUR);
      }
      // What is left of a mark once nobody knows lasts as long as the mark, and what ran is over.
      List<Duration> kept = List.of(HOUR, HOUR, Duration.ZERO, HOUR);
      for (int i = 0; i < kept.size(); i++) {
        Reservation call = (Reservation) store.reserve(demands().get(i));
        assertThat(due(source)).isEqualTo(Span.micros(time.instant().plus(i < 3 ? HOUR : DAYS)));
        call.settle(Ended.UNKNOWN);
        assertThat(due(source))
            .as("demand %s", i)
            .isEqualTo(kept.get(i).isZero() ? 0 : Span.micros(time.instant().plus(kept.get(i))));
        Tables.execute(source, "DELETE FROM alcada_open_call");
      }
    }
  }

  private static long due(DataSource source) {
    return Tables.number(source, "SELECT coalesce(max(due), 0) FROM alcada_open_call");
  }

  @ParameterizedTest
  @EnumSource
  void whatIsOverIsRemovedAFewAtATimeAndFasterThanItComes(Kind kind) {
    DataSource source = kind.empty(directory);
    ManualTime time = new ManualTime();
    try (JdbcCounterStore store = store(source).timeSource(time).executor(Runnable::run).build()) {
      Demand unknown = Demand.of(ContentionTest.charge("a", Duration.ofMinutes(1), 1_000, 1));
      for (int i = 0; i < 300; i++) {
        ((Reservation) store.reserve(unknown)).settle(Ended.UNKNOWN);
      }
      assertThat(open(source)).isEqualTo(300);
      time.advance(Duration.ofMinutes(1));
      long before = 300;
      for (int i = 1; i <= 300; i++) {
        ((Reservation) store.reserve(unknown)).settle(Ended.UNKNOWN);
        long now = open(source);
        assertThat(before - now).isLessThanOrEqualTo(64 - 1);
        before = now;
      }
      assertThat(open(source)).isEqualTo(300);
      assertThat(
              Tables.number(
                  source,
                  "SELECT count(*) FROM alcada_open_call WHERE due <= "
                      + Span.micros(time.instant())))
          .isZero();
    }
  }

  /** What is sent for a call that leaves nothing to be said, and for one that does. */
  @ParameterizedTest
  @EnumSource
  void aCallOfWhichNothingCanBeSaidCostsNothingMore(Kind kind) {
    CountedSource counted = new CountedSource(kind.empty(directory));
    try (JdbcCounterStore store = store(counted.source).executor(Runnable::run).build()) {
      Charge.Amount given = ContentionTest.charge("a", HOUR, 1_000, 1);
      Charge.Amount tried =
          new Charge.Amount(ContentionTest.charge("b", HOUR, 1_000, 1).key(), 1_000, 1, 9, false);
      store.reserve(Demand.of(given, tried));
      boolean postgres = kind == Kind.POSTGRES;

      counted.sent();
      Reservation attempt = (Reservation) store.reserve(Demand.of(tried));
      assertThat(counted.sent())
          .isEqualTo(
              postgres
                  ? List.of("SET", "UPDATE", "COMMIT")
                  : List.of("BEGIN", "SELECT", "UPDATE", "COMMIT"));
      attempt.settle(Ended.DONE);
      assertThat(counted.sent()).isEmpty();

      Reservation success = (Reservation) store.reserve(Demand.of(given));
      assertThat(counted.sent())
          .as("on PostgreSQL in the same trip")
          .isEqualTo(
              postgres
                  ? List.of("SET", "UPDATE", "COMMIT")
                  : List.of("BEGIN", "SELECT", "UPDATE", "INSERT", "COMMIT"));
      success.settle(Ended.DONE);
      assertThat(counted.sent())
          .isEqualTo(postgres ? List.of("SET", "COMMIT") : List.of("BEGIN", "DELETE", "COMMIT"));
      Reservation lost = (Reservation) store.reserve(Demand.of(given));
      counted.sent();
      lost.settle(Ended.UNKNOWN);
      assertThat(counted.sent()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aReservationThatWasRolledBackLeavesNoCall(Kind kind) {
    DataSource source = kind.empty(directory);
    try (JdbcCounterStore store = store(source).build()) {
      Demand demand = another();
      assertThat(store.reserve(demand)).isInstanceOf(Reservation.class);
      assertThat(open(source)).isEqualTo(1);
      assertThat(store.reserve(demand)).isInstanceOf(Refusal.class);
      assertThat(open(source)).isEqualTo(1);
      Tables.execute(source, "DROP TABLE alcada_open_call");
      Demand other = Demand.of(ContentionTest.charge("other", HOUR, 1, 1));
      assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> store.reserve(other)))
          .isInstanceOf(IllegalStateException.class);
      assertThat(store.look(other).usage().get(0).used()).isZero();
    }
  }
}
