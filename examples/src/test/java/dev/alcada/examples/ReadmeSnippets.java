package dev.alcada.examples;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.examples.quarkus.GuardedTools;
import dev.alcada.guard.ToolGuard;
import dev.alcada.mcp.CallerResolver;
import dev.alcada.mcp.McpTools;
import dev.alcada.pluggy.ConnectToken;
import dev.alcada.pluggy.ConnectTokenRequest;
import dev.alcada.pluggy.PluggyClient;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import io.quarkiverse.mcp.server.ToolManager;
import io.quarkiverse.mcp.server.ToolResponse;
import java.util.List;

/** The snippets of README.md, so that they compile. */
final class ReadmeSnippets {
  private ReadmeSnippets() {}

  static void askAPerson(ToolGuard guard) {
    guard.approvals().listen(request -> tellPeople(request)); // Slack, e-mail, a page
  }

  private static void tellPeople(ApprovalRequest request) {
    System.out.println(request);
  }

  static String directMint(String id, String secret) {
    try (PluggyClient pluggy = PluggyClient.builder().credentials(id, secret).build()) {
      ConnectToken token =
          pluggy.createConnectToken(ConnectTokenRequest.builder().clientUserId("user-42").build());
      return token.value(); // for the Connect widget in your page
    }
  }

  static McpSyncServer mcpServer(
      McpStreamableServerTransportProvider transport,
      ToolGuard guard,
      List<SyncToolSpecification> specifications) {
    McpTools tools =
        McpTools.builder(guard).callerResolver(CallerResolver.principal("principal")).build();

    McpSyncServer server =
        tools
            .install(McpServer.sync(transport).serverInfo("payments", "1.0"), specifications)
            .build();
    return server;
  }

  static void quarkus(GuardedTools tools, ToolManager manager) {
    tools
        .tool(manager, "echo", call -> ToolResponse.success("said " + call.args().get("text")))
        .setDescription("Repeats a text")
        .addArgument("text", "What to repeat", true, String.class)
        .register();
  }
}
