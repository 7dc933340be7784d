package dev.alcada.guard;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import dev.alcada.approval.ApprovalStore;
import dev.alcada.approval.InMemoryApprovalStore;
import dev.alcada.audit.DecisionEvent;
import dev.alcada.audit.DecisionListener;
import dev.alcada.audit.SettlementEvent;
import dev.alcada.counter.AsyncCounterStore;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Look;
import dev.alcada.counter.ReserveResult;
import dev.alcada.counter.memory.InMemoryCounterStore;
import dev.alcada.decision.Caller;
import dev.alcada.decision.CompiledPolicy;
import dev.alcada.decision.Decision;
import dev.alcada.decision.DecisionCode;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.Policy;
import dev.alcada.testing.ManualTime;
import dev.alcada.time.TimeSource;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A guard over stores that answer late: no thread is held, and nothing is lost or left behind. */
@SuppressWarnings("FutureReturnValueIgnored") // a schedule that fails shows in what it completes
class WithoutAThreadTest {
  private static final Policy POLICY =
      Policy.parse(
          """
          version: "1"
          default: deny
          tools:
            search:
              limits: [{counter: searches, window: minute, max: 2}]
            pay:
              action: require_approval
              limits: [{counter: payments, window: day, max: 1000, increment_from: args.amount}]
            tried:
              limits: [{counter: tries, window: minute, max: 5}]
            watched:
              mode: shadow
              limits: [{counter: seen, window: minute, max: 1}]
          all_tools:
            limits: [{counter: calls, window: hour, max: 100000}]
          """);

  private static final Caller CALLER = Caller.grant("agent-7");
  private static final ToolCall SEARCH = ToolCall.of("search", Map.of(), CALLER);
  private static final ToolCall PAY = ToolCall.of("pay", Map.of("amount", 600), CALLER);

  private final ManualTime time = new ManualTime();
  private final InMemoryCounterStore counts =
      InMemoryCounterStore.builder().timeSource(time).build();
  private final ExecutorService storeThread =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "store"));

  @AfterEach
  void stop() {
    storeThread.shutdownNow();
  }

  /** How a store answers. */
  enum Answers {
    IN_MEMORY,
    AT_ONCE,
    LATER,
    WITH_A_FAILURE,
    BY_THROWING,
    WITH_NOTHING
  }

  private CounterStore store(Answers how) {
    if (how == Answers.IN_MEMORY) {
      return counts;
    }
    return new AsyncCounterStore() {
      @Override
      public CompletionStage<ReserveResult> reserveAsync(Demand demand) {
        return answer(() -> counts.reserve(demand));
      }

      @Override
      public CompletionStage<Look> lookAsync(Demand demand) {
        return answer(() -> counts.look(demand));
      }

      private <T> CompletionStage<T> answer(Supplier<T> answer) {
        return switch (how) {
          case AT_ONCE -> CompletableFuture.completedFuture(answer.get());
          case LATER, IN_MEMORY -> CompletableFuture.supplyAsync(answer, storeThread);
          case WITH_A_FAILURE ->
              CompletableFuture.failedFuture(new IllegalStateException("no connection"));
          case BY_THROWING -> throw new IllegalStateException("no connection");
          case WITH_NOTHING -> nothing();
        };
      }
    };
  }

  @SuppressWarnings("NullAway") // what a store must not do
  private static <T> CompletionStage<T> nothing() {
    return null;
  }

  private static <R> Outcome<R> made(ToolGuard guard, boolean async, ToolCall call, R value)
      throws Exception {
    return async
        ? guard
            .callAsync(call, judged -> CompletableFuture.completedFuture(value))
            .toCompletableFuture()
            .get(1, TimeUnit.MINUTES)
        : guard.call(call, judged -> value);
  }

  @ParameterizedTest
  @CsvSource({
    "IN_MEMORY, false", "IN_MEMORY, true", "AT_ONCE, false",
    "AT_ONCE, true", "LATER, false", "LATER, true"
  })
  void aLimitHoldsHoweverItsStoreAnswers(Answers how, boolean async) throws Exception {
    ToolGuard guard = ToolGuard.builder(POLICY).counterStore(store(how)).timeSource(time).build();

    assertThat(made(guard, async, SEARCH, "a").orElse(Decision::text)).isEqualTo("a");
    assertThat(made(guard, async, SEARCH, "b").orElse(Decision::text)).isEqualTo("b");
    assertThat(made(guard, async, SEARCH, "c").decision().code()).isEqualTo(DecisionCode.LIMIT);
    assertThat(guard.checkAsync(SEARCH).toCompletableFuture().get(1, TimeUnit.MINUTES).code())
        .isEqualTo(guard.check(SEARCH).code())
        .isEqualTo(DecisionCode.LIMIT);
  }

  @ParameterizedTest
  @CsvSource({
    "IN_MEMORY, false", "IN_MEMORY, true", "AT_ONCE, false",
    "AT_ONCE, true", "LATER, false", "LATER, true"
  })
  void anApprovedCallRunsOnceHoweverItsStoresAnswer(Answers how, boolean async) throws Exception {
    Approvals approvals =
        Approvals.builder().timeSource(time).store(new SlowApprovals(time)).build();
    ToolGuard guard =
        ToolGuard.builder(POLICY).counterStore(store(how)).approvals(approvals).build();

    assertThat(made(guard, async, PAY, "paid")).isInstanceOf(Outcome.ApprovalRequired.class);
    approvals.approve(approvals.pending().get(0).id(), "ana", null);
    assertThat(made(guard, async, PAY, "paid").orElse(Decision::text)).isEqualTo("paid");
    assertThat(made(guard, async, PAY, "paid").decision().code()).isEqualTo(DecisionCode.LIMIT);
  }

  @ParameterizedTest
  @CsvSource({
    "WITH_A_FAILURE, false", "WITH_A_FAILURE, true", "BY_THROWING, false",
    "BY_THROWING, true", "WITH_NOTHING, false", "WITH_NOTHING, true"
  })
  void aStoreThatFailsDenies(Answers how, boolean async) throws Exception {
    ToolGuard guard = ToolGuard.builder(POLICY).counterStore(store(how)).timeSource(time).build();

    assertThat(made(guard, async, SEARCH, "a").decision().code())
        .isEqualTo(DecisionCode.STORE_UNAVAILABLE);
    assertThat(guard.checkAsync(PAY).toCompletableFuture().get(1, TimeUnit.MINUTES).code())
        .isEqualTo(DecisionCode.STORE_UNAVAILABLE);
  }

  /**
   * The store's one thread must neither wait, or its next answer would never come, nor run a
   * handler.
   */
  @Test
  void theStoresThreadNeitherWaitsNorRunsAHandler() throws Exception {
    Set<String> threads = ConcurrentHashMap.newKeySet();
    Approvals approvals =
        Approvals.builder()
            .timeSource(time)
            .store(new SlowApprovals(time))
            .counterStore(store(Answers.LATER))
            .approver(
                request -> {
                  threads.add(Thread.currentThread().getName());
                  return new CompletableFuture<>();
                })
            .build();
    ToolGuard guard =
        ToolGuard.builder(POLICY)
            .counterStore(store(Answers.LATER))
            .approvals(approvals)
            .listener(DecisionListener.logging())
            .build();
    AsyncToolHandler<String> handler =
        judged -> {
          threads.add(Thread.currentThread().getName());
          return CompletableFuture.completedFuture("done");
        };

    for (ToolCall call : List.of(SEARCH, ToolCall.of("watched", Map.of(), CALLER), PAY)) {
      guard.callAsync(call, handler).toCompletableFuture().get(1, TimeUnit.MINUTES);
    }
    approvals.approve(approvals.pending().get(0).id(), "ana", null);
    guard.callAsync(PAY, handler).toCompletableFuture().get(1, TimeUnit.MINUTES);

    assertThat(threads).isNotEmpty().noneMatch(name -> name.equals("store"));
  }

  @Test
  void aThousandCallsUnderWayHoldNoThread() throws Exception {
    ScheduledExecutorService network = Executors.newScheduledThreadPool(1);
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    try {
      AsyncCounterStore slow =
          new AsyncCounterStore() {
            @Override
            public CompletionStage<ReserveResult> reserveAsync(Demand demand) {
              return later(() -> counts.reserve(demand));
            }

            @Override
            public CompletionStage<Look> lookAsync(Demand demand) {
              return later(() -> counts.look(demand));
            }

            private <T> CompletionStage<T> later(Supplier<T> answer) {
              CompletableFuture<T> stage = new CompletableFuture<>();
              network.schedule(() -> stage.complete(answer.get()), 50, TimeUnit.MILLISECONDS);
              return stage;
            }
          };
      ToolGuard guard = ToolGuard.builder(POLICY).counterStore(slow).timeSource(time).build();
      AtomicInteger running = new AtomicInteger();
      int atRest = threads.getThreadCount();
      List<CompletableFuture<Outcome<String>>> calls = new ArrayList<>();
      int most = 0;
      for (int i = 0; i < 1_000; i++) {
        ToolCall call = ToolCall.of("search", Map.of(), Caller.grant("agent-" + i));
        calls.add(
            guard
                .callAsync(
                    call,
                    judged -> {
                      running.incrementAndGet();
                      return CompletableFuture.completedFuture("found");
                    })
                .toCompletableFuture());
        most = Math.max(most, threads.getThreadCount());
      }
      for (CompletableFuture<Outcome<String>> call : calls) {
        assertThat(call.get(1, TimeUnit.MINUTES).orElse(Decision::text)).isEqualTo("found");
        most = Math.max(most, threads.getThreadCount());
      }
      assertThat(running).hasValue(1_000);
      assertThat(most - atRest).isLessThanOrEqualTo(8);
    } finally {
      network.shutdownNow();
    }
  }

  /** The thread that waits does what goes on itself, and must not wait for itself meanwhile. */
  @Test
  void aListenerMayWaitForTheApprovalsWhileTheCallDoes() throws Exception {
    Approvals approvals =
        Approvals.builder().timeSource(time).store(new SlowApprovals(time)).build();
    approvals.listen(
        request -> {
          if (request.state() == ApprovalState.PENDING) {
            approvals.getAsync(request.id()).toCompletableFuture().join();
            assertThat(approvals.get(request.id())).isEqualTo(request);
            approvals.approve(request.id(), "ana", null);
          }
        });
    ToolGuard guard =
        ToolGuard.builder(POLICY)
            .counterStore(counts)
            .approvals(approvals)
            .timeSource(time)
            .build();

    ExecutorService agent = Executors.newSingleThreadExecutor();
    Future<List<String>> paid =
        agent.submit(
            () -> {
              List<String> told = new ArrayList<>();
              for (int i = 0; i < 20; i++) {
                ToolCall pay = ToolCall.of("pay", Map.of("amount", 1 + i), CALLER);
                guard.call(pay, judged -> "too early");
                told.add(guard.call(pay, judged -> "paid").orElse(Decision::text));
              }
              return told;
            });
    agent.shutdown();

    assertThat(paid.get(1, TimeUnit.MINUTES)).hasSize(20).containsOnly("paid");
  }

  /** Cancelled while a store is asked for the n-th time: nothing stays, whatever it answers. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void whatIsCancelledWhileItIsDecidedLeavesNothingBehind(int at) throws Exception {
    NetworkStore store = new NetworkStore(counts);
    List<String> told = Collections.synchronizedList(new ArrayList<>());
    Approvals approvals =
        Approvals.builder().timeSource(time).store(InMemoryApprovalStore.create(time)).build();
    ToolGuard guard =
        ToolGuard.builder(POLICY)
            .counterStore(store)
            .approvals(approvals)
            .timeSource(time)
            .executor(storeThread)
            .listener(recording(told))
            .build();
    String id = approve(guard, store, approvals);
    told.clear();
    AtomicInteger runs = new AtomicInteger();

    CompletableFuture<Outcome<String>> call =
        guard
            .callAsync(
                PAY,
                judged -> {
                  runs.incrementAndGet();
                  return new CompletableFuture<String>();
                })
            .toCompletableFuture();
    int asked = 0;
    for (Runnable answer = store.next(); answer != null; answer = await(store)) {
      asked++;
      if (asked == at) {
        call.cancel(true);
      }
      answer.run();
    }
    call.cancel(true);
    settled();

    if (asked < at) {
      // It ran before it was cancelled: it is counted, and its yes is spent.
      assertThat(runs).hasValue(1);
      assertThat(requireNonNull(approvals.get(id)).state()).isEqualTo(ApprovalState.SPENT);
      assertThat(told).containsExactly("allowed", "UNKNOWN");
    } else {
      assertThat(runs).hasValue(0);
      assertThat(requireNonNull(approvals.get(id)).state()).isEqualTo(ApprovalState.APPROVED);
      assertThat(counts.look(demandOf(1000)).refusal()).isNull();
      assertThat(List.copyOf(told)).isIn(List.of(), List.of("allowed", "NOT_DONE"));
    }
  }

  /** Cancelled while the store answers what nothing comes after but the start. */
  @ParameterizedTest
  @ValueSource(strings = {"search", "watched"})
  void whatIsCancelledDuringTheLastQuestionDoesNotStartAndLeavesNothing(String tool)
      throws Exception {
    NetworkStore store = new NetworkStore(counts);
    List<String> told = Collections.synchronizedList(new ArrayList<>());
    ToolGuard guard =
        ToolGuard.builder(POLICY)
            .counterStore(store)
            .timeSource(time)
            .executor(storeThread)
            .listener(recording(told))
            .build();
    AtomicInteger runs = new AtomicInteger();
    ToolCall cancelled = ToolCall.of(tool, Map.of(), CALLER);

    CompletableFuture<Outcome<String>> call =
        guard
            .callAsync(
                cancelled,
                judged -> {
                  runs.incrementAndGet();
                  return CompletableFuture.completedFuture("ran");
                })
            .toCompletableFuture();
    List<Runnable> answers = new ArrayList<>();
    for (Runnable answer = store.next(); answer != null; answer = await(store)) {
      if (answers.size() == (tool.equals("watched") ? 1 : 0)) {
        call.cancel(true);
      }
      answers.add(answer);
      answer.run();
    }
    settled();

    assertThat(answers).hasSize(tool.equals("watched") ? 2 : 1);
    assertThat(runs).hasValue(0);
    assertThat(told).containsExactly("allowed", "NOT_DONE");
    assertThat(counts.liveKeys()).isZero();
  }

  /** The handler's end, the cancellation and a second answer, in every order: settled once. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "value, cancel", "cancel, value", "failure, cancel", "cancel, failure",
        "notDone, cancel", "cancel, notDone", "value, failure", "failure, value",
        "notDone, value", "cancel, cancel"
      })
  void whatRunsIsSettledOnceByWhatComesFirst(String order) {
    List<String> told = Collections.synchronizedList(new ArrayList<>());
    ToolGuard guard =
        ToolGuard.builder(POLICY)
            .counterStore(counts)
            .timeSource(time)
            .listener(recording(told))
            .build();
    CompletableFuture<String> running = new CompletableFuture<>();
    CompletableFuture<Outcome<String>> call =
        guard.callAsync(SEARCH, judged -> running).toCompletableFuture();

    for (String event : order.split(", ", -1)) {
      switch (event) {
        case "value" -> running.complete("found");
        case "failure" -> running.completeExceptionally(new IllegalStateException("lost"));
        case "notDone" -> running.completeExceptionally(new NotDoneException("no"));
        default -> call.cancel(true);
      }
    }

    Ended first =
        switch (order.substring(0, order.indexOf(','))) {
          case "value" -> Ended.DONE;
          case "notDone" -> Ended.NOT_DONE;
          default -> Ended.UNKNOWN;
        };
    assertThat(told).containsExactly("allowed", first.name());
  }

  /** A model chooses how many steps an agent takes; they must not end inside a store. */
  @Test
  void aChainOfAMillionCallsDoesNotGrowTheStack() throws Exception {
    ToolGuard guard =
        ToolGuard.builder(Policy.parse("{\"version\": \"1\", \"default\": \"allow\"}")).build();
    ToolCall call = ToolCall.of("step", Map.of(), CALLER);
    CompletableFuture<Integer> end = new CompletableFuture<>();
    Thread small =
        new Thread(
            null,
            () ->
                new Chain(guard, call, judged -> CompletableFuture.completedFuture(0), 1_000_000)
                    .step(0)
                    .whenComplete(
                        (steps, failure) -> {
                          if (failure == null) {
                            end.complete(steps);
                          } else {
                            end.completeExceptionally(failure);
                          }
                        }),
            "small",
            256 * 1024);
    small.start();

    assertThat(end.get(5, TimeUnit.MINUTES)).isEqualTo(1_000_000);
  }

  /** The other thread may be done before the chain is there to wait: then the next call goes. */
  @Test
  void aChainThatFindsItsCallDoneIsHandedOverAgainAtTheNextOne() throws Exception {
    AtomicInteger steps = new AtomicInteger();
    List<Integer> handed = new CopyOnWriteArrayList<>();
    ExecutorService other = Executors.newSingleThreadExecutor();
    ToolGuard guard =
        ToolGuard.builder(Policy.parse("{\"version\": \"1\", \"default\": \"allow\"}"))
            .executor(
                task -> {
                  handed.add(steps.get());
                  Future<?> done = other.submit(task);
                  if (handed.size() <= 20) {
                    assertThatCode(done::get).doesNotThrowAnyException();
                  }
                })
            .build();
    ToolCall call = ToolCall.of("step", Map.of(), CALLER);
    AsyncToolHandler<Integer> counted =
        judged -> CompletableFuture.completedFuture(steps.incrementAndGet());

    new Chain(guard, call, counted, 10_000).step(0).toCompletableFuture().get(5, TimeUnit.MINUTES);
    other.shutdown();

    assertThat(handed).hasSizeGreaterThan(20);
    int first = handed.get(0);
    assertThat(handed.subList(0, 20))
        .containsExactlyElementsOf(IntStream.range(first, first + 20).boxed().toList());
  }

  @Test
  void callsOfAServerWhoseStacksAreAlwaysDeepStayOnTheirThread() throws Exception {
    AtomicInteger handed = new AtomicInteger();
    ToolGuard guard =
        ToolGuard.builder(Policy.parse("{\"version\": \"1\", \"default\": \"allow\"}"))
            .executor(task -> handed.incrementAndGet())
            .build();
    ToolCall call = ToolCall.of("step", Map.of(), CALLER);
    AtomicInteger done = new AtomicInteger();

    Runnable act =
        () ->
            guard
                .callAsync(call, judged -> CompletableFuture.completedFuture(1))
                .thenRun(done::incrementAndGet);
    Thread server =
        new Thread(
            () -> {
              for (int i = 0; i < 10_000; i++) {
                atDepth(1_000, act);
              }
            });
    server.start();
    server.join();

    assertThat(done).hasValue(10_000);
    assertThat(handed).hasValue(0);
  }

  private static void atDepth(int frames, Runnable act) {
    if (frames == 0) {
      act.run();
    } else {
      atDepth(frames - 1, act);
    }
  }

  private record Chain(
      ToolGuard guard, ToolCall call, AsyncToolHandler<Integer> handler, int steps) {
    CompletionStage<Integer> step(int i) {
      return i == steps
          ? CompletableFuture.completedFuture(i)
          : guard.callAsync(call, handler).thenCompose(outcome -> step(i + 1));
    }
  }

  /** Interrupted while it waits: the call is denied, and what comes late is not kept. */
  @Test
  void aCallThatIsInterruptedWhileItWaitsIsDenied() throws Exception {
    NetworkStore store = new NetworkStore(counts);
    ToolGuard guard = ToolGuard.builder(POLICY).counterStore(store).timeSource(time).build();
    CompletableFuture<DecisionCode> decided = new CompletableFuture<>();
    Thread waiting =
        new Thread(
            () -> {
              try {
                decided.complete(guard.call(SEARCH, judged -> "a").decision().code());
              } catch (Throwable e) {
                decided.completeExceptionally(e);
              }
            });
    waiting.start();
    Runnable answer = awaited(store);
    waiting.interrupt();
    assertThat(decided.get(1, TimeUnit.MINUTES)).isEqualTo(DecisionCode.STORE_UNAVAILABLE);
    answer.run();

    assertThat(counts.liveKeys()).isZero();
  }

  private static DecisionListener recording(List<String> told) {
    return new DecisionListener() {
      @Override
      public void onDecision(DecisionEvent event) {
        told.add(event.decision() instanceof Decision.Allowed ? "allowed" : "refused");
      }

      @Override
      public void onSettled(SettlementEvent event) {
        told.add(event.result().name());
      }
    };
  }

  /** {@return the identifier of the request, which is approved} */
  private String approve(ToolGuard guard, NetworkStore store, Approvals approvals)
      throws Exception {
    CompletableFuture<Outcome<String>> first =
        guard.callAsync(PAY, judged -> new CompletableFuture<String>()).toCompletableFuture();
    while (!first.isDone()) {
      Runnable answer = await(store);
      if (answer != null) {
        answer.run();
      }
    }
    String id = approvals.pending().get(0).id();
    approvals.approve(id, "ana", null);
    return id;
  }

  private static Runnable awaited(NetworkStore store) {
    Runnable answer = store.next();
    while (answer == null) {
      Thread.onSpinWait();
      answer = store.next();
    }
    return answer;
  }

  /** {@return the next answer that is due once the guard has done all it can, or null} */
  private @Nullable Runnable await(NetworkStore store) throws Exception {
    settled();
    return store.next();
  }

  /** Waits until the guard's executor has nothing to do. */
  private void settled() throws Exception {
    storeThread.submit(() -> {}).get(1, TimeUnit.MINUTES);
    storeThread.submit(() -> {}).get(1, TimeUnit.MINUTES);
  }

  private static Demand demandOf(int amount) {
    return CompiledPolicy.of(POLICY)
        .judge(ToolCall.of("pay", Map.of("amount", amount), CALLER))
        .demand();
  }

  /** Approvals that answer on the store's thread. */
  private final class SlowApprovals implements ApprovalStore {
    private final InMemoryApprovalStore requests;

    SlowApprovals(TimeSource clock) {
      requests = InMemoryApprovalStore.create(clock);
    }

    private <T> CompletionStage<T> later(Supplier<CompletionStage<T>> answer) {
      return CompletableFuture.supplyAsync(
          () -> answer.get().toCompletableFuture().join(), storeThread);
    }

    @Override
    public CompletionStage<@Nullable ApprovalRequest> find(String binding) {
      return later(() -> requests.find(binding));
    }

    @Override
    public CompletionStage<Added> add(ApprovalRequest request, Bounds bounds) {
      return later(() -> requests.add(request, bounds));
    }

    @Override
    public CompletionStage<Boolean> replace(ApprovalRequest next) {
      return later(() -> requests.replace(next));
    }

    @Override
    public CompletionStage<@Nullable ApprovalRequest> get(String id) {
      return later(() -> requests.get(id));
    }

    @Override
    public CompletionStage<List<ApprovalRequest>> pending() {
      return later(requests::pending);
    }
  }
}
