package dev.alcada.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.ReserveResult;
import dev.alcada.testing.ManualTime;
import dev.alcada.time.Window;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How many keys a grant's own calls may choose, so that it closes no counter to others. */
@Timeout(120)
class KeysOfGrantsTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Refusal FULL = new Refusal(0, Refusal.Reason.TOO_MANY_KEYS, null);

  @TempDir Path directory;

  private final ManualTime time = new ManualTime();

  private JdbcCounterStore store(DataSource source, int ofGrant) {
    return JdbcCounterStore.builder(source)
        .createTables()
        .timeSource(time)
        .executor(Runnable::run)
        .timeout(Duration.ofSeconds(30))
        .maxKeysPerGrant(ofGrant)
        .build();
  }

  private static Charge.Amount charge(String counter, String grant, String value) {
    return charge(counter, MINUTE, grant, value);
  }

  private static Charge.Amount charge(String counter, Duration window, String grant, String value) {
    CounterId id = CounterId.of("limits", counter, "args.to", new Window.Sliding(window));
    return new Charge.Amount(new CounterKey(id, grant, value).ownedBy(grant), 9, 1, 9, true);
  }

  private static Demand mark(String grant, String value) {
    CounterId id = CounterId.mark("marks", "read", "args.file");
    Mark mark = new Mark(new CounterKey(id, grant, value).ownedBy(grant), MINUTE);
    return Demand.builder().tried(mark).build();
  }

  private static boolean admits(JdbcCounterStore store, Demand demand) {
    ReserveResult result = store.reserve(demand);
    if (result instanceof Refusal refusal) {
      assertThat(refusal).isEqualTo(FULL);
      assertThat(store.look(demand).refusal()).isEqualTo(FULL);
    }
    return result instanceof Reservation;
  }

  private static boolean admits(JdbcCounterStore store, Charge charge) {
    return admits(store, Demand.of(charge));
  }

  /** That the rows of counters and of grants say how many keys there are. */
  private static void isRight(DataSource source) {
    assertThat(
            Tables.number(
                source,
                "SELECT count(*) FROM alcada_counter c WHERE keys <>"
                    + " (SELECT count(*) FROM alcada_count k WHERE k.counter = c.id)"))
        .isZero();
    assertThat(
            Tables.number(
                source,
                "SELECT count(*) FROM alcada_owner o WHERE keys <= 0 OR keys <>"
                    + " (SELECT count(*) FROM alcada_count k WHERE k.owner = o.id)"))
        .isZero();
    assertThat(
            Tables.number(
                source,
                "SELECT count(*) FROM alcada_count WHERE owner IS NOT NULL"
                    + " AND owner NOT IN (SELECT id FROM alcada_owner)"))
        .isZero();
  }

  @ParameterizedTest
  @EnumSource
  void aGrantHasSoManyInAllCountersAndAnotherIsNotTouched(Kind kind) {
    DataSource source = kind.empty(directory);
    try (JdbcCounterStore store = store(source, 3)) {
      assertThat(admits(store, charge("one", "alice", "a"))).isTrue();
      assertThat(admits(store, charge("one", "alice", "b"))).isTrue();
      assertThat(admits(store, charge("two", "alice", "a"))).isTrue();

      assertThat(admits(store, charge("one", "alice", "c"))).isFalse();
      assertThat(admits(store, charge("three", "alice", "a"))).isFalse();
      assertThat(admits(store, charge("one", "alice", "a"))).as("one that it has").isTrue();
      assertThat(admits(store, charge("one", "bob", "a"))).isTrue();
      CounterKey plain = charge("one", "alice", "plain").key();
      Charge unowned =
          new Charge.Amount(new CounterKey(plain.counter(), "alice", "plain"), 9, 1, 9, true);
      assertThat(admits(store, unowned)).as("a key that no call chooses").isTrue();
      for (String file : List.of("a", "b", "c")) {
        assertThat(admits(store, mark("alice", file))).as("marks are apart").isTrue();
      }
      assertThat(admits(store, mark("alice", "d"))).isFalse();
      assertThat(admits(store, mark("bob", "d"))).isTrue();
      isRight(source);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCallThatWantsMoreThanAreLeftMakesNone(Kind kind) {
    DataSource source = kind.empty(directory);
    try (JdbcCounterStore store = store(source, 3)) {
      assertThat(admits(store, charge("one", "alice", "a"))).isTrue();
      assertThat(
              store.reserve(
                  Demand.of(
                      charge("one", "alice", "b"),
                      charge("two", "alice", "b"),
                      charge("three", "alice", "b"))))
          .isEqualTo(new Refusal(2, Refusal.Reason.TOO_MANY_KEYS, null));
      assertThat(Tables.number(source, "SELECT count(*) FROM alcada_count")).isEqualTo(1);
      assertThat(store.reserve(Demand.of(charge("one", "alice", "b"), charge("two", "alice", "b"))))
          .isInstanceOf(Reservation.class);
      isRight(source);
    }
  }

  /** Though nobody calls under the counters where they are. */
  @ParameterizedTest
  @EnumSource
  void whatHasExpiredInOtherCountersMakesRoom(Kind kind) {
    DataSource source = kind.empty(directory);
    try (JdbcCounterStore store = store(source, 4)) {
      for (int i = 0; i < 4; i++) {
        assertThat(admits(store, charge("counter " + i, "alice", "a"))).isTrue();
        assertThat(admits(store, charge("counter " + i, "bob", "a"))).isTrue();
      }
      assertThat(admits(store, charge("another", "alice", "a"))).isFalse();
      time.advance(MINUTE);
      for (int i = 0; i < 4; i++) {
        assertThat(admits(store, charge("another", "alice", "a" + i))).isTrue();
      }
      assertThat(admits(store, charge("another", "alice", "a4"))).isFalse();
      assertThat(admits(store, charge("another", "bob", "a"))).isTrue();
      isRight(source);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsGivenBackOrTakenBackMakesRoomAndNoGrantIsKeptWithoutKeys(Kind kind) {
    DataSource source = kind.empty(directory);
    try (JdbcCounterStore store = store(source, 1)) {
      for (int i = 0; i < 5; i++) {
        Reservation call = (Reservation) store.reserve(Demand.of(charge("one", "alice", "v" + i)));
        assertThat(admits(store, charge("one", "alice", "other"))).isFalse();
        call.settle(Ended.NOT_DONE);
        assertThat(admits(store, mark("alice", "f" + i))).isTrue();
        assertThat(admits(store, mark("alice", "other"))).isFalse();
        CounterId id = CounterId.mark("marks", "read", "args.file");
        assertThat(store.takeBack(new CounterKey(id, "alice", "f" + i))).isTrue();
      }
      isRight(source);
      time.advance(Duration.ofDays(1));
      for (int i = 0; i < 9; i++) {
        store.reserve(Demand.of(ContentionTest.charge("new " + i, MINUTE, 9, 1)));
      }
      assertThat(Tables.number(source, "SELECT count(*) FROM alcada_owner")).isZero();
      isRight(source);
    }
  }

  /** Keys come and go of many grants in many counters, at their bounds, in any order. */
  @ParameterizedTest
  @EnumSource
  void manyAtOnceNeverLockEachOtherOutAndCountRight(Kind kind) throws Exception {
    DataSource source = kind.empty(directory);
    int workers = 6;
    ExecutorService threads = Executors.newFixedThreadPool(workers);
    try (JdbcCounterStore one = bounded(source);
        JdbcCounterStore two = bounded(source)) {
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < workers; t++) {
        int thread = t;
        running.add(
            threads.submit(
                () -> {
                  Random random = new Random(thread);
                  JdbcCounterStore store = thread % 2 == 0 ? one : two;
                  for (int i = 0; i < 40; i++) {
                    // Much less in all than a row has until it must be used.
                    time.advance(Duration.ofMillis(20));
                    Duration window = Duration.ofMillis(300);
                    String grant = "grant " + random.nextInt(3);
                    String value = "v" + random.nextInt(20);
                    Demand demand =
                        Demand.of(
                            charge("a" + random.nextInt(2), window, grant, value),
                            charge("b" + random.nextInt(2), window, grant, value));
                    if (store.reserve(demand) instanceof Reservation call
                        && random.nextInt(3) == 0) {
                      call.cancel();
                    }
                  }
                }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
    isRight(source);
    assertThat(Tables.number(source, "SELECT max(keys) FROM alcada_owner")).isBetween(1L, 9L);
    assertThat(Tables.number(source, "SELECT max(keys) FROM alcada_counter")).isBetween(1L, 12L);
  }

  private JdbcCounterStore bounded(DataSource source) {
    return JdbcCounterStore.builder(source)
        .createTables()
        .timeSource(time)
        .timeout(Duration.ofSeconds(30))
        .maxKeysPerGrant(9)
        .maxKeysPerCounter(12)
        .build();
  }

  @Test
  void theBoundIsSetOnceAndAtLeastOne() {
    JdbcCounterStore.Builder builder =
        JdbcCounterStore.builder(SqliteFile.source(directory.resolve("state")));
    assertThatThrownBy(() -> builder.maxKeysPerGrant(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxKeysPerGrant is 0, expected at least 1");
    builder.maxKeysPerGrant(5);
    assertThatThrownBy(() -> builder.maxKeysPerGrant(5))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("maxKeysPerGrant");
  }
}
