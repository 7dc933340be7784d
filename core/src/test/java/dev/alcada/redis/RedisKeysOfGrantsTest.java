package dev.alcada.redis;

import static dev.alcada.redis.Charges.MINUTE;
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
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How many keys a grant's own calls may choose, so that it closes no counter to others. */
@Timeout(60)
class RedisKeysOfGrantsTest {
  private static final CounterId READ = CounterId.mark("marks", "read", "args.file");

  private final ManualTime time = new ManualTime();
  private final String prefix = RedisProcess.freshPrefix();
  private final StatefulRedisConnection<String, String> connection =
      RedisProcess.sharedClient().connect();
  private final RedisCommands<String, String> redis = connection.sync();
  private RedisCounterStore store = store(3);

  private RedisCounterStore store(int ofGrant) {
    return RedisCounterStore.builder(RedisProcess.sharedClient())
        .prefix(prefix)
        .clock(time)
        .timeout(Duration.ofSeconds(20))
        .maxKeysPerGrant(ofGrant)
        .build();
  }

  @AfterEach
  void close() {
    store.close();
    connection.close();
  }

  private void bound(int ofGrant) {
    store.close();
    store = store(ofGrant);
  }

  /** A kind of counter, and what a call charges there that leaves a trace for a minute. */
  enum OfKind {
    SLIDING {
      @Override
      Charge charge(String name, String grant, String value) {
        return amount(new Window.Sliding(MINUTE), name, grant, value);
      }
    },
    CALENDAR {
      @Override
      Charge charge(String name, String grant, String value) {
        return amount(new Window.Calendar(MINUTE, ZoneOffset.UTC), name, grant, value);
      }
    },
    DISTINCT {
      @Override
      Charge charge(String name, String grant, String value) {
        CounterId id = CounterId.distinct("limits", name, "args.to", new Window.Sliding(MINUTE));
        return new Charge.Distinct(key(id, grant, value), 9, List.of("v"));
      }
    },
    IN_FLIGHT {
      @Override
      Charge charge(String name, String grant, String value) {
        CounterId id = CounterId.inFlight("limits", name, "args.to");
        return new Charge.InFlight(key(id, grant, value), 9, 1, 9, MINUTE);
      }
    },
    ONCE {
      @Override
      Charge charge(String name, String grant, String value) {
        CounterKey key = key(CounterId.once("limits", name), grant, value);
        return new Charge.Once(key, new Window.Sliding(MINUTE), MINUTE);
      }
    };

    abstract Charge charge(String name, String grant, String value);

    static Charge amount(Window window, String name, String grant, String value) {
      CounterId id = CounterId.of("limits", name, "args.to", window);
      return new Charge.Amount(key(id, grant, value), 9, 1, 9, true);
    }
  }

  private static CounterKey key(CounterId id, String grant, String value) {
    return new CounterKey(id, grant, value).ownedBy(grant);
  }

  private static Charge charge(String name, String grant, String value) {
    return OfKind.SLIDING.charge(name, grant, value);
  }

  private static Demand mark(String grant, String file) {
    return Demand.builder().tried(new Mark(key(READ, grant, file), MINUTE)).build();
  }

  private boolean admits(Demand demand) {
    Refusal looked = store.look(demand).refusal();
    ReserveResult result = store.reserve(demand);
    if (result instanceof Refusal refusal) {
      assertThat(refusal.reason()).isEqualTo(Refusal.Reason.TOO_MANY_KEYS);
      assertThat(refusal.retryAfter()).isNull();
    }
    assertThat(looked).isEqualTo(result instanceof Refusal ? result : null);
    return result instanceof Reservation;
  }

  private boolean admits(Charge... charges) {
    return admits(Demand.of(charges));
  }

  @ParameterizedTest
  @EnumSource
  void aGrantHasSoManyInAllCountersAndAnotherIsNotTouched(OfKind kind) {
    assertThat(admits(kind.charge("one", "alice", "a"))).isTrue();
    assertThat(admits(charge("two", "alice", "b"))).isTrue();
    assertThat(admits(kind.charge("one", "alice", "c"))).isTrue();

    assertThat(admits(kind.charge("one", "alice", "d"))).isFalse();
    assertThat(admits(kind.charge("three", "alice", "a"))).isFalse();
    assertThat(admits(charge("two", "alice", "b"))).as("one that it has").isTrue();
    assertThat(admits(kind.charge("one", "bob", "a"))).isTrue();
    Charge unowned =
        new Charge.Amount(
            new CounterKey(charge("one", "", "").key().counter(), "alice", null), 9, 1, 9, true);
    assertThat(admits(unowned)).as("a key that no call chooses").isTrue();
    time.advance(MINUTE);
    for (String value : List.of("a", "b", "c")) {
      assertThat(admits(kind.charge("four", "alice", value))).as(value).isTrue();
    }
    assertThat(admits(kind.charge("four", "alice", "d"))).isFalse();
  }

  @Test
  void marksAreApartAndOneThatIsLeftAtTheEndIsMissingWithoutRoom() {
    for (String value : List.of("a", "b", "c")) {
      assertThat(admits(charge("one", "alice", value))).isTrue();
      assertThat(admits(mark("alice", value))).isTrue();
    }
    assertThat(admits(mark("alice", "d"))).isFalse();
    for (String grant : List.of("alice", "bob")) {
      Mark done = new Mark(key(READ, grant, "d"), MINUTE);
      Charge charge = charge("one", grant, "a");
      Demand demand = Demand.builder().charge(charge).done(done).build();
      Kinds.reserved(store, demand).settle(Ended.DONE, List.of(done));
      assertThat(Kinds.isThere(store, done)).as(grant).isEqualTo(grant.equals("bob"));
    }
  }

  @Test
  void aCallThatWantsMoreThanAreLeftMakesNone() {
    assertThat(admits(charge("one", "alice", "a"))).isTrue();
    Charge second = charge("one", "alice", "b");
    Charge third = charge("two", "alice", "b");
    assertThat(store.reserve(Demand.of(second, third, charge("three", "alice", "b"))))
        .isEqualTo(new Refusal(2, Refusal.Reason.TOO_MANY_KEYS, null));
    assertThat(admits(second, third)).isTrue();
    assertThat(admits(charge("three", "alice", "b"))).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void whatIsGivenBackMakesRoomAtOnce(OfKind kind) {
    bound(1);
    for (int i = 0; i < 5; i++) {
      Reservation call = Charges.admitted(store, kind.charge("one", "alice", "v" + i));
      assertThat(admits(kind.charge("one", "alice", "other"))).isFalse();
      call.cancel();
    }
    assertThat(redis.keys("{" + prefix + "}:*:*"))
        .filteredOn(name -> !name.contains(":r:"))
        .as("what is kept of what was given back")
        .isEmpty();
  }

  @Test
  void whatAnOperatorTakesBackMakesRoomAtOnceOrWithinAnHourIfNobodySaidWhoseItWas() {
    bound(70);
    for (int i = 0; i < 70; i++) {
      assertThat(admits(mark("alice", "f" + i))).isTrue();
    }
    assertThat(admits(mark("alice", "g"))).isFalse();
    assertThat(store.takeBack(key(READ, "alice", "f3"))).isTrue();
    assertThat(admits(mark("alice", "g"))).isTrue();
    assertThat(admits(mark("alice", "h"))).isFalse();

    time.advance(MINUTE);
    assertThat(store.takeBack(new CounterKey(READ, "alice", "f69"))).isTrue();
    time.advance(Duration.ofHours(1));
    // The first looks at 64 of those that are due by then, the next at the others.
    assertThat(List.of(admits(mark("alice", "h")), admits(mark("alice", "i")))).contains(true);
    assertThat(admits(mark("alice", "j"))).isFalse();
  }

  @Test
  void ofAGrantThatMadeUpManyKeysAllMakeRoomOnceTheirWindowHasPassed() {
    bound(200);
    for (int i = 0; i < 300; i++) {
      assertThat(admits(charge("one", "mallory", "v" + i))).isEqualTo(i < 200);
    }
    assertThat(admits(charge("one", "alice", "v"))).isTrue();
    time.advance(MINUTE);
    for (int i = 0; i < 300; i++) {
      assertThat(admits(charge("two", "mallory", "w" + i))).isEqualTo(i < 200);
    }
  }

  /** A key that is counted under again lives on, and so does what is known of whose it is. */
  @Test
  void whatIsKeptOfAGrantExpiresByItselfAndNotBeforeItsKeys() {
    assertThat(admits(charge("one", "alice", "a"))).isTrue();
    String set = redis.keys("{" + prefix + "}:o:*").get(0);
    assertThat(redis.pttl(set)).isPositive();
    redis.pexpire(set, 1_000);
    assertThat(admits(charge("one", "alice", "a"))).isTrue();
    assertThat(redis.pttl(set)).isGreaterThan(MINUTE.toMillis());
    assertThat(set).doesNotContain("alice");
  }

  @Test
  void theBoundIsSetOnceAndAtLeastOne() {
    RedisCounterStore.Builder builder = RedisCounterStore.builder(RedisProcess.sharedClient());
    assertThatThrownBy(() -> builder.maxKeysPerGrant(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxKeysPerGrant is 0, expected at least 1");
    builder.maxKeysPerGrant(5);
    assertThatThrownBy(() -> builder.maxKeysPerGrant(5))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("maxKeysPerGrant was set before");
  }
}
