package dev.alcada.examples.gateway;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What comes down: requests and notifications of the upstream, under ids of the gateway's own and
 * without anything that only the gateway says. Thread-safe.
 */
final class ToClient {
  private static final Logger LOG = LoggerFactory.getLogger(ToClient.class);
  private static final int MOST_REQUESTS = 100;
  private static final String TOKEN = "progressToken";

  private final Client client;
  private final boolean toolsOnly;
  private final UnderWay underWay = UnderWay.ofClient(MOST_REQUESTS);
  private final AtomicLong asked = new AtomicLong();
  private volatile boolean takesForms;

  /** The client's end of a session. Thread-safe; its methods do not wait. */
  interface Client {
    /** {@return whether the message is on its way; one that finds no room is not} */
    boolean deliver(Message message);

    /** {@return completed when the client should be sent more} */
    CompletionStage<?> room();
  }

  ToClient(Client client, boolean toolsOnly) {
    this.client = client;
    this.toolsOnly = toolsOnly;
  }

  /** {@return completed when the client should be sent more} */
  CompletionStage<?> room() {
    return client.room();
  }

  /** Passes a request on, and its answer back. */
  void request(Message.Request request, Consumer<Message> reply) {
    if (request.method().equals(Methods.PING)) {
      // It asks whether this connection lives, and this is its end.
      reply.accept(Message.Answer.result(request.id(), Map.of()));
      return;
    }
    asked.incrementAndGet();
    if (!Methods.ofServers().contains(request.method())) {
      reply.accept(
          Message.Answer.error(request.id(), Message.METHOD_NOT_FOUND, "method not found"));
      return;
    }
    Object token = Message.idOrNull(Meta.get(request.params(), TOKEN));
    Exchange exchange = new Exchange(request.id(), token, 1, reply);
    try {
      underWay.open(exchange);
    } catch (UnderWay.RefusedException e) {
      reply.accept(Message.Answer.error(request.id(), e.code(), String.valueOf(e.getMessage())));
      return;
    }
    CompletionStage<Message.Answer> answered = exchange.answer();
    answered.whenComplete(
        (answer, thrown) -> {
          underWay.close(exchange);
          if (thrown == null) {
            reply.accept(
                new Message.Answer(
                    request.id(), Meta.clean(answer.result()), cleanError(answer.error())));
          }
        });
    Object number = underWay.number(exchange);
    Object params = Meta.clean(request.params());
    if (token != null) {
      params = Meta.with(Json.object(params), TOKEN, number);
    }
    exchange.send();
    if (!client.deliver(new Message.Request(number, request.method(), params))) {
      exchange
          .answer()
          .complete(
              Message.Answer.error(null, Message.UNAVAILABLE, "the client takes no requests now"));
    }
  }

  /** {@return how often the upstream has asked something} */
  long asked() {
    return asked.get();
  }

  /** Learns from the client's {@code initialize} what it can do. */
  void greeted(@Nullable Object params) {
    Object capabilities = Json.object(params).get("capabilities");
    takesForms =
        Json.object(capabilities).get("elicitation") instanceof Map<?, ?> modes
            && (modes.containsKey("form") || !modes.containsKey("url"));
  }

  /** {@return whether the client can show a form; one that names no mode can} */
  boolean takesForms() {
    return takesForms;
  }

  /** Asks the client something on the gateway's own account. */
  Exchange ask(String method, Object params) {
    return ask(method, params, client::deliver);
  }

  /**
   * Asks the client on the way of a call's answer whether it is there. That it has closed its
   * connection nothing tells, until something is sent that it would have to answer.
   *
   * @param patience how long it may take to answer
   * @return the stage of whether it answers; never fails
   */
  CompletionStage<Boolean> isThere(Exchange call, Duration patience) {
    Exchange ping =
        ask(
            Methods.PING,
            Map.of(),
            message -> {
              call.stream().accept(message);
              return true;
            });
    Later.Due late =
        Later.in(
            patience,
            () ->
                ping.answer().completeExceptionally(new UpstreamException("no answer to a ping")));
    return ping.answer()
        .handle(
            (answer, thrown) -> {
              late.cancel();
              return thrown == null;
            });
  }

  private Exchange ask(String method, Object params, Predicate<Message> way) {
    Exchange exchange = new Exchange(null, null, 1, progress -> {});
    try {
      underWay.open(exchange);
    } catch (UnderWay.RefusedException e) {
      exchange
          .answer()
          .completeExceptionally(new UpstreamException(String.valueOf(e.getMessage())));
      return exchange;
    }
    CompletionStage<Message.Answer> answered = exchange.answer();
    answered.whenComplete((answer, thrown) -> underWay.close(exchange));
    Object number = underWay.number(exchange);
    exchange.send();
    if (!way.test(new Message.Request(number, method, params))) {
      exchange
          .answer()
          .completeExceptionally(new UpstreamException("the client takes no requests"));
    }
    return exchange;
  }

  /** The gateway does not want to know any more what it has asked. */
  void takeBack(Exchange exchange) {
    if (!exchange.answer().isDone()) {
      withdraw(exchange, Map.of());
    }
  }

  static @Nullable Map<?, ?> cleanError(@Nullable Map<?, ?> error) {
    return (Map<?, ?>) Meta.clean(error);
  }

  /** Passes a notification on. */
  void notification(Message.Notification notification) {
    if (toolsOnly && Methods.besideTools(notification.method())) {
      return;
    }
    if (!client.deliver(
        new Message.Notification(notification.method(), Meta.clean(notification.params())))) {
      LOG.debug("A notification found no room on its way to the client.");
    }
  }

  /** The upstream takes a request back. */
  void cancel(Map<String, @Nullable Object> params) {
    Exchange exchange = underWay.known(Message.idOrNull(params.get("requestId")));
    if (exchange != null) {
      withdraw(exchange, params);
    }
  }

  private void withdraw(Exchange exchange, Map<String, @Nullable Object> params) {
    underWay.close(exchange);
    exchange.cancel();
    Map<String, @Nullable Object> translated = new LinkedHashMap<>(params);
    translated.put("requestId", exchange.number());
    notification(new Message.Notification(Methods.CANCELLED, translated));
  }

  /** Takes the client's answer, if it is one to something. */
  void answered(Message.Answer answer) {
    Exchange exchange = underWay.answered(answer.id());
    if (exchange == null) {
      LOG.debug("The client answered what nobody asked, or asks any more.");
    } else {
      exchange.answer().complete(answer);
    }
  }

  /** Passes the client's progress on to the upstream, if that still waits and wants to know. */
  void progress(Map<String, @Nullable Object> params) {
    Exchange exchange = underWay.numbered(Message.idOrNull(params.get(TOKEN)));
    if (exchange != null && exchange.token() != null) {
      Map<String, @Nullable Object> translated = Json.object(Meta.clean(params));
      translated.put(TOKEN, exchange.token());
      exchange.stream().accept(new Message.Notification(Methods.PROGRESS, translated));
    }
  }

  /** Nobody waits for the client's answers any more. */
  void gone() {
    underWay.all().forEach(exchange -> withdraw(exchange, Map.of()));
  }
}
