package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.decision.Caller;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.mcp.McpToolExecutor;
import dev.langchain4j.mcp.McpToolProvider;
import dev.langchain4j.mcp.client.DefaultMcpClient;
import dev.langchain4j.mcp.client.McpClient;
import dev.langchain4j.mcp.client.transport.http.StreamableHttpMcpTransport;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.tool.AiServiceTool;
import dev.langchain4j.service.tool.ToolExecutor;
import dev.langchain4j.service.tool.ToolProviderRequest;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** LangChain4j's MCP client at a server on Tomcat that knows of no guard, and ours around it. */
class LangChain4jMcpTest {
  private static FrameworkServer server;
  private static McpClient client;

  @BeforeAll
  static void connect() throws IOException {
    server = FrameworkServer.start(builder -> builder.tools(FrameworkServer.tools()));
    client = connected(server);
  }

  private static McpClient connected(FrameworkServer to) {
    return DefaultMcpClient.builder()
        .transport(StreamableHttpMcpTransport.builder().url(to.url() + "/mcp").build())
        .autoHealthCheck(false)
        .build();
  }

  @AfterAll
  static void close() throws Exception {
    client.close();
    server.close();
  }

  /** The tools of the server, wrapped as {@code McpToolProvider} wraps them. */
  abstract static class Cells extends FrameworkCells {
    final McpToolProvider provider() {
      return McpToolProvider.builder()
          .mcpClients(client)
          .toolWrapper(
              executor ->
                  LangChain4jTools.guard(guard(), memoryId -> Caller.grant("agent-7"), executor))
          .build();
    }

    final ToolExecutor executor(String tool) {
      return provided(provider(), tool).toolExecutor();
    }

    final ToolExecutionRequest request(String tool, String arguments) {
      return ToolExecutionRequest.builder().id("1").name(tool).arguments(arguments).build();
    }
  }

  @Nested
  class Execute extends Cells {
    @Override
    String run(String tool, String arguments) {
      return executor(tool).execute(request(tool, arguments), "memory");
    }
  }

  @Nested
  class ExecuteWithContext extends Cells {
    @Override
    String run(String tool, String arguments) {
      return executor(tool)
          .executeWithContext(
              request(tool, arguments), InvocationContext.builder().chatMemoryId("memory").build())
          .resultText();
    }

    @Test
    void whatTheServerAnswersAsAnErrorTheModelReads() {
      var unlucky =
          executor("unlucky")
              .executeWithContext(
                  request("unlucky", "{}"),
                  InvocationContext.builder().chatMemoryId("memory").build());

      assertThat(unlucky.isError()).isTrue();
      assertThat(unlucky.resultText()).isEqualTo("no such file");
    }

    @Test
    void whatGoesWrongOnTheWayTheModelDoesNotRead() throws Exception {
      ToolExecutor echo;
      McpClient disconnected;
      try (FrameworkServer ending =
          FrameworkServer.start(builder -> builder.tools(FrameworkServer.tools()))) {
        disconnected = connected(ending);
        echo =
            LangChain4jTools.guard(
                guard(), memoryId -> Caller.grant("agent-7"), new McpToolExecutor(disconnected));
      }
      try (disconnected) {
        assertThat(echo.execute(request("echo", "{\"text\": \"olá\"}"), "memory"))
            .isEqualTo("The tool failed; what it had done by then is not known.");
      }
    }
  }

  @Nested
  class InAnAiService extends Cells {
    @Override
    String run(String tool, String arguments) {
      return AiServices.builder(ScriptedAssistant.class)
          .chatModel(new ScriptedModel(request(tool, arguments)))
          .toolProvider(provider())
          .build()
          .chat("go");
    }

    @Test
    void whatThePolicyHidesIsNotOfferedToTheModel() {
      McpToolProvider provider =
          ReadmeSnippets.langChain4j(guard(), memoryId -> Caller.grant("agent-7"), client);

      assertThat(provided(provider))
          .extracting(tool -> tool.toolSpecification().name())
          .contains("echo", "refund")
          .doesNotContain("secret");
      assertThat(
              provided(provider, "echo")
                  .toolExecutor()
                  .execute(request("echo", "{\"text\": \"olá\"}"), "memory"))
          .isEqualTo("said olá");
    }
  }

  private static List<AiServiceTool> provided(McpToolProvider provider) {
    return provider
        .provideTools(new ToolProviderRequest("memory", UserMessage.from("go")))
        .aiServiceTools();
  }

  private static AiServiceTool provided(McpToolProvider provider, String name) {
    return provided(provider).stream()
        .filter(tool -> tool.toolSpecification().name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
