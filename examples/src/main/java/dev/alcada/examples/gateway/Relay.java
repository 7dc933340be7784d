package dev.alcada.examples.gateway;

import dev.alcada.decision.Caller;
import dev.alcada.guard.NotDoneException;
import dev.alcada.guard.ToolGuard;
import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse.JSONRPCError;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's session with one upstream: messages pass as they are, but for tools, which the guard
 * judges. Thread-safe.
 */
final class Relay implements Upstream.Listener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

  private final Upstream upstream;
  private final Settings settings;
  private final Consumer<JSONRPCMessage> client;
  private final GuardedTools tools;
  private final Set<String> methods;
  private final Map<Object, CompletableFuture<JSONRPCResponse>> awaited = new ConcurrentHashMap<>();
  private final Map<Object, Consumer<JSONRPCMessage>> progress = new ConcurrentHashMap<>();
  private final Set<Object> asked = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<String> end = new CompletableFuture<>();
  private volatile @Nullable String gone;

  /** What all sessions of a gateway have in common. */
  record Settings(ToolGuard guard, Upstream.Opener opener, boolean toolsOnly, Duration startTime) {}

  /**
   * Opens a session.
   *
   * @param caller on whose account tools are called
   * @param client takes what the upstream says of its own accord
   */
  Relay(Settings settings, Caller caller, Consumer<JSONRPCMessage> client) throws IOException {
    this.settings = settings;
    this.client = client;
    this.methods = Methods.requests(settings.toolsOnly());
    this.tools = new GuardedTools(settings.guard(), caller, this::forward);
    this.upstream = settings.opener().open(this);
  }

  /** {@return completed with the reason once the upstream is gone} */
  CompletableFuture<String> end() {
    return end;
  }

  /**
   * Handles a client's request.
   *
   * @param progressTo takes the progress of this request
   * @return the answer; never fails
   */
  CompletionStage<JSONRPCResponse> request(
      JSONRPCRequest request, Consumer<JSONRPCMessage> progressTo) {
    if (!methods.contains(request.method())) {
      return CompletableFuture.completedFuture(
          error(
              request.id(), ErrorCodes.METHOD_NOT_FOUND, "Method not found: " + request.method()));
    }
    Object token = Json.object(Json.object(request.params()).get("_meta")).get("progressToken");
    if (token != null) {
      progress.put(token, progressTo);
    }
    CompletionStage<JSONRPCResponse> answer =
        switch (request.method()) {
          case Methods.INITIALIZE -> initialize(request);
          case Methods.TOOLS_CALL -> tools.call(request);
          case Methods.TOOLS_LIST -> forward(request).thenApply(tools::visible);
          default -> forward(request).thenApply(GuardedTools::withoutDecision);
        };
    return answer.handle(
        (response, thrown) -> {
          if (token != null) {
            progress.remove(token, progressTo);
          }
          return thrown == null ? response : failure(request, thrown);
        });
  }

  private CompletionStage<JSONRPCResponse> initialize(JSONRPCRequest request) {
    long seconds = settings.startTime().toSeconds();
    CompletableFuture<JSONRPCResponse> answer = new CompletableFuture<>();
    CompletableFuture.delayedExecutor(seconds, TimeUnit.SECONDS)
        .execute(
            () -> {
              String why = "the upstream server did not start within " + seconds + " s";
              // The client is told first, and then it is over.
              if (answer.complete(error(request.id(), ErrorCodes.INTERNAL_ERROR, why))) {
                onEnd(why);
              }
            });
    return forward(request, answer)
        .thenApply(settings.toolsOnly() ? Relay::withToolsOnly : response -> response);
  }

  private static JSONRPCResponse withToolsOnly(JSONRPCResponse response) {
    if (response.error() != null) {
      return response;
    }
    Map<String, @Nullable Object> result = Json.object(response.result());
    Map<String, @Nullable Object> capabilities = Json.object(result.get("capabilities"));
    capabilities.keySet().retainAll(Set.of("tools", "tasks", "logging"));
    result.put("capabilities", capabilities);
    return JSONRPCResponse.result(response.id(), result);
  }

  /** Handles a client's notification. */
  void notification(JSONRPCNotification notification) {
    if (!Methods.notifications().contains(notification.method())) {
      LOG.debug("A notification that the gateway does not know was dropped.");
      return;
    }
    send(notification);
    if (notification.method().equals(Methods.INITIALIZED)) {
      tools.refresh();
    }
  }

  /** Handles a client's answer to what the upstream asked. */
  void response(JSONRPCResponse response) {
    if (asked.remove(response.id())) {
      send(response);
    }
  }

  // An upstream that does not take these will be found out by the next request.
  private void send(JSONRPCMessage message) {
    upstream
        .send(message)
        .whenComplete(
            (sent, thrown) -> {
              if (thrown != null) {
                LOG.warn("A message did not reach the upstream: {}", thrown.getMessage());
              }
            });
  }

  private CompletionStage<JSONRPCResponse> forward(JSONRPCRequest request) {
    return forward(request, new CompletableFuture<>());
  }

  private CompletionStage<JSONRPCResponse> forward(
      JSONRPCRequest request, CompletableFuture<JSONRPCResponse> answer) {
    if (awaited.putIfAbsent(request.id(), answer) != null) {
      return CompletableFuture.completedFuture(
          error(request.id(), ErrorCodes.INVALID_REQUEST, "a request with this id is under way"));
    }
    CompletionStage<JSONRPCResponse> tidied =
        answer.whenComplete((response, thrown) -> awaited.remove(request.id(), answer));
    String why = gone;
    if (why != null) {
      answer.completeExceptionally(new NotDoneException(why));
      return tidied;
    }
    upstream
        .send(request)
        .whenComplete(
            (sent, thrown) -> {
              if (thrown != null) {
                answer.completeExceptionally(thrown);
              }
            });
    return tidied;
  }

  @Override
  public void onMessage(JSONRPCMessage message) {
    if (message instanceof JSONRPCResponse response) {
      CompletableFuture<JSONRPCResponse> answer = awaited.get(response.id());
      if (answer == null) {
        LOG.debug("The upstream answered what nobody asked.");
      } else {
        answer.complete(response);
      }
    } else if (message instanceof JSONRPCRequest request) {
      asked.add(request.id());
      client.accept(request);
    } else if (message instanceof JSONRPCNotification notification) {
      passOn(notification);
    }
  }

  private void passOn(JSONRPCNotification notification) {
    if (notification.method().equals(Methods.TOOLS_CHANGED)) {
      tools.refresh();
    }
    if (notification.method().equals(Methods.PROGRESS)) {
      Object token = Json.object(notification.params()).get("progressToken");
      (token == null ? client : progress.getOrDefault(token, client)).accept(notification);
    } else if (!settings.toolsOnly() || !Methods.besideTools(notification.method())) {
      client.accept(notification);
    }
  }

  @Override
  public void onBroken(String why) {
    LOG.error("{}; what was under way is given up.", why);
    giveUp(why);
  }

  @Override
  public void onEnd(String why) {
    // In this order: a request in between sees the end, and all are answered before it is told.
    gone = why;
    giveUp(why);
    end.complete(why);
  }

  private void giveUp(String why) {
    awaited.values().forEach(answer -> answer.completeExceptionally(new UpstreamException(why)));
  }

  @Override
  public void close() {
    upstream.close();
    onEnd("the gateway is closing");
  }

  static JSONRPCRequest ownRequest(String method, @Nullable Object params) {
    return new JSONRPCRequest(method, "alcada-" + UUID.randomUUID(), params);
  }

  static JSONRPCResponse error(Object id, int code, String message) {
    return JSONRPCResponse.error(id, new JSONRPCError(code, message));
  }

  private static JSONRPCResponse failure(JSONRPCRequest request, Throwable thrown) {
    Throwable cause = GuardedTools.cause(thrown);
    boolean ours = cause instanceof UpstreamException || cause instanceof NotDoneException;
    if (!ours) {
      LOG.error("A request could not be handled.", cause);
    }
    return error(
        request.id(),
        ErrorCodes.INTERNAL_ERROR,
        ours ? String.valueOf(cause.getMessage()) : "internal error");
  }
}
