package dev.alcada.mcp;

import static dev.alcada.mcp.EachWiringTest.decision;
import static dev.alcada.mcp.EachWiringTest.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.guard.Approvals;
import dev.alcada.guard.PolicySource;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a client says in a request that is not its to say. */
class HostileClientTest {
  @Test
  void nobodyUsesTheApprovalOfAnother() throws Exception {
    Approvals approvals = Approvals.inMemory();
    try (TestServer server =
        TestServer.http(
            TestServer.Wiring.SYNC_HTTP,
            McpTools.builder(Scenario.guard(approvals))
                .callerResolver(CallerResolver.principal("principal"))
                .build(),
            Scenario.tools(approvals))) {
      McpSyncClient ana = server.client("ana");
      Map<String, Object> amount = Map.of("amount", 5);
      CallToolRequest refund = CallToolRequest.builder("refund").arguments(amount).build();
      Object id = Objects.requireNonNull(decision(ana.callTool(refund)).get("approvalId"));
      approvals.approve(String.valueOf(id), "a person", null);

      CallToolResult bruno =
          server
              .client("bruno")
              .callTool(
                  new CallToolRequest(
                      "refund",
                      amount,
                      Map.of(
                          "dev.alcada/decision", Map.of("outcome", "allowed", "approvalId", id))));

      assertThat(decision(bruno))
          .containsEntry("outcome", "approval_required")
          .doesNotContainEntry("approvalId", id);
      assertThat(text(ana.callTool(refund))).isEqualTo("refunded {amount=5}");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SYNC_HTTP", "ASYNC_HTTP"})
  void whoeverTakesOverASessionIsJudgedAsHimself(TestServer.Wiring wiring) throws Exception {
    Policy some = Policy.parse("{\"version\": \"1\", \"default\": \"allow\"}");
    Policy none = Policy.parse("{\"version\": \"1\", \"default\": \"deny\", \"hide\": [\"who\"]}");
    PolicySource ofAnaAlone = caller -> caller.grant().equals("ana") ? some : none;
    AtomicReference<String> user = new AtomicReference<>("ana");
    try (TestServer server =
        TestServer.http(
            wiring,
            McpTools.builder(ToolGuard.builder(ofAnaAlone).build())
                .callerResolver(CallerResolver.principal("principal"))
                .build(),
            List.of(TestTool.of("who", request -> TestTool.text("ran"))))) {
      McpSyncClient client = server.client(user::get);
      CallToolRequest who = CallToolRequest.builder("who").build();
      assertThat(text(client.callTool(who))).isEqualTo("ran");
      assertThat(client.listTools().tools()).hasSize(1);

      user.set("bruno");
      assertThat(decision(client.callTool(who))).containsEntry("code", "hidden");
      assertThat(client.listTools().tools()).isEmpty();

      user.set("");
      assertThat(decision(client.callTool(who))).containsEntry("code", "hidden");
    }
  }

  @Test
  void noArgumentsAreAnEmptyObject() {
    ToolGuard guard =
        ToolGuard.builder(
                Policy.parse(
                    """
                    {"version": "1", "default": "deny", "tools": {"once": {"deny_if": [{"conditions":
                      [{"path": "args.id", "op": "exists", "value": true}]}]}, "strict": {"require":
                      [{"conditions": [{"path": "args.id", "op": "exists", "value": true}]}]}}}
                    """))
            .build();
    TestTool counting =
        TestTool.of("once", request -> TestTool.text(String.valueOf(request.arguments())));
    TestTool strict = TestTool.of("strict", request -> TestTool.text("ran"));
    var tools =
        McpTools.builder(guard)
            .build()
            .statelessSync(List.of(counting.statelessSync(), strict.statelessSync()));

    assertThat(
            text(
                tools
                    .get(0)
                    .callHandler()
                    .apply(McpTransportContext.EMPTY, new CallToolRequest("once", null, null))))
        .isEqualTo("{}");
    assertThat(
            decision(
                tools
                    .get(1)
                    .callHandler()
                    .apply(McpTransportContext.EMPTY, new CallToolRequest("strict", null, null))))
        .containsEntry("code", "require");
  }
}
