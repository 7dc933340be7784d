package dev.alcada.counter.memory;

import static dev.alcada.counter.memory.Scene.charge;
import static dev.alcada.counter.memory.Scene.coarse;
import static dev.alcada.counter.memory.Scene.daily;
import static dev.alcada.counter.memory.Scene.limited;
import static dev.alcada.counter.memory.Scene.sliding;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.OwnLog;
import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Ended;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
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
    List<String> before = operation.prepared().seen();
    Scene done = operation.prepared();
    operation.itself.accept(done);
    List<String> after = done.seen();

    int struck = 0;
    for (Faults.Kind kind : Faults.Kind.values()) {
      int at = 0;
      boolean reached = true;
      while (reached) {
        at++;
        Scene scene = operation.prepared();
        boolean strikes = Faults.strikes(kind, at, () -> operation.itself.accept(scene));
        reached = Faults.passed() >= at;
        struck += strikes ? 1 : 0;
        assertThat(without(scene.seen(), before))
            .as("%s at place %s: %s", kind, at, strikes ? "failed" : "answered")
            .isEqualTo(without(strikes ? before : after, before));
        assertThat(scene.seenInTheEnd())
            .as("%s at place %s, in the end", kind, at)
            .allSatisfy(line -> assertThat(line).containsAnyOf("used=0,", ": 0", "2 of 2"));
      }
    }
    assertThat(struck).as("places at which the operation failed").isPositive();
  }

  /** A key that only a call that was not made would have is not there to be looked at. */
  private static List<String> without(List<String> seen, List<String> before) {
    return seen.stream()
        .filter(line -> before.contains(line) || !line.contains("used=0,"))
        .toList();
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
