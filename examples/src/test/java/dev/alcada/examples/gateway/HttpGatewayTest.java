package dev.alcada.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.examples.LoopbackServer;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The gateway between a client and a server of the official SDK, both over Streamable HTTP. */
class HttpGatewayTest {
  @RegisterExtension final Logged logged = new Logged();

  private static final int MIB = 1 << 20;
  private static final HttpClient HTTP = UpstreamUrl.http();
  private static final String POLICY =
      """
      {"version": "1", "default": "allow", "hide": ["secret"],
       "tools": {"act": {"limits": [{"counter": "acts", "window": "minute", "max": 2}]}}}
      """;

  private final CompletableFuture<ProgressNotification> progress = new CompletableFuture<>();
  private McpSyncServer server;
  private @Nullable LoopbackServer upstream;
  private HttpFront.Serving gateway;

  @BeforeEach
  void start() throws Exception {
    var transport =
        HttpServletStreamableServerTransportProvider.builder()
            .mcpEndpoint("/mcp")
            .sessionSweepInterval(null)
            .build();
    server =
        McpServer.sync(transport)
            .serverInfo("upstream", "1")
            .tools(tool("act"), tool("secret"), tool("flood"))
            .build();
    LoopbackServer started = LoopbackServer.start(transport, 0);
    upstream = started;
    URI url = URI.create(started.url() + "/mcp");
    ToolGuard guard = ToolGuard.builder(Policy.parse(POLICY)).build();
    UpstreamUrl.Address address = new UpstreamUrl.Address(HTTP, url, Map.of(), MIB);
    Settings settings =
        Settings.of(guard, listener -> new UpstreamUrl(address, listener)).withMaxBytes(MIB);
    gateway = HttpFront.start(settings, Relay.rehearse(settings), 0);
  }

  @AfterEach
  void stop() {
    gateway.close();
    server.closeGracefully();
    stopUpstream();
  }

  private void stopUpstream() {
    if (upstream != null) {
      upstream.close();
      upstream = null;
    }
  }

  private static SyncToolSpecification tool(String name) {
    return SyncToolSpecification.builder()
        .tool(Tool.builder(name, Map.of("type", "object")).description("any").build())
        .callHandler(
            (exchange, request) -> {
              if (request.progressToken() != null) {
                exchange.progressNotification(
                    ProgressNotification.builder(request.progressToken(), 0.5).build());
              }
              String said = name.equals("flood") ? "x".repeat(2 * MIB) : name + " done";
              return CallToolResult.builder().addTextContent(said).build();
            })
        .build();
  }

  private McpSyncClient client() {
    McpSyncClient client =
        McpClient.sync(
                HttpClientStreamableHttpTransport.builder(gateway.server().url())
                    .endpoint("/mcp")
                    .build())
            .progressConsumer(progress::complete)
            .build();
    client.initialize();
    return client;
  }

  private static String call(McpSyncClient client, String tool, Map<String, Object> meta) {
    CallToolResult result =
        client.callTool(CallToolRequest.builder(tool).arguments(Map.of()).meta(meta).build());
    return result.content().get(0) instanceof TextContent text ? text.text() : "";
  }

  @Test
  void passesCallsAndTheirProgressHidesToolsAndCountsAllSessionsTogether() throws Exception {
    try (McpSyncClient first = client();
        McpSyncClient second = client()) {
      assertThat(first.listTools().tools())
          .extracting(Tool::name)
          .containsExactlyInAnyOrder("act", "flood");
      assertThat(call(first, "act", Map.of("progressToken", "p"))).isEqualTo("act done");
      assertThat(progress.get(30, TimeUnit.SECONDS).progressToken()).isEqualTo("p");
      assertThat(call(second, "act", Map.of())).isEqualTo("act done");
      assertThat(call(first, "act", Map.of())).startsWith("[POLICY DENIED] ");
      assertThat(call(second, "secret", Map.of())).startsWith("[POLICY DENIED] ");
    }
  }

  @Test
  void saysThatTheUpstreamIsGone() {
    try (McpSyncClient client = client()) {
      assertThat(call(client, "act", Map.of())).isEqualTo("act done");
      stopUpstream();

      assertThat(call(client, "act", Map.of()))
          .startsWith("The tool did not answer: the upstream server at http://127.0.0.1:")
          .endsWith("/mcp cannot be reached (ConnectException)");
    }
  }

  @Test
  void anAnswerThatIsTooLargeIsAnErrorOfTheCallAndTheSessionGoesOn() {
    try (McpSyncClient client = client()) {
      assertThat(call(client, "flood", Map.of()))
          .startsWith("The tool did not answer: the upstream server sent something too large");
      assertThat(call(client, "act", Map.of())).isEqualTo("act done");
    }
  }
}
