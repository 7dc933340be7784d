package dev.alcada.guard;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.OwnLog;
import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import dev.alcada.counter.Ended;
import dev.alcada.decision.AskingRule;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Quorum;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.ApprovalTerms;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A yes is claimed by one run, and what the host's own code fails with is in no log. */
class ApprovalClaimTest {
  private static final ToolCall CALL = ToolCall.of("pay", Map.of(), Caller.grant("agent-7"));
  private static final List<AskingRule> ASKS =
      List.of(new AskingRule("/r", "/r", "Ask first.", "{}"));

  private static Standing ask(Approvals approvals) {
    return approvals.ask(CALL, ASKS, ApprovalTerms.DEFAULT, Quorum.ONE, Set.of()).join();
  }

  private static ApprovalRequest approved(Approvals approvals) {
    ask(approvals);
    approvals.approve(approvals.pending().get(0).id(), "ana", null);
    return ((Standing.Approved) ask(approvals)).request();
  }

  @Test
  void twoCallsThatBothSawTheYesDoNotBothGetIt() {
    Approvals approvals = Approvals.inMemory();
    ApprovalRequest seen = approved(approvals);

    ApprovalClaim first = requireNonNull(approvals.claim(seen, asking -> {}).join());
    assertThat(approvals.claim(seen, asking -> {}).join()).isNull();

    first.settle(Ended.NOT_DONE);
    assertThat(approvals.claim(seen, asking -> {}).join()).isNull();
    ApprovalClaim again =
        requireNonNull(
            approvals.claim(((Standing.Approved) ask(approvals)).request(), asking -> {}).join());
    again.settle(Ended.DONE);
    again.settle(Ended.NOT_DONE);
    assertThat(requireNonNull(approvals.get(seen.id())).state()).isEqualTo(ApprovalState.SPENT);
  }

  @Test
  void whatTheHostsCodeFailsWithIsLoggedByItsClassAlone() throws Throwable {
    IllegalStateException failure = new IllegalStateException("hunter2");
    Approvals failing =
        Approvals.builder().approver(request -> CompletableFuture.failedFuture(failure)).build();
    failing.listen(
        request -> {
          throw failure;
        });
    Approvals unredacted =
        Approvals.builder()
            .redaction(
                call -> {
                  throw failure;
                })
            .build();
    List<String> lines =
        OwnLog.of(
            () -> {
              ask(failing);
              ask(unredacted);
            });

    assertThat(lines)
        .hasSize(3)
        .allSatisfy(line -> assertThat(line).contains("java.lang.IllegalStateException"))
        .noneSatisfy(line -> assertThat(line).contains("hunter2"));
  }
}
