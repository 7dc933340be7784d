package dev.alcada.mcp;

import static dev.alcada.mcp.EachWiringTest.decision;
import static dev.alcada.mcp.EachWiringTest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.OtherClassPath;
import dev.alcada.OwnLog;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import dev.alcada.testing.GovernedTools;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpStatelessServerFeatures;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

/**
 * Tools, list filter and validation in one line; {@link EachWiringTest} has each kind of server.
 */
class InstallTest {
  private static final TestTool ONCE =
      new TestTool(
          Tool.builder(
                  "once",
                  Map.of(
                      "type",
                      "object",
                      "properties",
                      Map.of("id", Map.of("type", "integer")),
                      "required",
                      List.of("id")))
              .build(),
          request -> TestTool.text("ran"));
  private static final TestTool OTHER = TestTool.of("other", request -> TestTool.text("ran"));
  private static final String ONCE_A_DAY =
      """
      {"version": "1", "default": "allow", "hide": ["secret"], "tools": {"once": {"limits": [
        {"counter": "once", "window": "day", "max": 1}]}}}
      """;

  private final ToolGuard guard = ToolGuard.builder(Policy.parse(ONCE_A_DAY)).build();
  private final List<TestServer> servers = new ArrayList<>();

  @AfterEach
  void stop() {
    servers.forEach(TestServer::close);
  }

  @Test
  void argumentsAreValidatedBehindThePolicy() throws Exception {
    McpTools tools = McpTools.builder(guard).build();
    McpSyncClient client = client(server -> tools.install(server, List.of(ONCE.sync())));

    CallToolResult invalid = client.callTool(call("once", Map.of("id", "one")));
    assertThat(invalid.isError()).isTrue();
    assertThat(text(invalid)).contains("/id");
    assertThat(text(client.callTool(call("once", Map.of("id", 1))))).isEqualTo("ran");
    assertThat(decision(client.callTool(call("once", Map.of("id", 2)))))
        .as("what was invalid was not counted, and what was valid was")
        .containsEntry("code", "limit");
    guard.replacePolicy(Policy.parse("{\"version\": \"1\", \"default\": \"deny\"}"));
    assertThat(decision(client.callTool(call("once", Map.of("id", "one")))))
        .as("what the rules deny is denied whatever its arguments look like")
        .containsEntry("code", "not_listed");
  }

  @Test
  void whatIsGuardedAlreadyIsCountedOnceAndValidatedAllTheSame() throws Exception {
    List<SyncToolSpecification> guarded = McpTools.guard(guard, List.of(ONCE.sync()));
    McpTools tools = McpTools.builder(guard).build();
    McpSyncClient client = client(server -> tools.install(server, tools.sync(guarded)));

    assertThat(client.callTool(call("once", Map.of())).isError()).isTrue();
    assertThat(text(client.callTool(call("once", Map.of("id", 1))))).isEqualTo("ran");
    assertThat(decision(client.callTool(call("once", Map.of("id", 1)))))
        .containsEntry("code", "limit");
  }

  static Stream<Arguments> records() {
    return Stream.of(
        record("sync", McpTools::sync, TestTool::sync, SyncToolSpecification::callHandler),
        record(
            "async",
            McpTools::async,
            TestTool::async,
            McpServerFeatures.AsyncToolSpecification::callHandler),
        record(
            "stateless sync",
            McpTools::statelessSync,
            TestTool::statelessSync,
            McpStatelessServerFeatures.SyncToolSpecification::callHandler),
        record(
            "stateless async",
            McpTools::statelessAsync,
            TestTool::statelessAsync,
            McpStatelessServerFeatures.AsyncToolSpecification::callHandler));
  }

  private static <S> Arguments record(
      String name,
      BiFunction<McpTools, List<S>, List<S>> guarded,
      Function<TestTool, S> specification,
      Function<S, Object> handler) {
    Function<McpTools, List<S>> once =
        tools -> guarded.apply(tools, List.of(specification.apply(ONCE)));
    return Arguments.of(
        name,
        (BiPredicate<McpTools, McpTools>)
            (tools, again) -> {
              S first = once.apply(tools).get(0);
              S second = guarded.apply(again, List.of(first)).get(0);
              return handler.apply(first) == handler.apply(second);
            });
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("records")
  void noRecordIsWrappedTwiceByOneGuard(String name, BiPredicate<McpTools, McpTools> same) {
    ToolGuard other = ToolGuard.builder(Policy.parse(ONCE_A_DAY)).build();
    McpTools tools = McpTools.builder(guard).build();

    assertThat(same.test(tools, tools)).isTrue();
    assertThat(same.test(tools, McpTools.builder(guard).stdio().build())).isTrue();
    assertThat(same.test(tools, McpTools.builder(other).build())).as("another guard").isFalse();
  }

  @Test
  void aToolThatComesByAnotherWayIsNotListedAndIsReportedOnce() throws Throwable {
    McpTools tools = McpTools.builder(guard).build();
    tools.sync(List.of(ONCE.sync()));
    List<Boolean> shown = new ArrayList<>();
    Tool replaced = Tool.builder("once", Map.of("type", "object")).build();

    List<String> log =
        OwnLog.of(
            () -> {
              for (Tool tool : List.of(ONCE.tool(), OTHER.tool(), OTHER.tool(), replaced)) {
                shown.add(tools.visibleAndGuarded(McpTransportContext.EMPTY, tool));
              }
            });

    assertThat(shown).containsExactly(true, false, false, false);
    assertThat(log.stream().filter(line -> line.contains("ERROR")))
        .satisfiesExactly(
            line -> assertThat(line).contains("Tool other is on the server and not behind"),
            line -> assertThat(line).contains("Tool once is on the server and not behind"));
  }

  @Test
  void aNameOfSuchAToolBeginsNoLineOfTheLog() throws Throwable {
    McpTools tools = McpTools.builder(guard).build();
    TestTool forging =
        TestTool.of("pay\nERROR forged\u001b[2J\u009b2J\u202e", request -> TestTool.text("ran"));

    List<String> log =
        OwnLog.of(() -> tools.visibleAndGuarded(McpTransportContext.EMPTY, forging.tool()));

    assertThat(log)
        .singleElement()
        .asString()
        .contains("Tool pay\\u000aERROR forged\\u001b[2J\\u009b2J\\u202e is on the server");
  }

  @Test
  void aServerMayListOnlyWhatThePolicyLists() throws Exception {
    TestTool secret = TestTool.of("secret", request -> TestTool.text("ran"));
    McpTools tools = McpTools.builder(guard).onlyListed().build();
    McpSyncClient client =
        client(server -> tools.install(server, List.of(ONCE.sync(), OTHER.sync(), secret.sync())));

    assertThat(client.listTools().tools()).extracting(Tool::name).containsExactly("once");
    assertThat(text(client.callTool(call("other", Map.of()))))
        .as("the default still says whether it can be called")
        .isEqualTo("ran");
  }

  @Test
  void everyInstalledToolIsCoveredAndBehindTheGuard() throws Exception {
    McpTools tools = McpTools.builder(guard).build();
    McpSyncClient client =
        client(server -> tools.install(server, List.of(ONCE.sync(), OTHER.sync())));

    GovernedTools.assertBehind(
        guard, List.of("once", "other"), tool -> text(client.callTool(call(tool, Map.of()))));
    assertThatThrownBy(() -> GovernedTools.assertCovered(guard, List.of("once", "other")))
        .hasMessageContaining("no rule is for other");
  }

  @Test
  void withoutAValidatorOnTheClassPathItSaysWhatToAdd() throws Exception {
    assertThat(OtherClassPath.without("mcp-json-jackson3").run(Elsewhere.class))
        .isEqualTo(
            "McpTools.install needs a JSON Schema validator and the class path has none: add"
                + " io.modelcontextprotocol.sdk:mcp-json-jackson3, or set"
                + " McpTools.builder(guard).validateInputs(…).");
  }

  @Test
  void onAnSdkWithoutListFiltersAllButInstallWorksAndThatSaysWhatToDo() throws Exception {
    assertThat(
            OtherClassPath.withoutClasses(
                    "io.modelcontextprotocol.server.McpSyncListFilter",
                    "io.modelcontextprotocol.server.McpAsyncListFilter")
                .run(Elsewhere.class))
        .isEqualTo(
            "McpTools.install needs io.modelcontextprotocol.sdk:mcp-core 2.1, and an older one is"
                + " on the class path, whose servers list every tool; take 2.1, or give the server"
                + " tools.sync(specifications) without install: what is hidden is then listed and"
                + " denied.");
  }

  /** Runs on another class path. */
  static final class Elsewhere {
    static String run() {
      McpTools tools =
          McpTools.builder(ToolGuard.builder(Policy.parse(ONCE_A_DAY)).build()).build();
      // A container that looks through a bean's class needs all types of its methods.
      assertThat(McpTools.class.getDeclaredMethods()).isNotEmpty();
      var handler = tools.statelessSync(List.of(OTHER.statelessSync())).get(0).callHandler();
      assertThat(text(handler.apply(McpTransportContext.EMPTY, call("other", Map.of()))))
          .isEqualTo("ran");
      try {
        tools.install(McpServer.sync(new NoTransport()), List.of(ONCE.sync()));
        return "installed";
      } catch (IllegalStateException e) {
        return String.valueOf(e.getMessage());
      }
    }
  }

  /** What a server is made of that is never built. */
  private static final class NoTransport implements McpServerTransportProvider {
    @Override
    public void setSessionFactory(McpServerSession.Factory factory) {}

    @Override
    public Mono<Void> notifyClients(String method, Object params) {
      return Mono.empty();
    }

    @Override
    public Mono<Void> closeGracefully() {
      return Mono.empty();
    }
  }

  private McpSyncClient client(Consumer<McpServer.SyncSpecification<?>> tools) throws Exception {
    TestServer server = TestServer.http(tools);
    servers.add(server);
    return server.client();
  }

  private static CallToolRequest call(String tool, Map<String, Object> arguments) {
    return CallToolRequest.builder(tool).arguments(arguments).build();
  }
}
