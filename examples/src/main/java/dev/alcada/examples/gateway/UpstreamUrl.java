package dev.alcada.examples.gateway;

import dev.alcada.guard.NotDoneException;
import dev.alcada.time.TimeSource;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An MCP server reached over Streamable HTTP: one session of it. Nobody waits for it; a request
 * that hangs holds a connection and no thread.
 */
final class UpstreamUrl implements Upstream {
  private static final Logger LOG = LoggerFactory.getLogger(UpstreamUrl.class);
  private static final String SESSION = "Mcp-Session-Id";

  /** What servers say of a session that they do not know, and not of some other one. */
  private static final Pattern LOST_SESSION =
      Pattern.compile(
          "session[ -]?id|(no|invalid|unknown) (valid )?session|session (is )?(not found|unknown)"
              + "|(server|session) (is )?not initialized");

  /** What a server answers to a request that it does not begin with: not 408, 409 and the like. */
  private static final Set<Integer> NOT_BEGUN =
      Set.of(400, 401, 403, 404, 405, 406, 411, 413, 414, 415, 417, 421, 425, 426, 428, 429, 431);

  private static final String VERSION = "MCP-Protocol-Version";
  private static final String JSON = "application/json";
  private static final String EVENTS = "text/event-stream";
  private static final Duration CLOSE = Duration.ofSeconds(3);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final int LONGEST_ERROR = 1 << 14;
  private static final int MOST_RESUMPTIONS = 100;
  private static final int MOST_OPEN = 1_000;

  private final Address address;
  private final Listener listener;
  private final Map<Object, CompletableFuture<?>> open = new ConcurrentHashMap<>();
  private final Allowance lines = new Allowance(TimeSource.system());

  /** The requests whose answers have not come. */
  private final Set<Object> waiting = ConcurrentHashMap.newKeySet();

  private volatile @Nullable String session;
  private volatile @Nullable String version;
  private volatile boolean closed;

  /**
   * Where a server is.
   *
   * @param http what reaches it; one for all sessions
   * @param headers what every request has besides, which no log shows
   * @param maxBytes the longest message
   */
  record Address(HttpClient http, URI uri, Map<String, String> headers, int maxBytes) {
    /** {@return the address without what may be secret in it} */
    String shown() {
      String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
      String path = uri.getRawPath() == null ? "" : uri.getRawPath();
      return uri.getScheme() + "://" + uri.getHost() + port + path;
    }
  }

  UpstreamUrl(Address address, Listener listener) {
    this.address = address;
    this.listener = listener;
  }

  /** {@return what reaches servers, and follows none of them to another address} */
  static HttpClient http() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(Duration.ofSeconds(10))
        .build();
  }

  private HttpRequest.Builder request() {
    HttpRequest.Builder request = HttpRequest.newBuilder(address.uri());
    address.headers().forEach(request::setHeader);
    if (session != null) {
      request.setHeader(SESSION, session);
    }
    if (version != null) {
      request.setHeader(VERSION, version);
    }
    return request;
  }

  @Override
  public CompletionStage<?> send(Message message, BooleanSupplier begin) {
    if (closed || !begin.getAsBoolean()) {
      return CompletableFuture.failedStage(new NotDoneException("the message is not sent"));
    }
    if (open.size() >= MOST_OPEN) {
      return CompletableFuture.failedStage(
          new NotDoneException("the upstream server answers too few of its requests"));
    }
    Object id = message instanceof Message.Request asked ? asked.id() : null;
    if (id != null) {
      waiting.add(id);
    }
    String known = session;
    HttpRequest post =
        request()
            .setHeader("Content-Type", JSON)
            .setHeader("Accept", JSON + ", " + EVENTS)
            .POST(BodyPublishers.ofString(message.text()))
            .build();
    return exchange(post)
        .thenCompose(response -> take(message, response, known))
        .whenComplete(
            (taken, thrown) -> {
              if (id != null) {
                waiting.remove(id);
              }
            })
        .exceptionallyCompose(thrown -> CompletableFuture.failedStage(told(thrown)));
  }

  private CompletableFuture<HttpResponse<String>> exchange(HttpRequest request) {
    CompletableFuture<HttpResponse<String>> response =
        address.http().sendAsync(request, (BodyHandler<String>) this::body);
    Object one = new Object();
    open.put(one, response);
    return response.whenComplete((answer, thrown) -> open.remove(one));
  }

  // Called when the head has arrived: what comes after it may last.
  private BodySubscriber<String> body(HttpResponse.ResponseInfo head) {
    boolean fine = head.statusCode() / 100 == 2;
    if (fine && session == null) {
      head.headers()
          .firstValue(SESSION)
          .filter(id -> id.length() <= Message.LONGEST_ID)
          .ifPresent(id -> session = id);
    }
    if (fine && type(head.headers()).equals(EVENTS)) {
      return HttpBodies.events(address.maxBytes(), this::receive);
    }
    return HttpBodies.text(fine ? address.maxBytes() : LONGEST_ERROR, !fine);
  }

  private CompletionStage<?> receive(String data) {
    Message message;
    try {
      message = Message.read(data);
    } catch (IllegalArgumentException e) {
      String why = "the upstream server sent something that is not a JSON-RPC message";
      if (lines.take() >= 0) {
        LOG.error("{}; what was under way is given up.", why);
      }
      listener.onBroken(why);
      return CompletableFuture.completedStage(null);
    }
    if (version == null
        && message instanceof Message.Answer answer
        && Json.object(answer.result()).get("protocolVersion") instanceof String spoken) {
      version =
          spoken.length() <= 100 && spoken.chars().allMatch(c -> c > ' ' && c < 0x7f)
              ? spoken
              : null;
    }
    if (message instanceof Message.Answer answer && answer.id() != null) {
      waiting.remove(answer.id());
    }
    return listener.onMessage(message);
  }

  private CompletionStage<?> take(
      Message message, HttpResponse<String> response, @Nullable String known) {
    int status = response.statusCode();
    if (status / 100 != 2) {
      return CompletableFuture.failedStage(refusal(status, response.body(), known));
    }
    boolean events = isStream(response);
    if (!events && type(response.headers()).equals(JSON) && !response.body().isBlank()) {
      receive(response.body());
    }
    if (message instanceof Message.Notification told && told.method().equals(Methods.INITIALIZED)) {
      listen("", Duration.ofSeconds(1));
    }
    if (!(message instanceof Message.Request request)) {
      return CompletableFuture.completedStage(null);
    }
    return events && !response.body().isEmpty()
        ? resume(request.id(), response.body(), MOST_RESUMPTIONS)
        : CompletableFuture.failedStage(unanswered());
  }

  // Says nothing of a request that has been answered.
  private UpstreamException unanswered() {
    return new UpstreamException(
        "the upstream server at " + address.shown() + " has ended its answer early");
  }

  // A stream that has ids may end early; the rest of it is to be had. One whose answer has come is
  // not asked for: servers hold it open.
  private CompletionStage<?> resume(Object id, String lastId, int left) {
    if (left == 0 || closed || !waiting.contains(id)) {
      return CompletableFuture.failedStage(unanswered());
    }
    CompletableFuture<Void> later = new CompletableFuture<>();
    Later.in(Duration.ofSeconds(1), () -> later.complete(null));
    return later.thenCompose(
        now ->
            !waiting.contains(id)
                ? CompletableFuture.failedStage(unanswered())
                : exchange(get(lastId))
                    .thenCompose(
                        response ->
                            response.statusCode() / 100 == 2 && !response.body().isEmpty()
                                ? resume(id, response.body(), left - 1)
                                : CompletableFuture.failedStage(unanswered())));
  }

  private HttpRequest get(String lastId) {
    HttpRequest.Builder get = request().setHeader("Accept", EVENTS).GET();
    return (lastId.isEmpty() ? get : get.setHeader("Last-Event-ID", lastId)).build();
  }

  // What the server says of its own accord. Not every server does, and then it refuses at once.
  private void listen(String lastId, Duration pause) {
    if (closed) {
      return;
    }
    CompletionStage<HttpResponse<String>> stream = exchange(get(lastId));
    stream.whenComplete(
        (response, thrown) -> {
          if (response != null && !isStream(response)) {
            LOG.debug("The upstream has no stream of its own: {}", response.statusCode());
            return;
          }
          boolean lasted = response != null;
          Duration next = lasted ? Duration.ofSeconds(1) : doubled(pause);
          String last = lasted && !response.body().isEmpty() ? response.body() : lastId;
          Later.in(lasted ? Duration.ofSeconds(1) : pause, () -> listen(last, next));
        });
  }

  private static boolean isStream(HttpResponse<?> response) {
    return response.statusCode() / 100 == 2 && type(response.headers()).equals(EVENTS);
  }

  private static String type(HttpHeaders headers) {
    String type = headers.firstValue("Content-Type").orElse("");
    return type.split(";", -1)[0].strip().toLowerCase(Locale.ROOT);
  }

  private static Duration doubled(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
  }

  private String lost() {
    return "the upstream server at " + address.shown() + " does not know the session any more";
  }

  private RuntimeException refusal(int status, String body, @Nullable String known) {
    // Some servers say so with 400, and why.
    String reason = body.toLowerCase(Locale.ROOT);
    boolean ofSession = LOST_SESSION.matcher(reason).find();
    if (known != null && (status == 404 || (status == 400 && ofSession))) {
      return new SessionLostException(lost());
    }
    String why =
        "the upstream server at "
            + address.shown()
            + " answered with status "
            + status
            + (status == 401 || status == 403 ? " (--header or --header-env can authenticate)" : "")
            + (status / 100 == 3 ? " (another address, to which the gateway does not go)" : "");
    return status / 100 == 3 || NOT_BEGUN.contains(status)
        ? new NotDoneException(why)
        : new UpstreamException(why);
  }

  // Not the exception's message: it may hold what the server sent.
  private RuntimeException told(Throwable thrown) {
    Throwable cause = Failures.cause(thrown);
    if (cause instanceof UpstreamException || cause instanceof NotDoneException) {
      return (RuntimeException) cause;
    }
    LOG.debug("A message did not reach the upstream: {}", Quoted.of(cause));
    String how = " (" + cause.getClass().getSimpleName() + ")";
    if (cause instanceof ConnectException
        || cause instanceof HttpConnectTimeoutException
        || cause instanceof UnresolvedAddressException
        || cause instanceof SSLHandshakeException) {
      return new NotDoneException(
          "the upstream server at " + address.shown() + " cannot be reached" + how);
    }
    return new UpstreamException(
        "the connection to the upstream server at " + address.shown() + " failed" + how);
  }

  @Override
  public void close() {
    closed = true;
    open.values().forEach(request -> request.cancel(true));
    if (session == null) {
      return;
    }
    HttpRequest delete = request().timeout(CLOSE).DELETE().build();
    try {
      address.http().send(delete, HttpResponse.BodyHandlers.discarding());
    } catch (IOException e) {
      LOG.debug("The upstream's session did not close in time: {}", Quoted.of(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
