package dev.alcada.examples;

import dev.alcada.guard.NotDoneException;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** The tools that frameworks are tried with, as those of an MCP server on Tomcat. */
record FrameworkServer(McpSyncServer server, LoopbackServer http) implements AutoCloseable {
  /** Starts a server whose builder a test may fill further. */
  static FrameworkServer start(UnaryOperator<McpServer.SyncSpecification<?>> with)
      throws IOException {
    var transport =
        HttpServletStreamableServerTransportProvider.builder()
            .mcpEndpoint("/mcp")
            .sessionSweepInterval(null)
            .build();
    McpSyncServer server = with.apply(McpServer.sync(transport)).build();
    return new FrameworkServer(server, LoopbackServer.start(transport, 0));
  }

  static List<SyncToolSpecification> tools() {
    return List.of(
        tool("echo", request -> text("said " + request.arguments().get("text"))),
        tool("limited", request -> text("ran")),
        tool("capped", request -> text("ran")),
        tool("secret", request -> text("ran")),
        tool("refund", request -> text("refunded")),
        tool(
            "fails",
            request -> {
              throw new IllegalStateException("password=hunter2");
            }),
        tool(
            "errs",
            request -> {
              throw new StackOverflowError("password=hunter2");
            }),
        tool(
            "nothing",
            request -> {
              throw new NotDoneException("password=hunter2");
            }),
        tool(
            "unlucky",
            request ->
                CallToolResult.builder().addTextContent("no such file").isError(true).build()));
  }

  private static SyncToolSpecification tool(
      String name, Function<CallToolRequest, CallToolResult> handler) {
    return new SyncToolSpecification(
        Tool.builder(name, Map.of("type", "object")).description("A tool").build(),
        (exchange, request) -> handler.apply(request));
  }

  private static CallToolResult text(String text) {
    return CallToolResult.builder().addTextContent(text).build();
  }

  String url() {
    return http.url();
  }

  @Override
  public void close() {
    server.closeGracefully();
    http.close();
  }
}
