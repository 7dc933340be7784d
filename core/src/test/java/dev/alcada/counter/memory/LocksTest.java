package dev.alcada.counter.memory;

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
import dev.alcada.testing.ManualTime;
import dev.alcada.time.TimeSource;
import dev.alcada.time.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Which locks each operation takes: all that it needs before it decides anything, the first of them
 * first, so that no two operations wait for each other; and none of them stays held.
 */
@Timeout(120)
class LocksTest {
  private static final int STRIPES = 256;
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Window.Sliding WINDOW = new Window.Sliding(MINUTE);
  private static final CounterId RATE = CounterId.of("limits", "rate", "grant", WINDOW);
  private static final CounterId READ = CounterId.mark("marks", "read", "grant");

  /** An operation, and the stripes that it locks together. */
  @SuppressWarnings("ImmutableEnumChecker") // It is a function of nothing but a store.
  private enum Operation {
    AMOUNT_OF_A_NEW_KEY(store -> () -> store.reserve(amounts(50)), 50),
    AMOUNT_OF_A_KNOWN_KEY(
        store -> {
          reserved(store, amounts(50));
          return () -> store.reserve(amounts(50));
        },
        50),
    AMOUNTS_OF_NEW_KEYS(store -> () -> store.reserve(amounts(200, 50, 100)), 50, 100, 200),
    AMOUNTS_OF_KNOWN_KEYS(
        store -> {
          reserved(store, amounts(200, 50, 100));
          return () -> store.reserve(amounts(200, 50, 100));
        },
        50,
        100,
        200),
    LOOK_AT_AMOUNTS(
        store -> {
          reserved(store, amounts(200, 50, 100));
          return () -> store.look(amounts(200, 50, 100));
        },
        50,
        100,
        200),
    AMOUNT_BEHIND_ITS_MARK(
        store -> {
          reserved(store, amounts(200));
          reserved(store, marks(100));
          return () -> store.reserve(judged(200, 100));
        },
        100,
        200),
    AMOUNT_BEFORE_ITS_MARK(
        store -> {
          reserved(store, amounts(100));
          reserved(store, marks(200));
          return () -> store.reserve(judged(100, 200));
        },
        100,
        200),
    MARK_LEFT_AGAIN(
        store -> {
          reserved(store, marks(50));
          return () -> store.reserve(marks(50));
        },
        50),
    LOOK_AT_A_MARK(
        store -> () -> store.look(Demand.builder().reads(mark(50).key(), null).build()), 50),
    ALL_THAT_A_CALL_CAN_WANT(
        store ->
            () ->
                store.reserve(
                    Demand.builder()
                        .charge(amount(200))
                        .tried(mark(150))
                        .tried(mark(100))
                        .reads(mark(50).key(), false)
                        .build()),
        50,
        100,
        150,
        200),
    RELEASE(
        store -> {
          Reservation held = reserved(store, amounts(50));
          return () -> held.settle(Ended.NOT_DONE);
        },
        50),
    RELEASE_OF_SEVERAL(
        store -> {
          Reservation held = reserved(store, amounts(200, 50, 100));
          return () -> held.settle(Ended.NOT_DONE);
        },
        50,
        100,
        200),
    CANCELLATION_OF_SEVERAL(
        store -> {
          Reservation held = reserved(store, amounts(200, 50, 100));
          return held::cancel;
        },
        50,
        100,
        200),
    END_THAT_LEAVES_MARKS(
        store -> {
          Reservation held = reserved(store, amounts(200, 50));
          return () -> held.settle(Ended.DONE, List.of(mark(150), mark(100)));
        },
        50,
        100,
        150,
        200),
    END_OF_ONE_AMOUNT_THAT_LEAVES_A_MARK(
        store -> {
          Reservation held = reserved(store, amounts(200));
          return () -> held.settle(Ended.DONE, List.of(mark(100)));
        },
        100,
        200),
    END_OF_NOTHING_THAT_LEAVES_A_MARK(
        store -> {
          Reservation held = reserved(store, Demand.builder().done(mark(100)).build());
          return () -> held.settle(Ended.DONE, List.of(mark(100)));
        },
        0,
        100),
    WORD_ON_A_CALL_THAT_RUNS(
        store -> {
          String id = String.valueOf(reserved(store, amounts(200, 50, 100)).id());
          return () -> store.settleLate(id, Ended.NOT_DONE);
        },
        50,
        100,
        200),
    WORD_ON_A_CALL_OF_WHICH_NOBODY_KNEW(
        store -> {
          Reservation held = reserved(store, amounts(200, 50, 100));
          String id = String.valueOf(held.id());
          held.settle(Ended.UNKNOWN);
          return () -> store.settleLate(id, Ended.NOT_DONE);
        },
        50,
        100,
        200),
    MARK_TAKEN_BACK(
        store -> {
          reserved(store, marks(50));
          return () -> store.takeBack(mark(50).key());
        },
        50),
    LIST_OF_MARKS(
        store -> {
          reserved(store, marks(50));
          return () -> store.held(CounterId.Kind.MARK, "", 9);
        },
        50),
    CLEAN_UP_BY_A_CALL_OF_ANOTHER_KEY(
        store -> {
          reserved(store, amounts(50));
          ((ManualTime) store.time()).advance(MINUTE);
          return () -> store.reserve(amounts(200));
        },
        50);

    private final Function<InMemoryCounterStore, Runnable> prepared;
    private final Set<Integer> stripes;

    Operation(Function<InMemoryCounterStore, Runnable> prepared, Integer... stripes) {
      this.prepared = prepared;
      this.stripes = Set.of(stripes);
    }
  }

  private static InMemoryCounterStore store(TimeSource time) {
    return InMemoryCounterStore.builder().timeSource(time).build();
  }

  @ParameterizedTest
  @EnumSource
  void takesAllLocksInOneOrderBeforeItDecides(Operation operation) throws Exception {
    for (int taken : operation.stripes) {
      InMemoryCounterStore store = store(new ManualTime());
      Runnable call = operation.prepared.apply(store);
      AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
      Thread caller = new Thread(call);
      caller.setDaemon(true);
      caller.setUncaughtExceptionHandler((thread, thrown) -> failure.set(thrown));
      stripe(store, taken).lock();
      try {
        caller.start();
        while (caller.getState() != Thread.State.TIMED_WAITING) {
          assertThat(caller.getState())
              .as("without the lock of stripe %s", taken)
              .isNotEqualTo(Thread.State.TERMINATED);
          Thread.onSpinWait();
        }
        assertThat(locked(store))
            .as("held while it waits for stripe %s", taken)
            .isEqualTo(
                operation.stripes.stream().filter(i -> i <= taken).collect(Collectors.toSet()));
        assertThat(IntStream.range(0, STRIPES).mapToObj(i -> stripe(store, i).unfinished))
            .as("decided while it waits for stripe %s", taken)
            .containsOnlyNulls();
      } finally {
        stripe(store, taken).held = 0;
      }
      caller.join();
      assertThat(failure.get()).isNull();
      assertThat(locked(store)).as("held when it has ended").isEmpty();
    }
  }

  private static final CounterId DAILY =
      CounterId.of(
          "limits", "daily", "grant", new Window.Calendar(Duration.ofDays(1), ZoneOffset.UTC));
  private static final Charge FIRST = new Charge.Amount(at(DAILY, 200), 9, 1, 9, true);
  private static final Charge SECOND = new Charge.Amount(at(DAILY, 50), 9, 1, 9, true);

  /** Calls about calendar windows ask the clock while they look, and when they have decided. */
  private static final class WatchedTime implements TimeSource {
    private final ManualTime time = new ManualTime();
    private Runnable asked = () -> {};

    @Override
    public long nanoTime() {
      return time.nanoTime();
    }

    @Override
    public Instant instant() {
      asked.run();
      return time.instant();
    }
  }

  @Test
  void allLocksAreHeldFromTheFirstLookUntilWhatIsDecidedIsDone() {
    WatchedTime time = new WatchedTime();
    InMemoryCounterStore store = store(time);
    Set<Set<Integer>> held = new HashSet<>();
    time.asked = () -> held.add(locked(store));
    Demand both = Demand.of(FIRST, SECOND);

    Reservation reserved = reserved(store, both);
    assertThat(held).as("while it reserves").contains(Set.of(50, 200));
    assertThat(held).isSubsetOf(Set.of(), Set.of(50, 200));
    held.clear();
    store.look(both);
    assertThat(held).as("while it looks").contains(Set.of(50, 200));
    held.clear();
    Reservation one = reserved(store, Demand.of(FIRST));
    assertThat(held).as("while it reserves one").contains(Set.of(200));
    held.clear();
    one.settle(Ended.NOT_DONE);
    assertThat(held).as("while it gives back one").contains(Set.of(200));
    held.clear();
    reserved.settle(Ended.NOT_DONE);
    assertThat(held).as("while it gives back").contains(Set.of(50, 200));
    assertThat(held).isSubsetOf(Set.of(), Set.of(50, 200));
  }

  @Test
  void noLockStaysHeldByACallThatFails() {
    WatchedTime time = new WatchedTime();
    InMemoryCounterStore store = store(time);
    Demand judged = Demand.builder().charge(FIRST).reads(mark(100).key(), false).build();
    Window window = Objects.requireNonNull(DAILY.window());
    Demand once =
        Demand.of(new Charge.Once(at(CounterId.once("limits", "pay"), 50), window, MINUTE));
    reserved(store, Demand.of(FIRST));
    Reservation both = reserved(store, Demand.of(FIRST, SECOND));
    List<Runnable> calls =
        List.of(
            () -> store.reserve(Demand.of(FIRST)),
            () -> store.reserve(judged),
            () -> store.reserve(Demand.of(FIRST, SECOND)),
            () -> store.reserve(once),
            () -> store.look(Demand.of(FIRST, SECOND)));
    for (Runnable call : calls) {
      time.asked =
          () -> {
            throw new StackOverflowError();
          };
      assertThatThrownBy(call::run).isInstanceOf(StackOverflowError.class);
      time.asked = () -> {};
      assertThat(locked(store)).isEmpty();
    }
    both.settle(Ended.NOT_DONE);
    assertThat(store.look(Demand.of(FIRST)).usage().get(0).used()).isEqualTo(1);
  }

  /** What was decided before, by a call that ended before it had done it, comes first. */
  @ParameterizedTest
  @ValueSource(ints = {50, 200})
  void whatIsLeftToBeDoneIsDoneBeforeAnythingIsLookedAt(int stripe) {
    Charge.Amount nine = new Charge.Amount(at(RATE, stripe), 9, 9, 9, true);
    Demand judged = Demand.builder().charge(amount(stripe)).reads(mark(100).key(), false).build();
    for (Demand demand : List.of(amounts(stripe), judged, amounts(stripe, 100))) {
      InMemoryCounterStore store = store(new ManualTime());
      reserved(store, amounts(stripe)).settle(Ended.DONE);
      HeldCharge left =
          HeldCharge.of(store.find(nine.key()), nine, store.reading(), 0, Tally.NEVER);
      leave(store, left, stripe);

      assertThat(store.reserve(demand)).as(demand.toString()).isInstanceOf(Refusal.class);
    }
  }

  @Test
  void aMarkThatIsLeftToBeLeftIsThere() {
    Demand looks = Demand.builder().reads(mark(100).key(), null).build();
    Demand needs = Demand.builder().reads(mark(100).key(), true).build();
    for (Demand demand : List.of(needs, judged(50, 100), judged(200, 100))) {
      InMemoryCounterStore store = store(new ManualTime());
      reserved(store, amounts(50));
      reserved(store, amounts(200));
      leaveMark(store);
      assertThat(store.reserve(demand)).isInstanceOf(Reservation.class);
    }
    InMemoryCounterStore store = store(new ManualTime());
    leaveMark(store);
    assertThat(store.look(looks).marks()).containsExactly(true);
  }

  /** Whoever does what is left finds the end of the call done to the count, and the note there. */
  @Test
  void anEndThatWasDoneAlreadyIsNotDoneAgain() {
    InMemoryCounterStore store = store(new ManualTime());
    reserved(store, amounts(50));
    HeldTogether note = new HeldTogether((HeldCharge) reserved(store, amounts(50)));
    note.ending = HeldTogether.NOT_DONE;
    for (int time = 0; time < 2; time++) {
      stripe(store, 50).unfinished = note;
      assertThat(store.look(amounts(50)).usage().get(0).used()).isEqualTo(1);
    }
  }

  private static void leaveMark(InMemoryCounterStore store) {
    Stripe stripe = stripe(store, 100);
    int hash = InMemoryCounterStore.spread(mark(100).key().hashCode());
    Tally count = store.counters().newTally(mark(100).key(), stripe, hash);
    leave(store, new HeldMark(count, mark(100), store.reading(), false), 100);
  }

  private static void leave(InMemoryCounterStore store, Part part, int stripe) {
    HeldTogether note = new HeldTogether(store, new Part[] {part});
    store.counters().decide(note, null);
    stripe(store, stripe).unfinished = note;
  }

  private static Set<Integer> locked(InMemoryCounterStore store) {
    return IntStream.range(0, STRIPES)
        .filter(i -> stripe(store, i).held != 0)
        .boxed()
        .collect(Collectors.toSet());
  }

  private static Stripe stripe(InMemoryCounterStore store, int index) {
    return store.stripe(index << 24);
  }

  private static Reservation reserved(InMemoryCounterStore store, Demand demand) {
    return (Reservation) store.reserve(demand);
  }

  private static Charge amount(int stripe) {
    return new Charge.Amount(at(RATE, stripe), 9, 1, 9, true);
  }

  private static Demand amounts(int... stripes) {
    List<Charge> charges = new ArrayList<>();
    for (int stripe : stripes) {
      charges.add(amount(stripe));
    }
    return Demand.of(charges);
  }

  private static Mark mark(int stripe) {
    return new Mark(at(READ, stripe), MINUTE);
  }

  private static Demand marks(int stripe) {
    return Demand.builder().tried(mark(stripe)).build();
  }

  /** An amount, if a mark is there. */
  private static Demand judged(int charged, int read) {
    return Demand.builder().charge(amount(charged)).reads(mark(read).key(), true).build();
  }

  /** Returns a key of a stripe. */
  private static CounterKey at(CounterId id, int stripe) {
    for (int i = 0; ; i++) {
      CounterKey key = new CounterKey(id, "key-" + i, null);
      if (InMemoryCounterStore.spread(key.hashCode()) >>> 24 == stripe) {
        return key;
      }
    }
  }
}
