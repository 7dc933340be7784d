package dev.alcada.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.guard.Approvals;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransport;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import io.modelcontextprotocol.spec.McpServerTransportProviderBase;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import io.modelcontextprotocol.spec.McpStreamableServerTransport;
import io.modelcontextprotocol.spec.McpTransport;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** A transport with one session for each connection, as standard input and output and SSE have. */
class HeardTransportTest {
  private static final Policy ASK =
      Policy.parse(
          """
          {"version": "1", "default": "deny", "tools": {"refund": {"action": "require_approval"}}}
          """);

  private final Approvals approvals = Approvals.builder().build();
  private final AtomicInteger runs = new AtomicInteger();
  private final Line line = new Line();

  /** Both ends of one connection in this process. */
  private static final class Line implements McpServerTransportProvider, McpServerTransport {
    private final BlockingQueue<JSONRPCMessage> sent = new LinkedBlockingQueue<>();
    private @Nullable McpServerSession session;

    @Override
    public void setSessionFactory(McpServerSession.Factory sessions) {
      session = sessions.create(this);
    }

    private McpServerSession session() {
      return Objects.requireNonNull(session);
    }

    void receive(JSONRPCMessage message) {
      session().handle(message).subscribe();
    }

    JSONRPCMessage next() throws InterruptedException {
      return sent.poll(TestServer.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message) {
      return Mono.fromRunnable(() -> sent.add(message));
    }

    @Override
    public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
      return McpJsonDefaults.getMapper().convertValue(data, type);
    }

    @Override
    public Mono<Void> notifyClients(String method, Object params) {
      return session().sendNotification(method, params);
    }

    @Override
    public Mono<Void> closeGracefully() {
      return Mono.empty();
    }

    @Override
    public void close() {}

    @Override
    public List<String> protocolVersions() {
      return List.of("2025-06-18");
    }
  }

  private void serve(boolean heard) throws Exception {
    serve(heard, true);
  }

  private void serve(boolean heard, boolean async) throws Exception {
    ToolGuard guard = ToolGuard.builder(ASK).approvals(approvals).build();
    McpTools tools = McpTools.builder(guard).stdio().elicitApprovals().build();
    TestTool refund =
        TestTool.of(
            "refund",
            request -> {
              runs.incrementAndGet();
              return TestTool.text("refunded");
            });
    McpServerTransportProvider transport = heard ? tools.heard(line) : line;
    if (async) {
      var server = McpServer.async(transport).requestTimeout(TestServer.PATIENCE);
      tools.install(server, List.of(refund.async())).build();
    } else {
      var server = McpServer.sync(transport).requestTimeout(TestServer.PATIENCE);
      tools.install(server, List.of(refund.sync())).build();
    }
    line.receive(
        request(
            "initialize",
            0,
            Map.of(
                "protocolVersion",
                "2025-06-18",
                "capabilities",
                Map.of("elicitation", Map.of()),
                "clientInfo",
                Map.of("name", "c", "version", "1"))));
    line.next();
    line.receive(new JSONRPCNotification("2.0", "notifications/initialized", null));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCancelledCallRunsByALaterYesOnlyWhereNothingIsHeard(boolean heard) throws Exception {
    serve(heard);
    line.receive(request("tools/call", 7, Map.of("name", "refund", "arguments", Map.of())));
    JSONRPCRequest form = (JSONRPCRequest) line.next();
    assertThat(form.method()).isEqualTo("elicitation/create");

    line.receive(new JSONRPCNotification("2.0", "notifications/cancelled", Map.of("requestId", 7)));
    line.receive(
        JSONRPCResponse.result(
            form.id(), Map.of("action", "accept", "content", Map.of("approve", true))));
    JSONRPCRequest ping = (JSONRPCRequest) line.next();
    line.receive(JSONRPCResponse.result(ping.id(), Map.of()));
    JSONRPCResponse answer = (JSONRPCResponse) line.next();

    assertThat(answer.id()).isEqualTo(7);
    assertThat(runs).hasValue(heard ? 0 : 1);
    assertThat(approvals.pending()).extracting(ApprovalRequest::state).isEmpty();
    if (heard) {
      line.receive(request("tools/call", 8, Map.of("name", "refund", "arguments", Map.of())));
      assertThat(line.next().toString()).contains("refunded");
      assertThat(runs).hasValue(1);
    }
  }

  /** On a synchronous server a call begins on a thread of its own, later than it arrives. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCallThatIsCancelledAsItArrivesRunsByNoYes(boolean async) throws Exception {
    serve(true, async);

    line.receive(request("tools/call", 7, Map.of("name", "refund", "arguments", Map.of())));
    line.receive(new JSONRPCNotification("2.0", "notifications/cancelled", Map.of("requestId", 7)));
    JSONRPCMessage next = line.next();
    while (next instanceof JSONRPCRequest asked) {
      line.receive(
          JSONRPCResponse.result(
              asked.id(),
              asked.method().equals("ping")
                  ? Map.of()
                  : Map.of("action", "accept", "content", Map.of("approve", true))));
      next = line.next();
    }

    assertThat(((JSONRPCResponse) next).id()).isEqualTo(7);
    assertThat(runs).hasValue(0);
  }

  static Stream<Arguments> sessions() {
    return Stream.of(
        Arguments.of(McpServerSession.class, HeardSession.class),
        Arguments.of(McpStreamableServerSession.class, HeardStreamableSession.class),
        Arguments.of(McpServerTransportProviderBase.class, HeardTransport.class),
        Arguments.of(McpTransport.class, HeardStream.class),
        Arguments.of(McpStreamableServerTransport.class, HeardStream.class));
  }

  /** A later SDK may have more of them, and what is not passed on would be lost. */
  @ParameterizedTest
  @MethodSource("sessions")
  void everyMethodOfTheSdkIsPassedOn(Class<?> session, Class<?> heard) throws Exception {
    for (Method method : session.getDeclaredMethods()) {
      if (Modifier.isPublic(method.getModifiers())
          && !Modifier.isStatic(method.getModifiers())
          && !method.isSynthetic()) {
        assertThat(heard.getDeclaredMethod(method.getName(), method.getParameterTypes()))
            .isNotNull();
      }
    }
  }

  private static JSONRPCRequest request(String method, int id, Map<String, Object> params) {
    return new JSONRPCRequest("2.0", method, id, params);
  }
}
