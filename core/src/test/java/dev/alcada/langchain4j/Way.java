package dev.alcada.langchain4j;

import dev.alcada.decision.Caller;
import dev.alcada.guard.NotDoneException;
import dev.alcada.guard.ToolGuard;
import dev.alcada.mcp.TestServer;
import dev.alcada.mcp.TestTool;
import dev.langchain4j.mcp.McpToolProvider;
import dev.langchain4j.mcp.client.DefaultMcpClient;
import dev.langchain4j.mcp.client.McpClient;
import dev.langchain4j.mcp.client.transport.http.StreamableHttpMcpTransport;
import dev.langchain4j.service.tool.ToolProvider;
import dev.langchain4j.service.tool.ToolProviderResult;
import dev.langchain4j.service.tool.ToolService;
import io.modelcontextprotocol.spec.McpError;
import java.util.List;
import java.util.stream.Stream;

/** The ways in which an application has tools, all with the same ones. */
enum Way {
  /** Methods of an object. */
  METHODS {
    @Override
    ToolProvider guarded(ToolGuard guard) {
      return GuardedTools.of(guard, AGENT, new Tools());
    }
  },
  /** A provider of the application's own. */
  PROVIDER {
    @Override
    ToolProvider guarded(ToolGuard guard) {
      return GuardedTools.around(
          guard, AGENT, request -> new ToolProviderResult(ToolService.findTools(new Tools())));
    }
  },
  /** The tools of an MCP server that knows of no guard. */
  MCP {
    @Override
    ToolProvider guarded(ToolGuard guard) {
      return GuardedTools.around(
          guard, AGENT, McpToolProvider.builder().mcpClients(Server.CLIENT).build());
    }
  };

  static final CallerResolver AGENT = context -> Caller.grant("agent-7");

  abstract ToolProvider guarded(ToolGuard guard);

  /** One for all tests; it ends with the process. */
  static final class Server {
    static final McpClient CLIENT = client(started(tools()));

    private Server() {}

    static TestServer started(List<TestTool> tools) {
      try {
        // One with sessions answers by a stream, which this client may cut before it has ended.
        return TestServer.stateless(
            with -> with.tools(tools.stream().map(TestTool::statelessSync).toList()));
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    static McpClient client(TestServer server) {
      return DefaultMcpClient.builder()
          .transport(StreamableHttpMcpTransport.builder().url(server.url()).build())
          .autoHealthCheck(false)
          .build();
    }

    private static List<TestTool> tools() {
      return Stream.concat(
              Stream.of("limited", "capped", "secret", "immediate")
                  .map(name -> TestTool.of(name, request -> TestTool.text("ran"))),
              Stream.of(
                  TestTool.of(
                      "echo", request -> TestTool.text("said " + request.arguments().get("text"))),
                  TestTool.of("refund", request -> TestTool.text("refunded")),
                  TestTool.of(
                      "fails",
                      request -> {
                        throw new IllegalStateException("password=hunter2");
                      }),
                  TestTool.of(
                      "errs",
                      request -> {
                        throw new StackOverflowError("password=hunter2");
                      }),
                  TestTool.of(
                      "nothing",
                      request -> {
                        throw new NotDoneException("password=hunter2");
                      }),
                  TestTool.of(
                      "refused",
                      request -> {
                        throw McpError.builder(-32601).message("password=hunter2").build();
                      }),
                  TestTool.of(
                      "breaks",
                      request -> {
                        throw McpError.builder(-32001).message("password=hunter2").build();
                      }),
                  TestTool.of(
                      "unfit",
                      request -> {
                        throw McpError.builder(-32602).message("no such account").build();
                      }),
                  TestTool.of(
                      "promises",
                      request -> {
                        throw McpError.builder(-32602)
                            .message("Tool promises has an output schema but no structured content")
                            .build();
                      }),
                  TestTool.of("unlucky", request -> TestTool.error("no such file"))))
          .toList();
    }
  }
}
