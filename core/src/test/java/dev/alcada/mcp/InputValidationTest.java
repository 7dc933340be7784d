package dev.alcada.mcp;

import static dev.alcada.mcp.EachWiringTest.decision;
import static dev.alcada.mcp.EachWiringTest.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.audit.DecisionEvent;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Look;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.ReserveResult;
import dev.alcada.counter.memory.InMemoryCounterStore;
import dev.alcada.guard.Approvals;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What becomes of calls whose arguments do not fit the tool's input schema. */
class InputValidationTest {
  private static final List<Map<String, Object>> MALFORMED =
      List.of(
          Map.of(),
          Map.of("id", "7"),
          Map.of("id", List.of(7)),
          Map.of("ID", 7),
          Map.of("id", 7, "more", true));

  private static final Policy POLICY =
      Policy.parse(
          """
          {"version": "1", "default": "deny", "hide": ["hidden"], "tools": {
            "once": {"limits": [{"counter": "once", "window": "day", "max": 1}]},
            "twice": {"limits": [{"counter": "twice", "window": "day", "max": 2}]},
            "ask": {"action": "require_approval"}}}
          """);

  private final List<DecisionEvent> events = new CopyOnWriteArrayList<>();
  private final AtomicInteger runs = new AtomicInteger();
  private final Approvals approvals = Approvals.inMemory();
  private final ToolGuard guard =
      ToolGuard.builder(POLICY).approvals(approvals).listener(events::add).build();
  private final List<TestServer> servers = new ArrayList<>();

  @AfterEach
  void stop() {
    servers.forEach(TestServer::close);
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"SYNC_STDIO", "ASYNC_STDIO"})
  void whereTheSdkValidatesTheGuardDoesNotHearOfMalformedCalls(TestServer.Wiring wiring)
      throws Exception {
    McpSyncClient client = client(wiring, McpTools.builder(guard).build(), true);

    for (String tool : List.of("once", "ask", "hidden", "unlisted")) {
      for (Map<String, Object> arguments : MALFORMED) {
        assertThat(call(client, tool, arguments).isError()).isTrue();
      }
    }

    nothingWasHeardCountedOrRun(client);
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"SYNC_STDIO", "ASYNC_STDIO"})
  void whereTheGuardValidatesAllowedCallsAreNeitherCountedNorReportedNorAsked(
      TestServer.Wiring wiring) throws Exception {
    McpSyncClient client = client(wiring, validating(guard), false);

    for (String tool : List.of("once", "ask")) {
      for (Map<String, Object> arguments : MALFORMED) {
        CallToolResult invalid = call(client, tool, arguments);
        assertThat(invalid.isError()).isTrue();
        assertThat(text(invalid)).doesNotContain("[POLICY DENIED]", "[APPROVAL REQUIRED]");
      }
    }

    nothingWasHeardCountedOrRun(client);
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"SYNC_STDIO", "ASYNC_STDIO"})
  void whereTheGuardValidatesWhatARuleDeniesIsDeniedAndReportedWhateverTheArguments(
      TestServer.Wiring wiring) throws Exception {
    McpSyncClient client = client(wiring, validating(guard), false);
    assertThat(text(call(client, "once", Map.of("id", 7)))).isEqualTo("ran");
    events.clear();

    for (Map<String, Object> arguments : MALFORMED) {
      assertThat(decision(call(client, "hidden", arguments))).containsEntry("code", "hidden");
      assertThat(decision(call(client, "unlisted", arguments))).containsEntry("code", "not_listed");
      // The rules let it through, and it is looked at before any count is.
      assertThat(text(call(client, "once", arguments))).doesNotContain("[POLICY DENIED]");
    }

    assertThat(events).hasSize(2 * MALFORMED.size());
    assertThat(runs).hasValue(1);
  }

  /** A window may move on between the look at a limit and its reservation. */
  @Test
  void aLimitThatOpensWhileACallIsDecidedLetsNoMalformedCallThrough() {
    InMemoryCounterStore counters = InMemoryCounterStore.builder().build();
    CounterStore openingLate =
        new CounterStore() {
          @Override
          public ReserveResult reserve(Demand demand) {
            return counters.reserve(demand);
          }

          @Override
          public Look look(Demand demand) {
            return Look.of(
                new Refusal(0, Refusal.Reason.EXHAUSTED, Duration.ofNanos(1)), List.of());
          }
        };
    McpTools tools = validating(ToolGuard.builder(POLICY).counterStore(openingLate).build());
    CallToolRequest malformed = request("twice", Map.of());
    var sync = tools.statelessSync(List.of(tool("twice").statelessSync())).get(0);
    var async = tools.statelessAsync(List.of(tool("twice").statelessAsync())).get(0);

    assertThat(text(sync.callHandler().apply(McpTransportContext.EMPTY, malformed)))
        .contains("input validation failed");
    assertThat(text(async.callHandler().apply(McpTransportContext.EMPTY, malformed).block()))
        .contains("input validation failed");
    assertThat(runs).hasValue(0);
  }

  private void nothingWasHeardCountedOrRun(McpSyncClient client) {
    assertThat(events).isEmpty();
    assertThat(approvals.pending()).isEmpty();
    assertThat(runs).hasValue(0);
    assertThat(text(call(client, "once", Map.of("id", 7)))).isEqualTo("ran");
  }

  private static McpTools validating(ToolGuard guard) {
    return McpTools.builder(guard).validateInputs(McpJsonDefaults.getSchemaValidator()).build();
  }

  private McpSyncClient client(TestServer.Wiring wiring, McpTools tools, boolean sdkValidates)
      throws Exception {
    TestServer server =
        TestServer.http(
            wiring,
            tools,
            List.of(tool("once"), tool("ask"), tool("hidden"), tool("unlisted")),
            new TestServer.Settings(sdkValidates, TestServer.PATIENCE));
    servers.add(server);
    return server.client();
  }

  private TestTool tool(String name) {
    Map<String, Object> schema =
        Map.of(
            "type",
            "object",
            "required",
            List.of("id"),
            "properties",
            Map.of("id", Map.of("type", "integer")),
            "additionalProperties",
            false);
    return new TestTool(
        Tool.builder(name, schema).build(),
        request -> {
          runs.incrementAndGet();
          return TestTool.text("ran");
        });
  }

  private static CallToolResult call(
      McpSyncClient client, String tool, Map<String, Object> arguments) {
    return client.callTool(request(tool, arguments));
  }

  private static CallToolRequest request(String tool, Map<String, Object> arguments) {
    return CallToolRequest.builder(tool).arguments(arguments).build();
  }
}
