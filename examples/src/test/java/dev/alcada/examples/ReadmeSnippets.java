package dev.alcada.examples;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.Approvals;
import dev.alcada.audit.DecisionListener;
import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.Outcome;
import dev.alcada.guard.ToolGuard;
import dev.alcada.pluggy.ConnectToken;
import dev.alcada.pluggy.ConnectTokenRequest;
import dev.alcada.pluggy.PluggyClient;
import dev.alcada.policy.Policy;
import java.nio.file.Path;
import java.util.Map;

/** The snippets of README.md, so that they compile. */
final class ReadmeSnippets {
  private ReadmeSnippets() {}

  static Outcome<String> plainHandler(Map<String, Object> arguments) throws Exception {
    Policy policy = Policy.load(Path.of("policy.json"));
    ToolGuard guard = ToolGuard.builder(policy).listener(DecisionListener.logging()).build();

    ToolCall call = ToolCall.of("refund_charge", arguments, Caller.grant("agent-7"));
    Outcome<String> outcome = guard.call(call, judged -> refund(judged.arguments()));

    return outcome;
  }

  static void askAPerson(ToolGuard guard) {
    Approvals approvals = guard.approvals();
    approvals.listen(request -> notifyPeople(request)); // Slack, e-mail, a page

    ApprovalRequest request = approvals.pending().get(0);
    approvals.approve(request.id(), "ana@example.com", "as agreed"); // or deny, or cancel
  }

  private static void notifyPeople(ApprovalRequest request) {
    System.out.println(request);
  }

  static String directMint(String id, String secret) {
    try (PluggyClient pluggy = PluggyClient.builder().credentials(id, secret).build()) {
      ConnectToken token =
          pluggy.createConnectToken(ConnectTokenRequest.builder().clientUserId("user-42").build());
      return token.value(); // for the Connect widget in your page
    }
  }

  private static String refund(Map<String, ?> arguments) {
    return "refunded " + arguments.get("charge");
  }
}
