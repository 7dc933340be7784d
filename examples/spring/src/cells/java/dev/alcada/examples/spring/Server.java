package dev.alcada.examples.spring;

import dev.alcada.approval.Approvals;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientSseClientTransport;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** A running application and a client of its MCP server. */
record Server(ConfigurableApplicationContext context, McpSyncClient client)
    implements AutoCloseable {
  /** Quiet: what goes wrong is what a test looks at. */
  static final List<String> QUIET =
      List.of(
          "spring.main.banner-mode=off",
          "logging.level.root=off",
          "server.port=0",
          "server.shutdown=immediate",
          "spring.autoconfigure.exclude="
              + "org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration,"
              + "org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration,"
              + "org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration,"
              + "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration,"
              + "org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration,"
              + "org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration,"
              + "org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration,"
              + "org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration");

  static Server http(Cell cell, Class<?>... sources) {
    ConfigurableApplicationContext context = start(cell.properties(), sources);
    McpSyncClient client = client(transport(cell, port(context)));
    return new Server(context, client);
  }

  static ConfigurableApplicationContext start(List<String> properties, Class<?>... sources) {
    List<String> all = new ArrayList<>(QUIET);
    all.addAll(properties);
    return new SpringApplicationBuilder(sources).properties(all.toArray(String[]::new)).run();
  }

  static int port(ConfigurableApplicationContext context) {
    return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
  }

  static McpClientTransport transport(Cell cell, int port) {
    String url = "http://127.0.0.1:" + port;
    return cell.protocol().equals("SSE")
        ? HttpClientSseClientTransport.builder(url).build()
        : HttpClientStreamableHttpTransport.builder(url).endpoint("/mcp").build();
  }

  static McpSyncClient client(McpClientTransport transport) {
    McpSyncClient client =
        McpClient.sync(transport).requestTimeout(Duration.ofMinutes(1)).build();
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

  Approvals approvals() {
    return context.getBean(Approvals.class);
  }

  @Override
  public void close() {
    client.close();
    context.close();
  }
}
