package dev.alcada.examples.gateway;

import dev.alcada.decision.Caller;
import dev.alcada.tool.ToolDefinition;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's session with the upstream: messages pass as they are, but for tools, which the guard
 * judges. Thread-safe; only closing it takes time.
 *
 * <pre>
 *            Relay ── GuardedTools ─┐
 *   client ─┤                       ├─ ToUpstream ── Link ── Upstream
 *            └─────── ToClient ─────┴───────────────────────────┘
 * </pre>
 */
final class Relay implements Link.Owner, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

  /** What a client says at first is kept as long as its session, to be said again. */
  static final long LARGEST_INITIALIZE = 64 << 10;

  private final Settings settings;
  private final Set<String> methods;
  private final Worker worker = new Worker();
  private final Link link;
  private final ToUpstream toUpstream;
  private final ToClient toClient;
  private final GuardedTools tools;
  private final CompletableFuture<String> end = new CompletableFuture<>();
  private volatile boolean everUsed;

  /**
   * Opens a session; its upstream is opened when it is first needed.
   *
   * @param caller on whose account tools are called
   * @param client takes what the upstream says of its own accord
   */
  Relay(Settings settings, Caller caller, ToClient.Client client) {
    this.settings = settings;
    this.methods = Methods.requests(settings.toolsOnly());
    this.link = new Link(settings.opener(), settings.time(), this);
    this.toUpstream = new ToUpstream(link, worker, settings);
    this.toClient = new ToClient(client, settings.toolsOnly());
    KnownTools known =
        new KnownTools(
            () ->
                UpstreamTools.list(
                    params -> toUpstream.ask(Methods.TOOLS_LIST, params),
                    settings.maxBytes(),
                    settings.fit().whole()),
            settings.fit(),
            worker,
            () -> fail(KnownTools.MISFIT));
    this.tools = new GuardedTools(settings, known, caller, toUpstream, toClient, link, worker);
  }

  /**
   * Starts the upstream once, for nobody, to see that it does start and that the policy fits its
   * tools.
   *
   * @return what it answers to the gateway's own {@code initialize}
   * @throws IOException if not; the message says why
   */
  static @Nullable Object rehearse(Settings settings) throws IOException {
    return rehearsed(settings).greeting();
  }

  /**
   * Starts the upstream once, for its list of tools.
   *
   * @throws IOException if there is none; the message says why
   */
  static List<ToolDefinition> listed(Settings settings) throws IOException {
    return rehearsed(settings).tools().definitions();
  }

  /** What an upstream that was started for nobody has told. */
  private record Rehearsed(@Nullable Object greeting, UpstreamTools tools) {}

  private static Rehearsed rehearsed(Settings settings) throws IOException {
    ToClient.Client nobody =
        new ToClient.Client() {
          @Override
          public boolean deliver(Message message) {
            return false;
          }

          @Override
          public CompletionStage<?> room() {
            return CompletableFuture.completedStage(null);
          }
        };
    try (Relay relay = new Relay(settings, Caller.grant("anonymous"), nobody)) {
      Message.Answer started =
          relay
              .request(
                  new Message.Request("rehearsal", Methods.INITIALIZE, Methods.ownInitialize()),
                  0,
                  progress -> {})
              .toCompletableFuture()
              .join();
      if (started == null) {
        throw new IOException("no answer");
      } else if (started.error() != null) {
        throw new IOException(String.valueOf(Json.object(started.error()).get("message")));
      }
      relay.notification(new Message.Notification(Methods.INITIALIZED, null));
      return new Rehearsed(started.result(), relay.tools.refresh().toCompletableFuture().join());
    } catch (CompletionException e) {
      throw new IOException(Failures.reason(e), e);
    }
  }

  /** {@return completed with the reason once the session cannot go on} */
  CompletableFuture<String> end() {
    return end;
  }

  /** {@return whether a request is waiting for its answer} */
  boolean busy() {
    return toUpstream.underWay().size() > 0;
  }

  /** Lets a client begin without an upstream, with what another session's was told. */
  void greeted(@Nullable Object params, @Nullable Object result) {
    toClient.greeted(params);
    toUpstream.greeted(params, result);
    everUsed = true;
  }

  /**
   * Handles a client's request.
   *
   * @param weight what it takes in memory, about, in bytes
   * @param stream takes what is said on the way of the answer before that, such as progress
   * @return the answer, or {@code null} if the client does not want it any more; never fails
   */
  CompletionStage<Message.@Nullable Answer> request(
      Message.Request request, long weight, Consumer<Message> stream) {
    if (!methods.contains(request.method())) {
      return refused(request, Message.METHOD_NOT_FOUND, "method not found");
    }
    Object token = Message.idOrNull(Meta.get(request.params(), "progressToken"));
    if (request.method().equals(Methods.INITIALIZE) && weight > LARGEST_INITIALIZE) {
      return refused(
          request, Message.INVALID_REQUEST, "initialize is longer than the gateway keeps");
    }
    Exchange exchange = new Exchange(request.id(), token, weight, stream);
    try {
      toUpstream.underWay().open(exchange);
    } catch (UnderWay.RefusedException e) {
      return refused(request, e.code(), String.valueOf(e.getMessage()));
    }
    CompletableFuture<Message.@Nullable Answer> told = exchange.told();
    CompletionStage<Message.@Nullable Answer> closed =
        told.whenComplete((answer, thrown) -> toUpstream.underWay().close(exchange));
    try {
      worker.execute(
          () ->
              handle(exchange, request)
                  .whenComplete(
                      (response, thrown) -> told.complete(ended(request, response, thrown))));
    } catch (Throwable e) {
      told.complete(ended(request, null, e));
    }
    return closed.thenApply(answer -> answer == null ? null : answer.to(request.id()));
  }

  private static CompletionStage<Message.@Nullable Answer> refused(
      Message.Request request, int code, String why) {
    return CompletableFuture.completedStage(Message.Answer.error(request.id(), code, why));
  }

  private static Message.Answer ended(
      Message.Request request, Message.@Nullable Answer response, @Nullable Throwable thrown) {
    if (response != null) {
      return response;
    }
    String why = thrown == null ? "no answer" : Failures.reason(thrown);
    return Message.Answer.error(request.id(), Message.INTERNAL_ERROR, why);
  }

  private CompletionStage<Message.Answer> handle(Exchange exchange, Message.Request request) {
    try {
      return switch (request.method()) {
        case Methods.INITIALIZE -> initialize(exchange, request.params());
        case Methods.TOOLS_CALL -> tools.call(exchange, request.params());
        case Methods.TOOLS_LIST -> tools.list(exchange, request.params());
        case Methods.SET_LEVEL ->
            forward(exchange, request)
                .whenComplete(
                    (answer, thrown) -> {
                      if (thrown == null && answer.error() == null) {
                        toUpstream.logLevel(request.params());
                      }
                    });
        default -> forward(exchange, request);
      };
    } catch (Throwable e) {
      return CompletableFuture.failedStage(e);
    }
  }

  private CompletionStage<Message.Answer> forward(Exchange exchange, Message.Request request) {
    return toUpstream
        .forward(exchange, request.method(), request.params(), null)
        .thenApply(Relay::cleaned);
  }

  /** {@return an upstream's answer without anything that only the gateway says} */
  static Message.Answer cleaned(Message.Answer answer) {
    return new Message.Answer(
        answer.id(), Meta.clean(answer.result()), ToClient.cleanError(answer.error()));
  }

  private CompletionStage<Message.Answer> initialize(Exchange exchange, @Nullable Object params) {
    long seconds = settings.startTime().toSeconds();
    String late = "the upstream server did not start within " + seconds + " s";
    Later.Due watch =
        Later.in(
            settings.startTime(),
            () -> {
              // The client is told first, and then it is over.
              if (exchange
                  .answer()
                  .complete(Message.Answer.error(null, Message.INTERNAL_ERROR, late))) {
                fail(late);
              }
            });
    return toUpstream
        .forward(exchange, Methods.INITIALIZE, params, null)
        .whenComplete((answer, thrown) -> watch.cancel())
        .thenApply(
            answer -> {
              Message.Answer cleaned = cleaned(answer);
              if (answer.error() == null) {
                toClient.greeted(params);
                toUpstream.greeted(params, answer.result());
                everUsed = true;
              }
              return settings.toolsOnly() ? withToolsOnly(cleaned) : cleaned;
            });
  }

  private static Message.Answer withToolsOnly(Message.Answer answer) {
    if (answer.error() != null) {
      return answer;
    }
    Map<String, @Nullable Object> result = Json.object(answer.result());
    Map<String, @Nullable Object> capabilities = Json.object(result.get("capabilities"));
    capabilities.keySet().retainAll(Set.of("tools", "tasks", "logging"));
    result.put("capabilities", capabilities);
    return Message.Answer.result(answer.id(), result);
  }

  /** Handles a client's notification. */
  void notification(Message.Notification notification) {
    if (!Methods.notifications().contains(notification.method())) {
      LOG.debug("A notification that the gateway does not know was dropped.");
      return;
    }
    Map<String, @Nullable Object> params = Json.object(notification.params());
    switch (notification.method()) {
      case Methods.CANCELLED -> toUpstream.cancel(params.get("requestId"), params);
      case Methods.PROGRESS -> toClient.progress(params);
      default -> {
        toUpstream.notify(notification.method(), notification.params());
        if (notification.method().equals(Methods.INITIALIZED) && link.ifUp() != null) {
          tools.refresh();
        }
      }
    }
  }

  /** Handles a client's answer to what the upstream asked. */
  void answer(Message.Answer answer) {
    toClient.answered(answer);
  }

  /** Another policy is in force. */
  void policyChanged() {
    if (link.ifUp() != null) {
      tools.refresh();
    } else {
      tools.forget();
    }
    toClient.notification(new Message.Notification(Methods.TOOLS_CHANGED, null));
  }

  @Override
  public CompletionStage<?> greet(Upstream fresh) {
    return toUpstream.greet(fresh);
  }

  @Override
  public CompletionStage<?> onMessage(Message message, Consumer<Message> reply) {
    if (message instanceof Message.Answer answer) {
      everUsed |= answer.error() == null;
      toUpstream.answered(answer);
    } else if (message instanceof Message.Request request) {
      toClient.request(request, reply);
    } else if (message instanceof Message.Notification notification) {
      Map<String, @Nullable Object> params = Json.object(notification.params());
      switch (notification.method()) {
        case Methods.PROGRESS -> toUpstream.progress(params);
        case Methods.CANCELLED -> toClient.cancel(params);
        case Methods.TOOLS_CHANGED -> {
          tools.refresh();
          toClient.notification(notification);
        }
        default -> toClient.notification(notification);
      }
    }
    return toClient.room();
  }

  @Override
  public void onAgain() {
    tools.refresh();
    toClient.notification(new Message.Notification(Methods.TOOLS_CHANGED, null));
  }

  @Override
  public void onBroken(String why) {
    toUpstream.lost(why);
  }

  @Override
  public void onGone(String why, boolean wasUp) {
    toUpstream.lost(why);
    toClient.gone();
    if (!everUsed) {
      fail(why);
    } else if (wasUp && !end.isDone() && !why.equals(Link.CLOSING)) {
      LOG.warn("{}; it is started again when it is needed.", Quoted.line(why));
    }
  }

  private void fail(String why) {
    // In this order: all are answered before it is told.
    toUpstream.lost(why);
    end.complete(why);
  }

  @Override
  public void close() {
    end.complete(Link.CLOSING);
    link.close();
    tools.close();
    toUpstream.lost(Link.CLOSING);
    worker.close();
  }
}
