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

import dev.alcada.OwnLog;
import dev.alcada.counter.Charge;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.ReserveResult;
import dev.alcada.counter.StoreUnavailableException;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What befalls a server and the way to it: what the caller gets, what is counted, what comes after.
 */
@Timeout(60)
class RedisFaultsTest {
  /** What the documentation names, without what the client itself needs. */
  static final String[] RIGHTS = {
    "eval",
    "evalsha",
    "time",
    "set",
    "del",
    "lrange",
    "lindex",
    "llen",
    "lset",
    "lrem",
    "ltrim",
    "rpush",
    "pexpire",
    "pttl",
    "zadd",
    "zcard",
    "zrem",
    "zrangebyscore"
  };

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final List<AutoCloseable> opened = new ArrayList<>();
  private RedisProcess server;
  private RedisClient client;
  private RedisCommands<String, String> redis;

  private void server(String... options) {
    server = kept(RedisProcess.start(options));
    client = kept(server.client());
    redis = kept(client.connect()).sync();
  }

  @BeforeEach
  void start() {
    server();
  }

  @AfterEach
  void close() throws Exception {
    while (!opened.isEmpty()) {
      opened.remove(opened.size() - 1).close();
    }
  }

  private <T extends AutoCloseable> T kept(T each) {
    opened.add(each);
    return each;
  }

  /** So that no call is late on a machine that does much else. */
  private static RedisCounterStore patiently(RedisClient client) {
    return RedisCounterStore.builder(client).timeout(PATIENCE).build();
  }

  private RedisCounterStore store() {
    return kept(patiently(client));
  }

  private static void unavailable(
      RedisCounterStore store, boolean mayHaveCounted, String message, Charge... charges) {
    assertThatThrownBy(() -> store.reserve(Demand.of(charges)))
        .isInstanceOfSatisfying(
            StoreUnavailableException.class,
            failure -> assertThat(failure.mayHaveCounted()).isEqualTo(mayHaveCounted))
        .hasMessageContaining(message);
  }

  @Test
  void ofTwentyAnswersThatAreLostEachIsCountedOnce() throws Exception {
    Proxy proxy = kept(new Proxy(server.port(), Duration.ZERO));
    RedisClient through = kept(RedisProcess.client(proxy.port()));
    RedisCounterStore store = kept(patiently(through));
    RedisCounterStore direct = store();
    for (int i = 1; i <= 20; i++) {
      proxy.cutBeforeTheNextAnswer();
      unavailable(store, true, "lost", one("rate", 90));
      Eventually.until(() -> used(store, one("rate", 90)) >= 0);
      assertThat(used(direct, one("rate", 90))).isEqualTo(i);
    }
  }

  @Test
  void ofTwentyReleasesWhoseAnswersAreLostEachGivesBackItsOwn() throws Exception {
    Proxy proxy = kept(new Proxy(server.port(), Duration.ZERO));
    RedisClient through = kept(RedisProcess.client(proxy.port()));
    RedisCounterStore store = kept(patiently(through));
    RedisCounterStore direct = store();
    for (int i = 0; i < 90; i++) {
      admitted(direct, one("rate", 200));
    }
    for (int i = 1; i <= 20; i++) {
      Reservation held = admitted(store, one("rate", 200));
      proxy.cutBeforeTheNextAnswer();
      held.settle(Ended.NOT_DONE);
      Eventually.until(() -> used(store, one("rate", 200)) >= 0);
      assertThat(used(direct, one("rate", 200))).isEqualTo(90);
    }
  }

  @Test
  void ofACallWhoseAnswerIsLostEveryKindCountsOnce() throws Exception {
    Proxy proxy = kept(new Proxy(server.port(), Duration.ZERO));
    RedisCounterStore store = kept(patiently(kept(RedisProcess.client(proxy.port()))));
    RedisCounterStore direct = store();
    for (int i = 1; i <= 20; i++) {
      Demand demand =
          Demand.builder()
              .charge(distinct(HOUR, 90, "value " + i))
              .charge(inFlight(90, Duration.ofHours(1)))
              .charge(once("call " + i, HOUR))
              .tried(mark(MINUTE))
              .build();
      proxy.cutBeforeTheNextAnswer();
      assertThatThrownBy(() -> store.reserve(demand)).isInstanceOf(StoreUnavailableException.class);
      Eventually.until(() -> used(store, distinct(HOUR, 90, "x")) >= 0);
      assertThat(used(direct, distinct(HOUR, 90, "x"))).isEqualTo(i);
      assertThat(used(direct, inFlight(90, MINUTE))).isLessThanOrEqualTo(i);
      assertThat(direct.reserve(Demand.of(once("call " + i, HOUR))))
          .isInstanceOfSatisfying(
              Refusal.class,
              refusal -> assertThat(refusal.reason()).isEqualTo(Refusal.Reason.DUPLICATE));
      assertThat(isThere(direct, mark(MINUTE))).isTrue();
    }
  }

  @Test
  void ofEndsWhoseAnswersAreLostEachIsDoneOnce() throws Exception {
    Proxy proxy = kept(new Proxy(server.port(), Duration.ZERO));
    RedisCounterStore store = kept(patiently(kept(RedisProcess.client(proxy.port()))));
    RedisCounterStore direct = store();
    for (int i = 1; i <= 20; i++) {
      Reservation stays = reserved(direct, Demand.of(inFlight(90, MINUTE)));
      Reservation held = reserved(store, everything(done()));
      proxy.cutBeforeTheNextAnswer();
      held.settle(Ended.NOT_DONE);
      Eventually.until(() -> used(store, one("rate", 90)) >= 0);
      assertThat(used(direct, inFlight(90, MINUTE))).isEqualTo(1);
      assertThat(isThere(direct, mark(MINUTE))).isFalse();
      stays.settle(Ended.DONE);
    }
  }

  @Test
  void whatIsAskedWhileTheServerIsDownFailsAtOnceAndIsNeverDone() throws Exception {
    RedisCounterStore store = store();
    admitted(store, one("rate", 9_000));
    server.kill();
    Eventually.until(() -> fails(store, "not connected"));
    List<CompletableFuture<ReserveResult>> asked = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      asked.add(store.reserveAsync(Demand.of(one("rate", 9_000))).toCompletableFuture());
    }
    for (CompletableFuture<ReserveResult> each : asked) {
      assertThatThrownBy(() -> each.get(20, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(StoreUnavailableException.class);
    }
    assertThat(store.underWay()).isZero();

    kept(server.again());
    Eventually.until(() -> used(store, one("rate", 9_000)) >= 0);
    // Nothing was kept on disk, and of a thousand calls nothing was sent.
    assertThat(used(store, one("rate", 9_000))).isZero();
    admitted(store, one("rate", 9_000));
    assertThat(used(store, one("rate", 9_000))).isEqualTo(1);
  }

  private static boolean fails(RedisCounterStore store, String message) {
    try {
      store.look(Demand.of(one("rate", 9_000)));
      return false;
    } catch (StoreUnavailableException e) {
      return String.valueOf(e.getMessage()).contains(message);
    }
  }

  @Test
  void aServerThatIsBackIsFoundHoweverLongTheClientWouldWait() {
    ClientResources patient =
        ClientResources.builder().reconnectDelay(Delay.constant(Duration.ofHours(1))).build();
    opened.add(() -> patient.shutdown().get());
    RedisClient waiting =
        kept(RedisClient.create(patient, RedisURI.create("127.0.0.1", server.port())));
    RedisCounterStore store = kept(patiently(waiting));
    for (int round = 0; round < 2; round++) {
      admitted(store, one("rate", 90));
      server.kill();
      Eventually.until(() -> fails(store, "not connected"));
      server = kept(server.again());
      Eventually.until(() -> used(store, one("rate", 90)) == 0);
    }
    assertThat(Thread.getAllStackTraces().keySet())
        .filteredOn(thread -> thread.getName().equals("alcada-redis-connect"))
        .hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void whatAPausedServerIsAskedFailsInTimeAndIsCountedOnce() throws Exception {
    RedisCounterStore store = store();
    RedisCounterStore hasty =
        kept(RedisCounterStore.builder(client).timeout(Duration.ofMillis(250)).build());
    admitted(store, one("rate", 90));
    server.pause();
    try {
      for (int i = 0; i < 3; i++) {
        unavailable(hasty, true, "in time", one("rate", 90));
      }
    } finally {
      server.goOn();
    }
    Eventually.until(() -> used(store, one("rate", 90)) == 4);
    admitted(store, one("rate", 90));
    assertThat(used(store, one("rate", 90))).isEqualTo(5);
  }

  @Test
  void aCallThatWasDeniedForAPausedServerDoesNotRunWhenThatGoesOn() throws Exception {
    RedisCounterStore store = store();
    RedisCounterStore hasty =
        kept(RedisCounterStore.builder(client).timeout(Duration.ofMillis(250)).build());
    server.pause();
    try {
      assertThatThrownBy(() -> hasty.reserve(everything(done())))
          .isInstanceOf(StoreUnavailableException.class);
    } finally {
      server.goOn();
    }
    Eventually.until(() -> redis.keys("*:r:*").size() == 1);
    assertThat(used(store, one("rate", 90))).isEqualTo(1);
    assertThat(used(store, inFlight(90, MINUTE))).isZero();
    assertThat(isThere(store, mark(MINUTE))).isTrue();
    assertThat(redis.keys("*:c:*"))
        .filteredOn(key -> redis.type(key).equals("list"))
        .allMatch(key -> redis.pttl(key) > 0);
  }

  @Test
  void whatWasAcknowledgedIsThereAfterAKillWhereTheServerWritesItDown() {
    close(server);
    server("--appendonly", "yes", "--appendfsync", "always");
    RedisCounterStore store = store();
    for (int i = 0; i < 50; i++) {
      admitted(store, one("rate", 90), amount("day", day(), "a", 90, 1));
    }
    kept(server.again());
    Eventually.until(() -> used(store, one("rate", 90)) == 50);
    assertThat(used(store, amount("day", day(), "a", 90, 1))).isEqualTo(50);
  }

  private static void close(RedisProcess server) {
    server.close();
  }

  @Test
  void aServerWithoutMemoryRefusesAndCountsNoPart() {
    RedisCounterStore store = store();
    admitted(store, one("a", 90), one("b", 90), one("c", 90));
    redis.configSet("maxmemory", "1");
    for (int i = 0; i < 100; i++) {
      unavailable(store, false, "OOM", one("a", 90), one("b", 90), one("c", 90));
      assertThatThrownBy(() -> store.reserve(everything(done()))).hasMessageContaining("OOM");
    }
    assertThat(redis.keys("*:[sr]:*")).hasSize(1);
    redis.configSet("maxmemory", "0");
    assertThat(isThere(store, done())).isFalse();
    for (String counter : List.of("a", "b", "c")) {
      assertThat(used(store, one(counter, 90))).isEqualTo(1);
    }
    admitted(store, one("a", 90), one("b", 90), one("c", 90));
  }

  /** So that what runs leaves, and a mark lasts no longer than it says. */
  @Test
  void aServerWithoutMemoryIsStillToldHowACallHasEnded() {
    RedisCounterStore store = store();
    Reservation done = reserved(store, everything(done()));
    Reservation unknown = reserved(store, tries(mark(MINUTE)));
    redis.configSet("maxmemory", "1");
    done.settle(Ended.DONE, List.of(done()));
    unknown.settle(Ended.UNKNOWN);
    assertThat(isThere(store, done())).isTrue();
    assertThat(used(store, inFlight(90, MINUTE))).isZero();
    assertThat(store.settleLate(String.valueOf(unknown.id()), Ended.NOT_DONE)).isTrue();
    assertThat(store.takeBack(mark(MINUTE).key())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"volatile-lru", "allkeys-lru", "volatile-ttl", "allkeys-random"})
  void aServerThatEvictsLiveCountersIsRefusedUnlessThatIsAllowed(String policy) {
    redis.configSet("maxmemory-policy", policy);
    assertThatThrownBy(() -> patiently(client))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "Redis's maxmemory-policy is "
                + policy
                + ", by which it deletes live counters: set it to noeviction, or allowEviction() if"
                + " limits may be forgotten when memory runs out");
    assertThatThrownBy(() -> RedisApprovalStore.builder(client).build())
        .isInstanceOf(IllegalStateException.class);
    admitted(
        kept(RedisCounterStore.builder(client).timeout(PATIENCE).allowEviction().build()),
        one("rate", 9));
  }

  @Test
  @SuppressWarnings("FutureReturnValueIgnored") // it never ends
  void aServerThatIsBusyWithAnotherScriptRefusesAndCountsNothing() throws Exception {
    RedisCounterStore store = store();
    redis.configSet("lua-time-limit", "5");
    RedisClient other = kept(server.client());
    other.connect().async().eval("while true do end", ScriptOutputType.VALUE);
    Eventually.until(() -> answers("BUSY"));
    unavailable(store, false, "BUSY", one("rate", 90));
    redis.scriptKill();
    Eventually.until(() -> used(store, one("rate", 90)) == 0);
    admitted(store, one("rate", 90));
  }

  private boolean answers(String error) {
    try {
      redis.ping();
      return false;
    } catch (RedisCommandExecutionException e) {
      return String.valueOf(e.getMessage()).contains(error);
    }
  }

  @Test
  void aReadOnlyReplicaRefusesAndCountsNothing() {
    RedisCounterStore store = store();
    admitted(store, one("rate", 90));
    redis.replicaof("127.0.0.1", 1);
    assertThatThrownBy(() -> store.reserve(Demand.of(one("rate", 90), one("other", 90))))
        .isInstanceOf(StoreUnavailableException.class);
    assertThat(used(store, one("rate", 90))).isEqualTo(1);
    redis.replicaofNoOne();
    assertThat(used(store, one("other", 90))).isZero();
    admitted(store, one("rate", 90), one("other", 90));
  }

  @Test
  void whatIsDeletedOnTheServerIsForgottenAndNothingElseBreaks() {
    RedisCounterStore store = store();
    Reservation held = admitted(store, one("rate", 1), amount("day", day(), "a", 1, 1));
    redis.flushall();
    held.cancel();
    admitted(store, one("rate", 1), amount("day", day(), "a", 1, 1));
    assertThat(used(store, one("rate", 1))).isEqualTo(1);
  }

  @Test
  void aUserWithTheseRightsAloneIsEnough() {
    RedisCounterStore store = kept(patiently(user("")));
    Reservation held = admitted(store, one("rate", 9), amount("day", day(), "a", 9, 1));
    held.cancel();
    assertThat(used(store, one("rate", 9))).isZero();
    for (Ended ended : Ended.values()) {
      Reservation call = reserved(store, everything(done()));
      store.reserve(everything(done()));
      call.settle(ended, List.of(done()));
      store.settleLate(String.valueOf(call.id()), Ended.NOT_DONE);
      assertThat(store.takeBack(done().key())).isEqualTo(ended == Ended.DONE);
      assertThat(store.takeBack(once("ssn 078-05-1120", HOUR).key()))
          .isEqualTo(ended == Ended.DONE);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "eval",
        "evalsha",
        "time",
        "set",
        "del",
        "lrange",
        "lindex",
        "llen",
        "lset",
        "lrem",
        "ltrim",
        "rpush",
        "pexpire",
        "zadd",
        "zcard",
        "zrem",
        "zrangebyscore"
      })
  void aUserWhoLacksOneRightIsToldAtTheStartAndNothingIsHalfWritten(String missing) {
    RedisClient lacking = user(missing);
    assertThatThrownBy(() -> RedisCounterStore.builder(lacking).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("may not run")
        .message()
        .containsIgnoringCase(missing);
    assertThat(redis.keys("*:c:*")).isEmpty();
  }

  @Test
  void whereNobodyMayAskWhetherKeysAreEvictedThatIsLogged() throws Throwable {
    RedisClient curious = user("info");
    List<String> log = OwnLog.of(() -> admitted(kept(patiently(curious)), one("a", 9)));
    assertThat(log).anyMatch(line -> line.contains("its maxmemory-policy must be noeviction"));
  }

  @Test
  void aUserWhoMayNotUseTheKeysIsToldAtTheStart() {
    redis.aclSetuser(
        "app", new io.lettuce.core.AclSetuserArgs().on().nopass().allCommands().keyPattern("x:*"));
    assertThatThrownBy(() -> RedisCounterStore.builder(asApp()).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("may not run");
  }

  /** {@return a client of a user who has the rights that the documentation names, but for one} */
  private RedisClient user(String without) {
    CommandArgs<String, String> rules =
        new CommandArgs<>(StringCodec.UTF8).add("SETUSER").add("app").add("reset");
    rules.add("on").add("nopass").add("~{alcada}:*");
    for (String ofTheClient : List.of("hello", "ping", "client", "info")) {
      if (!ofTheClient.equals(without)) {
        rules.add("+" + ofTheClient);
      }
    }
    for (String right : RIGHTS) {
      if (!right.equals(without)) {
        rules.add("+" + right);
      }
    }
    redis.dispatch(CommandType.ACL, new StatusOutput<>(StringCodec.UTF8), rules);
    return asApp();
  }

  private RedisClient asApp() {
    return kept(
        RedisClient.create(
            RedisURI.builder()
                .withHost("127.0.0.1")
                .withPort(server.port())
                .withAuthentication("app", "any")
                .build()));
  }
}
