package dev.alcada.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Servers that an application builds by hand, with tools that are no beans. */
class OwnServersTest {
  private static final String POLICY =
      """
      version: "1"
      default: deny
      hide: [secret]
      tools:
        echo: {limits: [{counter: echo, window: day, max: 1}]}
        secret: {}
      """;

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Transport {
    @Bean
    HttpServletStreamableServerTransportProvider transport() {
      return HttpServletStreamableServerTransportProvider.builder().mcpEndpoint("/own").build();
    }

    @Bean
    ServletRegistrationBean<HttpServletStreamableServerTransportProvider> servlet(
        HttpServletStreamableServerTransportProvider transport) {
      return new ServletRegistrationBean<>(transport, "/own");
    }

    static McpSyncServer build(HttpServletStreamableServerTransportProvider transport) {
      return McpServer.sync(transport)
          .capabilities(ServerCapabilities.builder().tools(false).build())
          .tools(
              ToolsApplication.Specifications.sync("echo"),
              ToolsApplication.Specifications.sync("secret"))
          .build();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class ServerIsABean extends Transport {
    @Bean
    McpSyncServer server(HttpServletStreamableServerTransportProvider transport) {
      return build(transport);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class ServerIsNoBean extends Transport {
    @Bean
    String name(HttpServletStreamableServerTransportProvider transport) {
      return build(transport).getServerInfo().name();
    }
  }

  @ParameterizedTest
  @ValueSource(classes = {ServerIsABean.class, ServerIsNoBean.class})
  void theyAreGuardedLikeAnyOther(Class<?> configuration) {
    List<String> properties =
        new ArrayList<>(List.of("spring.ai.mcp.server.enabled=false", "alcada.policy=" + POLICY));
    try (var context = Server.start(properties, configuration);
        var client =
            Server.client(
                HttpClientStreamableHttpTransport.builder(
                        "http://127.0.0.1:" + Server.port(context))
                    .endpoint("/own")
                    .build())) {
      List<String> answers = new ArrayList<>();
      for (String tool : List.of("echo", "echo", "secret")) {
        answers.add(
            ((TextContent)
                    client
                        .callTool(
                            CallToolRequest.builder(tool).arguments(Map.of("text", "a")).build())
                        .content()
                        .get(0))
                .text());
      }
      assertThat(answers.get(0)).isEqualTo("ran");
      assertThat(answers.subList(1, 3)).allMatch(text -> text.startsWith("[POLICY DENIED] "));
      assertThat(client.listTools().tools()).extracting(Tool::name).containsExactly("echo");
    }
  }
}
