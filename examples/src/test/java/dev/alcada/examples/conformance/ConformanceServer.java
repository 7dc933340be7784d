package dev.alcada.examples.conformance;

import dev.alcada.examples.LoopbackServer;
import dev.alcada.guard.ToolGuard;
import dev.alcada.mcp.McpTools;
import dev.alcada.policy.Policy;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.DefaultServerTransportSecurityValidator;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import java.util.List;

/**
 * A server of the official SDK that has what the MCP conformance suite asks of one: its tools as
 * they are, or with {@code guarded} behind a guard that allows everything. Serves until its input
 * ends.
 */
public final class ConformanceServer {
  private static final String ALLOW = "{\"version\": \"1\", \"default\": \"allow\"}";

  private ConformanceServer() {}

  public static void main(String... args) throws Exception {
    boolean guarded = args.length > 0 && args[0].equals("guarded");
    var transport =
        HttpServletStreamableServerTransportProvider.builder()
            .mcpEndpoint("/mcp")
            .sessionSweepInterval(null) // its thread would outlive the server
            .httpHeaderValidator(
                DefaultServerTransportSecurityValidator.builder()
                    .allowedHosts(List.of("127.0.0.1:*", "localhost:*"))
                    .allowedOrigins(List.of("http://127.0.0.1:*", "http://localhost:*"))
                    .build())
            .build();
    McpServer.SyncSpecification<?> specification =
        McpServer.sync(transport)
            .serverInfo("alcada-conformance", "0.1.0")
            .capabilities(
                ServerCapabilities.builder()
                    .tools(true)
                    .resources(true, true)
                    .prompts(true)
                    .logging()
                    .completions()
                    .build())
            .resources(ConformanceResources.resources())
            .resourceTemplates(ConformanceResources.templates())
            .prompts(ConformancePrompts.prompts())
            .completions(ConformancePrompts.completion());
    if (guarded) {
      ToolGuard guard = ToolGuard.builder(Policy.parse(ALLOW)).build();
      McpTools.builder(guard).build().install(specification, ConformanceTools.tools());
    } else {
      specification.tools(ConformanceTools.tools());
    }
    McpSyncServer server = specification.build();
    try (LoopbackServer http = LoopbackServer.start(transport, 0)) {
      System.out.println(http.url() + "/mcp");
      System.in.readAllBytes();
    } finally {
      server.closeGracefully();
    }
  }
}
