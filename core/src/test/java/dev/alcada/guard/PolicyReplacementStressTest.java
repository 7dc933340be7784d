package dev.alcada.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.Policy;
import dev.alcada.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sixteen threads call while another replaces the policy: the larger maximum holds throughout. */
@Timeout(120)
class PolicyReplacementStressTest {
  private static final int THREADS = 16;
  private static final int CALLS = 40;
  private static final int ROUNDS = Integer.getInteger("alcada.replacementRounds", 60);

  private final ManualTime time = new ManualTime();
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS + 1);

  private static Policy policy(int max, String counts) {
    return Policy.parse(
        """
        {"version": "1", "default": "deny", "tools": {"create_connect_token": {"limits": [
          {"counter": "create_connect_token_rate", "window": "minute", "max": %s, "counts": "%s",
           "scope": "grant"}]}}}
        """
            .formatted(max, counts));
  }

  private static ToolCall mint() {
    return ToolCall.of("create_connect_token", Map.of(), Caller.grant("agent-7"));
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void noWindowHoldsMoreThanTheLargerMaximum() throws Exception {
    Policy thirty = policy(30, "attempts");
    Policy twenty = policy(20, "attempts");
    ToolGuard guard = ToolGuard.builder(thirty).timeSource(time).build();
    for (int round = 0; round < ROUNDS; round++) {
      AtomicInteger admitted = new AtomicInteger();
      together(
          round,
          random -> guard.call(mint(), call -> admitted.incrementAndGet()),
          () -> {
            guard.replacePolicy(twenty);
            guard.replacePolicy(thirty);
          });
      assertThat(admitted).hasValueGreaterThanOrEqualTo(20).hasValueLessThanOrEqualTo(30);

      guard.replacePolicy(twenty);
      assertThat(completed(guard)).as("under the smaller maximum").isZero();
      guard.replacePolicy(thirty);
      assertThat(completed(guard)).isEqualTo(30 - admitted.get());
      time.advance(Duration.ofMinutes(1));
    }
  }

  @Test
  void noReleaseIsLostAndWhatIsUnderWayHoldsItsPlace() throws Exception {
    Policy thirty = policy(30, "successes");
    Policy twenty = policy(20, "successes");
    ToolGuard guard = ToolGuard.builder(thirty).timeSource(time).build();
    AtomicInteger released = new AtomicInteger();
    for (int round = 0; round < ROUNDS; round++) {
      AtomicInteger kept = new AtomicInteger();
      AtomicInteger holding = new AtomicInteger();
      AtomicInteger most = new AtomicInteger();
      together(
          round,
          random -> {
            boolean done = random.nextInt(32) == 0;
            try {
              guard.call(
                  mint(),
                  call -> {
                    most.accumulateAndGet(holding.incrementAndGet(), Math::max);
                    // Gives the others a chance to come in between.
                    for (int spin = 0; spin < 500; spin++) {
                      Thread.onSpinWait();
                    }
                    if (!done) {
                      holding.decrementAndGet();
                      throw new NotDoneException("nothing done");
                    }
                    return kept.incrementAndGet();
                  });
            } catch (NotDoneException e) {
              released.incrementAndGet();
            }
          },
          () -> {
            guard.replacePolicy(twenty);
            guard.replacePolicy(thirty);
          });
      assertThat(most).as("kept and under way").hasValueLessThanOrEqualTo(30);
      assertThat(kept).as("kept").hasValueLessThanOrEqualTo(30);
      assertThat(completed(guard)).as("that still fit").isEqualTo(30 - kept.get());
      time.advance(Duration.ofMinutes(1));
    }
    assertThat(released).hasValueGreaterThan(ROUNDS * 30);
  }

  private interface Call {
    void run(Random random) throws Exception;
  }

  private void together(int round, Call call, Runnable replacement) throws Exception {
    CyclicBarrier start = new CyclicBarrier(THREADS + 1);
    AtomicInteger calling = new AtomicInteger(THREADS);
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Random random = new Random(31L * round + i);
      Callable<?> task =
          () -> {
            start.await();
            try {
              for (int calls = 0; calls < CALLS; calls++) {
                call.run(random);
              }
            } finally {
              calling.decrementAndGet();
            }
            return null;
          };
      running.add(threads.submit(task));
    }
    Callable<?> replacing =
        () -> {
          start.await();
          do {
            replacement.run();
          } while (calling.get() > 0);
          return null;
        };
    running.add(threads.submit(replacing));
    for (Future<?> future : running) {
      future.get();
    }
  }

  /** {@return how many more calls are let through} */
  private static int completed(ToolGuard guard) throws Exception {
    int completed = 0;
    for (int i = 0; i < 31; i++) {
      if (guard.call(mint(), call -> "token") instanceof Outcome.Completed<String>) {
        completed++;
      }
    }
    return completed;
  }
}
