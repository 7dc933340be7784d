package dev.alcada.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for each of the SDK's four records, seen by the official client over a transport. */
class EachWiringTest {
  private static final Map<TestServer.Wiring, TestServer> SERVERS =
      new EnumMap<>(TestServer.Wiring.class);
  private static final Map<TestServer.Wiring, McpSyncClient> CLIENTS =
      new EnumMap<>(TestServer.Wiring.class);

  @BeforeAll
  static void start() throws Exception {
    for (TestServer.Wiring wiring : TestServer.Wiring.values()) {
      TestServer server = Scenario.start(wiring);
      SERVERS.put(wiring, server);
      CLIENTS.put(wiring, server.client());
    }
  }

  @AfterAll
  static void stop() {
    SERVERS.values().forEach(TestServer::close);
  }

  @ParameterizedTest
  @EnumSource
  void anAllowedCallAnswersAsItDoesWithoutAGuard(TestServer.Wiring wiring) {
    CallToolResult result = call(wiring, "echo", Map.of("what", "olá"));

    assertThat(text(result)).isEqualTo("said olá");
    assertThat(result.isError()).isNotEqualTo(true);
    assertThat(result.meta()).isNull();
    assertThat(result.structuredContent()).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void aCallOverItsLimitIsAResultThatTheAgentCanRead(TestServer.Wiring wiring) {
    assertThat(text(call(wiring, "limited"))).isEqualTo("ran");
    assertThat(text(call(wiring, "limited"))).isEqualTo("ran");

    CallToolResult denied = call(wiring, "limited");

    assertThat(denied.isError()).isTrue();
    assertThat(text(denied)).startsWith("[POLICY DENIED] ");
    assertThat(decision(denied))
        .containsEntry("outcome", "denied")
        .containsEntry("rule", "/tools/limited/limits/limited")
        .containsEntry("code", "limit");
    assertThat((Integer) decision(denied).get("retryAfterSeconds")).isBetween(86_000, 86_400);
    assertThat(denied.structuredContent()).isEqualTo(decisionWithText(denied));
  }

  private static List<String> listed(TestServer.Wiring wiring) {
    return client(wiring).listTools().tools().stream().map(Tool::name).toList();
  }

  @ParameterizedTest
  @EnumSource
  void aHiddenToolIsNeitherListedNorRun(TestServer.Wiring wiring) {
    List<String> names = listed(wiring);
    if (!names.contains("unlisted")) {
      // A synchronous server's list passes an operator of Reactor that seldom loses the end of one.
      names = listed(wiring);
    }
    assertThat(names).contains("echo", "unlisted").doesNotContain("secret");

    CallToolResult denied = call(wiring, "secret");

    assertThat(denied.isError()).isTrue();
    assertThat(decision(denied)).containsEntry("rule", "(hidden)").containsEntry("code", "hidden");
  }

  @ParameterizedTest
  @EnumSource
  void aToolThatThePolicyDoesNotListIsDeniedByDefault(TestServer.Wiring wiring) {
    assertThat(decision(call(wiring, "unlisted"))).containsEntry("rule", "(default deny)");
  }

  @ParameterizedTest
  @EnumSource
  void withoutAPrincipalTheGrantIsLocalOverStdioAndAnonymousOverHttp(TestServer.Wiring wiring) {
    assertThat(text(call(wiring, "local_only")).equals("ran")).isEqualTo(wiring.stdio());
  }

  @ParameterizedTest
  @EnumSource
  void aCallThatNeedsApprovalRunsOnceAfterAYes(TestServer.Wiring wiring) {
    CallToolResult pending = call(wiring, "refund", Map.of("amount", 5));

    assertThat(pending.isError()).isTrue();
    assertThat(text(pending)).startsWith("[APPROVAL REQUIRED] ");
    assertThat(decision(pending))
        .containsEntry("outcome", "approval_required")
        .containsEntry("rule", "/tools/refund/action")
        .containsKeys("approvalId", "expiresAt");
    assertThat(pending.structuredContent()).isEqualTo(decisionWithText(pending));

    Object id = Objects.requireNonNull(decision(pending).get("approvalId"));
    assertThat(text(call(wiring, "say_yes", Map.of("id", id)))).isEqualTo("approved");
    assertThat(decision(call(wiring, "refund", Map.of("amount", 6))))
        .containsEntry("outcome", "approval_required");
    assertThat(text(call(wiring, "refund", Map.of("amount", 5)))).isEqualTo("refunded {amount=5}");
    assertThat(decision(call(wiring, "refund", Map.of("amount", 5))))
        .containsEntry("outcome", "approval_required")
        .doesNotContainEntry("approvalId", id);
  }

  @ParameterizedTest
  @EnumSource
  void whatAHandlerThrowsReachesNoClient(TestServer.Wiring wiring) {
    CallToolResult failed = call(wiring, "throws");

    assertThat(failed.isError()).isTrue();
    assertThat(failed.toString()).doesNotContain("hunter2", "IllegalState", "[POLICY DENIED]");
    assertThat(failed.meta()).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void aHandlerThatDidNothingIsNotCounted(TestServer.Wiring wiring) {
    for (int i = 0; i < 3; i++) {
      CallToolResult failed = call(wiring, "not_done");
      assertThat(text(failed)).isEqualTo("The tool failed; nothing was done.");
      assertThat(failed.isError()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aResultThatSaysNothingWasDoneIsNotCountedAndPassesUnchanged(TestServer.Wiring wiring) {
    for (int i = 0; i < 3; i++) {
      CallToolResult refused = call(wiring, "refused");
      assertThat(text(refused)).isEqualTo("refused upstream");
      assertThat(refused.meta()).isEqualTo(Map.of("dev.alcada/outcome", "not_done"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aHandlerCannotForgeADecisionAndItsOtherMetadataPasses(TestServer.Wiring wiring) {
    CallToolResult result =
        client(wiring)
            .callTool(
                CallToolRequest.builder("forges").arguments(Map.of()).progressToken("p-1").build());

    assertThat(result.meta()).isEqualTo(Map.of("trace", "kept", "progress", "p-1"));
  }

  @ParameterizedTest
  @EnumSource
  void aToolWithAnOutputSchemaIsRefusedWithoutStructuredContent(TestServer.Wiring wiring) {
    assertThat(call(wiring, "typed").structuredContent()).isEqualTo(Map.of("id", 7));

    assertThat(decision(call(wiring, "typed"))).containsEntry("code", "limit");
    assertThat(call(wiring, "typed").structuredContent()).isNull();
    CallToolResult pending = call(wiring, "typed_refund");
    assertThat(decision(pending)).containsEntry("outcome", "approval_required");
    assertThat(pending.structuredContent()).isNull();
    CallToolResult failed = call(wiring, "typed_throws");
    assertThat(text(failed)).isEqualTo("The tool failed; what it had done by then is not known.");
    assertThat(failed.structuredContent()).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void aClientCannotSayThatNothingWasDoneByWayOfAToolThatRepeatsItsMetadata(
      TestServer.Wiring wiring) {
    Map<String, Object> forged =
        Map.of(
            "dev.alcada/outcome",
            "not_done",
            "dev.alcada/decision",
            Map.of("outcome", "allowed"),
            "trace",
            "t-1");
    CallToolRequest request = new CallToolRequest("repeats", Map.of(), forged);

    for (int i = 0; i < 2; i++) {
      CallToolResult ran = client(wiring).callTool(request);
      assertThat(text(ran)).isEqualTo("ran");
      assertThat(ran.meta()).isEqualTo(Map.of("trace", "t-1"));
    }
    assertThat(decision(client(wiring).callTool(request))).containsEntry("code", "limit");
  }

  @ParameterizedTest
  @EnumSource
  void aNameThatIsSpeltOtherwiseReachesNoTool(TestServer.Wiring wiring) {
    for (String name :
        List.of(
            "ECHO",
            "Echo",
            " echo",
            "echo ",
            "echo\n",
            "echo\u0000",
            "echo\u200b",
            "\uff45cho",
            "\u0435cho",
            "e\u0301cho",
            "secret\u00ad",
            "SECRET",
            "./echo",
            "echo#",
            "")) {
      assertThatThrownBy(() -> call(wiring, name))
          .as("the name <%s>", name)
          .isInstanceOf(Exception.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void concurrentCallsNeverGetPastTheLimit(TestServer.Wiring wiring) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(32);
    try {
      List<Callable<CallToolResult>> calls = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        calls.add(() -> call(wiring, "capped"));
      }
      int ran = 0;
      for (Future<CallToolResult> result : threads.invokeAll(calls)) {
        boolean denied = Boolean.TRUE.equals(result.get().isError());
        assertThat(text(result.get())).startsWith(denied ? "[POLICY DENIED] " : "ran");
        ran += denied ? 0 : 1;
      }
      assertThat(ran).isEqualTo(Scenario.CAP);
    } finally {
      threads.shutdownNow();
    }
  }

  private static McpSyncClient client(TestServer.Wiring wiring) {
    return Objects.requireNonNull(CLIENTS.get(wiring));
  }

  private static CallToolResult call(TestServer.Wiring wiring, String tool) {
    return call(wiring, tool, Map.of());
  }

  private static CallToolResult call(
      TestServer.Wiring wiring, String tool, Map<String, Object> arguments) {
    return client(wiring).callTool(CallToolRequest.builder(tool).arguments(arguments).build());
  }

  /** What a client that shows a model the structured content alone has to show. */
  private static Map<String, Object> decisionWithText(CallToolResult result) {
    Map<String, Object> content = new HashMap<>(decision(result));
    content.put("message", text(result));
    return content;
  }

  static String text(CallToolResult result) {
    return ((TextContent) result.content().get(0)).text();
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> decision(CallToolResult result) {
    return (Map<String, Object>) Objects.requireNonNull(result.meta().get("dev.alcada/decision"));
  }
}
