package dev.alcada.redis;

import static dev.alcada.redis.Charges.MINUTE;
import static dev.alcada.redis.Charges.admitted;
import static dev.alcada.redis.Charges.amount;
import static dev.alcada.redis.Charges.day;
import static dev.alcada.redis.Charges.one;
import static dev.alcada.redis.Charges.used;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.counter.Charge;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.ReserveResult;
import dev.alcada.counter.StoreUnavailableException;
import dev.alcada.testing.ManualTime;
import dev.alcada.time.TimeSource;
import dev.alcada.time.Window;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is Redis's own beside what every store must do. */
@Timeout(60)
class RedisCounterStoreTest {
  private static final Window SLIDING = new Window.Sliding(MINUTE);

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
    // What was opened last first: a store before the client that it was made with.
    while (!opened.isEmpty()) {
      opened.remove(opened.size() - 1).close();
    }
  }

  private RedisCounterStore store() {
    return store(RedisCounterStore.builder(RedisProcess.sharedClient()));
  }

  /** With the tests' clock for the server's. */
  private RedisCounterStore store(TimeSource clock) {
    return store(RedisCounterStore.builder(RedisProcess.sharedClient()).clock(clock));
  }

  private RedisCounterStore store(RedisCounterStore.Builder builder) {
    RedisCounterStore store = builder.prefix(prefix).timeout(Duration.ofSeconds(20)).build();
    opened.add(store);
    return store;
  }

  /** {@return a client of the shared server, which gets its answers late} */
  private RedisClient slowly(Duration delay) throws Exception {
    Proxy proxy = new Proxy(RedisProcess.shared().port(), delay);
    opened.add(proxy);
    RedisClient client = RedisProcess.client(proxy.port());
    opened.add(client);
    return client;
  }

  @Test
  void storesOfOnePrefixShareTheirCountsAndThoseOfAnotherDoNot() {
    admitted(store(), one("rate", 1));
    assertThat(store().reserve(Demand.of(one("rate", 1)))).isInstanceOf(Refusal.class);
    RedisCounterStore another =
        RedisCounterStore.builder(RedisProcess.sharedClient())
            .prefix(RedisProcess.freshPrefix())
            .build();
    opened.add(another);
    admitted(another, one("rate", 1));
  }

  @Test
  void aCallOfAnyNumberOfLimitsIsOneCommandAndItsSettlementAnother() {
    RedisCounterStore store = store();
    redis.configResetstat();
    Reservation held =
        admitted(store, one("a", 9), one("b", 9), amount("c", day(), "agent-7", 9, 1), one("d", 9));
    assertThat(commands()).containsExactly("evalsha=1");
    assertThat(store.reserve(Demand.of(one("a", 0), one("b", 1)))).isInstanceOf(Refusal.class);
    assertThat(commands()).containsExactly("evalsha=2");
    held.settle(Ended.NOT_DONE);
    assertThat(used(store, one("a", 9))).isZero();
    assertThat(commands()).containsExactly("evalsha=4");
    // What is given back by no end but a cancellation has nothing to be told.
    admitted(store, attempt("a")).settle(Ended.DONE);
    assertThat(used(store, one("a", 9))).isEqualTo(1);
    assertThat(commands()).containsExactly("evalsha=6");
    admitted(store);
    assertThat(commands()).containsExactly("evalsha=6");
  }

  private static Charge.Amount attempt(String counter) {
    return new Charge.Amount(one(counter, 9).key(), 9, 1, 9, false);
  }

  /** What clients have sent, without what scripts do and what this test asks. */
  private List<String> commands() {
    return redis
        .info("commandstats")
        .lines()
        .filter(line -> line.matches("cmdstat_(eval|evalsha|script|multi|exec).*"))
        .map(line -> line.replaceAll("cmdstat_(\\w+):calls=(\\d+).*", "$1=$2"))
        .toList();
  }

  @Test
  void ofHundredsOfLimitsTheOneWithoutRoomIsNamed() {
    RedisCounterStore store = store();
    List<Charge> charges = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      charges.add(one("limit " + i, i == 290 ? 1 : 2));
    }
    assertThat(store.reserve(Demand.of(charges))).isInstanceOf(Reservation.class);
    assertThat(store.reserve(Demand.of(charges)))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.index()).isEqualTo(290));
  }

  @Test
  void aServerThatForgetsScriptsIsSentThemAgain() {
    RedisCounterStore store = store();
    Reservation held = admitted(store, one("rate", 9));
    redis.scriptFlush();
    admitted(store, one("rate", 9));
    redis.scriptFlush();
    held.cancel();
    Eventually.until(() -> used(store, one("rate", 9)) == 1);
  }

  @Test
  void keysAreDigestsAndExpireByThemselves() {
    RedisCounterStore store = store();
    admitted(
        store,
        amount("ssn-counter", SLIDING, "ana@example.com", 9, 1),
        amount("ssn-counter", day(), "ana@example.com", 9, 1));
    List<String> keys = redis.keys("{" + prefix + "}:*");
    assertThat(keys)
        .hasSize(5)
        .allMatch(key -> key.matches("\\{t\\d+}:(c(:[A-Za-z0-9_-]{22}){1,2}|s:[A-Za-z0-9_-]{22})"));
    for (String key : keys) {
      if (redis.type(key).equals("list")) {
        assertThat(redis.pttl(key)).isBetween(1L, Duration.ofDays(1).toMillis() + 1_000);
        assertThat(redis.lrange(key, 0, -1).toString()).doesNotContain("ana");
      } else {
        assertThat(redis.zrange(key, 0, -1).toString()).doesNotContain("ana");
      }
    }
  }

  @Test
  void whatIsGivenBackLeavesNothingButItsMarker() {
    RedisCounterStore store = store();
    admitted(store, one("rate", 9), amount("day", day(), "a", 9, 1)).cancel();
    Eventually.until(() -> redis.keys("{" + prefix + "}:c:*").isEmpty());
    List<String> left = redis.keys("{" + prefix + "}:*");
    assertThat(left).allMatch(key -> key.contains(":r:")).allMatch(key -> redis.pttl(key) > 0);
  }

  @Test
  void aReleaseThatIsSentAgainTakesNothingMore() {
    RedisCounterStore store = store(time);
    // Beyond what is kept apart, so that an amount is taken out of one that is several calls'.
    List<Reservation> held = new ArrayList<>();
    for (int i = 0; i < 1_100; i++) {
      held.add(admitted(store, amount("rate", SLIDING, "a", 9_000, 1)));
    }
    held.get(1_060).cancel();
    assertThat(used(store, amount("rate", SLIDING, "a", 9_000, 1))).isEqualTo(1_099);
    RedisReservation again = ((RedisReservation) held.get(1_060)).unsettled();
    again.cancel();
    assertThat(used(store, amount("rate", SLIDING, "a", 9_000, 1))).isEqualTo(1_099);
  }

  @Test
  void aLateReleaseTakesNothingOfACountThatWasBegunAnew() {
    RedisCounterStore store = store(time);
    Charge.Amount charge = amount("rate", SLIDING, "a", 9_000, 1);
    Reservation lost = admitted(store, charge);
    redis.keys("{" + prefix + "}:*").forEach(redis::del);
    for (int i = 0; i < 1_100; i++) {
      time.advance(Duration.ofMillis(1));
      admitted(store, charge);
    }
    lost.cancel();
    assertThat(used(store, charge)).isEqualTo(1_100);
  }

  @Test
  void aCountTakesBoundedMemoryAndLosesNothingByIt() {
    RedisCounterStore store = store(time);
    for (int i = 0; i < 4_000; i++) {
      time.advance(Duration.ofMillis(10));
      admitted(store, amount("rate", SLIDING, "a", 9_000, 1));
    }
    assertThat(used(store, amount("rate", SLIDING, "a", 9_000, 1))).isEqualTo(4_000);
    String list =
        redis.keys("{" + prefix + "}:*").stream()
            .filter(key -> redis.type(key).equals("list"))
            .findFirst()
            .orElseThrow();
    assertThat(redis.llen(list)).isLessThanOrEqualTo(2_050);
    assertThat(redis.memoryUsage(list)).isLessThan(60_000);
  }

  @Test
  void aClockThatIsSetBackByAnHourOpensNothing() {
    RedisCounterStore store = store(time);
    Charge.Amount hour = one("rate", 1);
    admitted(store, hour);
    time.advance(Duration.ofMinutes(-59));
    assertThat(store.reserve(Demand.of(hour)))
        .isEqualTo(new Refusal(0, Refusal.Reason.EXHAUSTED, Duration.ofMinutes(119)));
    time.advance(Duration.ofMinutes(118));
    assertThat(store.reserve(Demand.of(hour))).isInstanceOf(Refusal.class);
    time.advance(MINUTE);
    admitted(store, hour);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClockThatWasFarAheadClosesACountForOneWindowAndNotLonger(boolean calendar) {
    RedisCounterStore store = store(time);
    Window window = calendar ? new Window.Calendar(MINUTE, java.time.ZoneId.of("UTC")) : SLIDING;
    Charge.Amount charge = amount("rate", window, "a", 2, 1);
    Instant before = time.instant();
    time.setWall(before.plus(Duration.ofDays(3_650)));
    admitted(store, charge);
    Reservation ahead = admitted(store, charge);
    time.setWall(before);
    assertThat(store.reserve(Demand.of(charge)))
        .isEqualTo(new Refusal(0, Refusal.Reason.EXHAUSTED, MINUTE));
    ahead.cancel();
    time.advance(MINUTE.minusMillis(1));
    assertThat(store.reserve(Demand.of(charge))).isInstanceOf(Refusal.class);
    time.advance(Duration.ofMillis(1));
    admitted(store, charge);
    assertThat(used(store, charge)).isEqualTo(1);
  }

  @Test
  void aPeriodIsThatOfTheServersClockHoweverWrongThisMachinesIs() {
    ManualTime server = new ManualTime();
    RedisCounterStore store = store(server);
    Charge.Amount charge = amount("day", day(), "a", 1, 1);
    admitted(store, charge);
    // The periods that it is told of are computed before the script reads its clock.
    Keys names = new Keys(prefix);
    ReserveCall call = new ReserveCall(Demand.of(charge), names, false);
    RedisCounterStore.Question question =
        new RedisCounterStore.Question(
            call, names, 7, ReserveCall.Purpose.RESERVE, null, System.nanoTime() + 20_000_000_000L);
    for (Duration wrong : List.of(Duration.ofDays(3), Duration.ofDays(-3))) {
      ReserveCall.Answer answer = store.asked(question, server.instant().plus(wrong), 3).join();
      assertThat(answer.refusal())
          .isEqualTo(new Refusal(0, Refusal.Reason.EXHAUSTED, Duration.ofHours(15)));
    }
  }

  @Test
  void ofManyThatAskAtOnceFewThreadsAreHeld() throws Exception {
    RedisCounterStore store = store(RedisCounterStore.builder(slowly(Duration.ofMillis(50))));
    store.reserveAsync(Demand.of(one("rate", 9_000))).toCompletableFuture().get();
    int before = Thread.activeCount();
    int most = 0;
    List<CompletableFuture<ReserveResult>> asked = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      asked.add(store.reserveAsync(Demand.of(one("rate", 9_000))).toCompletableFuture());
      most = Math.max(most, Thread.activeCount());
    }
    for (CompletableFuture<ReserveResult> each : asked) {
      assertThat(each.get(20, TimeUnit.SECONDS)).isInstanceOf(Reservation.class);
      most = Math.max(most, Thread.activeCount());
    }
    assertThat(most - before).isLessThanOrEqualTo(8);
    assertThat(used(store, one("rate", 9_000))).isEqualTo(1_001);
  }

  @Test
  void aSynchronousCallInACallbackDoesNotLockItselfOut() throws Exception {
    RedisCounterStore store = store();
    Set<String> threads = ConcurrentHashMap.newKeySet();
    List<CompletableFuture<ReserveResult>> asked = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      asked.add(
          store
              .reserveAsync(Demand.of(one("rate", 900)))
              .thenApply(
                  result -> {
                    threads.add(Thread.currentThread().getName());
                    return store.reserve(Demand.of(one("rate", 900)));
                  })
              .toCompletableFuture());
    }
    for (CompletableFuture<ReserveResult> each : asked) {
      assertThat(each.get(20, TimeUnit.SECONDS)).isInstanceOf(Reservation.class);
    }
    assertThat(threads).allMatch(name -> name.startsWith("alcada-redis") || name.equals("main"));
  }

  @Test
  void beyondTheBoundACallFailsAtOnceAndIsNotSent() throws Exception {
    RedisCounterStore store =
        store(RedisCounterStore.builder(slowly(Duration.ofMillis(300))).maxInFlight(2));
    var first = store.reserveAsync(Demand.of(one("rate", 9))).toCompletableFuture();
    var second = store.reserveAsync(Demand.of(one("rate", 9))).toCompletableFuture();
    assertThatThrownBy(() -> store.reserve(Demand.of(one("rate", 9))))
        .isInstanceOfSatisfying(
            StoreUnavailableException.class,
            failure -> assertThat(failure.mayHaveCounted()).isFalse());
    first.get(20, TimeUnit.SECONDS);
    second.get(20, TimeUnit.SECONDS);
    assertThat(used(store, one("rate", 9))).isEqualTo(2);
    Eventually.until(() -> store.underWay() == 0);
  }

  @Test
  void aClosedStoreFailsAndLeavesTheClientToTheHost() {
    RedisCounterStore store = store();
    store.close();
    assertThatThrownBy(() -> store.reserve(Demand.of(one("rate", 9))))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessage("this store is closed");
    assertThat(redis.ping()).isEqualTo("PONG");
  }

  @Test
  void settingsAreCheckedWhereTheyAreMade() {
    RedisCounterStore.Builder builder = RedisCounterStore.builder(RedisProcess.sharedClient());
    assertThatThrownBy(() -> builder.prefix("a b"))
        .hasMessage(
            "prefix is \"a b\", expected 1 to 64 letters, digits, dots, hyphens and underscores");
    assertThatThrownBy(() -> builder.timeout(Duration.ZERO))
        .hasMessage("timeout is PT0S, expected 1 ms to 1 minute");
    assertThatThrownBy(() -> builder.maxKeysPerCounter(0))
        .hasMessage("maxKeysPerCounter is 0, expected at least 1");
    builder.maxInFlight(3);
    assertThatThrownBy(() -> builder.maxInFlight(3))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("maxInFlight was set before");
  }
}
