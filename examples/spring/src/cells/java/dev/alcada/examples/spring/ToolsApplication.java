package dev.alcada.examples.spring;

import dev.alcada.examples.spring.Tools.Kind;
import io.modelcontextprotocol.server.McpAsyncServer;
import io.modelcontextprotocol.server.McpServerFeatures;
import io.modelcontextprotocol.server.McpStatelessAsyncServer;
import io.modelcontextprotocol.server.McpStatelessServerFeatures;
import io.modelcontextprotocol.server.McpStatelessSyncServer;
import io.modelcontextprotocol.server.McpSyncServer;
import java.util.List;
import java.util.Map;
import org.springframework.ai.mcp.annotation.McpTool;
import org.springframework.ai.mcp.annotation.McpToolParam;
import org.springframework.ai.support.ToolCallbacks;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.ToolCallbackProvider;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.ai.tool.annotation.ToolParam;
import org.springframework.ai.tool.function.FunctionToolCallback;
import org.springframework.ai.tool.method.MethodToolCallbackProvider;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.ParameterizedTypeReference;
import reactor.core.publisher.Mono;

/**
 * An application with tools of every kind, published as an application does it that knows no guard.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({
  ToolsApplication.Annotated.class,
  ToolsApplication.AnnotatedAsync.class,
  ToolsApplication.Specifications.class
})
class ToolsApplication {
  private static final String TYPE = "spring.ai.mcp.server.type";

  static ToolCallback callback(String name) {
    return FunctionToolCallback.builder(
            name, (Map<String, Object> arguments) -> Tools.run(name, arguments))
        .description("A tool")
        .inputType(new ParameterizedTypeReference<Map<String, Object>>() {})
        .build();
  }

  private static ToolCallback callback(Kind kind, String name) {
    return callback(kind.tool(name));
  }

  @Bean
  ToolCallback echo() {
    return callback(Kind.CALLBACK, "echo");
  }

  @Bean
  ToolCallback limited() {
    return callback(Kind.CALLBACK, "limited");
  }

  @Bean
  ToolCallback capped() {
    return callback(Kind.CALLBACK, "capped");
  }

  @Bean
  ToolCallback secret() {
    return callback(Kind.CALLBACK, "secret");
  }

  @Bean
  ToolCallback refund() {
    return callback(Kind.CALLBACK, "refund");
  }

  @Bean
  ToolCallback fails() {
    return callback(Kind.CALLBACK, "fails");
  }

  @Bean
  ToolCallback nothing() {
    return callback(Kind.CALLBACK, "nothing");
  }

  @Bean
  ToolCallback refused() {
    return callback(Kind.CALLBACK, "refused");
  }

  @Bean
  List<ToolCallback> callbackList() {
    return Tools.names(Kind.CALLBACK_LIST).map(ToolsApplication::callback).toList();
  }

  @Bean
  ToolCallbackProvider provider() {
    return ToolCallbackProvider.from(
        Tools.names(Kind.PROVIDER).map(ToolsApplication::callback).toList());
  }

  @Bean
  ToolCallbackProvider methods() {
    return MethodToolCallbackProvider.builder().toolObjects(new Methods()).build();
  }

  /** Tools as Spring AI's users write them. */
  static class Methods {
    @Tool(name = "methods_echo")
    String echo(@ToolParam(required = false) String text) {
      return Tools.run("methods_echo", Map.of("text", text));
    }

    @Tool(name = "methods_limited")
    String limited() {
      return Tools.run("methods_limited", Map.of());
    }

    @Tool(name = "methods_capped")
    String capped() {
      return Tools.run("methods_capped", Map.of());
    }

    @Tool(name = "methods_secret")
    String secret() {
      return Tools.run("methods_secret", Map.of());
    }

    @Tool(name = "methods_refund")
    String refund() {
      return Tools.run("methods_refund", Map.of());
    }

    @Tool(name = "methods_fails")
    String fails() {
      return Tools.run("methods_fails", Map.of());
    }

    @Tool(name = "methods_nothing")
    String nothing() {
      return Tools.run("methods_nothing", Map.of());
    }

    @Tool(name = "methods_refused")
    String refused() {
      return Tools.run("methods_refused", Map.of());
    }
  }

  @ConditionalOnProperty(name = TYPE, havingValue = "SYNC", matchIfMissing = true)
  static class Annotated {
    @McpTool(name = "annotated_echo")
    String echo(@McpToolParam(required = false) String text) {
      return Tools.run("annotated_echo", Map.of("text", text));
    }

    @McpTool(name = "annotated_limited")
    String limited() {
      return Tools.run("annotated_limited", Map.of());
    }

    @McpTool(name = "annotated_capped")
    String capped() {
      return Tools.run("annotated_capped", Map.of());
    }

    @McpTool(name = "annotated_secret")
    String secret() {
      return Tools.run("annotated_secret", Map.of());
    }

    @McpTool(name = "annotated_refund")
    String refund() {
      return Tools.run("annotated_refund", Map.of());
    }

    @McpTool(name = "annotated_fails")
    String fails() {
      return Tools.run("annotated_fails", Map.of());
    }

    @McpTool(name = "annotated_nothing")
    String nothing() {
      return Tools.run("annotated_nothing", Map.of());
    }

    @McpTool(name = "annotated_refused")
    String refused() {
      return Tools.run("annotated_refused", Map.of());
    }
  }

  @ConditionalOnProperty(name = TYPE, havingValue = "ASYNC")
  static class AnnotatedAsync {
    private static Mono<String> run(String tool, Map<String, ?> arguments) {
      return Mono.fromCallable(() -> Tools.run(tool, arguments));
    }

    @McpTool(name = "annotated_echo")
    Mono<String> echo(@McpToolParam(required = false) String text) {
      return run("annotated_echo", Map.of("text", text));
    }

    @McpTool(name = "annotated_limited")
    Mono<String> limited() {
      return run("annotated_limited", Map.of());
    }

    @McpTool(name = "annotated_capped")
    Mono<String> capped() {
      return run("annotated_capped", Map.of());
    }

    @McpTool(name = "annotated_secret")
    Mono<String> secret() {
      return run("annotated_secret", Map.of());
    }

    @McpTool(name = "annotated_refund")
    Mono<String> refund() {
      return run("annotated_refund", Map.of());
    }

    @McpTool(name = "annotated_fails")
    Mono<String> fails() {
      return run("annotated_fails", Map.of());
    }

    @McpTool(name = "annotated_nothing")
    Mono<String> nothing() {
      return run("annotated_nothing", Map.of());
    }

    @McpTool(name = "annotated_refused")
    Mono<String> refused() {
      return run("annotated_refused", Map.of());
    }
  }

  /** The MCP SDK's own records: Spring AI takes those lists that the server at hand is built of. */
  @Configuration(proxyBeanMethods = false)
  static class Specifications {
    @Bean
    List<McpServerFeatures.SyncToolSpecification> syncSpecifications() {
      return Tools.names(Kind.SPECIFICATIONS).map(Specifications::sync).toList();
    }

    @Bean
    List<McpServerFeatures.AsyncToolSpecification> asyncSpecifications() {
      return Tools.names(Kind.SPECIFICATIONS).map(Specifications::async).toList();
    }

    @Bean
    List<McpStatelessServerFeatures.SyncToolSpecification> statelessSpecifications() {
      return Tools.names(Kind.SPECIFICATIONS).map(Specifications::stateless).toList();
    }

    @Bean
    List<McpStatelessServerFeatures.AsyncToolSpecification> statelessAsyncSpecifications() {
      return Tools.names(Kind.SPECIFICATIONS).map(Specifications::statelessAsync).toList();
    }

    /** Once the application is up. */
    @Bean
    ApplicationRunner added(
        ObjectProvider<McpSyncServer> sync,
        ObjectProvider<McpAsyncServer> async,
        ObjectProvider<McpStatelessSyncServer> stateless,
        ObjectProvider<McpStatelessAsyncServer> statelessAsync) {
      return arguments ->
          Tools.names(Kind.ADDED)
              .forEach(
                  name -> {
                    sync.ifAvailable(server -> server.addTool(sync(name)));
                    async.ifAvailable(server -> server.addTool(async(name)).block());
                    stateless.ifAvailable(server -> server.addTool(stateless(name)));
                    statelessAsync.ifAvailable(
                        server -> server.addTool(statelessAsync(name)).block());
                  });
    }

    static McpServerFeatures.SyncToolSpecification sync(String name) {
      return new McpServerFeatures.SyncToolSpecification(
          Tools.definition(name), (exchange, request) -> Tools.result(name, request.arguments()));
    }

    static McpServerFeatures.AsyncToolSpecification async(String name) {
      return new McpServerFeatures.AsyncToolSpecification(
          Tools.definition(name),
          (exchange, request) -> Mono.fromCallable(() -> Tools.result(name, request.arguments())));
    }

    static McpStatelessServerFeatures.SyncToolSpecification stateless(String name) {
      return new McpStatelessServerFeatures.SyncToolSpecification(
          Tools.definition(name), (context, request) -> Tools.result(name, request.arguments()));
    }

    static McpStatelessServerFeatures.AsyncToolSpecification statelessAsync(String name) {
      return new McpStatelessServerFeatures.AsyncToolSpecification(
          Tools.definition(name),
          (context, request) -> Mono.fromCallable(() -> Tools.result(name, request.arguments())));
    }
  }

  static ToolCallback[] methodTools() {
    return ToolCallbacks.from(new Methods());
  }
}
