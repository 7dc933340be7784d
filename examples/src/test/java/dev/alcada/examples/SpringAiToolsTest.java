package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.approval.Approvals;
import dev.alcada.decision.Caller;
import dev.alcada.guard.ToolGuard;
import dev.alcada.mcp.McpTools;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.ai.chat.model.ToolContext;
import org.springframework.ai.support.ToolCallbacks;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;

/** Spring AI's own tool callbacks and beans behind a guard. */
class SpringAiToolsTest {
  /** Tools as Spring AI's users write them. */
  static final class Tools {
    @Tool(name = "echo")
    String echo(String what) {
      return "said " + what;
    }

    @Tool(name = "capped")
    String capped() {
      return "ran";
    }

    @Tool(name = "secret")
    String secret() {
      return "ran";
    }

    @Tool(name = "refund")
    String refund() {
      return "refunded";
    }

    @Tool(name = "fails")
    String fails() {
      throw new IllegalStateException("password=hunter2");
    }
  }

  private final Approvals approvals = Approvals.inMemory();
  private final ToolGuard guard = FrameworkPolicy.guard(approvals);

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anAllowedToolRunsWithTheArgumentsThatWereJudged(boolean context) {
    assertThat(run(context, "echo", "{\"what\": \"olá\"}")).contains("said olá");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void argumentsThatTwoReadersMayUnderstandDifferentlyAreDenied(boolean context) {
    assertThat(run(context, "echo", "{\"what\": \"a\", \"what\": \"b\"}"))
        .startsWith("[POLICY DENIED] ");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aHiddenToolIsDenied(boolean context) {
    assertThat(run(context, "secret", "{}")).startsWith("[POLICY DENIED] ");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aCallThatNeedsApprovalRunsAfterAYes(boolean context) {
    assertThat(run(context, "refund", "{}")).startsWith("[APPROVAL REQUIRED] ");
    approvals.approve(approvals.pending().get(0).id(), "a person", null);
    assertThat(run(context, "refund", "{}")).contains("refunded");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatAToolThrowsReachesNoModel(boolean context) {
    assertThat(run(context, "fails", "{}")).startsWith("The tool failed").doesNotContain("hunter2");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void concurrentCallsNeverGetPastTheLimit(boolean context) throws Exception {
    assertThat(FrameworkPolicy.ranOf32(() -> run(context, "capped", "{}")))
        .isEqualTo(FrameworkPolicy.CAP);
  }

  @Test
  void theCallerComesFromTheToolContext() {
    ToolCallback echo =
        SpringAiTools.guard(
            guard,
            entries -> Caller.grant(String.valueOf(entries.getOrDefault("user", ""))),
            tool("echo"));

    assertThat(echo.call("{\"what\": \"a\"}", new ToolContext(Map.of("user", "ana"))))
        .contains("said a");
    assertThat(echo.call("{\"what\": \"a\"}")).startsWith("[POLICY DENIED] ");
  }

  /** Beans as a Spring AI server publishes them. */
  static class Configuration {
    @Bean
    static BeanPostProcessor guarded() {
      return SpringAiTools.guardBeans(
          McpTools.builder(FrameworkPolicy.guard(Approvals.inMemory())).build());
    }

    @Bean
    List<SyncToolSpecification> specifications() {
      return List.of(
          new SyncToolSpecification(
              McpSchema.Tool.builder("secret", Map.of("type", "object")).build(),
              (exchange, request) ->
                  McpSchema.CallToolResult.builder().addTextContent("ran").build()));
    }

    @Bean
    List<String> otherList() {
      return List.of("left alone");
    }
  }

  @Test
  void beansOfToolSpecificationsAreGuardedAndNoOthers() throws Exception {
    try (var context = new AnnotationConfigApplicationContext(Configuration.class)) {
      @SuppressWarnings("unchecked")
      List<SyncToolSpecification> tools =
          (List<SyncToolSpecification>) context.getBean("specifications");
      var result =
          tools
              .get(0)
              .callHandler()
              .apply(
                  exchange(),
                  McpSchema.CallToolRequest.builder("secret").arguments(Map.of()).build());

      assertThat(McpJsonDefaults.getMapper().writeValueAsString(result))
          .contains("[POLICY DENIED]")
          .doesNotContain("ran\"");
      assertThat(context.getBean("otherList")).isEqualTo(List.of("left alone"));
    }
  }

  private static McpSyncServerExchange exchange() {
    return new McpSyncServerExchange(
        new McpAsyncServerExchange("session", null, null, null, McpTransportContext.EMPTY));
  }

  private String run(boolean context, String tool, String arguments) {
    ToolCallback guarded =
        SpringAiTools.guard(guard, entries -> Caller.grant("agent-7"), tool(tool));
    assertThat(guarded.getToolDefinition().name()).isEqualTo(tool);
    return context ? guarded.call(arguments, new ToolContext(Map.of())) : guarded.call(arguments);
  }

  private static ToolCallback tool(String name) {
    for (ToolCallback tool : ToolCallbacks.from(new Tools())) {
      if (tool.getToolDefinition().name().equals(name)) {
        return tool;
      }
    }
    throw new AssertionError(name);
  }
}
