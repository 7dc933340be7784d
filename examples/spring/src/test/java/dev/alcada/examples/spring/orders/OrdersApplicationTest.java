package dev.alcada.examples.spring.orders;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.guard.Approvals;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;

/** The application of the documentation, with its own policy and its one property. */
class OrdersApplicationTest {
  /** The tests' class path has it; the application's own has not. */
  private static final String SECURITY_LEFT_OUT =
      "--spring.autoconfigure.exclude="
          + "org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration,"
          + "org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration,"
          + "org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration,"
          + "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration,"
          + "org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration";

  @Test
  void itsToolsAreGuarded() {
    try (var context =
            SpringApplication.run(
                OrdersApplication.class,
                "--server.port=0",
                "--logging.level.root=off",
                "--spring.main.banner-mode=off",
                SECURITY_LEFT_OUT);
        McpSyncClient client =
            McpClient.sync(
                    HttpClientStreamableHttpTransport.builder(
                            "http://127.0.0.1:"
                                + context.getEnvironment().getProperty("local.server.port"))
                        .endpoint("/mcp")
                        .build())
                .initializationTimeout(Duration.ofMinutes(5))
                .requestTimeout(Duration.ofMinutes(5))
                .build()) {
      client.initialize();
      assertThat(client.listTools().tools())
          .extracting(Tool::name)
          .containsExactlyInAnyOrder("get_order", "refund_order", "cancel_order");
      assertThat(call(client, "get_order", Map.of("id", "7"))).isEqualTo("Order 7: 2 books, paid");
      Map<String, Object> refund = Map.of("id", "7", "amount", 20);
      for (int i = 0; i < 3; i++) {
        assertThat(call(client, "refund_order", refund)).startsWith("Refunded 20 euros");
      }
      assertThat(call(client, "refund_order", refund)).startsWith("[POLICY DENIED] ");
      assertThat(call(client, "refund_order", Map.of("id", "7", "amount", 501)))
          .startsWith("[POLICY DENIED] At most 500 at a time.");
      assertThat(call(client, "cancel_order", Map.of("id", "7")))
          .startsWith("[APPROVAL REQUIRED] A person looks at it first.");
      assertThat(context.getBean(Approvals.class).pending()).hasSize(1);
    }
  }

  private static String call(McpSyncClient client, String tool, Map<String, Object> arguments) {
    return ((TextContent)
            client
                .callTool(CallToolRequest.builder(tool).arguments(arguments).build())
                .content()
                .get(0))
        .text();
  }
}
