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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ForkJoinPool;
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
  private static final long OWN_SECONDS = 30;

  private final Upstream upstream;
  private final Settings settings;
  private final Consumer<JSONRPCMessage> client;
  private final GuardedTools tools;
  private final Set<String> methods;
  private final Map<Object, Exchange> underWay = new ConcurrentHashMap<>();
  private final Map<Object, Consumer<JSONRPCMessage>> progress = new ConcurrentHashMap<>();
  private final Set<Object> asked = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<String> end = new CompletableFuture<>();
  private volatile @Nullable String gone;

  /** What all sessions of a gateway have in common. */
  record Settings(
      ToolGuard guard,
      PolicyFit fit,
      Upstream.Opener opener,
      boolean toolsOnly,
      Duration startTime) {}

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
    KnownTools known =
        new KnownTools(
            () -> UpstreamTools.list(params -> ask(Methods.TOOLS_LIST, params)),
            settings.fit(),
            () -> onEnd(KnownTools.MISFIT));
    this.tools = new GuardedTools(settings.guard(), known, caller, this::forward);
    this.upstream = settings.opener().open(this);
  }

  /**
   * Starts the upstream once, for nobody, to see that it does start and that the policy fits its
   * tools.
   *
   * @throws IOException if not; the message says why
   */
  static void rehearse(Settings settings) throws IOException {
    try (Relay relay = new Relay(settings, Caller.grant("anonymous"), message -> {})) {
      JSONRPCResponse started =
          relay.request(Methods.ownInitialize(), progress -> {}).toCompletableFuture().join();
      if (started == null || started.error() != null) {
        throw new IOException(started == null ? "no answer" : started.error().message());
      }
      relay.send(new JSONRPCNotification(Methods.INITIALIZED));
      relay.tools.refresh().toCompletableFuture().join();
    } catch (CompletionException e) {
      throw new IOException(GuardedTools.cause(e).getMessage(), e);
    }
  }

  /** {@return completed with the reason once the upstream is gone} */
  CompletableFuture<String> end() {
    return end;
  }

  /**
   * Handles a client's request.
   *
   * @param progressTo takes the progress of this request
   * @return the answer, or {@code null} if the client does not want it any more; never fails
   */
  CompletionStage<@Nullable JSONRPCResponse> request(
      JSONRPCRequest request, Consumer<JSONRPCMessage> progressTo) {
    if (!methods.contains(request.method())) {
      return refused(request, ErrorCodes.METHOD_NOT_FOUND, "method not found");
    }
    Exchange exchange = new Exchange();
    if (underWay.putIfAbsent(request.id(), exchange) != null) {
      return refused(request, ErrorCodes.INVALID_REQUEST, "a request with this id is under way");
    }
    Object token = Json.object(Json.object(request.params()).get("_meta")).get("progressToken");
    if (token != null) {
      progress.put(token, progressTo);
    }
    return CompletableFuture.completedFuture(request)
        .thenCompose(this::handle)
        .handle(
            (response, thrown) -> {
              underWay.remove(request.id(), exchange);
              if (token != null) {
                progress.remove(token, progressTo);
              }
              return exchange.cancelled()
                  ? null
                  : thrown == null ? response : failure(request, thrown);
            });
  }

  private CompletionStage<JSONRPCResponse> handle(JSONRPCRequest request) {
    return switch (request.method()) {
      case Methods.INITIALIZE -> initialize(request);
      case Methods.TOOLS_CALL -> tools.call(request, exchange(request)::cancelled);
      case Methods.TOOLS_LIST -> tools.list(request);
      default -> forward(request).thenApply(GuardedTools::withoutDecision);
    };
  }

  private static CompletionStage<@Nullable JSONRPCResponse> refused(
      JSONRPCRequest request, int code, String why) {
    return CompletableFuture.completedFuture(error(request.id(), code, why));
  }

  private CompletionStage<JSONRPCResponse> initialize(JSONRPCRequest request) {
    long seconds = settings.startTime().toSeconds();
    CompletableFuture<JSONRPCResponse> answer = exchange(request).answer();
    CompletableFuture.delayedExecutor(seconds, TimeUnit.SECONDS)
        .execute(
            () -> {
              String why = "the upstream server did not start within " + seconds + " s";
              // The client is told first, and then it is over.
              if (answer.complete(error(request.id(), ErrorCodes.INTERNAL_ERROR, why))) {
                onEnd(why);
              }
            });
    return forward(request)
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
    if (notification.method().equals(Methods.CANCELLED)) {
      cancel(notification);
      return;
    }
    send(notification);
    if (notification.method().equals(Methods.INITIALIZED)) {
      tools.refresh();
    }
  }

  // What the upstream does not have it need not be told; what nobody asked, neither.
  private void cancel(JSONRPCNotification notification) {
    Object id = Json.object(notification.params()).get("requestId");
    Exchange exchange = id == null ? null : underWay.get(id);
    if (exchange != null && exchange.cancel()) {
      send(notification);
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
    Exchange exchange = exchange(request);
    if (!exchange.send()) {
      return CompletableFuture.failedFuture(new NotDoneException(Exchange.CANCELLED));
    }
    String why = gone;
    if (why != null) {
      exchange.answer().completeExceptionally(new NotDoneException(why));
      return exchange.answer();
    }
    upstream
        .send(request)
        .whenComplete(
            (sent, thrown) -> {
              if (thrown != null) {
                exchange.answer().completeExceptionally(thrown);
              }
            });
    return exchange.answer();
  }

  private Exchange exchange(JSONRPCRequest request) {
    return Objects.requireNonNull(underWay.get(request.id()), "a request that is not under way");
  }

  /** Asks the upstream on the gateway's own account. */
  private CompletionStage<Map<String, @Nullable Object>> ask(String method, Object params) {
    JSONRPCRequest request = ownRequest(method, params);
    Exchange exchange = new Exchange();
    underWay.put(request.id(), exchange);
    exchange.answer().orTimeout(OWN_SECONDS, TimeUnit.SECONDS);
    return forward(request)
        .whenComplete((response, thrown) -> underWay.remove(request.id(), exchange))
        .thenApply(response -> Json.object(response.result()));
  }

  @Override
  public void onMessage(JSONRPCMessage message) {
    if (message instanceof JSONRPCResponse response) {
      Exchange exchange = underWay.get(response.id());
      if (exchange == null || !exchange.sent()) {
        LOG.debug("The upstream answered what nobody asked.");
      } else {
        exchange.answer().complete(response);
      }
    } else if (message instanceof JSONRPCRequest request) {
      passOn(request);
    } else if (message instanceof JSONRPCNotification notification) {
      passOn(notification);
    }
  }

  private void passOn(JSONRPCRequest request) {
    if (Methods.ofServers().contains(request.method())) {
      asked.add(request.id());
      client.accept(request);
    } else {
      // On another thread: an upstream that does not read must not keep this one from reading it.
      ForkJoinPool.commonPool()
          .execute(
              () -> send(error(request.id(), ErrorCodes.METHOD_NOT_FOUND, "method not found")));
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
    // A copy: a client that is told of one may ask anew before the rest are, and that is not lost.
    List<Exchange> lost = underWay.values().stream().filter(Exchange::sent).toList();
    lost.forEach(exchange -> exchange.answer().completeExceptionally(new UpstreamException(why)));
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
