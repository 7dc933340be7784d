package dev.alcada.redis;

import static dev.alcada.redis.Charges.MINUTE;
import static dev.alcada.redis.Charges.admitted;
import static dev.alcada.redis.Charges.amount;
import static dev.alcada.redis.Charges.day;
import static dev.alcada.redis.Charges.one;
import static dev.alcada.redis.Charges.used;
import static dev.alcada.redis.Kinds.HOUR;
import static dev.alcada.redis.Kinds.distinct;
import static dev.alcada.redis.Kinds.done;
import static dev.alcada.redis.Kinds.everything;
import static dev.alcada.redis.Kinds.inFlight;
import static dev.alcada.redis.Kinds.isThere;
import static dev.alcada.redis.Kinds.mark;
import static dev.alcada.redis.Kinds.once;
import static dev.alcada.redis.Kinds.reserved;
import static dev.alcada.redis.Kinds.tries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.FallbackCounterStore;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.StoreUnavailableException;
import dev.alcada.counter.memory.InMemoryCounterStore;
import dev.alcada.testing.ManualTime;
import dev.alcada.time.Window;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is Redis's own about different values, what runs, calls that are made once, and marks. */
@Timeout(60)
class RedisKindsTest {
  private final String prefix = RedisProcess.freshPrefix();
  private final ManualTime time = new ManualTime();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private RedisCommands<String, String> redis;

  @BeforeEach
  void connect() {
    StatefulRedisConnection<String, String> connection = RedisProcess.sharedClient().connect();
    opened.add(connection);
    redis = connection.sync();
  }

  @AfterEach
  void close() throws Exception {
    while (!opened.isEmpty()) {
      opened.remove(opened.size() - 1).close();
    }
  }

  private RedisCounterStore store() {
    return kept(builder().build());
  }

  /** With the tests' clock for the server's. */
  private RedisCounterStore timed() {
    return kept(builder().clock(time).build());
  }

  private RedisCounterStore.Builder builder() {
    return RedisCounterStore.builder(RedisProcess.sharedClient())
        .prefix(prefix)
        .timeout(Duration.ofSeconds(20));
  }

  private <T extends AutoCloseable> T kept(T each) {
    opened.add(each);
    return each;
  }

  @Test
  void aCallWithOneOfEverythingIsOneCommandAndItsEndAnother() {
    RedisCounterStore store = store();
    redis.configResetstat();
    Reservation call = reserved(store, everything(done()));
    assertThat(commands()).isEqualTo(1);
    assertThat(store.look(everything(done())).refusal()).isNotNull();
    assertThat(commands()).isEqualTo(2);
    call.settle(Ended.DONE, List.of(done()));
    assertThat(isThere(store, done())).isTrue();
    assertThat(commands()).isEqualTo(4);
    // What has nothing to ask for is not asked, and what leaves nothing is not told.
    reserved(store, Demand.builder().done(done()).build()).settle(Ended.UNKNOWN);
    reserved(store, Demand.of(distinct(HOUR, 9, "ana@example.com"))).settle(Ended.DONE);
    assertThat(isThere(store, done())).isTrue();
    assertThat(commands()).isEqualTo(6);
  }

  /** What clients have sent. */
  private int commands() {
    return redis
        .info("commandstats")
        .lines()
        .filter(line -> line.matches("cmdstat_(eval|evalsha|script|multi|exec).*"))
        .mapToInt(line -> Integer.parseInt(line.replaceAll(".*:calls=(\\d+).*", "$1")))
        .sum();
  }

  @Test
  void allThatIsKeptIsDigestsAndExpiresByItselfButAMarkOfACallThatRuns() {
    RedisCounterStore store = store();
    Reservation call = reserved(store, everything(done()));
    assertThat(withoutExpiry()).hasSize(1);
    assertNothingPersonal();

    call.settle(Ended.DONE, List.of(done()));

    assertThat(isThere(store, done())).isTrue();
    assertThat(withoutExpiry()).isEmpty();
    assertNothingPersonal();
  }

  private List<String> lists() {
    return redis.keys("{" + prefix + "}:*").stream()
        .filter(key -> redis.type(key).equals("list"))
        .toList();
  }

  private List<String> withoutExpiry() {
    return lists().stream().filter(key -> redis.pttl(key) < 0).toList();
  }

  private void assertNothingPersonal() {
    for (String key : redis.keys("{" + prefix + "}:*")) {
      assertThat(key).matches("\\{t\\d+}:(c(:[\\w-]{22}){1,2}|[rs]:[\\w-]{22})");
      String value =
          switch (redis.type(key)) {
            case "list" -> redis.lrange(key, 0, -1).toString();
            case "zset" -> redis.zrange(key, 0, -1).toString();
            default -> redis.get(key);
          };
      assertThat(value).doesNotContain("ana", "bob", "078", "agent", "limits");
    }
  }

  @Test
  void oneValueHasAnotherDigestUnderEachKey() {
    RedisCounterStore store = store();
    admitted(store, distinct(HOUR, 9, "ana@example.com"));
    admitted(store, distinct(day(), 9, "ana@example.com"));
    List<String> digests = new ArrayList<>();
    for (String list : lists()) {
      redis.lrange(list, 1, -1).forEach(value -> digests.add(value.substring(value.length() - 8)));
    }
    assertThat(digests).hasSize(2).doesNotHaveDuplicates();
  }

  @Test
  void whatIsOverLeavesNothing() {
    RedisCounterStore store = store();
    reserved(store, everything(done())).cancel();
    reserved(store, Demand.of(inFlight(9, MINUTE))).settle(Ended.DONE);
    Eventually.until(() -> redis.keys("{" + prefix + "}:[cs]:*").isEmpty());
    assertThat(redis.keys("{" + prefix + "}:*")).allMatch(key -> redis.pttl(key) > 0);
  }

  @Test
  void whatIsNotAdmittedWritesNothing() {
    RedisCounterStore store = store();
    admitted(store, one("full", 1));
    List<String> before = redis.keys("{" + prefix + "}:*");
    Demand.Builder demand = Demand.builder().charge(distinct(HOUR, 9, "a"));
    demand.charge(inFlight(9, MINUTE)).charge(once("a", HOUR)).charge(one("full", 1));
    assertThat(store.reserve(demand.tried(mark(MINUTE)).build()))
        .isInstanceOfSatisfying(Refusal.class, refusal -> assertThat(refusal.index()).isEqualTo(3));
    assertThat(redis.keys("{" + prefix + "}:*")).containsExactlyInAnyOrderElementsOf(before);
  }

  @Test
  void aServerThatForgetsScriptsIsSentThemAgain() {
    RedisCounterStore store = store();
    redis.scriptFlush();
    Reservation call = reserved(store, everything(done()));
    redis.scriptFlush();
    call.settle(Ended.DONE, List.of(done()));
    redis.scriptFlush();
    Eventually.until(() -> isThere(store, done()));
    redis.scriptFlush();
    assertThat(store.takeBack(done().key())).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void anEndThatIsSentAgainChangesNothingMore(Ended ended) {
    RedisCounterStore store = timed();
    Reservation call = reserved(store, everything(done()));
    Reservation another = reserved(store, Demand.of(inFlight(90, MINUTE), one("rate", 90)));
    RedisReservation again = ((RedisReservation) call).unsettled();
    call.settle(ended, List.of(done()));
    time.advance(MINUTE.dividedBy(2));
    for (Ended next : Ended.values()) {
      again.settle(next, List.of(done()));
      again = again.unsettled();
    }
    again.cancel();
    assertThat(used(store, inFlight(90, MINUTE))).isEqualTo(1);
    assertThat(used(store, one("rate", 90))).isEqualTo(ended == Ended.NOT_DONE ? 1 : 2);
    assertThat(used(store, distinct(HOUR, 9, "x"))).isEqualTo(2);
    assertThat(isThere(store, done())).isEqualTo(ended == Ended.DONE);
    assertThat(isThere(store, mark(MINUTE))).isEqualTo(ended != Ended.NOT_DONE);
    time.advance(MINUTE.dividedBy(2));
    assertThat(isThere(store, done())).as("it lasts from the first end").isFalse();
    assertThat(isThere(store, mark(MINUTE))).isFalse();
    another.cancel();
  }

  /** A call may run for longer than all that it held is kept. */
  @Test
  void aCallWhoseRecordIsGoneStillLeavesItsMark() {
    RedisCounterStore store = store();
    Reservation call =
        reserved(store, Demand.builder().charge(inFlight(9, MINUTE)).done(done()).build());
    redis.keys("{" + prefix + "}:[cs]:*").forEach(redis::del);
    call.settle(Ended.DONE, List.of(done()));
    assertThat(isThere(store, done())).isTrue();
  }

  @Test
  void whatIsTakenBackIsGoneAndTheCallsThatLeftItDoNotBringItBack() {
    RedisCounterStore store = store();
    Demand demand =
        Demand.builder()
            .charge(inFlight(1, MINUTE))
            .charge(once("a", HOUR))
            .tried(mark(MINUTE))
            .build();
    List<CounterKey> keys =
        List.of(inFlight(1, MINUTE).key(), once("a", HOUR).key(), mark(MINUTE).key());
    for (Ended ended : Ended.values()) {
      Reservation hung = reserved(store, demand);
      for (CounterKey key : keys) {
        assertThat(store.takeBack(key)).as(key.toString()).isTrue();
        assertThat(store.takeBack(key)).as(key.toString()).isFalse();
      }
      Reservation next = reserved(store, demand);
      hung.settle(ended);
      assertThat(isThere(store, mark(MINUTE))).as("of the next call").isTrue();
      assertThat(used(store, inFlight(1, MINUTE))).isEqualTo(1);
      next.cancel();
      assertThat(isThere(store, mark(MINUTE))).as("of the call before, %s", ended).isFalse();
    }
  }

  @Test
  void whatHasRunOutIsNotThereToBeTakenBack() {
    RedisCounterStore store = timed();
    reserved(store, Demand.of(inFlight(9, MINUTE), once("a", new Window.Sliding(MINUTE))));
    reserved(store, tries(mark(MINUTE))).settle(Ended.DONE);
    time.advance(MINUTE);
    assertThat(store.takeBack(inFlight(9, MINUTE).key())).isFalse();
    assertThat(store.takeBack(once("a", HOUR).key())).isFalse();
    assertThat(store.takeBack(mark(MINUTE).key())).isFalse();
  }

  @Test
  void countsAreNotTakenBackAndNothingIsListed() {
    RedisCounterStore store = store();
    for (Charge charge : List.of(one("rate", 9), distinct(HOUR, 9, "a"))) {
      admitted(store, charge);
      assertThatThrownBy(() -> store.takeBack(charge.key()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageEndingWith("expected MARK, IN_FLIGHT or ONCE");
      assertThat(used(store, charge)).isEqualTo(1);
    }
    assertThatThrownBy(() -> store.held(CounterId.Kind.MARK, "", 9))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void aClockThatIsSetBackOpensNothing() {
    RedisCounterStore store = timed();
    Window minute = new Window.Sliding(MINUTE);
    admitted(store, distinct(minute, 1, "a"));
    admitted(store, inFlight(1, MINUTE));
    admitted(store, once("a", minute));
    reserved(store, tries(mark(Duration.ofHours(2)))).settle(Ended.DONE);
    // Within what each can last: the newest stamp is the floor. The mark's hour goes on.
    time.advance(Duration.ofSeconds(-30));
    assertThat(store.reserve(Demand.of(distinct(minute, 1, "b"))))
        .isEqualTo(new Refusal(0, Refusal.Reason.EXHAUSTED, Duration.ofSeconds(90)));
    assertThat(store.reserve(Demand.of(inFlight(1, MINUTE)))).isInstanceOf(Refusal.class);
    assertThat(store.reserve(Demand.of(once("a", minute))))
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> assertThat(refusal.earlier()).isEqualTo(earlier(Duration.ZERO)));
    time.advance(Duration.ofSeconds(89));
    assertThat(store.reserve(Demand.of(distinct(minute, 1, "b")))).isInstanceOf(Refusal.class);
    assertThat(store.reserve(Demand.of(inFlight(1, MINUTE)))).isInstanceOf(Refusal.class);
    assertThat(store.reserve(Demand.of(once("a", minute)))).isInstanceOf(Refusal.class);
    time.advance(Duration.ofSeconds(1));
    admitted(store, distinct(minute, 1, "b"));
    admitted(store, inFlight(1, MINUTE));
    admitted(store, once("a", minute));
    assertThat(isThere(store, mark(MINUTE))).isTrue();
  }

  private static Refusal.Earlier earlier(Duration ago) {
    return new Refusal.Earlier(ago, null);
  }

  /** It would else keep closed for years what it has left. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatAClockLeftThatWasFarAheadLastsOnAsLongAsItDidThen(boolean calendar) {
    RedisCounterStore store = timed();
    Window window =
        calendar ? new Window.Calendar(MINUTE, ZoneId.of("UTC")) : new Window.Sliding(MINUTE);
    Instant before = time.instant();
    time.setWall(before.plus(Duration.ofDays(3_650)));
    admitted(store, distinct(window, 1, "a"));
    admitted(store, inFlight(1, MINUTE));
    admitted(store, once("a", window));
    reserved(store, tries(mark(MINUTE))).settle(Ended.DONE);
    Reservation runs = reserved(store, tries(done()));
    time.setWall(before);
    for (int second = 0; second < 60; second++) {
      assertThat(store.reserve(Demand.of(distinct(window, 1, "b")))).isInstanceOf(Refusal.class);
      assertThat(store.reserve(Demand.of(inFlight(1, MINUTE)))).isInstanceOf(Refusal.class);
      assertThat(store.reserve(Demand.of(once("a", window)))).isInstanceOf(Refusal.class);
      assertThat(store.reserve(Demand.builder().reads(mark(MINUTE).key(), false).build()))
          .isInstanceOf(Refusal.class);
      time.advance(Duration.ofSeconds(1));
    }
    admitted(store, distinct(window, 1, "b"), inFlight(1, MINUTE), once("a", window));
    assertThat(isThere(store, mark(MINUTE))).isFalse();
    runs.settle(Ended.DONE);
    assertThat(isThere(store, done())).isTrue();
    time.advance(MINUTE);
    assertThat(isThere(store, done())).isFalse();
  }

  @Test
  void valuesAreAsManyAsMayCountAndNoMore() {
    RedisCounterStore store = timed();
    for (int i = 0; i < 3_000; i++) {
      time.advance(Duration.ofMillis(100));
      store.reserve(Demand.of(distinct(new Window.Sliding(MINUTE), 500, "v" + i)));
    }
    assertThat(used(store, distinct(new Window.Sliding(MINUTE), 500, "x"))).isEqualTo(500);
    assertThat(lists()).hasSize(1).allMatch(list -> redis.llen(list) <= 501);
  }

  @Test
  void ofMoreCallsThatRunThanAreToldApartAMarkIsThereUntilItIsTakenBack() {
    RedisCounterStore store = store();
    List<Reservation> running = new ArrayList<>();
    IntStream.range(0, 1_100).forEach(i -> running.add(reserved(store, tries(mark(MINUTE)))));
    assertThat(lists().stream().filter(key -> key.contains(":c:")))
        .hasSize(1)
        .allMatch(list -> redis.llen(list) <= 1_026);
    running.forEach(call -> call.settle(Ended.NOT_DONE));
    assertThat(isThere(store, mark(MINUTE))).isTrue();
    assertThat(store.takeBack(mark(MINUTE).key())).isTrue();
    assertThat(isThere(store, mark(MINUTE))).isFalse();
  }

  @Test
  void thousandsOfCallsRunAndAllLeaveWithTheirLease() {
    RedisCounterStore store = timed();
    List<Reservation> running = new ArrayList<>();
    for (int i = 0; i < 2_500; i++) {
      running.add(admitted(store, inFlight(9_000, Duration.ofSeconds(60 + i % 2))));
    }
    running.subList(0, 500).forEach(call -> call.settle(Ended.DONE));
    assertThat(used(store, inFlight(9_000, MINUTE))).isEqualTo(2_000);
    time.advance(MINUTE);
    admitted(store, inFlight(9_000, MINUTE));
    assertThat(used(store, inFlight(9_000, MINUTE))).isEqualTo(1_001);
    running.subList(500, 600).forEach(call -> call.settle(Ended.DONE));
    assertThat(used(store, inFlight(9_000, MINUTE))).isEqualTo(951);
  }

  @Test
  void aKeyThatIsOverMakesRoomForAnother() {
    RedisCounterStore store = kept(builder().maxKeysPerCounter(2).clock(time).build());
    Window minute = new Window.Sliding(MINUTE);
    for (int round = 0; round < 3; round++) {
      admitted(store, once("a" + round, minute));
      Reservation second = admitted(store, once("b" + round, minute));
      assertThat(store.reserve(Demand.of(once("c", minute))))
          .isEqualTo(new Refusal(0, Refusal.Reason.TOO_MANY_KEYS, null));
      second.settle(Ended.NOT_DONE);
      admitted(store, once("c" + round, minute));
      time.advance(MINUTE);
    }
  }

  @Test
  void neitherModeOfAnOutageAppliesToWhatIsNoAmount() {
    RedisProcess server = kept(RedisProcess.start());
    RedisCounterStore down = kept(RedisCounterStore.builder(kept(server.client())).build());
    server.kill();
    CounterStore open =
        FallbackCounterStore.builder(down).open(Set.of("rate", "exports", "recipients")).build();
    CounterStore heldBack =
        FallbackCounterStore.builder(down).heldBack(0.1, 2, InMemoryCounterStore.create()).build();
    Charge.Amount rate = amount("rate", HOUR, "agent-7", 90_000_000_000L, 1_000_000_000L);
    for (CounterStore store : List.of(open, heldBack)) {
      assertThat(store.reserve(Demand.of(rate))).isInstanceOf(Reservation.class);
      for (Demand demand :
          List.of(
              Demand.of(distinct(HOUR, 90, "a")),
              Demand.of(inFlight(90, MINUTE)),
              Demand.of(once("a", HOUR)),
              tries(mark(MINUTE)),
              Demand.builder().charge(rate).reads(done().key(), false).build())) {
        assertThatThrownBy(() -> store.reserve(demand))
            .as(demand.toString())
            .isInstanceOf(StoreUnavailableException.class);
      }
    }
  }
}
