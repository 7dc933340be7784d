package dev.alcada.examples.gateway;

import dev.alcada.decision.Caller;
import dev.alcada.examples.LoopbackServer;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.server.McpNotificationHandler;
import io.modelcontextprotocol.server.McpRequestHandler;
import io.modelcontextprotocol.server.transport.DefaultServerTransportSecurityValidator;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.InitializeRequest;
import io.modelcontextprotocol.spec.McpSchema.InitializeResult;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import io.modelcontextprotocol.spec.McpStreamableServerSession.McpStreamableServerSessionInit;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** Serves clients over Streamable HTTP on the loopback interface, each with its own upstream. */
final class HttpFront {
  private static final Logger LOG = LoggerFactory.getLogger(HttpFront.class);
  private static final TypeRef<Object> ANYTHING = new TypeRef<>() {};
  private static final Duration CLIENT_ANSWER = Duration.ofMinutes(10);

  // Each has a server of its own.
  private static final int MOST_SESSIONS = 100;

  private final Relay.Settings settings;
  private final Semaphore free = new Semaphore(MOST_SESSIONS);

  private HttpFront(Relay.Settings settings) {
    this.settings = settings;
  }

  static LoopbackServer start(Relay.Settings settings, int port, int maxBytes) throws IOException {
    HttpServletStreamableServerTransportProvider servlet =
        HttpServletStreamableServerTransportProvider.builder()
            .mcpEndpoint("/mcp")
            .jsonMapper(new WholeRequests())
            .maxRequestSize(maxBytes)
            // A web page whose name was made to point here is not a client.
            .httpHeaderValidator(
                DefaultServerTransportSecurityValidator.builder()
                    .allowedHosts(List.of("127.0.0.1:*", "localhost:*"))
                    .allowedOrigins(List.of("http://127.0.0.1:*", "http://localhost:*"))
                    .build())
            .build();
    servlet.setSessionFactory(new HttpFront(settings)::startSession);
    return LoopbackServer.start(servlet, port);
  }

  private McpStreamableServerSessionInit startSession(InitializeRequest initialize) {
    String id = UUID.randomUUID().toString();
    ToClient toClient = new ToClient();
    Relay relay = open(Caller.grant("anonymous").withSession(id), toClient);
    McpStreamableServerSession session =
        new McpStreamableServerSession(
            id,
            initialize.capabilities(),
            initialize.clientInfo(),
            CLIENT_ANSWER,
            requestHandlers(relay),
            notificationHandlers(relay),
            () -> Mono.fromRunnable(relay::close),
            null);
    toClient.open(session, relay);
    return new McpStreamableServerSessionInit(
        session,
        answer(relay, Relay.ownRequest(Methods.INITIALIZE, initialize), toClient)
            .map(result -> Json.MAPPER.convertValue(result, InitializeResult.class))
            .doOnError(failed -> relay.close()));
  }

  @SuppressWarnings("FutureReturnValueIgnored") // what is hung on the end gives the place back
  private Relay open(Caller caller, ToClient toClient) {
    if (!free.tryAcquire()) {
      throw new IllegalStateException("there are too many sessions");
    }
    try {
      Relay relay = new Relay(settings, caller, toClient);
      relay.end().thenRun(free::release);
      return relay;
    } catch (IOException e) {
      free.release();
      LOG.error("The upstream cannot be started.", e);
      throw new IllegalStateException("the upstream server cannot be started");
    }
  }

  private Map<String, McpRequestHandler<?>> requestHandlers(Relay relay) {
    Map<String, McpRequestHandler<?>> handlers = new HashMap<>();
    for (String method : Methods.requests(settings.toolsOnly())) {
      handlers.put(
          method,
          (exchange, request) ->
              answer(
                  relay,
                  (JSONRPCRequest) request,
                  progress ->
                      exchange
                          .progressNotification(
                              Json.MAPPER.convertValue(
                                  ((JSONRPCNotification) progress).params(),
                                  ProgressNotification.class))
                          .subscribe(sent -> {}, HttpFront::lost)));
    }
    return handlers;
  }

  private static Map<String, McpNotificationHandler> notificationHandlers(Relay relay) {
    Map<String, McpNotificationHandler> handlers = new HashMap<>();
    for (String method : Methods.notifications()) {
      handlers.put(
          method,
          (exchange, params) ->
              Mono.fromRunnable(() -> relay.notification(new JSONRPCNotification(method, params))));
    }
    return handlers;
  }

  // Empty if the client has cancelled the request.
  private static Mono<Object> answer(
      Relay relay, JSONRPCRequest request, Consumer<JSONRPCMessage> progressTo) {
    return Mono.fromCompletionStage(() -> relay.request(request, progressTo))
        .flatMap(
            response ->
                response.error() == null
                    ? Mono.just(response.result())
                    : Mono.error(new McpError(response.error())));
  }

  private static void lost(Throwable thrown) {
    LOG.debug("A message did not reach the client.", thrown);
  }

  /** What the upstream says of its own accord, on the session's stream. */
  private static final class ToClient implements Consumer<JSONRPCMessage> {
    private volatile @Nullable McpStreamableServerSession session;
    private volatile @Nullable Relay relay;

    void open(McpStreamableServerSession opened, Relay of) {
      session = opened;
      relay = of;
    }

    @Override
    public void accept(JSONRPCMessage message) {
      McpStreamableServerSession to = session;
      Relay from = relay;
      if (to == null || from == null) {
        return; // before initialization there is nothing to say
      }
      if (message instanceof JSONRPCNotification notification) {
        to.sendNotification(notification.method(), notification.params())
            .subscribe(sent -> {}, HttpFront::lost);
      } else if (message instanceof JSONRPCRequest request) {
        to.sendRequest(request.method(), request.params(), ANYTHING)
            .subscribe(
                result -> from.response(JSONRPCResponse.result(request.id(), result)),
                thrown -> from.response(refusal(request, thrown)));
      }
    }

    private static JSONRPCResponse refusal(JSONRPCRequest request, Throwable thrown) {
      lost(thrown);
      return thrown instanceof McpError error && error.getJsonRpcError() != null
          ? JSONRPCResponse.error(request.id(), error.getJsonRpcError())
          : Relay.error(request.id(), -32603, "the client did not answer");
    }
  }
}
