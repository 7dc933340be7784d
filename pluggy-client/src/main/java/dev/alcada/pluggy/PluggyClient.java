package dev.alcada.pluggy;

import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * Mints Pluggy connect tokens. Thread-safe; one client serves a whole application, and should,
 * since its calls share an API key.
 *
 * <p>The key is kept until shortly before it expires and fetched once however many threads need it.
 * What cannot have minted a token is retried within the deadline; what may have is not, unless
 * {@link Builder#retryUnknownOutcome} says so. Redirects are not followed.
 */
public final class PluggyClient implements AutoCloseable {
  private final Settings settings;
  final OkHttpClient http;
  private final boolean ownsHttp;
  private final Transport transport;
  private final ApiKeys keys;

  private PluggyClient(Settings settings, OkHttpClient http, boolean ownsHttp) {
    this.settings = settings;
    this.http = http;
    this.ownsHttp = ownsHttp;
    this.transport = new Transport(http, settings);
    this.keys = new ApiKeys(transport, settings);
  }

  /** {@return a builder with Pluggy's own address and a deadline of 30 seconds} */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Mints a connect token. Blocks until there is one, or a reason why not.
   *
   * <p>An interrupt ends the call at once: with {@link PluggyException.OutcomeUnknown} if the
   * request had been sent, else {@link PluggyException.Unavailable}; the thread stays interrupted.
   *
   * @param request what the token is for
   * @return the token
   * @throws PluggyException if there is none
   * @throws IllegalStateException if the client is closed
   */
  public ConnectToken createConnectToken(ConnectTokenRequest request) {
    return begin(request).onThisThread();
  }

  /**
   * Mints a connect token without holding a thread. The future fails with a {@link
   * PluggyException}; cancelling it ends the request. What depends on it runs on a thread of this
   * client and should be quick, or be attached by one of the future's {@code …Async} methods.
   *
   * @param request what the token is for
   * @return the token, once there is one
   * @throws IllegalStateException if the client is closed
   */
  public CompletableFuture<ConnectToken> createConnectTokenAsync(ConnectTokenRequest request) {
    return begin(request).async();
  }

  private Minting begin(ConnectTokenRequest request) {
    if (transport.isClosed()) {
      throw new IllegalStateException("the client is closed");
    }
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    if (request.itemId() != null) {
      body.put(ConnectTokenRequest.ITEM_ID, request.itemId());
    }
    if (!request.options().isEmpty()) {
      body.put("options", request.options());
    }
    Deadline deadline = Deadline.in(settings.deadline());
    Attempts attempts = new Attempts(settings, Endpoint.CONNECT_TOKEN, deadline, List.of());
    return new Minting(transport, settings, keys, transport.begin(attempts, Json.write(body)));
  }

  /**
   * Ends the calls under way, and closes the connections and threads that this client made; those
   * of a host's own HTTP client are left alone.
   */
  @Override
  public void close() {
    transport.close();
    if (ownsHttp) {
      http.dispatcher().executorService().shutdown();
      http.connectionPool().evictAll();
    }
  }

  /** {@return a text with the base address} */
  @Override
  public String toString() {
    return "PluggyClient[" + settings.base() + "]";
  }

  /** Builds a {@link PluggyClient}. Only the credentials are required. Not thread-safe. */
  public static final class Builder {
    private static final HttpUrl PLUGGY = HttpUrl.get("https://api.pluggy.ai");
    private static final Duration SHORTEST_DEADLINE = Duration.ofMillis(1);
    private static final Duration LONGEST_DEADLINE = Duration.ofHours(1);
    private static final int MOST_RETRIES = 10;

    private @Nullable Supplier<PluggyCredentials> credentials;
    private HttpUrl base = PLUGGY;
    private @Nullable OkHttpClient http;
    private Duration deadline = Duration.ofSeconds(30);
    private int retries = 2;
    private boolean retryUnknownOutcome;
    private String userAgentSuffix = "";
    private InstantSource clock = InstantSource.system();
    private @Nullable AttemptListener listener;
    private Pauses pauses = Pauses.REAL;

    private Builder() {}

    /**
     * Sets the application's client id and secret.
     *
     * @param clientId the client id
     * @param clientSecret the client secret
     * @return this builder
     * @throws IllegalArgumentException if either is blank
     */
    public Builder credentials(String clientId, String clientSecret) {
      PluggyCredentials fixed = PluggyCredentials.of(clientId, clientSecret);
      return credentials(() -> fixed);
    }

    /**
     * Sets where the credentials come from. They are asked for each time an API key is, so a secret
     * can be rotated while the client runs.
     *
     * @param credentials the supplier; called on a caller's thread, so it should be quick. If it
     *     throws, calls fail with {@link PluggyException.Unavailable}.
     * @return this builder
     */
    public Builder credentials(Supplier<PluggyCredentials> credentials) {
      this.credentials = Objects.requireNonNull(credentials, "credentials");
      return this;
    }

    /**
     * Takes the credentials from the environment variables {@code PLUGGY_CLIENT_ID} and {@code
     * PLUGGY_CLIENT_SECRET}.
     *
     * @return this builder
     * @throws IllegalStateException if either is missing or blank
     */
    public Builder credentialsFromEnvironment() {
      PluggyCredentials fixed = PluggyCredentials.fromEnvironment();
      return credentials(() -> fixed);
    }

    /**
     * Sets the address to talk to instead of {@code https://api.pluggy.ai}.
     *
     * @param baseAddress an absolute HTTPS URL; plain HTTP only to the loopback interface
     * @return this builder
     * @throws IllegalArgumentException if it is not such a URL, or has a query
     */
    public Builder baseAddress(String baseAddress) {
      String problem = Addresses.problemOf(Objects.requireNonNull(baseAddress, "baseAddress"));
      HttpUrl url = HttpUrl.parse(baseAddress);
      if (problem == null && (url == null || url.query() != null)) {
        problem = "must be a URL without a query";
      }
      if (problem != null || url == null) {
        throw new IllegalArgumentException("the base address " + problem);
      }
      // A path that ends in "/" would put an empty segment before the endpoint's own.
      List<String> segments = url.pathSegments();
      int last = segments.size() - 1;
      this.base =
          last > 0 && segments.get(last).isEmpty()
              ? url.newBuilder().removePathSegment(last).build()
              : url;
      return this;
    }

    /**
     * Derives the HTTP client from one of the host's: its connection pool, threads, proxy, trust
     * and interceptors are shared and never closed. Its redirects, retries, cookies, cache,
     * time-outs and HTTP/2 are not used, and TLS stays at 1.2 or newer. An interceptor sees the
     * secrets that are sent.
     *
     * @param http the host's client
     * @return this builder
     */
    public Builder httpClient(OkHttpClient http) {
      this.http = Objects.requireNonNull(http, "http");
      return this;
    }

    /**
     * Sets the time after which a call has ended, whatever it waits for; 30 seconds if not set.
     *
     * @param deadline from 1 millisecond to 1 hour
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder deadline(Duration deadline) {
      if (deadline.compareTo(SHORTEST_DEADLINE) < 0 || deadline.compareTo(LONGEST_DEADLINE) > 0) {
        throw new IllegalArgumentException(
            "the deadline must be from 1 millisecond to 1 hour, not " + deadline);
      }
      this.deadline = deadline;
      return this;
    }

    /**
     * Sets how often a request that minted nothing is sent again; twice if not set. The one retry
     * with a fresh API key is not counted.
     *
     * @param retries from 0 to 10
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     */
    public Builder retries(int retries) {
      if (retries < 0 || retries > MOST_RETRIES) {
        throw new IllegalArgumentException(
            "retries must be from 0 to " + MOST_RETRIES + ", not " + retries);
      }
      this.retries = retries;
      return this;
    }

    /**
     * Also sends a request again that may have minted a token: after a 502, 503 or 504, or when the
     * answer was lost. A second token may then be minted; the first expires by itself.
     *
     * @return this builder
     */
    public Builder retryUnknownOutcome() {
      this.retryUnknownOutcome = true;
      return this;
    }

    /**
     * Adds to the user agent, so that Pluggy's support can tell the application.
     *
     * @param userAgentSuffix a name, such as {@code shop/1.4}: 1 to 128 visible ASCII characters or
     *     spaces
     * @return this builder
     * @throws IllegalArgumentException if it has other characters, or too many or none
     */
    public Builder userAgentSuffix(String userAgentSuffix) {
      boolean ascii = userAgentSuffix.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
      if (userAgentSuffix.isBlank() || userAgentSuffix.length() > 128 || !ascii) {
        throw new IllegalArgumentException(
            "the user agent suffix must have 1 to 128 visible ASCII characters");
      }
      this.userAgentSuffix = " " + userAgentSuffix.strip();
      return this;
    }

    /**
     * Sets the wall clock by which keys and tokens expire.
     *
     * @param timeSource the clock; safe for use by several threads
     * @return this builder
     */
    public Builder timeSource(InstantSource timeSource) {
      this.clock = Objects.requireNonNull(timeSource, "timeSource");
      return this;
    }

    /**
     * Sets who is told of every request.
     *
     * @param listener the listener; safe for use by several threads
     * @return this builder
     */
    public Builder listener(AttemptListener listener) {
      this.listener = Objects.requireNonNull(listener, "listener");
      return this;
    }

    Builder pauses(Pauses pauses) {
      this.pauses = pauses;
      return this;
    }

    /**
     * Returns a client with these settings. Nothing is sent yet.
     *
     * @throws IllegalStateException if no credentials are set
     */
    public PluggyClient build() {
      Supplier<PluggyCredentials> supplier = credentials;
      if (supplier == null) {
        throw new IllegalStateException(
            "no credentials are set: call credentials(…) or credentialsFromEnvironment()");
      }
      String userAgent =
          "alcada-pluggy-client java/" + Runtime.version().feature() + userAgentSuffix;
      Settings settings =
          new Settings(
              base,
              supplier,
              deadline,
              retries,
              retryUnknownOutcome,
              userAgent,
              clock,
              listener,
              pauses);
      return new PluggyClient(settings, HttpClients.of(http, base, deadline), http == null);
    }
  }
}
