package dev.alcada.guard;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import dev.alcada.counter.Ended;
import dev.alcada.decision.AskingRule;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.Quorum;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.ApprovalTerms;
import dev.alcada.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sixteen threads on one request: a yes is spent at most once, a no is never overtaken. */
class ApprovalStressTest {
  private static final int THREADS = 16;
  private static final int ROUNDS = 300;
  private static final ApprovalTerms TIMES =
      ApprovalTerms.of(Duration.ofMinutes(1), Duration.ofMinutes(1));
  private static final List<AskingRule> ASKS =
      List.of(new AskingRule("/rule", "/location", "Ask.", "{}"));

  private final ExecutorService pool = Executors.newFixedThreadPool(THREADS);
  private final ManualTime time = new ManualTime();
  private final Approvals approvals =
      Approvals.builder()
          .timeSource(time)
          .maxPerGrant(Integer.MAX_VALUE)
          .maxInAll(Integer.MAX_VALUE)
          .maxNewPerHour(Integer.MAX_VALUE)
          .build();

  @AfterEach
  void stop() {
    pool.shutdownNow();
  }

  @Test
  void aYesIsSpentAtMostOnceWhileItIsAnsweredClaimedCancelledAndExpires() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      ToolCall call = call(round);
      String id = request(call);
      AtomicInteger yes = new AtomicInteger();
      AtomicInteger no = new AtomicInteger();
      AtomicInteger cancelled = new AtomicInteger();
      AtomicInteger spent = new AtomicInteger();
      AtomicInteger seenDenied = new AtomicInteger();
      boolean expires = round % 3 == 0;
      boolean cancels = round % 3 == 1;

      inParallel(
          thread -> {
            switch (thread % 4) {
              case 0 -> {
                if (answered(() -> approvals.approve(id, "ana", null))) {
                  yes.incrementAndGet();
                }
              }
              case 1 -> {
                if (answered(() -> approvals.deny(id, "bo", null))) {
                  no.incrementAndGet();
                }
              }
              case 2 -> {
                if (expires && thread == 2) {
                  time.advance(Duration.ofMinutes(2));
                } else if (cancels && answered(() -> approvals.cancel(id))) {
                  cancelled.incrementAndGet();
                }
              }
              default -> {
                // fall through to the claims below
              }
            }
            for (int i = 0; i < 3; i++) {
              ApprovalRequest seen = requireNonNull(approvals.get(id));
              if (seen.state() == ApprovalState.DENIED) {
                seenDenied.incrementAndGet();
              }
              ApprovalClaim claim = approvals.claim(seen, asking -> {}).join();
              if (claim != null) {
                assertThat(seenDenied).hasValue(0);
                spent.incrementAndGet();
                claim.settle(Ended.DONE);
              }
            }
            return id;
          });

      assertThat(spent.get()).isBetween(0, yes.get());
      assertThat(yes.get() + no.get()).isLessThanOrEqualTo(1);
      if (!expires && !cancels) {
        assertThat(yes.get() + no.get()).isEqualTo(1);
        ApprovalRequest end = requireNonNull(approvals.get(id));
        ApprovalClaim last = approvals.claim(end, asking -> {}).join();
        assertThat(spent.get() + (last == null ? 0 : 1)).isEqualTo(yes.get());
      }
    }
  }

  @Test
  void aYesGivenBackIsHeldByOneRunAtATimeAndSpentOnce() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      String id = request(call(round));
      ApprovalRequest approved = approvals.approve(id, "ana", null);
      AtomicInteger running = new AtomicInteger();
      AtomicInteger spent = new AtomicInteger();

      inParallel(
          thread -> {
            ApprovalRequest seen = approved;
            for (int i = 0; i < 20; i++) {
              ApprovalClaim claim = approvals.claim(seen, asking -> {}).join();
              if (claim != null) {
                assertThat(running.incrementAndGet()).isEqualTo(1);
                running.decrementAndGet();
                if (thread == 0 && i > 5) {
                  spent.incrementAndGet();
                  claim.settle(Ended.DONE);
                } else {
                  claim.settle(Ended.NOT_DONE);
                }
                claim.settle(Ended.NOT_DONE);
              }
              seen = requireNonNull(approvals.get(id));
            }
            return id;
          });

      assertThat(spent.get()).isBetween(0, 1);
      assertThat(requireNonNull(approvals.get(id)).state())
          .isEqualTo(spent.get() == 1 ? ApprovalState.SPENT : ApprovalState.APPROVED);
    }
  }

  @Test
  void identicalCallsOfManyThreadsMakeOneRequest() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      ToolCall call = call(round);

      Set<String> ids = Set.copyOf(inParallel(thread -> request(call)));

      assertThat(ids).hasSize(1);
    }
    assertThat(approvals.pending()).hasSize(ROUNDS);
  }

  private String request(ToolCall call) {
    Standing asked = approvals.ask(call, ASKS, TIMES, Quorum.ONE, Set.of()).join();
    Decision decision = ((Standing.Answered) asked).decision();
    return requireNonNull(((Decision.ApprovalRequired) decision).approvalId());
  }

  private static ToolCall call(int round) {
    return ToolCall.of("pay", Map.of("round", round), Caller.grant("agent-7"));
  }

  private static boolean answered(Runnable answer) {
    try {
      answer.run();
      return true;
    } catch (ApprovalException e) {
      return false;
    }
  }

  private interface Work<T> {
    T run(int thread) throws Exception;
  }

  private <T> List<T> inParallel(Work<T> work) throws Exception {
    CyclicBarrier start = new CyclicBarrier(THREADS);
    List<Callable<T>> tasks = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int thread = i;
      tasks.add(
          () -> {
            start.await();
            return work.run(thread);
          });
    }
    List<T> results = new ArrayList<>();
    for (Future<T> result : pool.invokeAll(tasks)) {
      results.add(result.get());
    }
    return results;
  }
}
