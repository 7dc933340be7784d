package demo.mcp;

import dev.alcada.audit.DecisionListener;
import dev.alcada.guard.ToolGuard;
import dev.alcada.mcp.McpTools;
import dev.alcada.policy.Policy;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

public final class PaymentsServer {
  public static void main(String[] args) {
    ToolGuard guard =
        ToolGuard.builder(Policy.load(Path.of(args[0])))
            .listener(DecisionListener.logging())
            .build();
    McpTools tools = McpTools.builder(guard).stdio().build();

    tools
        .install(
            McpServer.sync(new StdioServerTransportProvider(McpJsonDefaults.getMapper()))
                .serverInfo("payments", "1.0"),
            List.of(refund()))
        .build();
  }

  private static SyncToolSpecification refund() {
    Tool tool =
        Tool.builder(
                "refund",
                Map.of(
                    "type", "object",
                    "properties",
                        Map.of(
                            "charge", Map.of("type", "string"),
                            "amount", Map.of("type", "number")),
                    "required", List.of("charge", "amount")))
            .description("Refunds a charge")
            .build();
    return new SyncToolSpecification(
        tool,
        (exchange, request) ->
            CallToolResult.builder()
                .addTextContent("refunded " + request.arguments().get("amount"))
                .build());
  }
}
