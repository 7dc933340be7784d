package dev.alcada.examples.spring;

import dev.alcada.guard.Approvals;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientSseClientTransport;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A running application and a client of its MCP server.
 *
 * @param approver says yes to what waits for it, of one tool
 * @param stop ends the application
 */
record Server(McpSyncClient client, Consumer<String> approver, Runnable stop)
    implements AutoCloseable {
  /** A process may take its time to start on a busy machine. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private static final String SECURITY = "org.springframework.boot.security.autoconfigure.";

  /** It is on the class path for the tests that are about it. */
  private static final String WITHOUT_SECURITY =
      "spring.autoconfigure.exclude="
          + Stream.of(
                  "SecurityAutoConfiguration",
                  "UserDetailsServiceAutoConfiguration",
                  "ReactiveUserDetailsServiceAutoConfiguration",
                  "web.servlet.ServletWebSecurityAutoConfiguration",
                  "web.servlet.SecurityFilterAutoConfiguration",
                  "web.reactive.ReactiveWebSecurityAutoConfiguration",
                  "actuate.web.servlet.ManagementWebSecurityAutoConfiguration",
                  "actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration")
              .map(SECURITY::concat)
              .collect(Collectors.joining(","));

  /** Quiet: what goes wrong is what a test looks at. */
  static final List<String> QUIET =
      List.of(
          "spring.main.banner-mode=off",
          "logging.level.root=off",
          "server.port=0",
          "server.shutdown=immediate",
          // A client must not meet a connection that is just being closed.
          "server.tomcat.max-keep-alive-requests=-1",
          "spring.config.name=none",
          WITHOUT_SECURITY);

  static Server http(Cell cell, Class<?>... sources) {
    ConfigurableApplicationContext context = start(cell.properties(), sources);
    McpSyncClient client = client(transport(cell, port(context)));
    Approvals approvals = context.getBean(Approvals.class);
    return new Server(client, tool -> approve(approvals, tool), context::close);
  }

  static void approve(Approvals approvals, String tool) {
    approvals.pending().stream()
        .filter(request -> request.tool().equals(tool))
        .forEach(request -> approvals.approve(request.id(), "a person", null));
  }

  /** A process of its own, spoken with by its input and output. */
  static Server stdio(String type) {
    ServerParameters process =
        ServerParameters.builder(Path.of(System.getProperty("java.home"), "bin", "java").toString())
            .args(
                List.of(
                    "-cp",
                    System.getProperty("java.class.path"),
                    "-XX:TieredStopAtLevel=1",
                    StdioApplication.class.getName(),
                    type))
            .build();
    McpSyncClient client = client(new StdioClientTransport(process, McpJsonDefaults.getMapper()));
    return new Server(
        client,
        tool ->
            client.callTool(
                CallToolRequest.builder("approve").arguments(Map.of("tool", tool)).build()),
        () -> {});
  }

  static ConfigurableApplicationContext start(List<String> properties, Class<?>... sources) {
    List<String> all = new ArrayList<>(QUIET);
    all.addAll(properties);
    return run(new SpringApplicationBuilder(sources), all);
  }

  static ConfigurableApplicationContext run(
      SpringApplicationBuilder application, List<String> properties) {
    return application.run(properties.stream().map("--"::concat).toArray(String[]::new));
  }

  static int port(ConfigurableApplicationContext context) {
    return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
  }

  @SuppressWarnings("deprecation") // what an SSE server is spoken with
  static McpClientTransport transport(Cell cell, int port) {
    String url = "http://127.0.0.1:" + port;
    return cell.protocol().equals("SSE")
        ? HttpClientSseClientTransport.builder(url).build()
        : HttpClientStreamableHttpTransport.builder(url).endpoint("/mcp").build();
  }

  static McpSyncClient client(McpClientTransport transport) {
    McpSyncClient client =
        McpClient.sync(transport).initializationTimeout(PATIENCE).requestTimeout(PATIENCE).build();
    client.initialize();
    return client;
  }

  CallToolResult call(String tool, Map<String, Object> arguments) {
    return client.callTool(CallToolRequest.builder(tool).arguments(arguments).build());
  }

  String text(String tool, Map<String, Object> arguments) {
    return ((TextContent) call(tool, arguments).content().get(0)).text();
  }

  String text(String tool) {
    return text(tool, Map.of());
  }

  @Override
  public void close() {
    client.close();
    stop.run();
  }
}
