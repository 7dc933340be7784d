package dev.alcada.mcp;

import io.modelcontextprotocol.server.McpServerFeatures;
import io.modelcontextprotocol.server.McpStatelessServerFeatures;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.Map;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** A tool that any of the SDK's four records can carry. */
public record TestTool(Tool tool, Function<CallToolRequest, CallToolResult> handler) {
  public static TestTool of(String name, Function<CallToolRequest, CallToolResult> handler) {
    return new TestTool(Tool.builder(name, Map.of("type", "object")).build(), handler);
  }

  public static CallToolResult text(String text) {
    return CallToolResult.builder().addTextContent(text).build();
  }

  public static CallToolResult error(String text) {
    return CallToolResult.builder().addTextContent(text).isError(true).build();
  }

  McpServerFeatures.SyncToolSpecification sync() {
    return new McpServerFeatures.SyncToolSpecification(
        tool, (exchange, request) -> handler.apply(request));
  }

  McpServerFeatures.AsyncToolSpecification async() {
    return new McpServerFeatures.AsyncToolSpecification(
        tool, (exchange, request) -> Mono.fromCallable(() -> handler.apply(request)));
  }

  public McpStatelessServerFeatures.SyncToolSpecification statelessSync() {
    return new McpStatelessServerFeatures.SyncToolSpecification(
        tool, (context, request) -> handler.apply(request));
  }

  McpStatelessServerFeatures.AsyncToolSpecification statelessAsync() {
    return new McpStatelessServerFeatures.AsyncToolSpecification(
        tool, (context, request) -> Mono.fromCallable(() -> handler.apply(request)));
  }
}
