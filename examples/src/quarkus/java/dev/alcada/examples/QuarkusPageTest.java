package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;

import demo.quarkus.PaymentBeans;
import demo.quarkus.PaymentTools;
import dev.alcada.examples.quarkus.GuardedTools;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.quarkus.test.QuarkusUnitTest;
import io.quarkus.test.common.http.TestHTTPResource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The application of core/docs/quarkus.md, under its policy. */
class QuarkusPageTest {
  @RegisterExtension
  static final QuarkusUnitTest QUARKUS =
      new QuarkusUnitTest()
          .overrideConfigKey("quarkus.http.test-port", "0")
          .withApplicationRoot(
              jar ->
                  jar.addClasses(PaymentBeans.class, PaymentTools.class)
                      .addPackage(GuardedTools.class.getPackage())
                      .addAsResource(new StringAsset(policy()), "policy.yaml"));

  @SuppressWarnings("NullAway.Init") // by Quarkus
  @TestHTTPResource("/")
  URI root;

  private static String policy() {
    try {
      Matcher block =
          Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL)
              .matcher(Files.readString(Path.of("../core/docs/quarkus.md")));
      assertThat(block.find()).isTrue();
      return block.group(1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void itAnswersAsThePageSays() {
    try (McpSyncClient client =
        McpClient.sync(
                HttpClientStreamableHttpTransport.builder(root.toString()).endpoint("/mcp").build())
            .build()) {
      client.initialize();
      assertThat(client.listTools().tools()).extracting(Tool::name).containsExactly("refund");
      assertThat(refund(client, 101)).isEqualTo("[POLICY DENIED] At most 100 at a time.");
      assertThat(refund(client, 100)).isEqualTo("refunded 100 of c-1");
      assertThat(refund(client, 100)).startsWith("[POLICY DENIED] ");
    }
  }

  private static String refund(McpSyncClient client, int amount) {
    var result =
        client.callTool(
            CallToolRequest.builder("refund")
                .arguments(Map.of("charge", "c-1", "amount", amount))
                .build());
    return ((TextContent) result.content().get(0)).text();
  }
}
