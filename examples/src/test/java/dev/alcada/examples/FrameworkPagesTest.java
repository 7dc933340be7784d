package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import demo.langchain4j.SupportDesk;
import demo.mcp.PaymentsServer;
import dev.alcada.decision.Caller;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.mcp.client.DefaultMcpClient;
import dev.langchain4j.mcp.client.transport.http.StreamableHttpMcpTransport;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.service.tool.AiServiceTool;
import dev.langchain4j.service.tool.ToolProviderRequest;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages by framework are true: their applications run, under their policies. */
class FrameworkPagesTest {
  private static final Path PAGES = Path.of("../core/docs");

  @TempDir Path folder;

  @Test
  void theMcpServerOverStdioAnswersAsItsPageSays() throws Exception {
    Path policy = policyOf("mcp.md");
    List<String> command = ChildJvm.command(PaymentsServer.class, policy.toString());
    StdioClientTransport transport =
        new StdioClientTransport(
            ServerParameters.builder(command.get(0))
                .args(command.subList(1, command.size()))
                .build(),
            McpJsonDefaults.getMapper());
    transport.setStdErrorHandler(line -> {});
    try (McpSyncClient client = McpClient.sync(transport).build()) {
      client.initialize();
      assertThat(client.listTools().tools()).extracting(Tool::name).containsExactly("refund");
      assertThat(text(refund(client, 101))).isEqualTo("[POLICY DENIED] At most 100 at a time.");
      assertThat(text(refund(client, 10))).isEqualTo("refunded 10");
      assertThat(text(refund(client, 10))).isEqualTo("refunded 10");

      CallToolResult third = refund(client, 10);

      Map<String, Object> shown =
          McpJsonDefaults.getMapper()
              .readValue(block("mcp.md", "json"), new TypeRef<Map<String, Object>>() {});
      assertThat(third.isError()).isEqualTo(shown.get("isError"));
      assertThat(withoutTime(text(third)))
          .isEqualTo(withoutTime(String.valueOf(structured(shown).get("message"))));
      assertThat(structured(third.structuredContent()).keySet())
          .isEqualTo(structured(shown).keySet());
      assertThat(structured(third.structuredContent()))
          .containsEntry("message", text(third))
          .containsEntry("rule", structured(shown).get("rule"));
    }
  }

  @Test
  void theMcpServerOverHttpIsGovernedInAllItsTools() throws Exception {
    ToolGuard guard = ToolGuard.builder(Policy.load(policyOf("mcp.md"))).build();
    var served =
        demo.mcp.Snippets.overHttp(
            guard,
            FrameworkServer.tools().stream()
                .filter(tool -> tool.tool().name().equals("refund"))
                .toList());
    try (LoopbackServer http = LoopbackServer.start(served.servlet(), 0);
        McpSyncClient client =
            McpClient.sync(
                    HttpClientStreamableHttpTransport.builder(http.url()).endpoint("/mcp").build())
                .build()) {
      client.initialize();
      demo.mcp.Snippets.everyToolIsGoverned(guard, client, List.of("refund"));
      assertThat(text(refund(client, 100))).isEqualTo("refunded");
      assertThatThrownBy(
              () ->
                  demo.mcp.Snippets.everyToolIsGoverned(
                      ToolGuard.builder(Policy.load(policyOf("mcp.md"))).build(),
                      client,
                      List.of("refund")))
          .as("another guard is not the one it is behind")
          .isInstanceOf(AssertionError.class);
    } finally {
      served.server().closeGracefully();
    }
  }

  @Test
  void theAssistantRefundsAsItsPageSays() throws Exception {
    Set<String> offered = new HashSet<>();
    ChatModel model =
        new ChatModel() {
          @Override
          public ChatResponse doChat(ChatRequest chat) {
            chat.toolSpecifications().stream().map(ToolSpecification::name).forEach(offered::add);
            var last = chat.messages().get(chat.messages().size() - 1);
            return ChatResponse.builder()
                .aiMessage(
                    last instanceof ToolExecutionResultMessage result
                        ? AiMessage.from(result.text())
                        : AiMessage.from(
                            ToolExecutionRequest.builder()
                                .id("1")
                                .name("refund")
                                .arguments(((UserMessage) last).singleText())
                                .build()))
                .build();
          }
        };
    SupportDesk desk = new SupportDesk(model, policyOf("langchain4j.md"));
    String hundred = "{\"charge\": \"c-1\", \"amount\": 100}";

    assertThat(desk.answer("ana", hundred)).isEqualTo("refunded 100 of c-1");
    assertThat(desk.answer("ana", hundred)).startsWith("[POLICY DENIED] ");
    assertThat(desk.answer("bruno", hundred)).isEqualTo("refunded 100 of c-1");
    assertThat(desk.answer("bruno", "{\"charge\": \"c-1\", \"amount\": 101}"))
        .isEqualTo("[POLICY DENIED] At most 100 at a time.");
    assertThat(offered).containsExactly("refund");
  }

  @Test
  void theSnippetsOfLangChain4jHideWhatThePolicyHides() throws Exception {
    ToolGuard guard =
        ToolGuard.builder(
                Policy.parse(
                    "{\"version\": \"1\", \"default\": \"allow\", \"hide\": [\"secret\"]}"))
            .build();
    try (FrameworkServer server =
        FrameworkServer.start(builder -> builder.tools(FrameworkServer.tools()))) {
      var client =
          DefaultMcpClient.builder()
              .transport(StreamableHttpMcpTransport.builder().url(server.url() + "/mcp").build())
              .autoHealthCheck(false)
              .build();
      try {
        assertThat(
                demo.langchain4j.Snippets.ofMcpServers(
                        guard, context -> Caller.grant("agent-7"), client)
                    .provideTools(new ToolProviderRequest("memory", UserMessage.from("go")))
                    .aiServiceTools())
            .extracting(AiServiceTool::name)
            .contains("echo", "refund")
            .doesNotContain("secret");
      } finally {
        client.close();
      }
    }
    assertThat(
            demo.langchain4j.Snippets.ofExecutors(
                    guard,
                    context -> Caller.grant("agent-7"),
                    Map.of(
                        ToolSpecification.builder().name("secret").build(),
                        (request, memoryId) -> "ran",
                        ToolSpecification.builder().name("echo").build(),
                        (request, memoryId) -> "ran"))
                .provideTools(new ToolProviderRequest("memory", UserMessage.from("go")))
                .aiServiceTools())
        .extracting(AiServiceTool::name)
        .containsExactly("echo");
  }

  private static CallToolResult refund(McpSyncClient client, int amount) {
    return client.callTool(
        CallToolRequest.builder("refund")
            .arguments(Map.of("charge", "c-1", "amount", amount))
            .build());
  }

  private static String text(CallToolResult result) {
    return ((TextContent) result.content().get(0)).text();
  }

  private static String withoutTime(String text) {
    return text.replaceAll("Wait \\d+ s", "Wait");
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> structured(Object content) {
    Map<String, Object> map = (Map<String, Object>) content;
    return map.get("structuredContent") instanceof Map<?, ?> inner
        ? (Map<String, Object>) inner
        : map;
  }

  private Path policyOf(String page) throws IOException {
    Path policy = folder.resolve("policy.yaml");
    Files.writeString(policy, block(page, "yaml"));
    assertThat(Policy.load(policy).warnings()).isEmpty();
    return policy;
  }

  private static String block(String page, String language) throws IOException {
    Matcher block =
        Pattern.compile("```" + language + "\\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(PAGES.resolve(page)));
    assertThat(block.find()).as("a block of %s in %s", language, page).isTrue();
    return block.group(1);
  }
}
