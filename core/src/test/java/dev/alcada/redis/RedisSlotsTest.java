package dev.alcada.redis;

import static dev.alcada.redis.Charges.MINUTE;
import static dev.alcada.redis.Charges.admitted;
import static dev.alcada.redis.Charges.amount;
import static dev.alcada.redis.Charges.day;
import static dev.alcada.redis.Charges.used;
import static dev.alcada.redis.Kinds.HOUR;
import static dev.alcada.redis.Kinds.isThere;
import static dev.alcada.redis.Kinds.reserved;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Refusal.Reason;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.ReserveResult;
import dev.alcada.counter.StoreUnavailableException;
import dev.alcada.counter.Usage;
import dev.alcada.time.TimeSource;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A slot for each grant: what it spreads, and calls that need several slots. */
@Timeout(120)
class RedisSlotsTest {
  private static final int SECOND_TO_RESERVE = 4; // both are looked at first

  private final String prefix = RedisProcess.freshPrefix();
  private final Slots slots = new Slots(new Keys(prefix));
  private final List<AutoCloseable> opened = new ArrayList<>();

  /** Two grants of different nodes, in the order in which their slots are asked. */
  private final String first = grants().toList().get(0);

  private final String second =
      grants().filter(grant -> node(grant) != node(first)).toList().get(0);

  private RedisCounterStore store() {
    return store(builder(RedisCluster.sharedClient()));
  }

  private RedisCounterStore store(RedisCounterStore.Builder builder) {
    RedisCounterStore store = builder.build();
    opened.add(store);
    return store;
  }

  private RedisCounterStore.Builder builder(RedisClusterClient client) {
    return RedisCounterStore.builder(client)
        .prefix(prefix)
        .timeout(Duration.ofSeconds(20))
        .slotPerGrant();
  }

  @AfterEach
  void close() throws Exception {
    while (!opened.isEmpty()) {
      opened.remove(opened.size() - 1).close();
    }
  }

  private Stream<String> grants() {
    return IntStream.range(0, 30)
        .mapToObj(i -> "agent-" + i)
        .sorted(Comparator.comparing(grant -> slots.of(rate(grant, 1).key()).slot()));
  }

  private int node(String grant) {
    return RedisCluster.shared().nodeOf(slots.of(rate(grant, 1).key()));
  }

  private static Charge.Amount rate(String grant, long max) {
    return amount("rate", HOUR, grant, max, 1);
  }

  private static Charge.Amount global(long max) {
    CounterId id = CounterId.of("limits", "all", "global", HOUR);
    return new Charge.Amount(new CounterKey(id, "", null), max, 1, 9, true);
  }

  private static Charge.InFlight inFlight(String grant, long max) {
    CounterId id = CounterId.inFlight("limits", "exports", "grant");
    return new Charge.InFlight(new CounterKey(id, grant, null), max, 1, 9, MINUTE);
  }

  private static Charge.Distinct distinct(String grant, String... values) {
    CounterId id = CounterId.distinct("limits", "recipients", "grant", HOUR);
    return new Charge.Distinct(new CounterKey(id, grant, null), 9, List.of(values));
  }

  private static Charge.Once once(String grant) {
    CounterKey key = new CounterKey(CounterId.once("once", "pay"), grant, "call");
    return new Charge.Once(key.ownedBy(grant), HOUR, MINUTE);
  }

  private static Mark mark(String grant) {
    CounterId id = CounterId.mark("marks", "private_data", "grant");
    return new Mark(new CounterKey(id, grant, null), MINUTE);
  }

  /** One of every kind, in the slot of a grant. */
  private static Demand.Builder everything(String grant) {
    return Demand.builder()
        .charge(rate(grant, 90))
        .charge(amount("day", day(), grant, 90, 1))
        .charge(distinct(grant, "ana@example.com", "bob@example.com"))
        .charge(inFlight(grant, 90))
        .charge(once(grant))
        .tried(mark(grant));
  }

  private void nothingOf(String grant, RedisCounterStore store) {
    Demand.Builder demand = everything(grant).reads(mark(grant).key(), false);
    assertThat(store.look(demand.build()).refusal()).isNull();
    assertThat(store.look(demand.build()).usage()).extracting(Usage::used).containsOnly(0L);
    assertThat(keysOf(grant).filter(key -> !key.contains(":r:"))).isEmpty();
  }

  private Stream<String> keysOf(String grant) {
    String slot = slots.of(rate(grant, 1).key()).slot();
    return keys().filter(key -> key.startsWith("{" + prefix + "/" + slot + "}"));
  }

  private static Stream<String> keys() {
    return RedisCluster.shared().nodes().stream().flatMap(node -> keys(node).stream());
  }

  private static List<String> keys(RedisProcess node) {
    try (StatefulRedisConnection<String, String> connection = node.connect()) {
      return connection.sync().keys("*");
    }
  }

  /** Real time, and what happens when a store is about to use it for so many times more. */
  private static final class Interposed implements TimeSource {
    private final AtomicInteger left = new AtomicInteger();
    private volatile Runnable event = () -> {};

    /** As the {@code number}-th script from now, from 1, is put together. */
    void before(int number, Runnable happens) {
      event = happens;
      left.set(2 * number - 1);
    }

    @Override
    public long nanoTime() {
      return System.nanoTime();
    }

    @Override
    public Instant instant() {
      if (left.getAndDecrement() == 1) {
        event.run();
      }
      return Instant.now();
    }
  }

  /** A store that events can be put between the scripts of, on a client of its own. */
  private RedisCounterStore store(RedisCluster cluster, Duration timeout, Interposed clock) {
    RedisClusterClient client = cluster.client();
    opened.add(client);
    return store(
        RedisCounterStore.builder(client)
            .prefix(prefix)
            .timeout(timeout)
            .slotPerGrant()
            .clock(clock));
  }

  private static long commands() {
    long all = 0;
    for (RedisProcess node : RedisCluster.shared().nodes()) {
      try (StatefulRedisConnection<String, String> connection = node.connect()) {
        all +=
            connection
                .sync()
                .info("commandstats")
                .lines()
                .filter(line -> line.startsWith("cmdstat_evalsha:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^=]*=(\\d+).*", "$1")))
                .sum();
      }
    }
    return all;
  }

  @Test
  void whatLiesInTheSlotOfOneGrantIsOneCommand() {
    RedisCounterStore store = store();
    long before = commands();
    Reservation held = reserved(store, everything(first).reads(mark("other").key(), null).build());
    assertThat(commands() - before).as("the mark of another is looked at too").isGreaterThan(1);
    held.cancel();
    before = commands();
    reserved(store, everything(first).reads(mark(first).key(), false).build());
    assertThat(commands() - before).isEqualTo(1);
  }

  @Test
  void grantsAreSpreadOverAllNodes() {
    RedisCounterStore store = store();
    grants().forEach(grant -> admitted(store, rate(grant, 1)));
    for (RedisProcess node : RedisCluster.shared().nodes()) {
      assertThat(keys(node)).anyMatch(key -> key.startsWith("{" + prefix + "/"));
    }
    grants()
        .forEach(
            grant ->
                assertThat(store().reserve(Demand.of(rate(grant, 1)))).isInstanceOf(Refusal.class));
  }

  @Test
  void whatIsToldOfSeveralSlotsIsInTheOrderOfTheCall() {
    RedisCounterStore store = store();
    admitted(store, rate(second, 9));
    admitted(store, rate(second, 9), global(9));
    Charge[] charges = {rate(first, 9), rate(second, 9), global(9), inFlight(second, 9)};
    assertThat(store.look(Demand.of(charges)).usage())
        .extracting(Usage::used)
        .containsExactly(0L, 2L, 1L, 0L);
    Reservation call = admitted(store, charges);
    assertThat(call.usage()).extracting(Usage::used).containsExactly(0L, 2L, 1L, 0L);
    assertThat(store.reserve(Demand.of(rate(first, 9), global(2), inFlight(second, 1))))
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> {
              assertThat(refusal.index()).isEqualTo(1);
              assertThat(refusal.retryAfter()).as("nobody knows when a call ends").isNull();
            });
    Demand twice = Demand.of(rate(second, 2), once(first));
    admitted(store, once(first));
    assertThat(store.reserve(twice))
        .as("a duplicate comes before a lack of room")
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> {
              assertThat(refusal.reason()).isEqualTo(Reason.DUPLICATE);
              assertThat(refusal.index()).isEqualTo(1);
            });
  }

  @Test
  void theSameKeyTwiceIsAMistakeWhoeverItIsSaidToBe() {
    RedisCounterStore store = store();
    CounterKey key = new CounterKey(CounterId.of("limits", "n", "args.to", HOUR), "a", null);
    List<Charge> charges =
        List.of(
            new Charge.Amount(key, 9, 1, 9, true),
            new Charge.Amount(key.ownedBy("a"), 9, 1, 9, true));
    assertThatThrownBy(() -> store.reserve(Demand.of(charges)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aCallThatOneSlotRefusesHasWrittenNothingInAnother() {
    RedisCounterStore store = store();
    for (List<String> order : List.of(List.of(first, second), List.of(second, first))) {
      admitted(store, amount("full", HOUR, order.get(1), 1, 1));
      Demand demand =
          everything(order.get(0)).charge(amount("full", HOUR, order.get(1), 1, 1)).build();
      assertThat(store.reserve(demand))
          .isInstanceOfSatisfying(
              Refusal.class, refusal -> assertThat(refusal.index()).isEqualTo(5));
      if (order.get(0).equals(first)) {
        assertThat(keysOf(first)).isEmpty();
      }
      assertThat(used(store, rate(order.get(0), 9))).isZero();
    }
  }

  @Test
  void whereAnotherCallWasFasterInTheSecondSlotAllOfTheFirstIsGivenBack() {
    Interposed clock = new Interposed();
    RedisCounterStore store = store(RedisCluster.shared(), Duration.ofSeconds(20), clock);
    RedisCounterStore other = store();
    clock.before(SECOND_TO_RESERVE, () -> admitted(other, rate(second, 1)));
    ReserveResult result = store.reserve(everything(first).charge(rate(second, 1)).build());
    assertThat(result)
        .isInstanceOfSatisfying(
            Refusal.class,
            refusal -> {
              assertThat(refusal.index()).isEqualTo(5);
              assertThat(refusal.reason()).isEqualTo(Reason.EXHAUSTED);
              assertThat(refusal.retryAfter()).isBetween(MINUTE, Duration.ofHours(1));
            });
    nothingOf(first, other);
    assertThat(used(other, rate(second, 9))).isEqualTo(1);
  }

  @Test
  void aNodeThatIsKilledBetweenTwoSlotsDeniesTheCallAndNothingStaysReserved() {
    try (RedisCluster cluster = RedisCluster.start()) {
      Interposed clock = new Interposed();
      RedisCounterStore store = store(cluster, Duration.ofSeconds(5), clock);
      clock.before(SECOND_TO_RESERVE, () -> cluster.nodes().get(node(second)).kill());
      assertThatThrownBy(() -> store.reserve(everything(first).charge(rate(second, 1)).build()))
          .isInstanceOf(StoreUnavailableException.class);
      Demand again = everything(first).reads(mark(first).key(), false).build();
      // Of the node's several connections one may be lost after another, and what is asked with it.
      Eventually.until(() -> store.look(again).refusal() == null);
      Eventually.until(() -> store.look(again).usage().stream().allMatch(one -> one.used() == 0));
    }
  }

  @Test
  void aSlotThatDoesNotAnswerDeniesTheCallBeforeAnythingIsReserved() throws Exception {
    try (RedisCluster cluster = RedisCluster.start()) {
      RedisCounterStore store = store(cluster, Duration.ofSeconds(5), new Interposed());
      cluster.nodes().get(node(second)).pause();
      assertThatThrownBy(() -> store.reserve(Demand.of(rate(first, 9), rate(second, 9))))
          .isInstanceOf(StoreUnavailableException.class);
      assertThat(used(store, rate(first, 9))).isZero();
      cluster.nodes().get(node(second)).goOn();
      Eventually.until(() -> used(store, rate(second, 9)) == 0);
    }
  }

  @Test
  void eightThreadsAreNeverOverWhileSomeOfTheirCallsAreCancelled() throws Exception {
    RedisCounterStore store = store();
    List<String> grants = List.of(first, second, "agent-x");
    int ofGrant = 25;
    int ofAll = 60;
    List<AtomicInteger> held = grants.stream().map(grant -> new AtomicInteger()).toList();
    AtomicInteger inAll = new AtomicInteger();
    AtomicInteger over = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<Future<List<Reservation>>> running = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Random random = new Random(i);
      running.add(
          threads.submit(
              () -> {
                List<Reservation> kept = new ArrayList<>();
                for (int call = 0; call < 60; call++) {
                  int grant = random.nextInt(grants.size());
                  Charge[] charges = {
                    global(ofAll), rate(grants.get(grant), ofGrant), inFlight(second, ofAll)
                  };
                  if (!(store.reserve(Demand.of(charges)) instanceof Reservation reservation)) {
                    refused.incrementAndGet();
                    continue;
                  }
                  boolean fits =
                      held.get(grant).incrementAndGet() <= ofGrant
                          && inAll.incrementAndGet() <= ofAll;
                  over.addAndGet(fits ? 0 : 1);
                  if (random.nextInt(3) > 0) {
                    held.get(grant).decrementAndGet();
                    inAll.decrementAndGet();
                    reservation.cancel();
                  } else {
                    kept.add(reservation);
                  }
                }
                return kept;
              }));
    }
    List<Reservation> kept = new ArrayList<>();
    for (Future<List<Reservation>> each : running) {
      kept.addAll(each.get());
    }
    threads.shutdown();
    assertThat(over).hasValue(0);
    assertThat(refused.get()).isPositive();
    assertThat(kept).hasSize(inAll.get()).hasSizeGreaterThan(ofAll / 2);
    assertThat(used(store, global(ofAll))).isEqualTo(inAll.get());
    assertThat(used(store, inFlight(second, ofAll))).isEqualTo(inAll.get());
    for (int i = 0; i < grants.size(); i++) {
      assertThat(used(store, rate(grants.get(i), ofGrant))).isEqualTo(held.get(i).get());
    }
    kept.forEach(Reservation::cancel);
    assertThat(used(store, global(ofAll)) + used(store, inFlight(second, ofAll))).isZero();
  }

  /** Each reads what the other leaves, in another slot than that in which it leaves its own. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void ofTwoCallsThatChangeWhatTheOtherIsJudgedByOneIsAdmitted(boolean readsFirst) {
    Interposed clock = new Interposed();
    RedisCounterStore store = store(RedisCluster.shared(), Duration.ofSeconds(20), clock);
    RedisCounterStore other = store();
    Mark one = mark(readsFirst ? first : second);
    Mark two = mark(readsFirst ? second : first);
    List<ReserveResult> results = new ArrayList<>();
    clock.before(
        SECOND_TO_RESERVE,
        () ->
            results.add(
                other.reserve(Demand.builder().reads(two.key(), false).tried(one).build())));
    results.add(store.reserve(Demand.builder().reads(one.key(), false).tried(two).build()));
    assertThat(results).hasSize(2).filteredOn(Reservation.class::isInstance).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void marksThatDecideInSeveralSlotsAreReadAgainWhenAllIsReserved(boolean firstSlot) {
    Interposed clock = new Interposed();
    RedisCounterStore store = store(RedisCluster.shared(), Duration.ofSeconds(20), clock);
    RedisCounterStore other = store();
    Demand demand =
        Demand.builder()
            .charge(global(9))
            .reads(mark(first).key(), false)
            .reads(mark(second).key(), false)
            .tried(mark(first))
            .tried(mark(second))
            .build();
    // Three slots are looked at, and the last of them is reserved.
    Mark changed = mark(firstSlot ? first : second);
    clock.before(
        6, () -> reserved(other, Demand.builder().tried(changed).build()).settle(Ended.DONE));
    assertThat(store.reserve(demand))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.reason()).isEqualTo(Reason.MARKS_CHANGED));
    assertThat(used(store, global(9))).isZero();
    assertThat(isThere(store, mark(firstSlot ? second : first))).isFalse();
    assertThat(store.takeBack(changed.key())).isTrue();
    Reservation call = reserved(store, demand);
    assertThat(isThere(store, mark(first))).as("its own does not keep it out").isTrue();
    call.cancel();
    assertThat(isThere(store, mark(first)) || isThere(store, mark(second))).isFalse();
  }

  @Test
  void whatACallHoldsInSeveralSlotsIsSettledByAnotherProcessAndThenByNobody() {
    RedisCounterStore store = store();
    Mark elsewhere = mark("agent-x");
    Reservation call =
        reserved(
            store,
            everything(first).charge(rate(second, 9)).charge(global(9)).done(elsewhere).build());
    String id = String.valueOf(call.id());
    assertThat(store().settleLate(id + "x", Ended.NOT_DONE)).isFalse();
    assertThat(store().settleLate("of another store", Ended.NOT_DONE)).isFalse();
    assertThat(store().settleLate(id, Ended.NOT_DONE)).isTrue();
    assertThat(store().settleLate(id, Ended.NOT_DONE)).isFalse();
    assertThat(used(store, rate(first, 9)) + used(store, rate(second, 9))).isZero();
    assertThat(used(store, global(9)) + used(store, inFlight(first, 9))).isZero();
    call.settle(Ended.DONE, List.of(elsewhere));
    assertThat(isThere(store, elsewhere)).isFalse();
    assertThat(isThere(store, mark(first))).isFalse();
  }

  /** What stays counted in a slot without a record, since it was an attempt, stays so. */
  @Test
  void aLateWordIsTheLastInEachSlot() {
    RedisCounterStore store = store();
    Charge attempt = new Charge.Amount(rate(second, 9).key(), 9, 1, 9, false);
    Reservation call = admitted(store, inFlight(first, 9), attempt);
    assertThat(store().settleLate(String.valueOf(call.id()), Ended.NOT_DONE)).isTrue();
    call.cancel();
    assertThat(used(store, inFlight(first, 9))).isZero();
    assertThat(used(store, attempt)).isEqualTo(1);
  }

  @Test
  void theEndOfACallLeavesItsMarksWhereverTheyLie() {
    RedisCounterStore store = store();
    Mark elsewhere = mark("agent-x");
    Demand demand =
        Demand.builder().charge(rate(first, 9)).tried(mark(second)).done(elsewhere).build();
    Reservation call = reserved(store, demand);
    call.settle(Ended.DONE, List.of(elsewhere));
    call.cancel();
    assertThat(isThere(store, elsewhere)).isTrue();
    assertThat(isThere(store, mark(second))).isTrue();
    assertThat(used(store, rate(first, 9))).isEqualTo(1);
  }

  /** By the grant and something else: it is the grant that it counts by first. */
  @Test
  void whatAGrantsCallsHaveChosenIsTakenBackWithoutSayingWhoseItIs() {
    RedisCounterStore store = store();
    CounterId id = CounterId.mark("marks", "read", "[\"args.file\",\"grant\"]");
    CounterKey key = new CounterKey(id, first, "a.txt");
    Mark mark = new Mark(key.ownedBy(first), MINUTE);
    reserved(store, Demand.builder().tried(mark).charge(rate(first, 9)).build());
    assertThat(store.takeBack(key)).isTrue();
    assertThat(store.takeBack(key)).isFalse();
    assertThat(isThere(store, mark)).isFalse();
  }

  @Test
  void theBoundOfKeysThatCallsMakeUpHoldsInAllSlots() {
    RedisCounterStore store =
        store(builder(RedisCluster.sharedClient()).maxKeysPerCounter(3).maxKeysPerGrant(2));
    CounterId id = CounterId.of("limits", "to", "args.to", HOUR);
    CounterId ofGrants = CounterId.of("limits", "own", "[\"args.to\",\"grant\"]", HOUR);
    for (int i = 0; i < 9; i++) {
      CounterKey value = new CounterKey(id, "value " + i, null);
      CounterKey owned = new CounterKey(ofGrants, first, "value " + i).ownedBy(first);
      assertThat(store.reserve(Demand.of(new Charge.Amount(value, 9, 1, 9, true))))
          .isInstanceOf(i < 3 ? Reservation.class : Refusal.class);
      assertThat(store.reserve(Demand.of(new Charge.Amount(owned, 9, 1, 9, true))))
          .isInstanceOf(i < 2 ? Reservation.class : Refusal.class);
    }
  }

  @Test
  void aCallMayNeedHundredsOfSlots() {
    RedisCounterStore store = store();
    List<Charge> charges = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      charges.add(rate("of " + i, i == 290 ? 1 : 2));
    }
    assertThat(store.reserve(Demand.of(charges))).isInstanceOf(Reservation.class);
    assertThat(store.reserve(Demand.of(charges)))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.index()).isEqualTo(290));
  }

  @Test
  void aUserWithTheseRightsAloneIsEnough() {
    for (RedisProcess node : RedisCluster.shared().nodes()) {
      try (StatefulRedisConnection<String, String> connection = node.connect()) {
        connection.sync().aclSetuser("app", rights(prefix));
      }
    }
    RedisClusterClient client =
        RedisClusterClient.create(
            RedisURI.builder()
                .withHost("127.0.0.1")
                .withPort(RedisCluster.shared().nodes().get(0).port())
                .withAuthentication("app", "secret")
                .build());
    opened.add(client);
    RedisCounterStore store = store(builder(client));
    Reservation call =
        reserved(
            store, everything(first).charge(global(9)).reads(mark(second).key(), false).build());
    assertThat(store.settleLate(String.valueOf(call.id()), Ended.NOT_DONE)).isTrue();
    assertThat(store.takeBack(mark(second).key())).isFalse();
    assertThat(used(store, global(9))).isZero();
  }

  private static AclSetuserArgs rights(String prefix) {
    AclSetuserArgs rights =
        AclSetuserArgs.Builder.on().addPassword("secret").keyPattern("{" + prefix + "/*");
    Stream.concat(
            Stream.of("hello", "ping", "client", "cluster", "info"),
            Stream.of(RedisFaultsTest.RIGHTS))
        .map(right -> CommandType.valueOf(right.toUpperCase(Locale.ROOT)))
        .forEach(rights::addCommand);
    return rights;
  }

  @Test
  void aServerAloneHasNoSlots() {
    RedisCounterStore.Builder builder = RedisCounterStore.builder(RedisProcess.sharedClient());
    assertThatThrownBy(builder::slotPerGrant)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("RedisClusterClient");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void eachNodeIsLookedAtBeforeAnythingIsCounted(int node) {
    RedisProcess evicts = RedisCluster.shared().nodes().get(node);
    try (StatefulRedisConnection<String, String> connection = evicts.connect()) {
      connection.sync().configSet("maxmemory-policy", "allkeys-lru");
      try {
        assertThatThrownBy(this::store).hasMessageContaining("allkeys-lru");
      } finally {
        connection.sync().configSet("maxmemory-policy", "noeviction");
      }
    }
  }
}
