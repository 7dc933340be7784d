package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Implementation;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.quarkus.test.QuarkusUnitTest;
import io.quarkus.test.common.http.TestHTTPResource;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A running Quarkus MCP server, over Streamable HTTP. */
class QuarkusToolsTest {
  @RegisterExtension
  static final QuarkusUnitTest QUARKUS =
      new QuarkusUnitTest()
          .overrideConfigKey("quarkus.http.test-port", "0")
          .withApplicationRoot(
              jar ->
                  jar.addClasses(
                      QuarkusApplication.class, QuarkusTools.class, FrameworkPolicy.class));

  @SuppressWarnings("NullAway.Init") // by Quarkus
  @TestHTTPResource("/mcp")
  URI mcp;

  private McpSyncClient client;

  @BeforeEach
  void connect() {
    client = connect("somebody");
  }

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void aHiddenToolIsNeitherListedNorRun() {
    assertThat(client.listTools().tools())
        .extracting(Tool::name)
        .containsExactlyInAnyOrder("echo", "capped", "refund", "fails", "unknown");
    assertThatThrownBy(() -> call("secret", Map.of())).isInstanceOf(McpError.class);
  }

  @Test
  void aFilterThatCannotTellTheCallerHidesEverything() {
    try (McpSyncClient nobody = connect("nobody")) {
      assertThat(nobody.getServerCapabilities().tools()).isNull();
    }
  }

  @Test
  void anAllowedToolRunsWithItsArguments() {
    CallToolResult result = call("echo", Map.of("text", "olá"));

    assertThat(text(result)).isEqualTo("said olá");
    assertThat(result.isError()).isFalse();
  }

  @Test
  void aDeniedToolAnswersAnErrorThatSaysWhy() {
    CallToolResult result = call("unknown", Map.of());

    assertThat(result.isError()).isTrue();
    assertThat(text(result)).startsWith("[POLICY DENIED] ");
    assertThat(result.meta()).containsKey("dev.alcada/decision");
  }

  @Test
  void aCallThatNeedsApprovalRunsAfterAYes() {
    var approvals = QuarkusApplication.APPROVALS;

    assertThat(text(call("refund", Map.of()))).startsWith("[APPROVAL REQUIRED] ");
    approvals.approve(approvals.pending().get(0).id(), "a person", null);
    assertThat(text(call("refund", Map.of()))).isEqualTo("refunded");
  }

  @Test
  void whatAToolThrowsReachesNoModel() {
    CallToolResult result = call("fails", Map.of());

    assertThat(result.isError()).isTrue();
    assertThat(text(result)).startsWith("The tool failed").doesNotContain("hunter2");
  }

  @Test
  void concurrentCallsNeverGetPastTheLimit() throws Exception {
    assertThat(FrameworkPolicy.ranOf32(() -> text(call("capped", Map.of()))))
        .isEqualTo(FrameworkPolicy.CAP);
  }

  private McpSyncClient connect(String name) {
    McpSyncClient connected =
        McpClient.sync(
                HttpClientStreamableHttpTransport.builder(mcp.resolve("/").toString())
                    .endpoint("/mcp")
                    .build())
            .clientInfo(Implementation.builder(name, "1").build())
            .build();
    connected.initialize();
    return connected;
  }

  private CallToolResult call(String tool, Map<String, Object> arguments) {
    return client.callTool(CallToolRequest.builder(tool).arguments(arguments).build());
  }

  private static String text(CallToolResult result) {
    return ((TextContent) result.content().get(0)).text();
  }
}
