package dev.alcada.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.examples.LoopbackServer;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import dev.alcada.tool.ToolDefinition;
import dev.alcada.tool.ToolPins;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A server behind the gateway whose tools change after they were pinned. */
@SuppressWarnings("NullAway.Init") // before each test
class PinnedUpstreamTest {
  @RegisterExtension final Logged logged = new Logged();

  private static final int MIB = 1 << 20;
  private static final Policy POLICY =
      Policy.parse("{\"version\": \"1\", \"default\": \"deny\", \"tools\": {\"*_it\": {}}}");

  @TempDir Path directory;
  private Path lock;
  private McpSyncServer server;
  private LoopbackServer upstream;
  private HttpFront.Serving gateway;
  private McpSyncClient client;

  @BeforeEach
  void start() throws Exception {
    lock = directory.resolve("tools.lock.json");
    var transport =
        HttpServletStreamableServerTransportProvider.builder()
            .mcpEndpoint("/mcp")
            .sessionSweepInterval(null)
            .build();
    server =
        McpServer.sync(transport)
            .serverInfo("upstream", "1")
            .tools(tool("pay_it", "Pays."))
            .build();
    upstream = LoopbackServer.start(transport, 0);
    accept("Pays.");
    ToolGuard guard = ToolGuard.builder(POLICY).pins(ToolPins.load(lock)).build();
    UpstreamUrl.Address address =
        new UpstreamUrl.Address(
            UpstreamUrl.http(), URI.create(upstream.url() + "/mcp"), Map.of(), MIB);
    Settings settings =
        Settings.of(guard, listener -> new UpstreamUrl(address, listener))
            .withFit(PolicyFit.of(guard, false).withPins(new PinFile(lock, guard)));
    gateway = HttpFront.start(settings, Relay.rehearse(settings), 0);
    client =
        McpClient.sync(HttpClientStreamableHttpTransport.builder(gateway.url()).build()).build();
    client.initialize();
  }

  @AfterEach
  void stop() {
    client.close();
    gateway.close();
    server.closeGracefully();
    upstream.close();
  }

  private static SyncToolSpecification tool(String name, String description) {
    return new SyncToolSpecification(
        Tool.builder(name, Map.of("type", "object")).description(description).build(),
        (exchange, request) -> CallToolResult.builder().addTextContent("ran").build());
  }

  private void accept(String description) {
    ToolPins.of(
            List.of(
                ToolDefinition.builder("pay_it")
                    .description(description)
                    .inputSchema(Map.of("type", "object"))
                    .build()))
        .save(lock);
  }

  private String call(String tool) {
    CallToolResult result =
        client.callTool(CallToolRequest.builder(tool).arguments(Map.of()).build());
    Object decision = result.meta() == null ? null : result.meta().get("dev.alcada/decision");
    return decision instanceof Map<?, ?> map
        ? map.get("code") + " " + map.get("rule")
        : ((TextContent) result.content().get(0)).text();
  }

  private List<String> listed() {
    return client.listTools().tools().stream().map(Tool::name).toList();
  }

  @Test
  void oneCharacterIsEnoughAndOnlyAPersonAcceptsIt() {
    assertThat(listed()).containsExactly("pay_it");
    assertThat(call("pay_it")).isEqualTo("ran");

    server.removeTool("pay_it");
    server.addTool(tool("pay_it", "Pays!"));
    server.addTool(tool("do_it", "Does."));
    assertThat(listed()).as("no model reads what nobody has accepted").isEmpty();
    assertThat(call("pay_it")).isEqualTo("tool_changed (pinned)");
    assertThat(call("do_it")).isEqualTo("tool_unpinned (pinned)");

    accept("Pays!");
    assertThat(call("pay_it")).isEqualTo("ran");
    assertThat(listed()).containsExactly("pay_it");
    assertThat(call("do_it")).isEqualTo("tool_unpinned (pinned)");
  }

  @Test
  void aCallBeforeAnyListIsComparedToo() {
    assertThat(call("pay_it")).isEqualTo("ran");
  }
}
