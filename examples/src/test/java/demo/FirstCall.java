package demo;

import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.Outcome;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import java.util.Map;

public class FirstCall {
  public static void main(String[] args) throws Exception {
    Policy policy =
        Policy.parse(
            """
            version: "1"
            default: deny
            tools:
              create_connect_token:
                require:
                  - conditions: [{path: args.clientUserId, op: eq, value_from: context.user}]
                limits:
                  - {counter: create_connect_token_rate, window: minute, max: 30}
            """);
    ToolGuard guard = ToolGuard.builder(policy).build();

    Caller caller = Caller.grant("agent-7").withAttribute("user", "user-42");
    for (int i = 1; i <= 31; i++) {
      ToolCall call =
          ToolCall.of("create_connect_token", Map.of("clientUserId", "user-42"), caller);
      Outcome<String> outcome =
          guard.call(call, judged -> "a token for " + judged.arguments().get("clientUserId"));

      if (outcome instanceof Outcome.Completed<String> done) {
        System.out.println(i + ": " + done.value());
      } else {
        System.out.println(i + ": " + outcome.decision().text());
      }
    }
  }
}
