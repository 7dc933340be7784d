package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.ToolGuard;
import dev.alcada.mcp.McpTools;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;

/** The tool beans of a Spring application, guarded, at a server on Tomcat. */
class SpringAiServerTest extends LocalCells {
  private final AnnotationConfigApplicationContext context =
      new AnnotationConfigApplicationContext();
  private FrameworkServer server;
  private McpSyncClient client;

  /** Beans as a Spring AI server publishes them. */
  static class Configuration {
    @Bean
    static BeanPostProcessor guarded(ToolGuard guard) {
      return SpringAiTools.guardBeans(McpTools.builder(guard).build());
    }

    @Bean
    List<SyncToolSpecification> specifications() {
      return FrameworkServer.tools();
    }

    @Bean
    List<String> otherList() {
      return List.of("left alone");
    }
  }

  @BeforeEach
  void start() throws IOException {
    context.registerBean(ToolGuard.class, this::guard);
    context.register(Configuration.class);
    context.refresh();
    @SuppressWarnings("unchecked")
    var tools = (List<SyncToolSpecification>) context.getBean("specifications");
    server =
        FrameworkServer.start(
            builder ->
                builder.tools(tools).addToolFilter(McpTools.builder(guard()).build()::visible));
    client =
        McpClient.sync(
                HttpClientStreamableHttpTransport.builder(server.url()).endpoint("/mcp").build())
            .build();
    client.initialize();
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
    context.close();
  }

  @Override
  String run(String tool, String arguments) {
    var result =
        client.callTool(
            CallToolRequest.builder(tool)
                .arguments(ToolCall.ofJson(tool, arguments, Caller.grant("test")).arguments())
                .build());
    return ((TextContent) result.content().get(0)).text();
  }

  @Test
  void whatThePolicyHidesIsNotListed() {
    assertThat(client.listTools().tools())
        .extracting(Tool::name)
        .contains("echo", "refund")
        .doesNotContain("secret");
  }

  @Test
  void otherListsAreLeftAlone() {
    assertThat(context.getBean("otherList")).isEqualTo(List.of("left alone"));
  }
}
