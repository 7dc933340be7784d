package dev.alcada.counter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.OwnLog;
import dev.alcada.counter.FallbackCounterStore.State;
import dev.alcada.counter.memory.InMemoryCounterStore;
import dev.alcada.decision.Caller;
import dev.alcada.decision.CompiledPolicy;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.Policy;
import dev.alcada.testing.ManualTime;
import dev.alcada.time.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens when a store that others share is slow or gone. */
@Timeout(60)
class FallbackCounterStoreTest {
  private static final long ONE = 1_000_000_000L;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final ManualTime time = new ManualTime();
  private final Shared shared = new Shared(memory());
  private final List<String> told = new ArrayList<>();
  private boolean brokenListener;

  /** A store in memory that can be far away. */
  private final class Shared implements AsyncCounterStore {
    private final CounterStore store;
    private final List<Runnable> waiting = new ArrayList<>();
    private @Nullable RuntimeException gone;
    private boolean slow;
    private boolean ends;
    private int asked;

    Shared(CounterStore store) {
      this.store = store;
    }

    @Override
    public CompletionStage<ReserveResult> reserveAsync(Demand demand) {
      return answered(() -> store.reserve(demand));
    }

    @Override
    public CompletionStage<Look> lookAsync(Demand demand) {
      return answered(() -> store.look(demand));
    }

    private <T> CompletionStage<T> answered(Supplier<T> answer) {
      asked++;
      if (ends) {
        throw new StackOverflowError("no stack is left");
      }
      if (gone != null) {
        return CompletableFuture.failedFuture(gone);
      } else if (slow) {
        CompletableFuture<T> later = new CompletableFuture<>();
        waiting.add(() -> later.complete(answer.get()));
        return later;
      }
      try {
        return CompletableFuture.completedFuture(answer.get());
      } catch (RuntimeException e) {
        return CompletableFuture.failedFuture(e);
      }
    }

    @Override
    public boolean settleLate(String reservation, Ended ended) {
      asked++;
      if (gone != null) {
        throw gone;
      }
      return store.settleLate(reservation, ended);
    }

    void goes() {
      gone = new StoreUnavailableException("gone", true, null);
    }

    void comesBack() {
      gone = null;
    }
  }

  private FallbackCounterStore.Builder over(CounterStore store) {
    return FallbackCounterStore.builder(store)
        .timeSource(time)
        .listener(
            (state, failure) -> {
              if (brokenListener) {
                throw new AssertionError("listener");
              }
              told.add(state + " " + (failure == null ? "" : failure.getMessage()));
            });
  }

  private CounterStore memory() {
    return InMemoryCounterStore.builder().timeSource(time).build();
  }

  private static Charge.Amount calls(String counter, long max) {
    return amount(counter, max * ONE, ONE);
  }

  private static Charge.Amount amount(String counter, long max, long amount) {
    CounterId id = CounterId.of("limits", counter, "grant", new Window.Sliding(MINUTE));
    return new Charge.Amount(new CounterKey(id, "agent-7", null), max, amount, 9, true);
  }

  private static boolean admits(CounterStore store, Charge... charges) {
    return store.reserve(Demand.of(charges)) instanceof Reservation;
  }

  private static void unavailable(CounterStore store, String message, Charge... charges) {
    assertThatThrownBy(() -> store.reserve(Demand.of(charges)))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessage(message);
    assertThatThrownBy(() -> store.look(Demand.of(charges)))
        .isInstanceOf(StoreUnavailableException.class);
  }

  @Test
  void aStoreThatAnswersIsAskedAndNothingElse() {
    FallbackCounterStore store = over(shared).build();
    assertThat(admits(store, calls("rate", 1))).isTrue();
    assertThat(store.reserve(Demand.of(calls("rate", 1))))
        .isEqualTo(new Refusal(0, Refusal.Reason.EXHAUSTED, MINUTE));
    assertThat(store.look(Demand.of(calls("rate", 1))).usage().get(0).used()).isEqualTo(ONE);
    assertThat(told).isEmpty();
  }

  @Test
  void unlessSaidOtherwiseNothingPassesWhileTheStoreIsGone() {
    FallbackCounterStore store = over(shared).build();
    shared.goes();
    unavailable(store, "gone", calls("rate", 9));
  }

  @Test
  void afterSomeFailuresNobodyWaitsButForOneNowAndThenAndTheFirstAnswerEndsIt() {
    FallbackCounterStore store = over(shared).build();
    shared.goes();
    for (int i = 0; i < 100; i++) {
      assertThatThrownBy(() -> store.reserve(Demand.of(calls("rate", 9))))
          .isInstanceOf(StoreUnavailableException.class);
    }
    assertThat(shared.asked).isEqualTo(3);
    assertThat(store.state()).isEqualTo(State.UNAVAILABLE);
    assertThat(told).containsExactly("UNAVAILABLE gone");
    time.advance(Duration.ofMillis(200));
    for (int i = 0; i < 100; i++) {
      assertThatThrownBy(() -> store.reserve(Demand.of(calls("rate", 9))))
          .isInstanceOf(StoreUnavailableException.class);
    }
    assertThat(shared.asked).isEqualTo(4);
    shared.comesBack();
    unavailable(store, "the store does not answer", calls("rate", 9));
    time.advance(Duration.ofMillis(200));
    assertThat(admits(store, calls("rate", 9))).isTrue();
    assertThat(admits(store, calls("rate", 9))).isTrue();
    assertThat(store.state()).isEqualTo(State.AVAILABLE);
    assertThat(told).containsExactly("UNAVAILABLE gone", "AVAILABLE ");
  }

  @Test
  void aRefusalIsAnAnswer() {
    FallbackCounterStore store = over(shared).build();
    for (int i = 0; i < 10; i++) {
      assertThat(admits(store, calls("rate", 0))).isFalse();
    }
    assertThat(store.state()).isEqualTo(State.AVAILABLE);
  }

  @Test
  void aMistakeOfTheCallerIsNoFailureOfTheStoreAndLetsNothingThrough() {
    FallbackCounterStore store = over(shared).open(Set.of("rate")).build();
    Demand twice = Demand.of(calls("rate", 9), calls("rate", 8));
    for (int i = 0; i < 10; i++) {
      assertThatThrownBy(() -> store.reserve(twice)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> store.reserveAsync(twice).toCompletableFuture().get())
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(IllegalArgumentException.class);
    }
    assertThat(store.state()).isEqualTo(State.AVAILABLE);
  }

  @Test
  void openLetsThroughWhatIsOfTheNamedCountersAlone() {
    FallbackCounterStore store = over(shared).open(Set.of("rate", "reads")).build();
    assertThat(admits(store, calls("rate", 1))).isTrue();
    assertThat(admits(store, calls("rate", 1))).isFalse();
    shared.goes();
    for (int i = 0; i < 10; i++) {
      assertThat(admits(store, calls("rate", 1), calls("reads", 1))).isTrue();
      assertThat(store.look(Demand.of(calls("rate", 1))).refusal()).isNull();
    }
    assertThatThrownBy(() -> store.reserve(Demand.of(calls("rate", 1), calls("spend", 1))))
        .isInstanceOf(StoreUnavailableException.class);
    assertThatThrownBy(() -> store.reserve(Demand.of(calls("rate", 0))))
        .isInstanceOf(StoreUnavailableException.class);
  }

  @Test
  void aToolThatIsNamedLikeAnOpenCounterStaysClosed() {
    CompiledPolicy policy =
        CompiledPolicy.of(
            Policy.parse(
                """
                {"version": "1", "default": "deny", "tools": {
                  "reads": {"rate_limit": {"window": "minute", "max": 5}},
                  "list": {"limits": [{"counter": "reads", "window": "minute", "max": 5}]}}}
                """));
    FallbackCounterStore store = over(shared).open(Set.of("reads")).build();
    shared.goes();

    Caller caller = Caller.grant("agent-7");
    Demand list = policy.judge(ToolCall.of("list", Map.of(), caller)).demand();
    Demand reads = policy.judge(ToolCall.of("reads", Map.of(), caller)).demand();
    assertThat(store.reserve(list)).isInstanceOf(Reservation.class);
    assertThatThrownBy(() -> store.reserve(reads)).isInstanceOf(StoreUnavailableException.class);
  }

  @ParameterizedTest
  @CsvSource({
    // of a limit, this share, for so many nodes: what a node keeps
    "100, 0.02, 10, 2",
    "100, 0.025, 10, 2",
    "100, 0.1, 10, 10",
    "9, 0.1, 10, 0",
    "3, 0.34, 2, 1",
    "4000000000, 0.1, 10, 400000000",
  })
  void ofALimitTheStoreHasWhatTheNodesDoNotKeep(long max, double share, int nodes, long part) {
    HeldBack heldBack = new HeldBack(share, nodes);
    Charge.Amount charge = calls("rate", max);
    assertThat(heldBack.part(charge)).isEqualTo(part * ONE);
    Charge.Amount ofStore = (Charge.Amount) heldBack.ofStore(Demand.of(charge)).charge(0);
    assertThat(ofStore.max()).isEqualTo((max - nodes * part) * ONE);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void whateverIsCutOffFromWhateverTheNodesTogetherNeverAdmitMoreThanTheLimit(long seed) {
    Random random = new Random(seed);
    int nodes = 1 + random.nextInt(8);
    double share = (0.2 + 0.8 * random.nextDouble()) / nodes;
    long max = 1L + random.nextInt(200);
    List<FallbackCounterStore> fleet = new ArrayList<>();
    List<Shared> links = new ArrayList<>();
    for (int i = 0; i < nodes; i++) {
      Shared link = new Shared(shared.store);
      links.add(link);
      fleet.add(over(link).heldBack(share, nodes, memory()).build());
    }
    long admitted = 0;
    for (int i = 0; i < 3_000; i++) {
      Shared link = links.get(random.nextInt(nodes));
      if (random.nextInt(10) == 0) {
        if (link.gone == null) {
          link.goes();
        } else {
          link.comesBack();
        }
      }
      time.advance(Duration.ofMillis(random.nextInt(20)));
      try {
        if (admits(fleet.get(random.nextInt(nodes)), calls("rate", max))) {
          admitted++;
        }
      } catch (StoreUnavailableException e) {
        // Denied.
      }
    }
    // Within less than the window's length; each of them counts to its end.
    assertThat(admitted).isLessThanOrEqualTo(max);
    assertThat(admitted).isGreaterThan(max / 2);
  }

  @Test
  void aNodeUsesItsOwnPartWhereTheStoreRefusesAndWhereItIsGone() {
    FallbackCounterStore store = over(shared).heldBack(0.1, 2, memory()).build();
    for (int i = 0; i < 8; i++) {
      assertThat(admits(store, calls("rate", 10))).isTrue();
    }
    assertThat(store.look(Demand.of(calls("rate", 10))).refusal()).isNull();
    assertThat(admits(store, calls("rate", 10))).isTrue();
    assertThat(store.reserve(Demand.of(calls("rate", 10))))
        .isEqualTo(new Refusal(0, Refusal.Reason.EXHAUSTED, MINUTE));
    assertThat(store.look(Demand.of(calls("rate", 10))).refusal()).isNotNull();
    shared.goes();
    unavailable(store, "gone", calls("rate", 10));
    time.advance(MINUTE);
    assertThat(admits(store, calls("rate", 10))).isTrue();
    assertThatThrownBy(() -> store.reserve(Demand.of(calls("rate", 10))))
        .isInstanceOf(StoreUnavailableException.class);
  }

  @Test
  void whatIsGivenBackGoesWhereItWasTaken() {
    FallbackCounterStore store = over(shared).heldBack(0.1, 2, memory()).build();
    shared.goes();
    Reservation own = (Reservation) store.reserve(Demand.of(calls("rate", 10)));
    own.cancel();
    assertThat(admits(store, calls("rate", 10))).isTrue();
  }

  @Test
  void aLateWordReachesTheSideThatCountedTheCall() {
    FallbackCounterStore store = over(shared).heldBack(0.1, 2, memory()).build();
    Demand nine = Demand.of(amount("rate", 10 * ONE, 8 * ONE));
    String atStore = id(store.reserve(nine));
    shared.goes();
    String here = id(store.reserve(Demand.of(calls("rate", 10))));
    int asked = shared.asked;

    assertThat(store.settleLate(here, Ended.NOT_DONE)).isTrue();
    assertThat(shared.asked)
        .as("nobody waits for a store that does not know the call")
        .isEqualTo(asked);
    assertThat(admits(store, calls("rate", 10))).as("it was given back here").isTrue();
    assertThatThrownBy(() -> store.settleLate(atStore, Ended.NOT_DONE))
        .isInstanceOf(StoreUnavailableException.class);

    shared.comesBack();
    assertThat(store.look(nine).refusal()).isNotNull();
    assertThat(store.settleLate(atStore, Ended.NOT_DONE)).isTrue();
    assertThat(shared.store.look(nine).usage().get(0).used()).isZero();
    for (String id : List.of(here, atStore, "no call")) {
      assertThat(store.settleLate(id, Ended.DONE)).as(id).isFalse();
    }
  }

  private static String id(ReserveResult reserved) {
    return Objects.requireNonNull(((Reservation) reserved).id());
  }

  @Test
  void aNodeThatKnowsNoCallsByTheirNamesKeepsNoWordFromTheStore() {
    CounterStore nameless =
        new CounterStore() {
          @Override
          public ReserveResult reserve(Demand demand) {
            throw new AssertionError("not asked");
          }

          @Override
          public Look look(Demand demand) {
            throw new AssertionError("not asked");
          }
        };
    FallbackCounterStore store = over(shared).heldBack(0.1, 2, nameless).build();
    String id = id(store.reserve(Demand.of(calls("rate", 10))));
    assertThat(store.settleLate(id, Ended.NOT_DONE)).isTrue();
    assertThat(store.settleLate(id, Ended.NOT_DONE)).isFalse();
  }

  @Test
  void aPartOfLessThanACallDenies() {
    FallbackCounterStore store = over(shared).heldBack(0.05, 4, memory()).build();
    for (int i = 0; i < 10; i++) {
      assertThat(admits(store, calls("rate", 10))).isTrue();
    }
    time.advance(MINUTE);
    shared.goes();
    unavailable(store, "gone", calls("rate", 10));
  }

  @Test
  void nothingButAmountsPassesUncountedOrByTheNodesPart() {
    CounterKey mark = new CounterKey(CounterId.mark("marks", "rate", "grant"), "agent-7", null);
    CounterKey runs =
        new CounterKey(CounterId.inFlight("limits", "rate", "grant"), "agent-7", null);
    CounterKey once = new CounterKey(CounterId.once("limits", "rate"), "agent-7", null);
    CounterKey many =
        new CounterKey(
            CounterId.distinct("limits", "rate", "grant", new Window.Sliding(MINUTE)),
            "agent-7",
            null);
    List<Demand> demands =
        List.of(
            Demand.builder().charge(calls("rate", 10)).reads(mark, false).build(),
            Demand.builder().charge(calls("rate", 10)).tried(new Mark(mark, MINUTE)).build(),
            Demand.builder().charge(calls("rate", 10)).done(new Mark(mark, MINUTE)).build(),
            Demand.of(calls("rate", 10), new Charge.InFlight(runs, ONE, ONE, 9, MINUTE)),
            Demand.of(new Charge.Once(once, new Window.Sliding(MINUTE), MINUTE)),
            Demand.of(new Charge.Distinct(many, 5, List.of("a"))));
    for (FallbackCounterStore store :
        List.of(
            over(shared).open(Set.of("rate")).build(),
            over(shared).heldBack(0.1, 2, memory()).build())) {
      for (Demand demand : demands) {
        shared.comesBack();
        assertThat(store.look(demand).refusal()).isNull();
        shared.goes();
        assertThatThrownBy(() -> store.reserve(demand))
            .isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> store.look(demand)).isInstanceOf(StoreUnavailableException.class);
        time.advance(Duration.ofSeconds(1));
      }
    }
  }

  @Test
  void aPartIsKeptOfAnAmountWhateverElseACallDemands() {
    FallbackCounterStore store = over(shared).heldBack(0.1, 2, memory()).build();
    CounterKey mark = new CounterKey(CounterId.mark("marks", "seen", "grant"), "agent-7", null);
    Demand demand =
        Demand.builder().charge(calls("rate", 10)).tried(new Mark(mark, MINUTE)).build();
    for (int i = 0; i < 8; i++) {
      assertThat(store.reserve(demand)).isInstanceOf(Reservation.class);
    }
    assertThat(store.reserve(demand)).isInstanceOf(Refusal.class);
    Demand reads = Demand.builder().reads(mark, null).build();
    assertThat(store.look(reads).marks()).containsExactly(true);
  }

  @Test
  void anAnswerThatIsLateIsAFailureAndWhatItReservedIsGivenBack() throws Exception {
    FallbackCounterStore store = over(shared).timeout(Duration.ofMillis(1)).build();
    shared.slow = true;
    CompletableFuture<ReserveResult> asked =
        store.reserveAsync(Demand.of(calls("rate", 1))).toCompletableFuture();
    assertThatThrownBy(() -> asked.get(30, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessage("the store did not answer within PT0.001S");
    shared.slow = false;
    shared.waiting.forEach(Runnable::run);
    assertThat(admits(store, calls("rate", 1))).isTrue();
    assertThat(admits(store, calls("rate", 1))).isFalse();
  }

  @Test
  void whatIsWaitedForIsBoundedAndComesDownAgain() throws Exception {
    FallbackCounterStore store =
        over(shared).timeout(MINUTE).maxInFlight(5).open(Set.of("rate")).build();
    shared.slow = true;
    List<CompletableFuture<ReserveResult>> asked = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      asked.add(store.reserveAsync(Demand.of(calls("spend", 9))).toCompletableFuture());
    }
    assertThat(shared.waiting).hasSize(5);
    assertThat(asked.stream().filter(CompletableFuture::isCompletedExceptionally)).hasSize(19_995);
    // What may be let through uncounted is, there too.
    assertThat(store.reserveAsync(Demand.of(calls("rate", 9))).toCompletableFuture())
        .isCompletedWithValueMatching(Reservation.class::isInstance);
    shared.slow = false;
    shared.waiting.forEach(Runnable::run);
    for (CompletableFuture<ReserveResult> first : asked.subList(0, 5)) {
      assertThat(first.get(30, TimeUnit.SECONDS)).isInstanceOf(Reservation.class);
    }
    assertThat(store.reserveAsync(Demand.of(calls("rate", 9))).toCompletableFuture().get())
        .isInstanceOf(Reservation.class);
  }

  @Test
  void aStoreThatWaitsIsAskedOnTheExecutorForAStageAndOnTheCallersThreadElse() throws Exception {
    List<String> threads = new ArrayList<>();
    CounterStore waiting =
        new CounterStore() {
          @Override
          public ReserveResult reserve(Demand demand) {
            threads.add(Thread.currentThread().getName());
            return shared.store.reserve(demand);
          }

          @Override
          public Look look(Demand demand) {
            return shared.store.look(demand);
          }
        };
    FallbackCounterStore store = over(waiting).build();
    store.reserveAsync(Demand.of(calls("rate", 9))).toCompletableFuture().get(30, TimeUnit.SECONDS);
    store.reserve(Demand.of(calls("rate", 9)));
    assertThat(threads).containsExactly("alcada-store", Thread.currentThread().getName());
  }

  @Test
  void aListenerThatFailsChangesNothingAndIsLogged() throws Throwable {
    FallbackCounterStore store =
        FallbackCounterStore.builder(shared)
            .timeSource(time)
            .listener(
                (state, failure) -> {
                  told.add(state.name());
                  throw new StoreUnavailableException("listener", false, null);
                })
            .build();
    shared.goes();
    List<String> log =
        OwnLog.of(
            () -> {
              for (int i = 0; i < 5; i++) {
                assertThatThrownBy(() -> store.reserve(Demand.of(calls("rate", 9))))
                    .isInstanceOf(StoreUnavailableException.class);
              }
            });
    assertThat(log).anyMatch(line -> line.contains("The listener of a store's state failed"));
    assertThat(told).containsExactly("UNAVAILABLE");
    assertThat(store.state()).isEqualTo(State.UNAVAILABLE);
  }

  @Test
  void settingsAreCheckedWhereTheyAreMade() {
    assertThatThrownBy(() -> over(shared).heldBack(0.2, 10, memory()))
        .hasMessage(
            "heldBack is a share of 0.2 for each of 10 nodes, expected more than 0 and at most 1"
                + " in all");
    assertThatThrownBy(() -> over(shared).heldBack(Double.NaN, 1, memory()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> over(shared).open(Set.of()))
        .hasMessage("open names no counter, expected at least one");
    assertThatThrownBy(() -> over(shared).open(Set.of("a")).heldBack(0.1, 2, memory()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("open was set before");
    assertThatThrownBy(() -> over(shared).timeout(Duration.ofHours(1)))
        .hasMessage("timeout is PT1H, expected 1 ms to 1 minute");
  }

  /** As an agent makes a call end that has used up its stack. */
  @Test
  void aQuestionThatEndsInAnErrorGivesItsPlaceBack() {
    shared.ends = true;
    FallbackCounterStore store = over(shared).timeout(MINUTE).maxInFlight(3).build();
    for (int i = 0; i < 10; i++) {
      assertThatThrownBy(() -> store.reserve(Demand.of(calls("rate", 9))))
          .isInstanceOf(StackOverflowError.class);
      assertThatThrownBy(() -> store.reserveAsync(Demand.of(calls("rate", 9))))
          .isInstanceOf(StackOverflowError.class);
    }
    shared.ends = false;

    assertThat(admits(store, calls("rate", 9))).isTrue();
    assertThat(store.reserveAsync(Demand.of(calls("rate", 9)))).isCompleted();
  }

  @Test
  void whoeverWaitsIsAnsweredThoughTheExecutorTakesNothing() throws Exception {
    shared.slow = true;
    FallbackCounterStore store =
        over(shared)
            .timeout(Duration.ofMillis(1))
            .executor(
                task -> {
                  throw new RejectedExecutionException("full");
                })
            .build();

    CompletableFuture<ReserveResult> stage =
        store.reserveAsync(Demand.of(calls("rate", 1))).toCompletableFuture();

    assertThatThrownBy(() -> stage.get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(StoreUnavailableException.class);
  }

  @Test
  void aListenerThatFailsWithAnErrorKeepsNoAnswerFromAnybody() throws Throwable {
    List<String> logged =
        OwnLog.of(
            () -> {
              FallbackCounterStore store = over(shared).timeout(MINUTE).build();
              brokenListener = true;
              shared.goes();
              for (int i = 0; i < 4; i++) {
                CompletableFuture<ReserveResult> stage =
                    store.reserveAsync(Demand.of(calls("rate", 1))).toCompletableFuture();
                assertThatThrownBy(() -> stage.get(30, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(StoreUnavailableException.class);
              }
              shared.comesBack();
              time.advance(MINUTE);

              assertThat(
                      store
                          .reserveAsync(Demand.of(calls("rate", 1)))
                          .toCompletableFuture()
                          .get(30, TimeUnit.SECONDS))
                  .isInstanceOf(Reservation.class);
            });

    assertThat(logged).anyMatch(line -> line.contains("The listener of a store's state failed"));
  }
}
