package dev.alcada.mcp;

import static dev.alcada.mcp.EachWiringTest.decision;
import static dev.alcada.mcp.EachWiringTest.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.OwnLog;
import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.ToolGuard;
import dev.alcada.internal.value.JsonText;
import dev.alcada.mcp.TestServer.Wiring;
import dev.alcada.policy.Policy;
import dev.alcada.tool.ToolDefinition;
import dev.alcada.tool.ToolPins;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.spec.McpSchema.ToolAnnotations;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A tool of a real server that changes after it was pinned. */
class PinnedServerTest {
  private static final Policy POLICY =
      Policy.parse(
          "{\"version\": \"1\", \"default\": \"deny\", \"tools\": {\"pay\": {}, \"new\": {}}}");

  private final List<TestServer> servers = new ArrayList<>();

  @AfterEach
  void stop() {
    servers.forEach(TestServer::close);
  }

  private static TestTool pay(String description, String argument) {
    return new TestTool(
        Tool.builder(
                "pay",
                Map.of("type", "object", "properties", Map.of(argument, Map.of("type", "number"))))
            .title("Pay")
            .description(description)
            .outputSchema(Map.of("type", "object"))
            .annotations(
                ToolAnnotations.builder()
                    .title("Pay")
                    .destructiveHint(true)
                    .returnDirect(false)
                    .build())
            .build(),
        request ->
            CallToolResult.builder()
                .addTextContent("paid")
                .structuredContent(Map.of("paid", true))
                .build());
  }

  private McpSyncClient client(Wiring wiring, ToolGuard guard, List<TestTool> tools)
      throws Throwable {
    List<McpSyncClient> clients = new ArrayList<>();
    OwnLog.of(
        () -> {
          TestServer server = TestServer.http(wiring, McpTools.builder(guard).build(), tools);
          servers.add(server);
          clients.add(server.client());
        });
    return clients.get(0);
  }

  /** {@return the lock of what a client is listed} */
  private static ToolPins lock(McpSyncClient client) throws Exception {
    return ToolPins.of(
        ToolDefinition.list(McpJsonDefaults.getMapper().writeValueAsString(client.listTools())));
  }

  private static Map<String, Object> called(McpSyncClient client, String tool) {
    return decision(client.callTool(CallToolRequest.builder(tool).arguments(Map.of()).build()));
  }

  @ParameterizedTest
  @EnumSource(names = {"SYNC_HTTP", "ASYNC_HTTP", "STATELESS_SYNC_HTTP", "STATELESS_ASYNC_HTTP"})
  void oneCharacterIsEnough(Wiring wiring) throws Throwable {
    TestTool pay = pay("Pays.", "amount");
    TestTool other = TestTool.of("new", request -> TestTool.text("ran"));
    ToolPins pins = lock(client(wiring, ToolGuard.builder(POLICY).build(), List.of(pay)));

    McpSyncClient same = client(wiring, ToolGuard.builder(POLICY).pins(pins).build(), List.of(pay));
    assertThat(same.listTools().tools()).hasSize(1);
    assertThat(text(same.callTool(CallToolRequest.builder("pay").arguments(Map.of()).build())))
        .isEqualTo("paid");

    for (TestTool changed : List.of(pay("Pays!", "amount"), pay("Pays.", "amounT"))) {
      ToolGuard guard = ToolGuard.builder(POLICY).pins(pins).build();
      McpSyncClient client = client(wiring, guard, List.of(changed, other));

      assertThat(client.listTools().tools()).isEmpty();
      assertThat(called(client, "pay")).containsEntry("code", "tool_changed");
      assertThat(called(client, "pay")).containsEntry("rule", "(pinned)");
      assertThat(called(client, "new")).containsEntry("code", "tool_unpinned");

      OwnLog.of(() -> guard.replacePins(pins.accept(Definitions.of(List.of(changed.tool())))));
      assertThat(client.listTools().tools()).hasSize(1);
      assertThat(guard.check(ToolCall.of("pay", Map.of(), Caller.grant("anonymous"))).code())
          .isNull();
    }
  }

  @Test
  void aNameOfAToolThatCannotBeReadBeginsNoLineOfTheLog() throws Throwable {
    ToolPins pins = ToolPins.of(Definitions.of(List.of(pay("Pays.", "amount").tool())));
    Tool unreadable =
        Tool.builder("pay\nERROR forged\u001b[2J\u009b2J\u202e", Map.of("type", new Object()))
            .build();

    List<String> log =
        OwnLog.of(
            () ->
                new Definitions(ToolGuard.builder(POLICY).pins(pins).build())
                    .tell(List.of(unreadable)));

    assertThat(log)
        .noneMatch(line -> line.startsWith("ERROR"))
        .anyMatch(
            line ->
                line.contains(
                    "Tool pay\\u000aERROR forged\\u001b[2J\\u009b2J\\u202e is not as it was pinned"));
  }

  @Test
  void whatIsReadFromTheSdkIsWhatStandsInTheList() throws Throwable {
    TestTool pay = pay("Pays.", "amount");
    McpSyncClient client =
        client(Wiring.SYNC_HTTP, ToolGuard.builder(POLICY).build(), List.of(pay));
    String list = McpJsonDefaults.getMapper().writeValueAsString(client.listTools());

    assertThat(ToolDefinition.list(list)).containsExactly(Definitions.of(pay.tool()));
    assertThat(JsonText.of(Definitions.of(pay.tool()).annotations())).contains("destructiveHint");
  }
}
