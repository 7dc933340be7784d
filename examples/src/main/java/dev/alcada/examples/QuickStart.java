package dev.alcada.examples;

import dev.alcada.guard.ToolGuard;
import dev.alcada.mcp.McpTools;
import dev.alcada.pluggy.ConnectTokenTool;
import dev.alcada.policy.Policy;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The founding case from end to end: an MCP server whose {@code create_connect_token} is guarded,
 * and a client that calls it once too often.
 */
@Command(
    name = "quickstart",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    description = "Calls a guarded tool 31 times over MCP and shows what happens.")
public final class QuickStart implements Callable<Integer> {
  @Option(
      names = "--policies",
      paramLabel = "DIRECTORY",
      defaultValue = "examples/policies",
      description = "where the example policies are (default ${DEFAULT-VALUE})")
  private Path policies = Path.of("policies");

  @Mixin private PluggyChoice pluggy = new PluggyChoice();

  /** Runs the quick start; ends the program only if it failed. */
  public static void main(String... args) {
    int exit = Main.run(new CommandLine(new QuickStart()), args);
    if (exit != 0) {
      System.exit(exit);
    }
  }

  @Override
  public Integer call() throws Exception {
    System.out.println(
        pluggy.live()
            ? "LIVE: talking to Pluggy itself, at most one token"
            : "Talking to a stand-in for Pluggy on this machine (--live: to Pluggy itself)");
    Path file =
        policies.resolve(
            pluggy.live() ? "create_connect_token_live.json" : "create_connect_token.json");
    ToolGuard guard = ToolGuard.builder(Policy.load(file)).build();

    try (var connection = pluggy.connect()) {
      var transport =
          HttpServletStreamableServerTransportProvider.builder()
              .mcpEndpoint("/mcp")
              .sessionSweepInterval(null) // its thread would outlive the server
              .build();
      McpSyncServer server =
          McpServer.sync(transport)
              .serverInfo("alcada-quick-start", "0.1.0")
              .validateToolInputs(false) // the guard comes first
              .tools(
                  McpTools.builder(guard)
                      .validateInputs(McpJsonDefaults.getSchemaValidator())
                      .build()
                      .sync(
                          List.of(ConnectTokenSpecification.of(connection.client()), deleteItem())))
              .build();
      try (LoopbackServer http = LoopbackServer.start(transport, 0);
          McpSyncClient client =
              McpClient.sync(
                      HttpClientStreamableHttpTransport.builder(http.url())
                          .endpoint("/mcp")
                          .build())
                  .build()) {
        client.initialize();
        System.out.printf("policy %s%nserver %s/mcp%n%n", file, http.url());
        return converse(client, pluggy.live() ? 2 : 31);
      } finally {
        server.closeGracefully();
      }
    }
  }

  private static int converse(McpSyncClient client, int calls) {
    int minted = 0;
    int denied = 0;
    for (int i = 1; i <= calls; i++) {
      CallToolResult result =
          client.callTool(
              CallToolRequest.builder(ConnectTokenTool.NAME)
                  .arguments(Map.of("clientUserId", "user-42"))
                  .build());
      if (Boolean.TRUE.equals(result.isError())) {
        denied++;
        System.out.printf("%n%s, call %s:%n", ConnectTokenTool.NAME, i);
        printDenial(result);
      } else {
        minted++;
        System.out.printf("%s, call %s: token %s%n", ConnectTokenTool.NAME, i, masked(result));
      }
    }
    CallToolResult unlisted = client.callTool(CallToolRequest.builder("delete_item").build());
    System.out.printf("%ndelete_item, which the policy does not list:%n");
    printDenial(unlisted);
    boolean asExpected =
        minted == calls - 1 && denied == 1 && Boolean.TRUE.equals(unlisted.isError());
    System.out.printf(
        "%n%s tokens minted, %s call over the limit denied, 1 unlisted tool denied.%n",
        minted, denied);
    return asExpected ? 0 : 1;
  }

  private static void printDenial(CallToolResult result) {
    System.out.printf("%s%n", result.content().get(0) instanceof TextContent t ? t.text() : "");
    if (result.meta() != null
        && result.meta().get("dev.alcada/decision") instanceof Map<?, ?> decision) {
      System.out.printf("  rule %s%n", decision.get("rule"));
      if (decision.get("retryAfterSeconds") != null) {
        System.out.printf("  wait %s s%n", decision.get("retryAfterSeconds"));
      }
    }
  }

  private static String masked(CallToolResult result) {
    return result.structuredContent() instanceof Map<?, ?> content
            && content.get("accessToken") instanceof String token
        ? token.substring(0, Math.min(4, token.length())) + "…"
        : "?";
  }

  private static SyncToolSpecification deleteItem() {
    return SyncToolSpecification.builder()
        .tool(
            Tool.builder("delete_item", Map.of("type", "object"))
                .description("Deletes a connection. The policy does not list it.")
                .build())
        .callHandler(
            (exchange, request) -> CallToolResult.builder().addTextContent("deleted").build())
        .build();
  }
}
