package dev.alcada.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A server on a free loopback port that behaves as Pluggy's API does where connect tokens are
 * minted: JWT keys that expire, its statuses and error bodies, a limit per endpoint and minute with
 * its headers, and faults on demand. For demonstrations and tests; it connects to no bank.
 * Thread-safe.
 */
public final class PluggyStandIn implements AutoCloseable {
  /** The client id it accepts. */
  public static final String CLIENT_ID = "0d7c6f3a-5f0e-4c55-9b6e-7a1d2c3b4e5f";

  /** The client secret it accepts. */
  public static final String CLIENT_SECRET = "stand-in-secret-that-opens-nothing";

  /** What {@code POST /auth} allows in a minute unless told otherwise. */
  public static final int REQUESTS_A_MINUTE = 360;

  private static final Duration KEY_LIFE = Duration.ofHours(2);
  private static final Duration TOKEN_LIFE = Duration.ofMinutes(30);
  private static final int MAX_BODY = 64 * 1024;
  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private final HttpServer server;
  private final ExecutorService threads;
  private final InstantSource clock;
  private final JsonMapper json = JsonMapper.shared();
  private final StandInTokens tokens = new StandInTokens();
  // Everything below is guarded by this.
  private final Map<String, Instant> keys = new HashMap<>();
  private final Map<String, Instant> connectTokens = new HashMap<>();
  private final Map<String, Queue<Fault>> faults = new HashMap<>();
  private final Map<String, MinuteLimit> limits = new HashMap<>();
  private final List<Request> requests = new ArrayList<>();
  private boolean disabled;

  /**
   * A request as it arrived.
   *
   * @param method its method
   * @param path its path
   * @param apiKey its {@code X-API-KEY}, or {@code null}
   * @param body its body
   */
  public record Request(String method, String path, @Nullable String apiKey, String body) {}

  private PluggyStandIn(HttpServer server, InstantSource clock) {
    this.server = server;
    this.clock = clock;
    this.threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "pluggy-stand-in");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    allow("/auth", REQUESTS_A_MINUTE);
    allow("/connect_token", REQUESTS_A_MINUTE);
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
   * @param path the endpoint, such as {@code /auth}
   * @param requestsAMinute 0 or more
   */
  public synchronized void allow(String path, int requestsAMinute) {
    limits.put(path, new MinuteLimit(requestsAMinute));
  }

  /**
   * Lets one future request to an endpoint fail, after those that are to fail already.
   *
   * @param path the endpoint, such as {@code /connect_token}
   * @param fault what happens to the request
   */
  public synchronized void fail(String path, Fault fault) {
    faults.computeIfAbsent(path, p -> new ArrayDeque<>()).add(fault);
  }

  /** Forgets all API keys, as when the secret is rotated in the dashboard. */
  public synchronized void revokeKeys() {
    keys.clear();
  }

  /**
   * Switches the application off or on again.
   *
   * @param disabled whether it is off
   */
  public synchronized void disable(boolean disabled) {
    this.disabled = disabled;
  }

  /** {@return the requests so far, in the order in which they arrived} */
  public synchronized List<Request> requests() {
    return List.copyOf(requests);
  }

  /**
   * Returns how many requests an endpoint has had.
   *
   * @param path the endpoint
   */
  public synchronized int requests(String path) {
    return (int) requests.stream().filter(request -> request.path().equals(path)).count();
  }

  /**
   * Returns whether a token is one it minted and has not expired: what the Connect widget would
   * ask.
   *
   * @param connectToken the token
   */
  public synchronized boolean accepts(String connectToken) {
    Instant expires = connectTokens.get(connectToken);
    return expires != null && clock.instant().isBefore(expires);
  }

  /** {@return how many connect tokens it has minted} */
  public synchronized int minted() {
    return connectTokens.size();
  }

  /** Stops listening. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Reply reply = reply(exchange);
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

  private @Nullable Reply reply(HttpExchange exchange) throws IOException {
    String body;
    try (InputStream in = exchange.getRequestBody()) {
      body = new String(in.readNBytes(MAX_BODY), StandardCharsets.UTF_8);
    }
    String path = exchange.getRequestURI().getPath();
    String key = exchange.getRequestHeaders().getFirst("X-API-KEY");
    Request request = new Request(exchange.getRequestMethod(), path, key, body);
    synchronized (this) {
      requests.add(request);
      MinuteLimit limit = limits.get(path);
      if (limit == null) {
        return error(404, "Cannot " + request.method() + " " + path, null);
      }
      if (!request.method().equals("POST")) {
        return error(405, "Method Not Allowed", null);
      }
      MinuteLimit.Room room = limit.take(clock.instant());
      if (!room.admitted()) {
        return error(429, "Too many requests, please try again later.", null)
            .with(room.headers())
            .with(Map.of("Retry-After", "60"));
      }
      Queue<Fault> next = faults.get(path);
      Fault fault = next == null ? null : next.poll();
      if (fault != null && !fault.served()) {
        return fault.reply();
      }
      Reply served = path.equals("/auth") ? authenticate(body) : mint(key, body);
      return fault == null ? served.with(room.headers()) : fault.reply();
    }
  }

  private Reply authenticate(String body) {
    Map<?, ?> credentials = object(body);
    if (credentials == null
        || !(credentials.get("clientId") instanceof String id)
        || !(credentials.get("clientSecret") instanceof String secret)) {
      return error(400, "clientId and clientSecret are required", null);
    }
    if (!id.equals(CLIENT_ID) || !secret.equals(CLIENT_SECRET)) {
      return error(401, "Client keys are invalid", "CLIENT_KEYS_UNAUTHORIZED");
    }
    if (disabled) {
      return error(403, "Client is disabled", "CLIENT_DISABLED");
    }
    Instant now = clock.instant();
    String key = tokens.issue(now, now.plus(KEY_LIFE));
    keys.put(key, now.plus(KEY_LIFE));
    return new Reply(200, text(Map.of("apiKey", key)));
  }

  private Reply mint(@Nullable String key, String body) {
    Instant expires = key == null ? null : keys.get(key);
    if (expires == null) {
      return error(401, "Missing or invalid authorization token", null);
    }
    Instant now = clock.instant();
    if (!now.isBefore(expires)) {
      return error(403, "Forbidden: the API key has expired", null);
    }
    Map<?, ?> request = object(body);
    if (request == null) {
      return error(400, "The body must be a JSON object", null);
    }
    List<Map<String, String>> problems = problems(request);
    if (!problems.isEmpty()) {
      Map<String, Object> refusal = new LinkedHashMap<>();
      refusal.put("message", "Invalid request");
      refusal.put("code", 400);
      refusal.put("details", problems);
      return new Reply(400, text(refusal));
    }
    String token = tokens.issue(now, now.plus(TOKEN_LIFE));
    connectTokens.put(token, now.plus(TOKEN_LIFE));
    return new Reply(200, text(Map.of("accessToken", token)));
  }

  private static List<Map<String, String>> problems(Map<?, ?> request) {
    List<Map<String, String>> problems = new ArrayList<>();
    Object item = request.get("itemId");
    boolean isUuid = item instanceof String id && UUID.matcher(id).matches();
    if (request.containsKey("itemId") && !isUuid) {
      problems.add(problem("itemId", "itemId must be a UUID"));
    }
    // Options at the top level are ignored, as Pluggy does.
    Object options = request.get("options");
    if (options instanceof Map<?, ?> named) {
      for (String url : List.of("webhookUrl", "oauthRedirectUri")) {
        if (named.containsKey(url) && !String.valueOf(named.get(url)).startsWith("https://")) {
          problems.add(problem(url, url + " must be an HTTPS address"));
        }
      }
    } else if (request.containsKey("options")) {
      problems.add(problem("options", "options must be an object"));
    }
    return problems;
  }

  private static Map<String, String> problem(String parameter, String message) {
    Map<String, String> problem = new LinkedHashMap<>();
    problem.put("code", "400");
    problem.put("parameter", parameter);
    problem.put("message", message);
    return problem;
  }

  private @Nullable Map<?, ?> object(String body) {
    try {
      return json.readValue(body, Object.class) instanceof Map<?, ?> object ? object : null;
    } catch (JacksonException e) {
      return null;
    }
  }

  private Reply error(int status, String message, @Nullable String codeDescription) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("message", message);
    body.put("code", status);
    if (codeDescription != null) {
      body.put("codeDescription", codeDescription);
    }
    return new Reply(status, text(body));
  }

  private String text(Map<String, ?> body) {
    return json.writeValueAsString(body);
  }

  /** An answer. */
  record Reply(int status, String type, Map<String, String> headers, String body) {
    Reply(int status, String body) {
      this(status, "application/json; charset=utf-8", Map.of(), body);
    }

    Reply with(Map<String, String> more) {
      Map<String, String> all = new LinkedHashMap<>(headers);
      all.putAll(more);
      return new Reply(status, type, all, body);
    }
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
    @Nullable Reply reply() {
      return switch (this) {
        case UNAVAILABLE -> new Reply(503, "{\"message\":\"Service Unavailable\",\"code\":503}");
        case BAD_GATEWAY ->
            new Reply(502, "text/html", Map.of(), "<html><h1>502 Bad Gateway</h1></html>");
        case INTERNAL_ERROR ->
            new Reply(500, "{\"message\":\"Internal Server Error\",\"code\":500}");
        case TOO_MANY_REQUESTS ->
            new Reply(429, "{\"message\":\"Too many requests\",\"code\":429}")
                .with(Map.of("RateLimit-Reset", "7", "Retry-After", "60"));
        case KEY_REFUSED -> new Reply(401, "{\"message\":\"Unauthorized\",\"code\":401}");
        case DROPPED, ANSWER_LOST -> null;
        case ANSWER_TRUNCATED -> new Reply(200, "{\"accessToken\":\"eyJ");
      };
    }
  }
}
