package dev.alcada.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.guard.ToolGuard;
import dev.alcada.mcp.McpTools;
import dev.alcada.mcp.TestServer;
import dev.alcada.mcp.TestTool;
import dev.alcada.policy.Policy;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.ToolArgumentsException;
import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.mcp.McpToolProvider;
import dev.langchain4j.mcp.client.McpClient;
import dev.langchain4j.mcp.resourcesastools.DefaultMcpResourcesAsToolsPresenter;
import dev.langchain4j.service.tool.AiServiceTool;
import dev.langchain4j.service.tool.ToolExecutionResult;
import dev.langchain4j.service.tool.ToolProvider;
import dev.langchain4j.service.tool.ToolProviderRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** LangChain4j's client of MCP servers behind a guard: what its exceptions mean, and all it has. */
class McpProvidersTest {
  private final ToolGuard guard =
      ToolGuard.builder(
              Policy.parse(
                  """
                  {"version": "1", "default": "allow", "hide": ["mail_secret"], "tools": {
                    "unlucky": {},
                    "refused": {"limits": [
                      {"counter": "refused", "window": "day", "max": 1, "counts": "successes"}]},
                    "unfit": {"limits": [
                      {"counter": "unfit", "window": "day", "max": 1, "counts": "successes"}]},
                    "promises": {"limits": [
                      {"counter": "promises", "window": "day", "max": 1, "counts": "successes"}]},
                    "breaks": {"limits": [
                      {"counter": "breaks", "window": "day", "max": 1, "counts": "successes"}]},
                    "fails": {"limits": [
                      {"counter": "fails", "window": "day", "max": 1, "counts": "successes"}]},
                    "echo": {"limits": [
                      {"counter": "echo", "window": "day", "max": 1, "counts": "successes"}]},
                    "mail_limited": {"limits": [
                      {"counter": "mail", "window": "day", "max": 1}]}}}
                  """))
          .build();

  @Test
  void whatTheServerAnswersAsAnErrorTheModelReads() {
    ToolExecutionResult unlucky = execute(guarded(Way.Server.CLIENT), "unlucky");

    assertThat(unlucky.isError()).isTrue();
    assertThat(unlucky.resultText()).isEqualTo("no such file");
  }

  @Test
  void anErrorOfTheProtocolHasDoneNothing() {
    ToolProvider tools = guarded(Way.Server.CLIENT);

    for (int i = 0; i < 3; i++) {
      assertThat(execute(tools, "refused").resultText())
          .isEqualTo("The tool failed; nothing was done.");
    }
  }

  @Test
  void oneOfTheArgumentsIsForLangChain4jsHandler() {
    ToolProvider tools = guarded(Way.Server.CLIENT);

    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> execute(tools, "unfit"))
          .isInstanceOf(ToolArgumentsException.class)
          .hasMessageContaining("no such account");
    }
  }

  /** As servers of the TypeScript SDK say after the tool has run. */
  @Test
  void butWhatIsSaidOfAToolsOutputStaysCounted() {
    ToolProvider tools = guarded(Way.Server.CLIENT);

    assertThatThrownBy(() -> execute(tools, "promises")).isInstanceOf(ToolArgumentsException.class);
    assertThat(execute(tools, "promises").resultText()).startsWith("[POLICY DENIED] ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"fails", "breaks"})
  void butAnInternalErrorStaysCountedAndTheCodeOfWhatAToolThrew(String tool) {
    ToolProvider tools = guarded(Way.Server.CLIENT);

    assertThat(execute(tools, tool).resultText())
        .isEqualTo("The tool failed; what it had done by then is not known.");
    assertThat(execute(tools, tool).resultText()).startsWith("[POLICY DENIED] ");
  }

  @Test
  void whatWasNeverSentHasDoneNothingAndTheModelReadsNoneOfTheConnectionsTroubles()
      throws Exception {
    TestServer ending =
        Way.Server.started(List.of(TestTool.of("echo", request -> TestTool.text("ran"))));
    McpClient client = Way.Server.client(ending);
    try {
      AiServiceTool echo = provided(guarded(client), "echo");
      ending.close();

      for (int i = 0; i < 3; i++) {
        assertThat(execute(echo).resultText()).isEqualTo("The tool failed; nothing was done.");
      }
    } finally {
      client.close();
    }
  }

  @Test
  void aPolicyNamesToolsAsTheModelDoesWhereNamesAreMapped() {
    ToolProvider tools =
        GuardedTools.around(
            guard,
            Way.AGENT,
            McpToolProvider.builder()
                .mcpClients(Way.Server.CLIENT)
                .toolNameMapper((client, tool) -> "mail_" + tool.name())
                .build());

    assertThat(tools.provideTools(request()).aiServiceTools())
        .extracting(AiServiceTool::name)
        .contains("mail_echo", "mail_limited")
        .doesNotContain("mail_secret");
    assertThat(execute(tools, "mail_limited").resultText()).isEqualTo("ran");
    assertThat(execute(tools, "mail_limited").resultText()).startsWith("[POLICY DENIED] ");
  }

  @Test
  void theToolsThatReadResourcesAreGuardedLikeAnyOther() {
    ToolProvider tools =
        GuardedTools.around(
            ToolGuard.builder(Policy.parse("{\"version\": \"1\", \"default\": \"deny\"}")).build(),
            Way.AGENT,
            McpToolProvider.builder()
                .mcpClients(Way.Server.CLIENT)
                .resourcesAsToolsPresenter(DefaultMcpResourcesAsToolsPresenter.builder().build())
                .build());

    assertThat(tools.provideTools(request()).aiServiceTools())
        .extracting(AiServiceTool::name)
        .contains("list_resources", "get_resource");
    for (String tool : List.of("list_resources", "get_resource")) {
      assertThat(execute(tools, tool).resultText()).as(tool).startsWith("[POLICY DENIED] ");
    }
  }

  @Test
  void theDenialOfAGuardedServerIsReadByAModelBehindThisClient() throws Exception {
    ToolGuard denying =
        ToolGuard.builder(Policy.parse("{\"version\": \"1\", \"default\": \"deny\"}")).build();
    TestServer server =
        TestServer.stateless(
            with ->
                McpTools.builder(denying)
                    .build()
                    .install(
                        with,
                        List.of(
                            TestTool.of("echo", request -> TestTool.text("ran")).statelessSync())));
    McpClient client = Way.Server.client(server);
    try {
      assertThat(execute(guarded(client), "echo").resultText())
          .contains("[POLICY DENIED] ")
          .contains("Use another tool");
    } finally {
      client.close();
      server.close();
    }
  }

  private ToolProvider guarded(McpClient client) {
    return GuardedTools.around(
        guard, Way.AGENT, McpToolProvider.builder().mcpClients(client).build());
  }

  private static ToolExecutionResult execute(ToolProvider tools, String tool) {
    return execute(provided(tools, tool));
  }

  private static ToolExecutionResult execute(AiServiceTool tool) {
    return tool.toolExecutor()
        .executeWithContext(
            ScriptedModel.request(tool.name(), "{}"),
            InvocationContext.builder().chatMemoryId("memory").build());
  }

  private static AiServiceTool provided(ToolProvider tools, String name) {
    return tools.provideTools(request()).aiServiceTools().stream()
        .filter(tool -> tool.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static ToolProviderRequest request() {
    return new ToolProviderRequest("memory", UserMessage.from("go"));
  }
}
