package dev.alcada.examples;

import dev.alcada.pluggy.ConnectTokenResult;
import dev.alcada.pluggy.ConnectTokenTool;
import dev.alcada.pluggy.PluggyClient;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.spec.McpSchema.ToolAnnotations;

/** The tool {@code create_connect_token} in the official SDK's words. Not guarded yet. */
final class ConnectTokenSpecification {
  private ConnectTokenSpecification() {}

  static SyncToolSpecification of(PluggyClient pluggy) {
    ConnectTokenTool tool = ConnectTokenTool.of(pluggy);
    return SyncToolSpecification.builder()
        .tool(
            Tool.builder(ConnectTokenTool.NAME, tool.inputSchema())
                .title(ConnectTokenTool.TITLE)
                .description(ConnectTokenTool.DESCRIPTION)
                .outputSchema(tool.outputSchema())
                .annotations(
                    ToolAnnotations.builder()
                        .readOnlyHint(false)
                        .destructiveHint(false)
                        .idempotentHint(false)
                        .openWorldHint(true)
                        .build())
                .build())
        .callHandler((exchange, request) -> result(tool.call(request.arguments())))
        .build();
  }

  private static CallToolResult result(ConnectTokenResult minted) {
    CallToolResult.Builder result =
        CallToolResult.builder().addTextContent(minted.text()).isError(minted.isError());
    if (!minted.metadata().isEmpty()) {
      result.meta(minted.metadata());
    }
    if (!minted.isError()) {
      result.structuredContent(minted.structuredContent());
    }
    return result.build();
  }
}
