package dev.alcada.counter.memory;

import static dev.alcada.counter.memory.Scene.charge;
import static dev.alcada.counter.memory.Scene.coarse;
import static dev.alcada.counter.memory.Scene.daily;
import static dev.alcada.counter.memory.Scene.distinct;
import static dev.alcada.counter.memory.Scene.limited;
import static dev.alcada.counter.memory.Scene.mark;
import static dev.alcada.counter.memory.Scene.once;
import static dev.alcada.counter.memory.Scene.running;
import static dev.alcada.counter.memory.Scene.sliding;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.OwnLog;
import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Mark;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever ends a call, wherever in the store it does, the store is afterwards as if the call had
 * not been made; or as if it had been made in full, if it was answered.
 *
 * <p>Each operation is run once for each call and each allocation that it comes to, and made to
 * fail there.
 */
@Timeout(120)
class HalfDoneTest {
  private static final FaultyRoom ROOM = FaultyRoom.withFaults();
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** An operation, and how the store came to be as it meets it. */
  @SuppressWarnings("ImmutableEnumChecker") // Both are functions of nothing but a scene.
  enum Operation {
    AMOUNT_BESIDE_OTHERS(
        scene -> times(scene, 2, charge(sliding("rate", "a"), 1)),
        scene -> scene.reserve(charge(sliding("rate", "a"), 1))),
    AMOUNT_THAT_MAKES_THE_RING_GROW(
        scene -> times(scene, 4, charge(sliding("rate", "a"), 1)),
        scene -> scene.reserve(charge(sliding("rate", "a"), 1))),
    FIRST_AMOUNT_UNLIKE_THE_OTHERS(
        scene -> times(scene, 3, charge(sliding("rate", "a"), 1)),
        scene -> scene.reserve(charge(sliding("rate", "a"), 5))),
    AMOUNT_UNLIKE_THE_OTHERS_IN_A_FULL_RING(
        scene -> times(scene, 8, charge(sliding("rate", "a"), 1)),
        scene -> scene.reserve(charge(sliding("rate", "a"), 5))),
    AMOUNT_AFTER_OTHERS_HAVE_LEFT(
        scene -> {
          times(scene, 4, charge(sliding("rate", "a"), 2));
          scene.time.advance(Duration.ofSeconds(57));
        },
        scene -> scene.reserve(charge(sliding("rate", "a"), 1))),
    AMOUNT_THAT_MERGES_THE_RING(
        scene -> often(scene, 1_024, charge(sliding("rate", "a"), 1)),
        scene -> scene.reserve(charge(sliding("rate", "a"), 1))),
    AMOUNT_THAT_JOINS_THE_NEWEST(
        HalfDoneTest::inEveryCell, scene -> scene.reserve(charge(sliding("rate", "a"), 3))),
    NEW_KEY(
        scene -> scene.reserve(charge(sliding("rate", "a"), 1)),
        scene -> scene.reserve(charge(sliding("rate", "b"), 1))),
    NEW_KEY_OF_A_NEW_COUNTER(
        scene -> scene.reserve(charge(sliding("rate", "a"), 1)),
        scene -> scene.reserve(charge(sliding("other", "b"), 1))),
    NEW_KEY_THAT_MAKES_THE_TABLE_GROW(
        scene -> neighbours(8).forEach(key -> scene.reserve(charge(key, 1))),
        scene -> scene.reserve(charge(neighbours(9).get(8), 1))),
    NEW_KEY_THAT_CHANGES_THE_HASH_FUNCTION(
        scene -> colliding(20).forEach(key -> scene.reserve(charge(key, 1))),
        scene -> scene.reserve(charge(colliding(21).get(20), 1))),
    NEW_KEY_UNDER_THE_RANDOM_HASH_FUNCTION(
        scene -> colliding(40).forEach(key -> scene.reserve(charge(key, 1))),
        scene -> scene.reserve(charge(colliding(41).get(40), 1))),
    NEW_KEY_BEYOND_THE_BOUND(
        scene -> many(Scene.MOST_KEYS).forEach(key -> scene.reserve(charge(key, 1))),
        scene -> scene.reserve(charge(sliding("rate", "beyond"), 1))),
    LAST_NEW_KEY_BELOW_THE_BOUND(
        scene -> many(Scene.MOST_KEYS - 1).forEach(key -> scene.reserve(charge(key, 1))),
        scene -> scene.reserve(charge(sliding("rate", "last"), 1))),
    SEVERAL_AMOUNTS(
        scene -> {
          scene.reserve(charge(sliding("rate", "a"), 1), charge(sliding("spend", "a"), 7));
          times(scene, 4, charge(sliding("rate", "a"), 1));
          scene.reserve(charge(daily("daily", "a"), 3));
        },
        scene ->
            scene.reserve(
                charge(sliding("rate", "a"), 2),
                charge(sliding("spend", "a"), 7),
                charge(daily("daily", "a"), 4))),
    SEVERAL_AMOUNTS_OF_OLD_AND_NEW_KEYS(
        scene -> scene.reserve(charge(sliding("rate", "a"), 1)),
        scene ->
            scene.reserve(
                charge(sliding("rate", "b"), 2),
                charge(sliding("rate", "a"), 3),
                charge(sliding("other", "a"), 0),
                charge(sliding("spend", "c"), 4),
                charge(daily("daily", "a"), 5))),
    SEVERAL_NEW_KEYS_OF_WHICH_ONE_IS_BEYOND_THE_BOUND(
        scene -> many(Scene.MOST_KEYS - 1).forEach(key -> scene.reserve(charge(key, 1))),
        scene ->
            scene.reserve(
                charge(sliding("other", "a"), 1),
                charge(sliding("rate", "last"), 1),
                charge(sliding("rate", "beyond"), 1))),
    SEVERAL_AMOUNTS_OF_WHICH_ONE_HAS_NO_ROOM(
        scene -> scene.reserve(limited(sliding("rate", "a"), 5, 5)),
        scene ->
            scene.reserve(
                charge(sliding("spend", "a"), 2),
                limited(sliding("rate", "a"), 5, 1),
                charge(sliding("spend", "b"), 2))),
    AMOUNT_IN_COARSER_UNITS(
        scene -> {
          times(scene, 2, charge(sliding("spend", "a"), 400_000));
          scene.reserve(charge(sliding("spend", "a"), 5_000_000));
        },
        scene -> scene.reserve(coarse(sliding("spend", "a"), 3))),
    ALIKE_AMOUNT_IN_COARSER_UNITS(
        scene -> times(scene, 3, charge(sliding("spend", "a"), 400_000)),
        scene -> scene.reserve(coarse(sliding("spend", "a"), 1))),
    AMOUNTS_OF_PERIODS_IN_COARSER_UNITS(
        scene -> scene.reserve(charge(daily("spend", "a"), 400_000)),
        scene -> scene.reserve(coarse(daily("spend", "a"), 3), coarse(daily("spend", "b"), 1))),
    AMOUNT_OF_THE_NEXT_PERIOD(
        scene -> {
          scene.reserve(charge(daily("daily", "a"), 3), charge(daily("daily", "b"), 3));
          scene.time.advance(Duration.ofHours(20));
        },
        scene -> scene.reserve(charge(daily("daily", "a"), 4))),
    AMOUNT_AFTER_A_LEAP_OF_THE_CLOCK(
        scene -> {
          scene.reserve(charge(daily("daily", "a"), 3), charge(daily("daily", "b"), 5));
          scene.reserve(charge(daily("daily", "b"), 2));
          scene.time.setWall(scene.time.instant().plus(Duration.ofDays(4_000)));
          scene.reserve(charge(daily("daily", "a"), 4));
          scene.time.setWall(scene.time.instant().minus(Duration.ofDays(4_000)));
        },
        scene -> scene.reserve(charge(daily("daily", "a"), 1))),
    LOOK_IN_COARSER_UNITS(
        scene -> times(scene, 2, charge(sliding("spend", "a"), 400_000)),
        scene -> scene.look(coarse(sliding("spend", "a"), 3), coarse(daily("spend", "b"), 1))),
    LOOK_AT_WHAT_HAS_EXPIRED(
        scene -> {
          many(40).forEach(key -> scene.reserve(charge(key, 1)));
          scene.time.advance(Duration.ofMinutes(2));
          scene.reserve(charge(sliding("other", "a"), 1));
        },
        scene -> scene.look(charge(many(40).get(7), 1), charge(sliding("rate", "new"), 1))),
    AMOUNT_WHILE_OTHERS_EXPIRE(
        scene -> {
          scene.reserve(charge(sliding("rate", "a"), 1));
          many(40).forEach(key -> scene.reserve(charge(key, 1)));
          scene.time.advance(Duration.ofSeconds(59));
          scene.reserve(charge(sliding("rate", "a"), 1));
          scene.time.advance(SECOND);
        },
        scene -> scene.reserve(charge(sliding("rate", "a"), 1))),
    RELEASE_OF_THE_ONLY_AMOUNT(scene -> scene.reserve(charge(sliding("rate", "a"), 1)), release(0)),
    RELEASE_OF_THE_OLDEST(scene -> times(scene, 3, charge(sliding("rate", "a"), 1)), release(0)),
    RELEASE_FROM_THE_MIDDLE(
        scene -> {
          times(scene, 4, charge(sliding("rate", "a"), 1));
          times(scene, 4, charge(sliding("rate", "a"), 3));
          scene.time.advance(Duration.ofSeconds(54));
          times(scene, 3, charge(sliding("rate", "a"), 2));
        },
        release(5)),
    RELEASE_OF_AMOUNTS_OF_ONE_INSTANT(
        scene ->
            Stream.of(1, 2, 3, 9)
                .forEach(amount -> scene.reserve(charge(sliding("rate", "a"), amount))),
        release(3)),
    RELEASE_OF_A_PART_OF_AN_ALIKE_AMOUNT(
        scene -> {
          scene.reserve(charge(sliding("rate", "a"), 2));
          scene.reserve(charge(sliding("rate", "a"), 2));
          scene.held.remove(0).cancel();
          scene.reserve(charge(sliding("rate", "a"), 2));
        },
        release(1)),
    RELEASE_OF_WHAT_WAS_MERGED(HalfDoneTest::inEveryCell, release(1_024)),
    RELEASE_OF_A_FINE_AMOUNT_IN_COARSER_UNITS(
        scene -> {
          scene.reserve(charge(sliding("spend", "a"), 5_400_000));
          scene.reserve(coarse(sliding("spend", "a"), 3));
        },
        release(0)),
    RELEASE_AFTER_ITS_WINDOW(
        scene -> {
          scene.reserve(charge(sliding("rate", "a"), 1));
          scene.time.advance(Duration.ofMinutes(1));
          scene.reserve(charge(sliding("rate", "a"), 4));
        },
        release(0)),
    RELEASE_AFTER_ITS_KEY_WAS_CLEANED_UP(
        scene -> {
          scene.reserve(charge(sliding("rate", "a"), 1), charge(daily("daily", "a"), 1));
          scene.time.advance(Duration.ofDays(2));
          scene.look(charge(sliding("rate", "b"), 1), charge(daily("daily", "b"), 1));
          scene.reserve(charge(sliding("rate", "a"), 3));
        },
        release(0)),
    RELEASE_OF_SOME_OF_SEVERAL(
        scene -> {
          scene.reserve(charge(sliding("rate", "a"), 9));
          scene.reserve(
              charge(sliding("rate", "a"), 1),
              limited(sliding("rate", "b"), 9, 2),
              charge(sliding("other", "c"), 0),
              charge(daily("daily", "a"), 3));
        },
        release(1)),
    CANCELLATION_OF_SEVERAL(
        scene -> {
          scene.reserve(charge(sliding("rate", "a"), 9));
          scene.reserve(
              charge(sliding("rate", "a"), 1),
              limited(sliding("rate", "b"), 9, 2),
              charge(sliding("other", "c"), 4),
              charge(daily("daily", "a"), 3));
        },
        scene -> scene.held.get(1).cancel()),
    CANCELLATION_THAT_MAKES_THE_TABLE_SHRINK(
        scene -> {
          List<CounterKey> keys = neighbours(17);
          keys.forEach(key -> scene.reserve(charge(key, 1)));
          for (int i = 0; i < 13; i++) {
            scene.held.remove(0).cancel();
          }
        },
        release(0)),
    CANCELLATION_THAT_MAKES_THE_HEAP_SHRINK(
        scene -> {
          many(30).forEach(key -> scene.reserve(charge(key, 1)));
          for (int i = 0; i < 23; i++) {
            scene.held.remove(0).cancel();
          }
        },
        release(0)),
    CANCELLATION_OF_AN_AMOUNT_OF_ANOTHER_PERIOD(
        scene -> {
          scene.reserve(charge(daily("daily", "a"), 3));
          scene.time.advance(Duration.ofDays(1));
          scene.reserve(charge(daily("daily", "a"), 4));
        },
        scene -> scene.held.get(0).cancel()),
    DIFFERENT_VALUES_OF_WHICH_SOME_ARE_KNOWN(
        scene -> {
          scene.reserve(distinct("a", "u", "w"));
          scene.time.advance(SECOND);
          scene.reserve(distinct("a", "x"));
        },
        scene -> scene.reserve(distinct("a", "v", "w", "y"), distinct("b", "v"))),
    CANCELLATION_OF_VALUES_OF_WHICH_SOME_WERE_RENEWED(
        scene -> {
          scene.reserve(distinct("a", "u", "v", "w"));
          scene.time.advance(SECOND);
          scene.reserve(distinct("a", "v"));
        },
        scene -> scene.held.get(0).cancel()),
    START_OF_WHAT_RUNS(
        scene -> {
          scene.reserve(running("a", 3));
          scene.time.advance(SECOND);
        },
        scene -> scene.reserve(running("a", 2), running("b", 1))),
    START_OF_WHAT_RUNS_IN_COARSER_UNITS(
        scene -> {
          scene.reserve(running("a", 1_000_001));
          scene.reserve(running("a", 3));
        },
        scene ->
            scene.reserve(
                new Charge.InFlight(running("a", 1).key(), 9_000, 1, 3, Duration.ofSeconds(9)))),
    START_OF_WHAT_RUNS_WHILE_LEASES_END(
        scene -> {
          scene.reserve(running("a", 3));
          scene.reserve(running("a", 4));
          scene.time.advance(SECOND);
          scene.reserve(running("a", 5));
          scene.time.advance(Duration.ofSeconds(59));
        },
        scene -> scene.reserve(running("a", 2))),
    START_OF_WHAT_ENDS_BEFORE_ALL_OTHERS(
        scene -> {
          for (int i = 0; i < 9; i++) {
            scene.reserve(running("key-" + i, 1));
            scene.time.advance(SECOND);
          }
        },
        scene ->
            scene.reserve(new Charge.InFlight(running("short", 1).key(), 9_000, 1, 9, SECOND))),
    END_OF_WHAT_RUNS_BETWEEN_OTHERS(
        scene -> times(scene, 3, running("a", 2)), scene -> scene.held.get(1).settle(Ended.DONE)),
    CALL_THAT_IS_MADE_ONCE(
        scene -> scene.reserve(once("a", SECOND)),
        scene -> scene.reserve(charge(sliding("rate", "a"), 1), once("b", SECOND))),
    CALL_THAT_WAS_MADE_AND_IS_ASKED_FOR_LONGER(
        scene -> scene.reserve(once("a", SECOND)),
        scene -> scene.reserve(once("a", Duration.ofHours(1)), once("b", SECOND))),
    CALL_THAT_IS_MADE_AGAIN_AFTER_ITS_WINDOW(
        scene -> {
          scene.reserve(once("a", SECOND));
          scene.time.advance(Duration.ofMinutes(1));
        },
        scene -> scene.reserve(once("a", SECOND))),
    END_OF_A_CALL_THAT_IS_MADE_ONCE(
        scene -> scene.reserve(once("a", Duration.ofMinutes(9))),
        scene -> scene.held.get(0).settle(Ended.UNKNOWN)),
    RELEASE_OF_A_CALL_THAT_IS_MADE_ONCE(
        scene -> scene.reserve(once("a", Duration.ofMinutes(9))), release(0)),
    MARKS_LEFT_AT_ONCE(
        scene -> scene.reserve(marks(mark("read", "a"))),
        scene -> scene.reserve(marks(mark("read", "a"), mark("read", "b"), mark("sent", "a")))),
    MARK_BEYOND_THE_BOUND(
        scene -> {
          for (int i = 0; i < Scene.MOST_KEYS; i++) {
            scene.reserve(marks(mark("read", "key-" + i)));
          }
        },
        scene -> scene.reserve(marks(mark("sent", "a"), mark("read", "beyond")))),
    MARK_THAT_IS_NOT_AS_IT_WAS(
        scene -> scene.reserve(marks(mark("read", "a"))),
        scene ->
            scene.reserve(
                Demand.builder()
                    .tried(mark("sent", "a"))
                    .reads(mark("read", "a").key(), false)
                    .build())),
    MARK_LEFT_AGAIN(
        scene -> scene.reserve(marks(mark("read", "a"))),
        scene -> scene.reserve(marks(mark("read", "a")))),
    AMOUNT_BESIDE_A_MARK(
        scene -> {
          scene.reserve(marks(mark("read", "a")));
          scene.reserve(charge(sliding("rate", "a"), 1));
        },
        scene -> scene.reserve(judged(mark("read", "a"), true))),
    AMOUNT_BESIDE_A_MARK_THAT_IS_GONE(
        scene -> scene.reserve(charge(sliding("rate", "a"), 1)),
        scene -> scene.reserve(judged(mark("read", "a"), true))),
    LOOK_AT_A_MARK(
        scene -> scene.reserve(marks(mark("read", "a"))),
        scene -> scene.store.look(Demand.builder().reads(mark("read", "a").key(), null).build())),
    END_THAT_LETS_A_MARK_LAST(
        scene -> scene.reserve(marks(mark("read", "a"))),
        scene -> scene.held.get(0).settle(Ended.DONE)),
    RELEASE_OF_A_MARK(
        scene -> {
          scene.reserve(marks(mark("read", "a")));
          scene.reserve(marks(mark("read", "a"), mark("sent", "b")));
        },
        release(1)),
    END_THAT_LEAVES_MARKS(
        scene ->
            scene.reserve(
                Demand.builder()
                    .charge(charge(sliding("rate", "a"), 1))
                    .charge(running("a", 2))
                    .charge(once("a", Duration.ofMinutes(9)))
                    .tried(mark("read", "a"))
                    .done(mark("sent", "a"))
                    .done(mark("sent", "b"))
                    .build()),
        scene ->
            scene
                .held
                .get(0)
                .settle(
                    Ended.DONE, List.of(mark("sent", "a"), mark("read", "a"), mark("sent", "b")))),
    END_THAT_LEAVES_A_MARK_AND_NOTHING_ELSE(
        scene -> scene.reserve(Demand.builder().done(mark("sent", "a")).build()),
        scene -> scene.held.get(0).settle(Ended.DONE, List.of(mark("sent", "a")))),
    CANCELLATION_OF_ALL_KINDS(
        scene -> {
          scene.reserve(everything());
          scene.time.advance(Duration.ofMinutes(2));
          scene.reserve(everything());
        },
        scene -> scene.held.get(1).cancel()),
    ALL_KINDS_AT_ONCE(
        scene -> scene.reserve(running("b", 1)), scene -> scene.reserve(everything())),
    MARK_TAKEN_BACK(
        scene -> {
          scene.reserve(marks(mark("read", "a")));
          scene.reserve(marks(mark("read", "b"), mark("read", "a")));
        },
        scene -> scene.store.takeBack(mark("read", "a").key())),
    MARK_TAKEN_BACK_THAT_IS_DUE_LAST(
        scene -> {
          for (int i = 0; i < 9; i++) {
            scene.reserve(marks(mark("read", "key-" + i)));
            scene.held.get(i).settle(Ended.DONE);
            scene.time.advance(SECOND);
          }
        },
        scene -> scene.store.takeBack(mark("read", "key-8").key())),
    LEASES_TAKEN_BACK(
        scene -> times(scene, 3, running("a", 2)),
        scene -> scene.store.takeBack(running("a", 2).key())),
    LIST_OF_MARKS(
        scene -> scene.reserve(marks(mark("read", "b"), mark("read", "a"))),
        scene -> scene.store.held(CounterId.Kind.MARK, "", 1)),
    COUNT_OF_THE_LIVE_KEYS(
        scene -> scene.reserve(charge(sliding("rate", "a"), 1)),
        scene -> FaultyRoom.liveKeys(scene.store));

    private final Consumer<Scene> before;
    private final Consumer<Scene> itself;

    Operation(Consumer<Scene> before, Consumer<Scene> itself) {
      this.before = before;
      this.itself = itself;
    }

    private Scene prepared() {
      Scene scene = new Scene(ROOM::store, FaultyRoom::liveKeys);
      before.accept(scene);
      // As long ago as anything: the next look at the clock changes nothing.
      scene.seen();
      return scene;
    }
  }

  @ParameterizedTest
  @EnumSource
  void anOperationIsDoneInFullOrNotAtAllWhateverEndsIt(Operation operation) throws Throwable {
    // Where the clock leaps, that is logged each time.
    OwnLog.of(() -> everyPlace(operation));
  }

  private static void everyPlace(Operation operation) {
    List<String> before = seenNowAndLater(operation.prepared());
    Scene done = operation.prepared();
    operation.itself.accept(done);
    List<String> after = seenNowAndLater(done);

    int struck = 0;
    for (Faults.Kind kind : EnumSet.range(Faults.Kind.STACK_ONCE, Faults.Kind.MEMORY)) {
      int at = 0;
      boolean reached = true;
      while (reached) {
        at++;
        Scene scene = operation.prepared();
        boolean strikes = Faults.strikes(kind, at, () -> operation.itself.accept(scene));
        reached = Faults.passed() >= at;
        struck += strikes ? 1 : 0;
        assertThat(without(seenNowAndLater(scene), before))
            .as("%s at place %s: %s", kind, at, strikes ? "failed" : "answered")
            .isEqualTo(without(strikes ? before : after, before));
        assertThat(scene.seenInTheEnd())
            .as("%s at place %s, in the end", kind, at)
            .allSatisfy(line -> assertThat(line).containsAnyOf("used=0,", ": 0", "2 of 2"));
      }
    }
    assertThat(struck).as("places at which the operation failed").isPositive();
  }

  /** What is counted for too long, or as too much, shows once some of it should have left. */
  private static List<String> seenNowAndLater(Scene scene) {
    List<String> seen = new ArrayList<>(scene.seen());
    seen.addAll(scene.seenFalling());
    return seen;
  }

  /** A key that only a call that was not made would have is not there to be looked at. */
  private static List<String> without(List<String> seen, List<String> before) {
    return seen.stream()
        .filter(line -> before.contains(line) || !line.contains("used=0,"))
        .toList();
  }

  private static Demand marks(Mark... marks) {
    Demand.Builder demand = Demand.builder();
    List.of(marks).forEach(demand::tried);
    return demand.build();
  }

  private static Demand judged(Mark mark, boolean there) {
    return Demand.builder()
        .charge(charge(sliding("rate", "a"), 1))
        .reads(mark.key(), there)
        .build();
  }

  private static Demand everything() {
    return Demand.builder()
        .charge(charge(sliding("rate", "a"), 1))
        .charge(charge(daily("daily", "a").ownedBy("agent"), 1))
        .charge(charge(sliding("owned", "a").ownedBy("agent"), 1))
        .charge(distinct("a", "u", "v"))
        .charge(running("a", 2))
        .charge(once("a", SECOND))
        .tried(mark("read", "a"))
        .reads(mark("sent", "a").key(), false)
        .build();
  }

  private static Consumer<Scene> release(int place) {
    return scene -> scene.held.get(place).settle(Ended.NOT_DONE);
  }

  private static void times(Scene scene, int times, Charge charge) {
    for (int i = 0; i < times; i++) {
      scene.reserve(charge);
      scene.time.advance(SECOND);
    }
  }

  private static void often(Scene scene, int times, Charge charge) {
    for (int i = 0; i < times; i++) {
      scene.reserve(charge);
      scene.time.advance(Duration.ofMillis(20));
    }
  }

  /** More amounts than are kept apart, the newest two in one cell. */
  private static void inEveryCell(Scene scene) {
    Duration cell = Duration.ofMinutes(1).dividedBy(1_024).plusNanos(1);
    for (int i = 0; i < 1_024; i++) {
      scene.reserve(charge(sliding("rate", "a"), 1 + i % 2));
      scene.time.advance(cell);
    }
    scene.reserve(charge(sliding("rate", "a"), 2));
    scene.reserve(charge(sliding("rate", "a"), 5));
  }

  private static List<CounterKey> many(int count) {
    List<CounterKey> keys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      keys.add(sliding("rate", "key-" + i));
    }
    return keys;
  }

  /** Keys of one stripe. */
  private static List<CounterKey> neighbours(int count) {
    List<CounterKey> keys = new ArrayList<>();
    for (int i = 0; keys.size() < count; i++) {
      CounterKey key = sliding("rate", "neighbour-" + i);
      if (InMemoryCounterStore.spread(key.hashCode()) >>> 24 == 7) {
        keys.add(key);
      }
    }
    return keys;
  }

  /** Keys of one hash code. */
  private static List<CounterKey> colliding(int count) {
    List<String> texts = List.of("");
    while (texts.size() < count) {
      texts = texts.stream().flatMap(text -> Stream.of(text + "Aa", text + "BB")).toList();
    }
    return Arrays.stream(texts.toArray(new String[0]))
        .limit(count)
        .map(text -> sliding("rate", text))
        .toList();
  }
}
