package dev.alcada.mcp;

import static dev.alcada.mcp.EachWiringTest.decision;
import static dev.alcada.mcp.EachWiringTest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.audit.DecisionEvent;
import dev.alcada.audit.DecisionListener;
import dev.alcada.audit.SettlementEvent;
import dev.alcada.decision.Caller;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Implementation;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who calls, what is passed on, and what a host can set. */
class McpToolsTest {
  private static final TestTool ONCE = TestTool.of("once", request -> TestTool.text("ran"));
  private static final Policy ONCE_A_DAY =
      Policy.parse(
          """
          {"version": "1", "default": "deny", "tools": {"once": {"limits": [
            {"counter": "once", "window": "day", "max": 1}]}}}
          """);

  private final List<DecisionEvent> events = new CopyOnWriteArrayList<>();
  private final List<TestServer> servers = new ArrayList<>();

  @AfterEach
  void stop() {
    servers.forEach(TestServer::close);
  }

  @Test
  void theGrantIsTheAuthenticatedPrincipal() throws Exception {
    TestServer server =
        serve(builder -> builder.callerResolver(CallerResolver.principal("principal")));

    assertThat(ran(server.client("ana"))).isTrue();
    assertThat(ran(server.client("ana"))).isFalse();
    assertThat(ran(server.client("bruno"))).isTrue();
    assertThat(events).extracting(DecisionEvent::grant).containsExactly("ana", "ana", "bruno");
    assertThat(events)
        .extracting(DecisionEvent::session)
        .doesNotContainNull()
        .doesNotHaveDuplicates();
    assertThat(events).extracting(DecisionEvent::client).containsOnlyNulls();
  }

  @Test
  void sessionsWithoutAPrincipalShareOneGrant() throws Exception {
    TestServer server =
        serve(builder -> builder.callerResolver(CallerResolver.principal("principal")));

    assertThat(ran(server.client())).isTrue();
    assertThat(ran(server.client())).isFalse();
    assertThat(events).extracting(DecisionEvent::grant).containsOnly("anonymous");
  }

  @Test
  void aSessionIsAGrantIfTheHostSaysSo() throws Exception {
    TestServer server = serve(McpTools.Builder::sessionAsGrant);
    McpSyncClient first = server.client();

    assertThat(ran(first)).isTrue();
    assertThat(ran(first)).isFalse();
    assertThat(ran(server.client())).isTrue();
    assertThat(events.get(0).grant()).isEqualTo(events.get(0).session());
  }

  @Test
  void withoutSessionsNoSessionIsAGrant() throws Exception {
    TestServer server =
        TestServer.http(
            TestServer.Wiring.STATELESS_SYNC_HTTP,
            McpTools.builder(ToolGuard.builder(ONCE_A_DAY).listener(events::add).build())
                .sessionAsGrant()
                .build(),
            List.of(ONCE));
    servers.add(server);

    assertThat(ran(server.client())).isTrue();
    assertThat(ran(server.client())).isFalse();
    assertThat(events).extracting(DecisionEvent::grant).containsOnly("anonymous");
    assertThat(events).extracting(DecisionEvent::session).containsOnlyNulls();
  }

  @Test
  void aResolverThatFailsLeavesTheCallerWithoutAGrant() throws Exception {
    TestServer server =
        serve(
            builder ->
                builder.callerResolver(
                    context -> {
                      throw new StackOverflowError();
                    }));
    McpSyncClient client = server.client();

    assertThat(client.listTools().tools()).isEmpty();
    assertThat(decision(client.callTool(call("once")))).containsEntry("rule", "(no grant)");
  }

  @Test
  void theResolverSuppliesAttributesAndTheClientsOwnNameIsOnlyOneOfThem() throws Exception {
    TestServer server =
        serve(
            """
            {"version": "1", "default": "deny", "tools": {"once": {"require": [{"conditions": [
              {"path": "context.role", "op": "eq", "value": "clerk"},
              {"path": "context.client_name", "op": "eq", "value": "desk"}]}],
              "deny_if": [{"conditions": [{"path": "client", "op": "exists", "value": true}]}]}}}
            """,
            builder ->
                builder.callerResolver(
                    context -> Caller.grant("ana").withAttribute("role", "clerk")),
            ONCE);

    assertThat(ran(named(server, "desk"))).isTrue();
    assertThat(ran(named(server, "phone"))).isFalse();
  }

  @Test
  void theHandlerGetsExactlyWhatWasJudged() throws Exception {
    BlockingQueue<CallToolRequest> requests = new LinkedBlockingQueue<>();
    TestServer server =
        serve(
            "{\"version\": \"1\", \"default\": \"allow\"}",
            builder -> {},
            TestTool.of(
                "once",
                request -> {
                  requests.add(request);
                  return TestTool.text("ran");
                }));
    Map<String, Object> arguments = Map.of("amount", 5, "payer", Map.of("document", "1"));

    server
        .client()
        .callTool(
            CallToolRequest.builder("once").arguments(arguments).progressToken("p-1").build());

    CallToolRequest request = requests.take();
    assertThat(request.name()).isEqualTo("once");
    assertThat(request.arguments()).isEqualTo(arguments);
    assertThat(request.progressToken()).isEqualTo("p-1");
    assertThatThrownBy(() -> request.arguments().put("amount", 6))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(request.arguments().get("payer"))
        .asInstanceOf(InstanceOfAssertFactories.MAP)
        .satisfies(
            payer ->
                assertThatThrownBy(payer::clear).isInstanceOf(UnsupportedOperationException.class));
  }

  @Test
  void aToolWithAnOutputSchemaIsDeniedWithoutStructuredContent() throws Exception {
    Tool tool =
        Tool.builder("once", Map.of("type", "object"))
            .outputSchema(Map.of("type", "object", "required", List.of("id")))
            .build();
    TestServer server =
        serve(
            ONCE_A_DAY,
            builder -> {},
            new TestTool(
                tool,
                request ->
                    CallToolResult.builder()
                        .addTextContent("ran")
                        .structuredContent(Map.of("id", 7))
                        .build()));
    McpSyncClient client = server.client();

    assertThat(client.callTool(call("once")).structuredContent()).isEqualTo(Map.of("id", 7));
    CallToolResult denied = client.callTool(call("once"));
    assertThat(decision(denied)).containsEntry("code", "limit");
    assertThat(denied.structuredContent()).isNull();
  }

  @Test
  void aHandlerThatReturnsNothingHasFailedAndTheListenersAreToldTheCause() throws Exception {
    List<Throwable> causes = new CopyOnWriteArrayList<>();
    ToolGuard guard =
        ToolGuard.builder(ONCE_A_DAY)
            .listener(
                new DecisionListener() {
                  @Override
                  public void onDecision(DecisionEvent event) {}

                  @Override
                  public void onSettled(SettlementEvent event) {
                    causes.add(event.failure());
                  }
                })
            .build();
    List<SyncToolSpecification> guarded =
        McpTools.guard(
            guard,
            List.of(
                new SyncToolSpecification(
                    ONCE.tool(),
                    (exchange, request) -> {
                      throw new IllegalStateException("the real cause");
                    })));
    TestServer server = TestServer.http(builder -> builder.tools(guarded));
    servers.add(server);

    assertThat(text(server.client().callTool(call("once"))))
        .isEqualTo("The tool failed; what it had done by then is not known.");
    assertThat(causes).hasSize(1).first().hasFieldOrPropertyWithValue("message", "the real cause");
  }

  @Test
  void clientsAreToldThatTheListChangedWhenThePolicyIsReplaced() throws Exception {
    ToolGuard guard = ToolGuard.builder(ONCE_A_DAY).build();
    McpTools tools = McpTools.builder(guard).build();
    TestServer server = TestServer.http(TestServer.Wiring.SYNC_HTTP, tools, List.of(ONCE));
    servers.add(server);
    tools.notifyListChanges(server.syncServer());
    BlockingQueue<List<Tool>> lists = new LinkedBlockingQueue<>();
    McpSyncClient client = server.client("", with -> with.toolsChangeConsumer(lists::add));
    assertThat(client.listTools().tools()).hasSize(1);

    List<Tool> changed = null;
    // The client opens its listening stream in its own time; what is sent before is lost.
    for (long i = 0; i < TestServer.PATIENCE.toMillis() / 50 && changed == null; i++) {
      guard.replacePolicy(
          Policy.parse("{\"version\": \"1\", \"default\": \"allow\", \"hide\": [\"once\"]}"));
      changed = lists.poll(50, TimeUnit.MILLISECONDS);
    }

    assertThat(changed).isEmpty();
    assertThat(decision(client.callTool(call("once")))).containsEntry("code", "hidden");
  }

  @Test
  void aReloadIsJudgedLikeAStart() {
    Policy last = Policy.parse("{\"version\": \"1\", \"default\": \"allow\"}");
    Policy mistaken =
        Policy.parse(
            "{\"version\": \"1\", \"default\": \"allow\", \"tools\": {\"Once\": {\"action\": \"deny\"}}}");
    ToolGuard guard = ToolGuard.builder(last).build();
    McpTools tools = McpTools.builder(guard).build();
    tools.sync(List.of(ONCE.sync()));

    assertThatThrownBy(() -> guard.replacePolicy(mistaken))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("did you mean \"once\"?");
    assertThat(guard.policy()).isSameAs(last);
    assertThatThrownBy(() -> tools.check(mistaken, List.of(ONCE.sync().tool())))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void wrappingFailsOnANameThatLeavesAToolOpenUnlessTheHostAllowsIt() {
    ToolGuard guard =
        ToolGuard.builder(
                Policy.parse(
                    "{\"version\": \"1\", \"default\": \"allow\", \"tools\": {\"Once\": {\"action\": \"deny\"}}}"))
            .build();

    assertThatThrownBy(() -> McpTools.guard(guard, List.of(ONCE.sync())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("did you mean \"once\"?")
        .hasMessageEndingWith("Correct the name, or allow similar names.");
    assertThat(McpTools.builder(guard).allowSimilarNames().build().async(List.of(ONCE.async())))
        .hasSize(1);
  }

  @Test
  void whoeverWrapsNothingComparesThePolicyInForceWithEachListOfToolsAnew() {
    ToolGuard guard =
        ToolGuard.builder(
                Policy.parse(
                    """
                    {"version": "1", "default": "allow", "tools": {"refund": {"action": "deny"}}}
                    """))
            .build();
    McpTools strict = McpTools.builder(guard).build();
    McpTools lenient = McpTools.builder(guard).allowSimilarNames().build();
    List<Tool> refund = List.of(Tool.builder("refund", Map.of("type", "object")).build());
    List<Tool> renamed = List.of(Tool.builder("Refund", Map.of("type", "object")).build());
    String problem = "\"refund\" in tools matches no tool";

    assertThat(strict.check(refund)).isEmpty();
    assertThat(strict.check(List.of())).containsExactly(problem);
    assertThatThrownBy(() -> strict.check(renamed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "The policy allows what it does not list, and "
                + problem
                + "; did you mean \"Refund\"? Correct the name, or allow similar names.");
    String open = "\"Refund\" is not listed, and so open; it is financial";
    assertThat(lenient.check(renamed))
        .containsExactly(
            problem + "; did you mean \"Refund\"?", open + ", and looks like \"refund\"");

    guard.replacePolicy(Policy.parse("{\"version\": \"1\", \"default\": \"allow\"}"));
    assertThat(strict.check(renamed)).containsExactly(open);
    assertThat(McpTools.builder(ToolGuard.builder(caller -> null).build()).build().check(renamed))
        .as("each caller has a policy of its own")
        .isEmpty();
  }

  @Test
  void nothingIsSetTwice() {
    McpTools.Builder builder = McpTools.builder(ToolGuard.builder(ONCE_A_DAY).build());
    builder.callerResolver(context -> null).validateInputs((schema, content) -> null);

    assertThatThrownBy(() -> builder.callerResolver(context -> null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("callerResolver was set before");
    assertThatThrownBy(() -> builder.validateInputs((schema, content) -> null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("validateInputs was set before");
  }

  private TestServer serve(Consumer<McpTools.Builder> with) throws Exception {
    return serve(ONCE_A_DAY, with, ONCE);
  }

  private TestServer serve(String policy, Consumer<McpTools.Builder> with, TestTool tool)
      throws Exception {
    return serve(Policy.parse(policy), with, tool);
  }

  private TestServer serve(Policy policy, Consumer<McpTools.Builder> with, TestTool tool)
      throws Exception {
    McpTools.Builder builder =
        McpTools.builder(ToolGuard.builder(policy).listener(events::add).build());
    with.accept(builder);
    TestServer server =
        TestServer.http(TestServer.Wiring.SYNC_HTTP, builder.build(), List.of(tool));
    servers.add(server);
    return server;
  }

  private static McpSyncClient named(TestServer server, String name) {
    return server.client("", with -> with.clientInfo(Implementation.builder(name, "1").build()));
  }

  private static boolean ran(McpSyncClient client) {
    return text(client.callTool(call("once"))).equals("ran");
  }

  private static CallToolRequest call(String tool) {
    return CallToolRequest.builder(tool).arguments(Map.of()).build();
  }
}
