package dev.alcada.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.approval.ApprovalState;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.DecisionCode;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.Policy;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Calls that would like to wait for a person, as many as a model likes. */
class PatienceTest {
  private static final int MOST_OF_ONE = 4;
  private static final int MOST_IN_ALL = 1_000;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final AtomicInteger paid = new AtomicInteger();
  private final List<ApprovalState> heard = new ArrayList<>();
  private final Approvals approvals =
      Approvals.builder().maxPerGrant(10).maxInAll(10_000).maxNewPerHour(10_000).build();
  private final ToolGuard guard =
      ToolGuard.builder(
              Policy.parse(
                  """
                  {"version": "1", "default": "deny", "tools": {"pay":
                    {"action": "require_approval", "reason": "Money moves."}}}
                  """))
          .approvals(approvals)
          .approvalPatience(Duration.ofDays(1))
          .build();

  private CompletableFuture<Outcome<String>> pay(String grant) {
    return guard
        .callAsync(
            ToolCall.of("pay", Map.of("amount", 5), Caller.grant(grant)),
            judged -> {
              paid.incrementAndGet();
              return CompletableFuture.completedFuture("paid");
            })
        .toCompletableFuture();
  }

  private static long waiting(List<CompletableFuture<Outcome<String>>> calls) {
    return calls.stream().filter(call -> !call.isDone()).count();
  }

  @Test
  void ofOneCallMadeAgainAndAgainAFewWaitOneRunsAndNobodyIsAskedTwice() throws Exception {
    approvals.listen(
        request -> {
          synchronized (heard) {
            heard.add(request.state());
          }
        });
    int atRest = threads.getThreadCount();
    List<CompletableFuture<Outcome<String>>> calls = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      calls.add(pay("agent-7"));
    }
    assertThat(waiting(calls)).as("calls that wait").isEqualTo(MOST_OF_ONE);
    assertThat(threads.getThreadCount() - atRest).as("threads").isLessThanOrEqualTo(8);

    approvals.approve(approvals.pending().get(0).id(), "ana", null);

    List<DecisionCode> codes = new ArrayList<>();
    for (CompletableFuture<Outcome<String>> call : calls) {
      DecisionCode code = call.get(1, TimeUnit.MINUTES).decision().code();
      if (code != DecisionCode.APPROVAL_PENDING && code != null) {
        codes.add(code);
      }
    }
    assertThat(paid).as("paid of one yes").hasValue(1);
    assertThat(codes).as("who came too late").hasSize(3).containsOnly(DecisionCode.APPROVAL_IN_USE);
    assertThat(approvals.pending()).as("asked anew").isEmpty();
    synchronized (heard) {
      assertThat(heard)
          .containsExactly(
              ApprovalState.PENDING,
              ApprovalState.APPROVED,
              ApprovalState.IN_USE,
              ApprovalState.SPENT);
    }
  }

  @Test
  void whoeverCallsOnlySoManyWaitInAll() throws Exception {
    int atRest = threads.getThreadCount();
    List<CompletableFuture<Outcome<String>>> calls = new ArrayList<>();
    for (int i = 0; i < MOST_IN_ALL + 500; i++) {
      calls.add(pay("agent-" + i));
    }
    assertThat(waiting(calls)).isEqualTo(MOST_IN_ALL);
    assertThat(threads.getThreadCount() - atRest).as("threads").isLessThanOrEqualTo(8);

    calls.forEach(call -> call.cancel(true));
    assertThat(pay("agent-1").isDone()).as("there is room again").isFalse();
    assertThat(paid).hasValue(0);
  }

  /** What the adapter of a framework asks its client, such as whether it is there. */
  private CompletableFuture<Outcome<String>> pay(CompletionStage<Boolean> wanted) {
    return guard
        .callAsync(
            ToolCall.of("pay", Map.of("amount", 5), Caller.grant("agent-7")),
            new AsyncToolHandler<String>() {
              @Override
              public CompletionStage<String> handle(ToolCall judged) {
                paid.incrementAndGet();
                return CompletableFuture.completedFuture("paid");
              }

              @Override
              public CompletionStage<Boolean> stillWanted(ToolCall call) {
                return wanted;
              }
            })
        .toCompletableFuture();
  }

  static Stream<CompletionStage<Boolean>> notWanted() {
    return Stream.of(
        CompletableFuture.completedFuture(false),
        CompletableFuture.failedFuture(new IllegalStateException("gone")));
  }

  @ParameterizedTest
  @MethodSource("notWanted")
  void aYesForACallThatIsNotWantedServesTheSameCallMadeAgain(CompletionStage<Boolean> wanted)
      throws Exception {
    CompletableFuture<Outcome<String>> call = pay(wanted);
    String id = approvals.pending().get(0).id();
    approvals.approve(id, "ana", null);

    assertThat(call.get(1, TimeUnit.MINUTES).decision().code())
        .isEqualTo(DecisionCode.APPROVAL_PENDING);
    assertThat(paid).hasValue(0);
    assertThat(approvals.get(id))
        .extracting(request -> request.state())
        .isEqualTo(ApprovalState.APPROVED);
    pay("agent-7").get(1, TimeUnit.MINUTES);
    assertThat(paid).hasValue(1);
  }

  @Test
  void aCallWhoseRequestIsWithdrawnIsToldSoAndNobodyIsAskedAnew() throws Exception {
    CompletableFuture<Outcome<String>> call = pay("agent-7");
    approvals.cancel(approvals.pending().get(0).id());

    Decision decision = call.get(1, TimeUnit.MINUTES).decision();
    assertThat(decision.code()).isEqualTo(DecisionCode.APPROVAL_PENDING);
    assertThat(decision.text())
        .contains(
            "The request has ended without an answer. The same call made again requests it anew.");
    assertThat(approvals.pending()).isEmpty();
    assertThat(paid).hasValue(0);
  }

  @Test
  void whatIsSaidWhileACallIsAskedForHolds() throws Exception {
    CompletableFuture<Boolean> wanted = new CompletableFuture<>();
    CompletableFuture<Outcome<String>> halted = pay(wanted);
    approvals.approve(approvals.pending().get(0).id(), "ana", null);
    guard.halt("stop everything");
    wanted.complete(true);

    assertThat(halted.get(1, TimeUnit.MINUTES).decision().code()).isEqualTo(DecisionCode.HALTED);
    assertThat(paid).hasValue(0);
  }
}
