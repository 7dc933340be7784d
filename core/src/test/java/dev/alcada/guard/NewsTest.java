package dev.alcada.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.approval.Answer;
import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** In which order changes of one request are told, whatever the order in which a store answers. */
class NewsTest {
  private final List<ApprovalState> told = new ArrayList<>();
  private final News news = new News(request -> told.add(request.state()));

  /** A request as it is after each of its changes. */
  private static List<ApprovalRequest> changes() throws Exception {
    Approvals approvals = Approvals.inMemory();
    List<ApprovalRequest> changes = new ArrayList<>();
    approvals.listen(changes::add);
    Policy policy =
        Policy.parse(
            "{'version':'1','default':'deny','tools':{'pay':{'action':'require_approval'}}}"
                .replace('\'', '"'));
    ToolGuard guard = ToolGuard.builder(policy).approvals(approvals).build();
    var call = ToolCall.of("pay", Map.of(), Caller.grant("g"));
    guard.call(call, judged -> "paid");
    approvals.answer(changes.get(0).id(), Answer.approve("ana")).toCompletableFuture().join();
    guard.call(call, judged -> "paid");
    return changes;
  }

  /** Of two people who answer at once the slower one may be told first that it was too late. */
  @Test
  void aChangeIsToldBeforeTheNextThoughAnotherOfItsVersionWasRefused() throws Exception {
    List<ApprovalRequest> changes = changes();
    assertThat(changes)
        .extracting(ApprovalRequest::state)
        .containsExactly(
            ApprovalState.PENDING,
            ApprovalState.APPROVED,
            ApprovalState.IN_USE,
            ApprovalState.SPENT);
    ApprovalRequest approved = changes.get(1);
    ApprovalRequest inUse = changes.get(2);

    news.begin(approved);
    news.begin(approved);
    news.end(approved, false);
    news.begin(inUse);
    news.end(inUse, true);
    assertThat(told).as("an earlier change is on its way").isEmpty();
    news.end(approved, true);

    assertThat(told).containsExactly(ApprovalState.APPROVED, ApprovalState.IN_USE);
  }
}
