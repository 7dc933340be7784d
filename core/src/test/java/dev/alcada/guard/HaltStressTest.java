package dev.alcada.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Threads make calls while another halts and resumes. Each call's thread is stopped for a while
 * between its last look and its start: once a halt has returned, none is there, and none comes.
 */
@Timeout(300)
class HaltStressTest {
  private static final int CALLERS = 6;
  private static final int HALTS = 300;

  @Test
  void noCallStartsAfterHaltHasReturned() throws Exception {
    AtomicLong looked = new AtomicLong();
    AtomicLong past = new AtomicLong();
    ToolGuard guard =
        ToolGuard.builder(
                Policy.parse(
                    "{\"version\": \"1\", \"default\": \"deny\", \"tools\": {\"pay\": {}}}"))
            .afterLastLook(
                () -> {
                  looked.incrementAndGet();
                  for (int i = ThreadLocalRandom.current().nextInt(3); i > 0; i--) {
                    Thread.onSpinWait();
                  }
                  past.incrementAndGet();
                })
            .build();
    AtomicBoolean over = new AtomicBoolean();
    LongAdder ran = new LongAdder();
    AtomicLong denied = new AtomicLong();
    ExecutorService pool = Executors.newFixedThreadPool(CALLERS);
    List<Future<?>> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      boolean async = i % 2 == 0;
      ToolCall call = ToolCall.of("pay", Map.of(), Caller.grant("agent-" + i));
      callers.add(
          pool.submit(
              () -> {
                while (!over.get()) {
                  Outcome<String> outcome = made(guard, call, async);
                  if (outcome instanceof Outcome.Completed<String>) {
                    ran.increment();
                  } else {
                    denied.incrementAndGet();
                  }
                }
                return null;
              }));
    }
    try {
      for (int halt = 0; halt < HALTS; halt++) {
        long before = past.get();
        while (past.get() == before) {
          Thread.onSpinWait(); // calls go through
        }
        guard.halt("Stop.");
        long started = looked.get();
        assertThat(past.get()).isEqualTo(started);
        long deniedBefore = denied.get();
        while (denied.get() < deniedBefore + CALLERS) {
          Thread.onSpinWait(); // calls that began after it are denied
        }
        assertThat(looked.get()).isEqualTo(started);
        guard.resume();
      }
    } finally {
      over.set(true);
      pool.shutdown();
    }
    for (Future<?> caller : callers) {
      caller.get();
    }
    assertThat(ran.sum()).isEqualTo(past.get());
  }

  private static Outcome<String> made(ToolGuard guard, ToolCall call, boolean async)
      throws Exception {
    return async
        ? guard
            .<String>callAsync(call, judged -> CompletableFuture.completedFuture("ran"))
            .toCompletableFuture()
            .join()
        : guard.call(call, judged -> "ran");
  }
}
