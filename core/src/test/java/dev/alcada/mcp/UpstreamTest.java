package dev.alcada.mcp;

import static dev.alcada.mcp.EachWiringTest.decision;
import static dev.alcada.mcp.EachWiringTest.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ClientCapabilities;
import io.modelcontextprotocol.spec.McpSchema.CreateMessageRequest;
import io.modelcontextprotocol.spec.McpSchema.Role;
import io.modelcontextprotocol.spec.McpSchema.SamplingMessage;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A guarded tool that is another server's, reached by the SDK's client. */
class UpstreamTest {
  private static final String NOTHING_DONE = "The tool failed; nothing was done.";
  private static final String UNKNOWN = "The tool failed; what it had done by then is not known.";

  private final List<AutoCloseable> resources = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable resource : resources) {
      resource.close();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SYNC_HTTP", "ASYNC_HTTP", "STATELESS_SYNC_HTTP", "STATELESS_ASYNC_HTTP"})
  void aServerThatRefusesByAnErrorOfTheProtocolHasDoneNothing(TestServer.Wiring wiring)
      throws Exception {
    McpSyncClient upstream = upstream(-32602).client();
    McpSyncClient client = proxy(wiring, upstream::callTool);

    for (int i = 0; i < 3; i++) {
      assertThat(text(client.callTool(pay()))).isEqualTo(NOTHING_DONE);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-32700, -32600, -32601, -32602})
  void ifItsCodeIsOneOfARequestThatWasNotBegun(int code) throws Exception {
    McpSyncClient upstream = upstream(code).client();
    McpSyncClient client = proxy(TestServer.Wiring.SYNC_HTTP, upstream::callTool);

    assertThat(text(client.callTool(pay()))).isEqualTo(NOTHING_DONE);
    assertThat(text(client.callTool(pay()))).isEqualTo(NOTHING_DONE);
  }

  /** Of another code is what official servers make of whatever a tool has thrown. */
  @ParameterizedTest
  @ValueSource(ints = {-32603, -32000, -32001, -32002, -32042, -32099, 4})
  void butACodeOfWhateverAToolThrewSaysNothingOfWhatWasDoneBefore(int code) throws Exception {
    McpSyncClient upstream = upstream(code).client();
    McpSyncClient client = proxy(TestServer.Wiring.SYNC_HTTP, upstream::callTool);

    assertThat(text(client.callTool(pay()))).isEqualTo(UNKNOWN);
    assertThat(decision(client.callTool(pay()))).containsEntry("code", "limit");
  }

  /** As servers of the TypeScript SDK do after the tool has run. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Output validation error: Tool pay has an output schema but no structured content was provided",
        "Tool 'pay' has an output schema but no structured content was provided",
      })
  void invalidParamsOfAResultSaysNothingOfWhatWasDoneBefore(String message) throws Exception {
    McpSyncClient upstream = upstream(McpError.builder(-32602).message(message).build()).client();
    McpSyncClient client = proxy(TestServer.Wiring.SYNC_HTTP, upstream::callTool);

    assertThat(text(client.callTool(pay()))).isEqualTo(UNKNOWN);
    assertThat(decision(client.callTool(pay()))).containsEntry("code", "limit");
  }

  @Test
  void butAnInternalErrorIsWhatServersAnswerForAToolThatBrokeHalfWay() throws Exception {
    McpSyncClient upstream = upstream(new IllegalStateException("paid, and then broke")).client();
    McpSyncClient client = proxy(TestServer.Wiring.SYNC_HTTP, upstream::callTool);

    assertThat(text(client.callTool(pay()))).isEqualTo(UNKNOWN);
    assertThat(decision(client.callTool(pay()))).containsEntry("code", "limit");
  }

  @ParameterizedTest
  @EnumSource(names = {"SYNC_HTTP", "ASYNC_HTTP"})
  void whatWasNeverSentHasDoneNothing(TestServer.Wiring wiring) throws Exception {
    McpSyncClient nowhere =
        McpClient.sync(HttpClientStreamableHttpTransport.builder("http://localhost:1").build())
            .build();
    McpSyncClient client = proxy(wiring, nowhere::callTool);

    for (int i = 0; i < 2; i++) {
      assertThat(text(client.callTool(pay()))).isEqualTo(NOTHING_DONE);
    }
  }

  @Test
  void aServerThatHasGoneWasNeverAsked() throws Exception {
    TestServer server = upstream(0);
    McpSyncClient upstream = server.client();
    McpSyncClient client = proxy(TestServer.Wiring.SYNC_HTTP, upstream::callTool);
    assertThat(upstream.listTools().tools()).hasSize(1);
    server.stopListening();

    for (int i = 0; i < 2; i++) {
      assertThat(text(client.callTool(pay()))).isEqualTo(NOTHING_DONE);
    }
  }

  @Test
  void anExceptionOfTheToolsOwnSaysNothingOfWhatWasDoneBefore() throws Exception {
    McpSyncClient client =
        proxy(
            TestServer.Wiring.SYNC_HTTP,
            request -> {
              throw new IllegalStateException("paid, and then", new ConnectException());
            });

    assertThat(text(client.callTool(pay()))).isEqualTo(UNKNOWN);
    assertThat(decision(client.callTool(pay()))).containsEntry("code", "limit");
  }

  @ParameterizedTest
  @ValueSource(ints = {-32602, -32000})
  void whatTheCallerAnswersToAQuestionOfTheHandlersGivesItNoCallBack(int code) throws Exception {
    AtomicInteger paid = new AtomicInteger();
    McpTools tools = McpTools.builder(guard()).build();
    TestServer server =
        TestServer.http(
            with ->
                tools.install(
                    with,
                    List.of(
                        new SyncToolSpecification(
                            Tool.builder("pay", Map.of("type", "object")).build(),
                            (exchange, request) -> {
                              paid.incrementAndGet();
                              exchange.createMessage(
                                  CreateMessageRequest.builder(
                                          List.of(
                                              new SamplingMessage(
                                                  Role.USER,
                                                  TextContent.builder("Thank the payer.").build())),
                                          100)
                                      .build());
                              return TestTool.text("paid");
                            }))));
    resources.add(server);
    McpSyncClient hostile =
        server.client(
            "",
            with ->
                with.capabilities(ClientCapabilities.builder().sampling().build())
                    .sampling(
                        question -> {
                          throw McpError.builder(code).message("no").build();
                        }));

    assertThat(text(hostile.callTool(pay()))).isEqualTo(UNKNOWN);
    assertThat(decision(hostile.callTool(pay()))).containsEntry("code", "limit");
    assertThat(paid).hasValue(1);
  }

  private TestServer upstream(int code) throws Exception {
    return upstream(McpError.builder(code).message("password=hunter2").build());
  }

  /** Without sessions, since a stream that carries an error may be cut before it has ended. */
  private TestServer upstream(RuntimeException failure) throws Exception {
    TestServer server =
        TestServer.stateless(
            with ->
                with.tools(
                    TestTool.of(
                            "pay",
                            request -> {
                              throw failure;
                            })
                        .statelessSync()));
    resources.add(server);
    return server;
  }

  private McpSyncClient proxy(
      TestServer.Wiring wiring, Function<CallToolRequest, CallToolResult> forward)
      throws Exception {
    TestServer server =
        TestServer.http(
            wiring, McpTools.builder(guard()).build(), List.of(TestTool.of("pay", forward)));
    resources.add(server);
    return server.client();
  }

  private static ToolGuard guard() {
    return ToolGuard.builder(
            Policy.parse(
                """
                {"version": "1", "default": "deny", "tools": {"pay": {"limits": [
                  {"counter": "paid", "window": "day", "max": 1, "counts": "successes"}]}}}
                """))
        .build();
  }

  private static CallToolRequest pay() {
    return CallToolRequest.builder("pay").arguments(Map.of()).build();
  }
}
