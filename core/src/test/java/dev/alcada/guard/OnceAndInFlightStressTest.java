package dev.alcada.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.CounterId;
import dev.alcada.decision.Caller;
import dev.alcada.decision.DecisionCode;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.Policy;
import dev.alcada.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The same call twice at once runs once, and no more calls run at once than may. */
@Timeout(300)
class OnceAndInFlightStressTest {
  private static final int THREADS = 8;
  private static final int MOST = 3;
  private static final Policy POLICY =
      Policy.parse(
          """
          {"version": "1", "default": "deny", "tools": {
            "pay": {"once": "1h"},
            "work": {"limits": [{"counter": "at_once", "window": "in_flight", "max": 3, "lease": "1h"}]}}}
          """);

  private final ManualTime time = new ManualTime();
  private final ToolGuard guard = ToolGuard.builder(POLICY).timeSource(time).build();
  private final ExecutorService pool = Executors.newFixedThreadPool(THREADS);

  @AfterEach
  void stop() {
    pool.shutdownNow();
  }

  private <T> List<T> inParallel(Callable<T> work) throws Exception {
    CyclicBarrier start = new CyclicBarrier(THREADS);
    List<Future<T>> futures = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      futures.add(
          pool.submit(
              () -> {
                start.await();
                return work.call();
              }));
    }
    List<T> results = new ArrayList<>();
    for (Future<T> future : futures) {
      results.add(future.get());
    }
    return results;
  }

  @Test
  void ofIdenticalCallsAtOnceExactlyOneRuns() throws Exception {
    for (int round = 0; round < 500; round++) {
      ToolCall call = ToolCall.of("pay", Map.of("invoice", round), Caller.grant("agent-7"));
      AtomicInteger ran = new AtomicInteger();
      boolean async = round % 2 == 0;
      List<Boolean> let =
          inParallel(
              () -> {
                Outcome<Integer> outcome =
                    async
                        ? guard
                            .callAsync(
                                call,
                                judged -> CompletableFuture.completedFuture(ran.incrementAndGet()))
                            .toCompletableFuture()
                            .join()
                        : guard.call(call, judged -> ran.incrementAndGet());
                return outcome instanceof Outcome.Completed<Integer>
                    || outcome.decision().code() != DecisionCode.DUPLICATE;
              });

      assertThat(ran.get()).isEqualTo(1);
      assertThat(let).containsOnlyOnce(true);
    }
  }

  /** Handlers that return, throw, are cancelled by their callers, or are left by them. */
  @Test
  void neverDoMoreRunThanMayHoweverTheyEnd() throws Exception {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    ExecutorService workers = Executors.newFixedThreadPool(4);
    try {
      inParallel(
          () -> {
            ToolCall call = ToolCall.of("work", Map.of(), Caller.grant("agent-7"));
            for (int i = 0; i < 400; i++) {
              int how = ThreadLocalRandom.current().nextInt(6);
              if (how == 0) {
                sync(call, running, most);
              } else {
                async(call, running, most, how, workers);
              }
            }
            return null;
          });
    } finally {
      workers.shutdown();
    }
    assertThat(most.get()).isBetween(1, MOST);
    while (running.get() > 0 || !guard.held(CounterId.Kind.IN_FLIGHT, "", 1).isEmpty()) {
      Thread.onSpinWait(); // those that were left end too
    }
  }

  private void sync(ToolCall call, AtomicInteger running, AtomicInteger most) throws Exception {
    try {
      guard.call(
          call,
          judged -> {
            begins(running, most);
            running.decrementAndGet();
            throw new IllegalStateException("failed");
          });
    } catch (IllegalStateException e) {
      assertThat(e).hasMessage("failed");
    }
  }

  private void async(
      ToolCall call, AtomicInteger running, AtomicInteger most, int how, ExecutorService workers) {
    CompletableFuture<Outcome<String>> outcome =
        guard
            .<String>callAsync(
                call,
                judged -> {
                  begins(running, most);
                  CompletableFuture<String> stage = new CompletableFuture<>();
                  workers.execute(
                      () -> {
                        Thread.onSpinWait();
                        running.decrementAndGet();
                        if (how == 1) {
                          stage.complete("done");
                        } else {
                          stage.completeExceptionally(new IllegalStateException("failed"));
                        }
                      });
                  return stage;
                })
            .toCompletableFuture();
    if (how == 3) {
      outcome.cancel(true);
    } else if (how == 4) {
      outcome.completeExceptionally(new IllegalStateException("the caller gave up"));
    }
  }

  private static void begins(AtomicInteger running, AtomicInteger most) {
    int now = running.incrementAndGet();
    most.accumulateAndGet(now, Math::max);
  }

  @Test
  void aCallThatNeverComesBackLeavesAtTheEndOfItsLease() throws Exception {
    ToolCall call = ToolCall.of("work", Map.of(), Caller.grant("agent-7"));
    for (int i = 0; i < MOST; i++) {
      CompletableFuture<Outcome<String>> lost =
          guard.<String>callAsync(call, judged -> new CompletableFuture<>()).toCompletableFuture();
      lost.cancel(true);
    }
    Outcome<String> refused = guard.call(call, judged -> "ran");
    assertThat(refused.decision().code()).isEqualTo(DecisionCode.LIMIT);
    assertThat(refused.decision().retryAfter()).isNull();

    time.advance(Duration.ofHours(1));
    assertThat(guard.call(call, judged -> "ran")).isEqualTo(new Outcome.Completed<>("ran"));
  }

  @Test
  void aCancelledCallIsStillCountedUntilItsHandlerHasEnded() throws Exception {
    ToolCall call = ToolCall.of("work", Map.of(), Caller.grant("agent-7"));
    List<CompletableFuture<String>> handlers = new ArrayList<>();
    for (int i = 0; i < MOST; i++) {
      CompletableFuture<String> handler = new CompletableFuture<>();
      handlers.add(handler);
      guard.<String>callAsync(call, judged -> handler).toCompletableFuture().cancel(true);
      assertThat(handler).as("it runs on").isNotDone();
    }
    assertThat(guard.check(call).code()).isEqualTo(DecisionCode.LIMIT);

    handlers.get(0).complete("done after all");

    assertThat(guard.check(call).code()).isNull();
  }
}
