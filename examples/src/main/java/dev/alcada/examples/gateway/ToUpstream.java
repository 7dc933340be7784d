package dev.alcada.examples.gateway;

import dev.alcada.guard.NotDoneException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What goes up: the one place where the upstream's requests are made, under ids and progress tokens
 * of the gateway's own and without anything that only the gateway says. Thread-safe.
 */
final class ToUpstream {
  private static final Logger LOG = LoggerFactory.getLogger(ToUpstream.class);
  private static final Duration OWN = Duration.ofSeconds(30);
  private static final int MOST_REQUESTS = 1_000;
  private static final int LONGEST_LEVEL = 100;
  private static final String ARGUMENTS = "arguments";
  private static final String TOKEN = "progressToken";

  private final Link link;
  private final Executor worker;
  private final Duration startTime;
  private final UnderWay underWay;
  private volatile @Nullable Greeting greeting;
  private volatile @Nullable Object logLevel;
  private volatile boolean initialized;

  /** What the client was told at first, to be said again to each upstream that takes its place. */
  private record Greeting(@Nullable Object params, @Nullable Object version) {}

  ToUpstream(Link link, Executor worker, Settings settings) {
    this.link = link;
    this.worker = worker;
    this.startTime = settings.startTime();
    this.underWay = UnderWay.ofUpstream(MOST_REQUESTS, settings.room());
  }

  UnderWay underWay() {
    return underWay;
  }

  /**
   * Sends a request on.
   *
   * @param exchange which was taken note of
   * @param secret what only this call's answer can repeat, or {@code null}
   * @return the answer, on the session's own thread, or at once why there is none
   */
  CompletionStage<Message.Answer> forward(
      Exchange exchange, String method, @Nullable Object params, @Nullable String secret) {
    forward(exchange, method, params, secret, true);
    return exchange.answer().thenApplyAsync(answer -> answer, worker);
  }

  private void forward(
      Exchange exchange,
      String method,
      @Nullable Object params,
      @Nullable String secret,
      boolean again) {
    link.up()
        .thenComposeAsync(
            upstream ->
                send(upstream, exchange, method, params, secret)
                    .exceptionallyCompose(
                        thrown -> {
                          Throwable cause = Failures.cause(thrown);
                          if (cause instanceof SessionLostException) {
                            boolean waits = exchange.refused();
                            link.lost(upstream, String.valueOf(cause.getMessage()));
                            if (waits && again) {
                              forward(exchange, method, params, secret, false);
                              return CompletableFuture.completedStage(null);
                            }
                          }
                          return CompletableFuture.failedStage(cause);
                        }),
            worker)
        .whenComplete(
            (sent, thrown) -> {
              if (thrown != null) {
                exchange.answer().completeExceptionally(Failures.cause(thrown));
              }
            });
  }

  private CompletionStage<?> send(
      Upstream upstream,
      Exchange exchange,
      String method,
      @Nullable Object params,
      @Nullable String secret) {
    if (exchange.cancelled()) {
      return CompletableFuture.failedStage(new NotDoneException(Exchange.CANCELLED));
    }
    return upstream.send(request(exchange, method, params, secret), exchange::send);
  }

  private Message.Request request(
      Exchange exchange, String method, @Nullable Object params, @Nullable String secret) {
    Object number = underWay.number(exchange);
    Object cleaned = withoutOddToken(cleaned(method, params));
    if (cleaned instanceof Map<?, ?> || exchange.token() != null || secret != null) {
      Map<String, @Nullable Object> more = Json.object(cleaned);
      if (exchange.token() != null) {
        more = Meta.with(more, TOKEN, number);
      }
      if (secret != null) {
        more = Meta.with(more, Meta.CALL, secret);
      }
      cleaned = more;
    }
    return new Message.Request(number, method, cleaned);
  }

  // One that is no id would be the client's own there, or the number of another request.
  private static @Nullable Object withoutOddToken(@Nullable Object params) {
    Object token = Meta.get(params, TOKEN);
    if (token == null || Message.idOrNull(token) != null) {
      return params;
    }
    Map<String, @Nullable Object> message = Json.object(params);
    Map<String, @Nullable Object> meta = Json.object(message.get(Meta.NAME));
    meta.remove(TOKEN);
    message.put(Meta.NAME, meta);
    return message;
  }

  // The arguments of a tool are its own: they arrive as they were judged.
  private static @Nullable Object cleaned(String method, @Nullable Object params) {
    if (!method.equals(Methods.TOOLS_CALL) || !(params instanceof Map<?, ?> map)) {
      return Meta.clean(params);
    }
    Map<Object, @Nullable Object> others = new LinkedHashMap<>(map);
    boolean any = others.containsKey(ARGUMENTS);
    Object arguments = others.remove(ARGUMENTS);
    Map<String, @Nullable Object> cleaned = Json.object(Meta.clean(others));
    if (any) {
      cleaned.put(ARGUMENTS, arguments);
    }
    return cleaned;
  }

  /** Asks on the gateway's own account; {@return the result} */
  CompletionStage<Object> ask(String method, @Nullable Object params) {
    Exchange exchange = new Exchange(null, null, 0, progress -> {});
    try {
      underWay.open(exchange);
    } catch (UnderWay.RefusedException e) {
      return CompletableFuture.failedStage(new UpstreamException(String.valueOf(e.getMessage())));
    }
    return awaited(exchange, forward(exchange, method, params, null), OWN);
  }

  private CompletionStage<Object> awaited(
      Exchange exchange, CompletionStage<Message.Answer> answer, Duration longest) {
    Later.Due watch =
        Later.in(
            longest,
            () ->
                exchange
                    .answer()
                    .completeExceptionally(
                        new UpstreamException(
                            "the upstream server has not answered within "
                                + longest.toSeconds()
                                + " s")));
    return answer
        .whenComplete(
            (response, thrown) -> {
              watch.cancel();
              underWay.close(exchange);
            })
        .thenApply(
            response -> {
              if (response.error() != null) {
                throw new UpstreamException("the upstream server answered with an error");
              }
              return Json.object(response.result());
            });
  }

  /** Keeps what a client said and was told at first. */
  void greeted(@Nullable Object params, @Nullable Object result) {
    greeting = new Greeting(params, Json.object(result).get("protocolVersion"));
  }

  /** {@return whether the upstream may be used, once it has heard what the one before had} */
  CompletionStage<?> greet(Upstream fresh) {
    Greeting first = greeting;
    if (first == null) {
      return CompletableFuture.completedStage(null);
    }
    return say(fresh, Methods.INITIALIZE, first.params())
        .thenAccept(
            result -> {
              if (!java.util.Objects.equals(
                  Json.object(result).get("protocolVersion"), first.version())) {
                throw new UpstreamException(
                    "the upstream server speaks another version of the protocol now");
              }
            })
        .thenCompose(
            same ->
                initialized
                    ? fresh.send(new Message.Notification(Methods.INITIALIZED, null), () -> true)
                    : CompletableFuture.completedStage(null))
        .thenCompose(
            told ->
                logLevel == null
                    ? CompletableFuture.completedStage(null)
                    : say(fresh, Methods.SET_LEVEL, logLevel).exceptionally(refused -> ""));
  }

  private CompletionStage<Object> say(Upstream fresh, String method, @Nullable Object params) {
    Exchange exchange = new Exchange(null, null, 0, progress -> {});
    try {
      underWay.open(exchange);
    } catch (UnderWay.RefusedException e) {
      return CompletableFuture.failedStage(new UpstreamException(String.valueOf(e.getMessage())));
    }
    send(fresh, exchange, method, params, null)
        .whenComplete(
            (sent, thrown) -> {
              if (thrown != null) {
                exchange.answer().completeExceptionally(Failures.cause(thrown));
              }
            });
    return awaited(exchange, exchange.answer(), startTime);
  }

  /** Keeps a level of logging that the upstream took, and nothing that came with it. */
  void logLevel(@Nullable Object params) {
    String level = String.valueOf(Json.object(params).get("level"));
    logLevel = level.length() <= LONGEST_LEVEL ? Map.of("level", level) : null;
  }

  /** Passes a notification on, if there is an upstream that could hear it. */
  void notify(String method, @Nullable Object params) {
    if (method.equals(Methods.INITIALIZED)) {
      initialized = true;
    }
    Upstream upstream = link.ifUp();
    if (upstream != null) {
      upstream
          .send(new Message.Notification(method, Meta.clean(params)), () -> true)
          .whenComplete(
              (sent, thrown) -> {
                if (thrown != null) {
                  LOG.debug("A notification did not reach the upstream: {}", Quoted.of(thrown));
                }
              });
    }
  }

  /** The client takes a request back. */
  void cancel(@Nullable Object id, Map<String, @Nullable Object> params) {
    Exchange exchange = underWay.known(Message.idOrNull(id));
    if (exchange == null) {
      return;
    }
    // From now on its answer is one to nothing, and its id is free.
    underWay.close(exchange);
    boolean sent = exchange.cancel();
    Object number = exchange.number();
    if (sent && number != null) {
      Map<String, @Nullable Object> translated = new LinkedHashMap<>(params);
      translated.put("requestId", number);
      notify(Methods.CANCELLED, translated);
    }
  }

  /** Takes an answer, if it is one to something. */
  void answered(Message.Answer answer) {
    Exchange exchange = underWay.answered(answer.id());
    if (exchange == null) {
      LOG.debug("The upstream answered what nobody asked, or asks any more.");
    } else {
      exchange.answered(answer);
    }
  }

  /** Passes progress on to the one who asked, if it still waits and wants to know. */
  void progress(Map<String, @Nullable Object> params) {
    Exchange exchange = underWay.numbered(Message.idOrNull(params.get(TOKEN)));
    if (exchange != null && exchange.token() != null) {
      Map<String, @Nullable Object> translated = Json.object(Meta.clean(params));
      translated.put(TOKEN, exchange.token());
      exchange.stream().accept(new Message.Notification(Methods.PROGRESS, translated));
    }
  }

  /** Answers for the upstream whatever it has been sent and will not answer. */
  void lost(String why) {
    // A copy: what a client asks when it is told of one is not lost with the others.
    underWay.all().forEach(exchange -> exchange.lost(why));
  }
}
