package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.examples.quarkus.GuardedTools;
import dev.alcada.guard.Approvals;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.quarkus.test.QuarkusUnitTest;
import io.quarkus.test.common.http.TestHTTPResource;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A running Quarkus MCP server, over Streamable HTTP. */
abstract class QuarkusCells extends LocalCells {
  @SuppressWarnings("NullAway.Init") // by Quarkus
  @TestHTTPResource("/mcp")
  URI mcp;

  private McpSyncClient client;

  static QuarkusUnitTest running(Class<?>... tools) {
    return new QuarkusUnitTest()
        .overrideConfigKey("quarkus.http.test-port", "0")
        .withApplicationRoot(
            jar ->
                jar.addClasses(QuarkusApplication.class, FrameworkPolicy.class)
                    .addPackage(GuardedTools.class.getPackage())
                    .addClasses(tools));
  }

  @BeforeEach
  void connect() {
    client =
        McpClient.sync(
                HttpClientStreamableHttpTransport.builder(mcp.resolve("/").toString())
                    .endpoint("/mcp")
                    .build())
            .build();
    client.initialize();
  }

  @AfterEach
  void close() {
    client.close();
  }

  @Override
  Approvals approvals() {
    return QuarkusApplication.APPROVALS;
  }

  @Override
  String run(String tool, String arguments) {
    CallToolResult result = call(tool, arguments);
    String text = ((TextContent) result.content().get(0)).text();
    assertThat(result.isError())
        .isEqualTo(text.startsWith("[") || text.startsWith("The tool failed"));
    return text;
  }

  List<String> listed() {
    return client.listTools().tools().stream().map(Tool::name).toList();
  }

  CallToolResult call(String tool, String arguments) {
    return client.callTool(
        CallToolRequest.builder(tool)
            .arguments(ToolCall.ofJson(tool, arguments, Caller.grant("test")).arguments())
            .build());
  }

  @Override
  @Test
  void aHiddenToolDoesNotRun() {
    assertThat(listed()).contains("echo", "unlisted").doesNotContain("secret");
    assertThatThrownBy(() -> call("secret", "{}")).isInstanceOf(McpError.class);
  }

  @Test
  void aToolThatThePolicyDoesNotListIsDeniedByDefault() {
    assertThat(run("unlisted", "{}")).startsWith("[POLICY DENIED] ");
  }

  @Test
  void aRefusalCarriesItsDecision() {
    assertThat(call("refund", "{}").meta()).containsKey("dev.alcada/decision");
  }

  @Test
  void whatAToolAnswersAsAnErrorTheModelReads() {
    CallToolResult result = call("unlucky", "{}");

    assertThat(result.isError()).isTrue();
    assertThat(((TextContent) result.content().get(0)).text()).isEqualTo("no such file");
  }

  @Test
  void whereCallersCannotBeToldNothingIsListedAndNothingRuns() {
    QuarkusApplication.callersKnown = false;
    try {
      assertThat(listed()).isEmpty();
      assertThatThrownBy(() -> call("echo", "{\"text\": \"olá\"}")).isInstanceOf(McpError.class);
    } finally {
      QuarkusApplication.callersKnown = true;
    }
    assertThat(run("echo", "{\"text\": \"olá\"}")).isEqualTo("said olá");
  }
}
