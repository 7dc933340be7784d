package dev.alcada.pluggy.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A server on a free loopback port that behaves as Pluggy's API does where a host's server needs
 * it: JWT keys that expire, connect tokens, Items and webhooks, its statuses and error bodies, a
 * limit per endpoint and minute with its headers, and faults on demand. For demonstrations and
 * tests; it connects to no bank. Thread-safe.
 *
 * <p>Its endpoints are {@code /auth}, {@code /connect_token}, {@code /items/{id}} and {@code
 * /webhooks}, and what {@link #answer} adds.
 */
public final class PluggyStandIn implements AutoCloseable {
  /** The client id it accepts. */
  public static final String CLIENT_ID = "0d7c6f3a-5f0e-4c55-9b6e-7a1d2c3b4e5f";

  /** The client secret it accepts. */
  public static final String CLIENT_SECRET = "stand-in-secret-that-opens-nothing";

  /** What an endpoint allows in a minute unless told otherwise. */
  public static final int REQUESTS_A_MINUTE = 360;

  private static final String AUTH = "/auth";
  private static final String CONNECT_TOKEN = "/connect_token";
  private static final String ITEM = "/items/{id}";
  private static final String ITEM_PREFIX = "/items/";
  private static final String WEBHOOKS = "/webhooks";
  private static final int MAX_BODY = 64 * 1024;

  private final HttpServer server;
  private final ExecutorService threads;
  private final InstantSource clock;
  // Everything below is guarded by this.
  private final StandInApi api;
  private final Map<String, Queue<Fault>> faults = new HashMap<>();
  private final Map<String, MinuteLimit> limits = new HashMap<>();
  private final Map<String, StandInReply> answers = new HashMap<>();
  private final List<Request> requests = new ArrayList<>();

  /**
   * A request as it arrived.
   *
   * @param method its method
   * @param path its path, without a query
   * @param apiKey its {@code X-API-KEY}, or {@code null}
   * @param body its body, empty if there is none
   */
  public record Request(String method, String path, @Nullable String apiKey, String body) {}

  private PluggyStandIn(HttpServer server, InstantSource clock) {
    this.server = server;
    this.clock = clock;
    this.api = new StandInApi(clock);
    this.threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "pluggy-stand-in");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    List.of(AUTH, CONNECT_TOKEN, ITEM, WEBHOOKS)
        .forEach(path -> limits.put(path, new MinuteLimit(REQUESTS_A_MINUTE)));
  }

  /** {@return a stand-in that is running, by the machine's clock} */
  public static PluggyStandIn start() {
    return start(InstantSource.system());
  }

  /**
   * Returns a stand-in that is running.
   *
   * @param clock its clock, by which keys and tokens expire and minutes pass
   */
  public static PluggyStandIn start(InstantSource clock) {
    try {
      InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      PluggyStandIn standIn = new PluggyStandIn(HttpServer.create(free, 0), clock);
      standIn.server.start();
      return standIn;
    } catch (IOException e) {
      throw new UncheckedIOException("no loopback port to listen on", e);
    }
  }

  /** {@return where it listens, for the client's base address} */
  public String baseAddress() {
    InetSocketAddress address = server.getAddress();
    return "http://127.0.0.1:" + address.getPort();
  }

  /**
   * Sets how many requests an endpoint allows in a minute.
   *
   * @param endpoint the endpoint, such as {@code /auth} or {@code /items/{id}}
   * @param requestsAMinute 0 or more
   */
  public synchronized void allow(String endpoint, int requestsAMinute) {
    limits.put(endpoint, new MinuteLimit(requestsAMinute));
  }

  /**
   * Lets one future request to an endpoint fail, after those that are to fail already.
   *
   * @param endpoint the endpoint, such as {@code /connect_token} or {@code /items/{id}}
   * @param fault what happens to the request
   */
  public synchronized void fail(String endpoint, Fault fault) {
    faults.computeIfAbsent(endpoint, p -> new ArrayDeque<>()).add(fault);
  }

  /**
   * Adds an endpoint that answers one thing to whoever has a key.
   *
   * @param method its method, such as {@code GET}
   * @param path its path, such as {@code /accounts}; a query is not looked at
   * @param status the status
   * @param json the body
   */
  public synchronized void answer(String method, String path, int status, String json) {
    answers.put(method + " " + path, StandInReply.json(status, json));
    limits.putIfAbsent(path, new MinuteLimit(REQUESTS_A_MINUTE));
  }

  /** Forgets all API keys, as when the secret is rotated in the dashboard. */
  public synchronized void revokeKeys() {
    api.revokeKeys();
  }

  /**
   * Switches the application off or on again.
   *
   * @param disabled whether it is off
   */
  public synchronized void disable(boolean disabled) {
    api.disable(disabled);
  }

  /**
   * Adds an Item, as when a user has connected an account.
   *
   * @param clientUserId whose it is, or {@code null}
   * @return its id
   */
  public String addItem(@Nullable String clientUserId) {
    return addItem(clientUserId, "UPDATED");
  }

  /**
   * Adds an Item in some status.
   *
   * @param clientUserId whose it is, or {@code null}
   * @param status its status, such as {@code LOGIN_ERROR}
   * @return its id
   */
  public synchronized String addItem(@Nullable String clientUserId, String status) {
    return api.addItem(clientUserId, status);
  }

  /**
   * Returns whether there is an Item.
   *
   * @param itemId its id
   */
  public synchronized boolean hasItem(String itemId) {
    return api.hasItem(itemId);
  }

  /** {@return the webhooks that were made, each as JSON with its headers, in order} */
  public synchronized List<String> webhooks() {
    return api.webhooks();
  }

  /**
   * Returns the body of an event about an Item, as Pluggy would send it: with an {@code eventId} of
   * its own each time. Nothing is sent.
   *
   * @param event the event, such as {@code item/updated}
   * @param itemId the Item's id
   */
  public String eventBody(String event, String itemId) {
    Map<String, String> body = new LinkedHashMap<>();
    body.put("event", event);
    body.put("eventId", UUID.randomUUID().toString());
    body.put("id", itemId);
    body.put("itemId", itemId);
    body.put("triggeredBy", "USER");
    return StandInJson.text(body);
  }

  /** {@return the requests so far, in the order in which they arrived} */
  public synchronized List<Request> requests() {
    return List.copyOf(requests);
  }

  /**
   * Returns how many requests an endpoint or a path has had.
   *
   * @param path the endpoint, such as {@code /items/{id}}, or the path
   */
  public synchronized int requests(String path) {
    return (int)
        requests.stream()
            .filter(r -> r.path().equals(path) || endpoint(r.path()).equals(path))
            .count();
  }

  /**
   * Returns whether a token is one it minted and has not expired: what the Connect widget would
   * ask.
   *
   * @param connectToken the token
   */
  public synchronized boolean accepts(String connectToken) {
    return api.accepts(connectToken);
  }

  /** {@return how many connect tokens it has minted} */
  public synchronized int minted() {
    return api.minted();
  }

  /** Stops listening. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      StandInReply reply = reply(exchange);
      if (reply == null) {
        return; // closing without an answer drops the connection
      }
      byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", reply.type());
      reply.headers().forEach(exchange.getResponseHeaders()::add);
      exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private @Nullable StandInReply reply(HttpExchange exchange) throws IOException {
    String body;
    try (InputStream in = exchange.getRequestBody()) {
      body = new String(in.readNBytes(MAX_BODY), StandardCharsets.UTF_8);
    }
    String path = exchange.getRequestURI().getPath();
    String key = exchange.getRequestHeaders().getFirst("X-API-KEY");
    Request request = new Request(exchange.getRequestMethod(), path, key, body);
    String endpoint = endpoint(path);
    synchronized (this) {
      requests.add(request);
      MinuteLimit limit = limits.get(endpoint);
      if (limit == null) {
        return StandInReply.error(404, "Cannot " + request.method() + " " + path, null);
      }
      if (!methods(endpoint).contains(request.method())) {
        return StandInReply.error(405, "Method Not Allowed", null);
      }
      MinuteLimit.Room room = limit.take(clock.instant());
      if (!room.admitted()) {
        return StandInReply.error(429, "Too many requests, please try again later.", null)
            .with(room.headers())
            .with(Map.of("Retry-After", "60"));
      }
      Queue<Fault> next = faults.get(endpoint);
      Fault fault = next == null ? null : next.poll();
      if (fault != null && !fault.served()) {
        return fault.reply();
      }
      StandInReply served = served(endpoint, request);
      return fault == null ? served.with(room.headers()) : fault.reply();
    }
  }

  private static String endpoint(String path) {
    boolean item = path.startsWith(ITEM_PREFIX) && path.indexOf('/', ITEM_PREFIX.length()) < 0;
    return item ? ITEM : path;
  }

  private List<String> methods(String endpoint) {
    List<String> methods = new ArrayList<>();
    answers.keySet().stream()
        .filter(answer -> answer.endsWith(" " + endpoint))
        .forEach(answer -> methods.add(answer.substring(0, answer.indexOf(' '))));
    switch (endpoint) {
      case ITEM -> methods.addAll(List.of("GET", "DELETE"));
      case AUTH, CONNECT_TOKEN, WEBHOOKS -> methods.add("POST");
      default -> {}
    }
    return methods;
  }

  private StandInReply served(String endpoint, Request request) {
    if (endpoint.equals(AUTH)) {
      return api.authenticate(request.body());
    }
    StandInReply refusal = api.refusal(request.apiKey());
    if (refusal != null) {
      return refusal;
    }
    StandInReply answer = answers.get(request.method() + " " + endpoint);
    if (answer != null) {
      return answer;
    }
    return switch (endpoint) {
      case CONNECT_TOKEN -> api.mint(request.body());
      case WEBHOOKS -> api.webhook(request.body());
      default -> {
        String id = request.path().substring(ITEM_PREFIX.length());
        yield request.method().equals("GET") ? api.item(id) : api.deleteItem(id);
      }
    };
  }

  /** What goes wrong with one request. */
  public enum Fault {
    /** The service is overloaded: 503, and nothing was done. */
    UNAVAILABLE,
    /** Something in front of the service answers, with a page. */
    BAD_GATEWAY,
    /** The service fails. */
    INTERNAL_ERROR,
    /** Too many requests, for 7 more seconds. */
    TOO_MANY_REQUESTS,
    /** The key is refused, though it has not expired. */
    KEY_REFUSED,
    /** The connection is dropped before anything is done. */
    DROPPED,
    /** The request is served, but the connection is dropped before the answer. */
    ANSWER_LOST,
    /** The request is served, but the answer is cut off. */
    ANSWER_TRUNCATED;

    boolean served() {
      return this == ANSWER_LOST || this == ANSWER_TRUNCATED;
    }

    /** {@return the answer, or {@code null} for none} */
    @Nullable StandInReply reply() {
      return switch (this) {
        case UNAVAILABLE ->
            StandInReply.json(503, "{\"message\":\"Service Unavailable\",\"code\":503}");
        case BAD_GATEWAY ->
            new StandInReply(502, "text/html", Map.of(), "<html><h1>502 Bad Gateway</h1></html>");
        case INTERNAL_ERROR ->
            StandInReply.json(500, "{\"message\":\"Internal Server Error\",\"code\":500}");
        case TOO_MANY_REQUESTS ->
            StandInReply.json(429, "{\"message\":\"Too many requests\",\"code\":429}")
                .with(Map.of("RateLimit-Reset", "7", "Retry-After", "60"));
        case KEY_REFUSED -> StandInReply.json(401, "{\"message\":\"Unauthorized\",\"code\":401}");
        case DROPPED, ANSWER_LOST -> null;
        case ANSWER_TRUNCATED -> StandInReply.json(200, "{\"accessToken\":\"eyJ");
      };
    }
  }
}
