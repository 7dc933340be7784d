package demo.mcp;

import static dev.alcada.testing.GovernedTools.assertBehind;
import static dev.alcada.testing.GovernedTools.assertCovered;

import dev.alcada.guard.ToolGuard;
import dev.alcada.mcp.CallerResolver;
import dev.alcada.mcp.McpTools;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import java.util.List;
import java.util.Map;

/** The snippets of core/docs/mcp.md, so that they compile and run. */
public final class Snippets {
  private Snippets() {}

  /** A servlet, and the server behind it. */
  public record Served(
      HttpServletStreamableServerTransportProvider servlet, McpSyncServer server) {}

  public static Served overHttp(ToolGuard guard, List<SyncToolSpecification> specifications) {
    var transport =
        HttpServletStreamableServerTransportProvider.builder()
            .mcpEndpoint("/mcp")
            .contextExtractor(
                request ->
                    request.getUserPrincipal() == null
                        ? McpTransportContext.EMPTY
                        : McpTransportContext.create(
                            Map.of("principal", request.getUserPrincipal())))
            .build();
    McpTools tools =
        McpTools.builder(guard).callerResolver(CallerResolver.principal("principal")).build();
    McpSyncServer server =
        tools
            .install(McpServer.sync(transport).serverInfo("payments", "1.0"), specifications)
            .build();
    return new Served(transport, server);
  }

  public static McpSyncServer hearing(
      McpTools tools,
      McpStreamableServerTransportProvider transport,
      List<SyncToolSpecification> specifications) {
    McpSyncServer server =
        tools.install(McpServer.sync(tools.heard(transport)), specifications).build();
    return server;
  }

  public static void everyToolIsGoverned(
      ToolGuard guard, McpSyncClient client, List<String> tools) {
    assertCovered(guard, tools);
    assertBehind(
        guard,
        tools,
        tool -> {
          var result = client.callTool(CallToolRequest.builder(tool).arguments(Map.of()).build());
          return ((TextContent) result.content().get(0)).text();
        });
  }
}
