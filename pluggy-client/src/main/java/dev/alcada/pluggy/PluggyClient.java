package dev.alcada.pluggy;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * Talks to Pluggy from a host's server: mints connect tokens, and asks for what a server needs
 * next. Thread-safe; one client serves a whole application, and should, since its calls share an
 * API key.
 *
 * <p>The key is kept until shortly before it expires and fetched once however many threads need it.
 * What cannot have been done twice is retried within the deadline; what may have is not, unless
 * {@link Builder#retryUnknownOutcome} says so. Redirects are not followed.
 *
 * <p>A method blocks until there is an answer, or a reason why not. An interrupt ends it at once:
 * with {@link PluggyException.OutcomeUnknown} if something may have been done, else {@link
 * PluggyException.Unavailable}; the thread stays interrupted. Its twin {@code …Async} holds no
 * thread: the future fails with the same exceptions, and cancelling it ends the request. What
 * depends on the future runs on a thread of this client and should be quick, or be attached by one
 * of its {@code …Async} methods. All of them throw {@link IllegalStateException} once the client is
 * closed.
 */
public final class PluggyClient implements AutoCloseable {
  private final Settings settings;
  final OkHttpClient http;
  private final boolean ownsHttp;
  private final Transport transport;
  private final Operations operations;
  private final ApiKeys keys;

  private PluggyClient(Settings settings, OkHttpClient http, boolean ownsHttp) {
    this.settings = settings;
    this.http = http;
    this.ownsHttp = ownsHttp;
    this.transport = new Transport(http, settings);
    this.operations = new Operations(settings.base(), settings.clock());
    this.keys = new ApiKeys(transport, settings, operations);
  }

  /** {@return a builder with Pluggy's own address and a deadline of 30 seconds} */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Mints a connect token.
   *
   * @param request what the token is for
   * @return the token
   * @throws PluggyException if there is none
   */
  public ConnectToken createConnectToken(ConnectTokenRequest request) {
    return call(operations.connectToken(request)).onThisThread();
  }

  /**
   * As {@link #createConnectToken}, without holding a thread.
   *
   * @param request what the token is for
   * @return the token, once there is one
   */
  public CompletableFuture<ConnectToken> createConnectTokenAsync(ConnectTokenRequest request) {
    return call(operations.connectToken(request)).async();
  }

  /**
   * Returns an Item as it is now. Its {@link Item#clientUserId} tells whose it is, which a host
   * checks before it sends an {@code itemId} that came from outside.
   *
   * @param itemId the Item's id, a UUID
   * @return the Item, surely that one
   * @throws IllegalArgumentException if the id is not a UUID
   * @throws PluggyException if it cannot be read; {@link PluggyException.InvalidRequest} with
   *     status 404 if there is none
   */
  public Item getItem(String itemId) {
    return call(operations.item(itemId)).onThisThread();
  }

  /**
   * As {@link #getItem}, without holding a thread.
   *
   * @param itemId the Item's id, a UUID
   * @return the Item, once it is read
   * @throws IllegalArgumentException if the id is not a UUID
   */
  public CompletableFuture<Item> getItemAsync(String itemId) {
    return call(operations.item(itemId)).async();
  }

  /**
   * Deletes an Item, and with it what Pluggy has read of the institution. Is sent again where an
   * answer is lost, since to delete twice is to delete once.
   *
   * @param itemId the Item's id, a UUID
   * @throws IllegalArgumentException if the id is not a UUID
   * @throws PluggyException if it is not deleted, or with {@link PluggyException.OutcomeUnknown}
   *     may be; {@link PluggyException.InvalidRequest} with status 404 if there was none
   */
  public void deleteItem(String itemId) {
    call(operations.deleteItem(itemId)).onThisThread();
  }

  /**
   * As {@link #deleteItem}, without holding a thread.
   *
   * @param itemId the Item's id, a UUID
   * @return a future that completes once it is deleted
   * @throws IllegalArgumentException if the id is not a UUID
   */
  public CompletableFuture<@Nullable Void> deleteItemAsync(String itemId) {
    return call(operations.deleteItem(itemId)).async();
  }

  /**
   * Has Pluggy send an event to the host from now on; at most 5 addresses for one event.
   *
   * @param request which event, where to, and with which headers
   * @return the webhook
   * @throws PluggyException if there is none, or with {@link PluggyException.OutcomeUnknown} may be
   *     one
   */
  public Webhook createWebhook(WebhookRequest request) {
    return call(operations.webhook(request)).onThisThread();
  }

  /**
   * As {@link #createWebhook}, without holding a thread.
   *
   * @param request which event, where to, and with which headers
   * @return the webhook, once there is one
   */
  public CompletableFuture<Webhook> createWebhookAsync(WebhookRequest request) {
    return call(operations.webhook(request)).async();
  }

  /**
   * Asks for anything else of Pluggy's API, with the same key, retries and exceptions.
   *
   * @param path a path under the base address, with or without a query, such as {@code
   *     /accounts?itemId=…}: at most 8,192 ASCII characters, values percent-escaped; not {@code
   *     /auth} or {@code /connect_token}
   * @return the answer: JSON of at most 16 MiB, or an empty text
   * @throws IllegalArgumentException if it is no such path, or leaves the base address
   * @throws PluggyException if there is no such answer
   */
  public String get(String path) {
    return call(operations.get(path)).onThisThread();
  }

  /**
   * As {@link #get}, without holding a thread.
   *
   * @param path a path under the base address
   * @return the answer, once it is there
   * @throws IllegalArgumentException if it is no such path, or leaves the base address
   */
  public CompletableFuture<String> getAsync(String path) {
    return call(operations.get(path)).async();
  }

  /**
   * Sends anything else to Pluggy's API, with the same key, retries and exceptions. It is sent
   * again only if it cannot have reached Pluggy, unless {@link Builder#retryUnknownOutcome} says
   * so. No exception repeats a text of the body.
   *
   * @param path a path under the base address, as of {@link #get}
   * @param json the body, one JSON value
   * @return the answer: JSON of at most 16 MiB, or an empty text
   * @throws IllegalArgumentException if it is no such path, or leaves the base address, or the body
   *     is not JSON
   * @throws PluggyException if there is no such answer
   */
  public String post(String path, String json) {
    return call(operations.post(path, json)).onThisThread();
  }

  /**
   * As {@link #post}, without holding a thread.
   *
   * @param path a path under the base address
   * @param json the body, one JSON value
   * @return the answer, once it is there
   * @throws IllegalArgumentException if it is no such path, or leaves the base address, or the body
   *     is not JSON
   */
  public CompletableFuture<String> postAsync(String path, String json) {
    return call(operations.post(path, json)).async();
  }

  private <T extends @Nullable Object> KeyedCall<T> call(Operation<T> operation) {
    if (transport.isClosed()) {
      throw new IllegalStateException("the client is closed");
    }
    Deadline deadline = Deadline.in(settings.deadline());
    RetryRules<T> rules = new RetryRules<>(settings, operation, deadline);
    return new KeyedCall<>(transport, keys, transport.begin(rules));
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
    private final Set<String> made = new HashSet<>();

    private Builder() {}

    private void once(String setting) {
      if (!made.add(setting)) {
        throw new IllegalStateException(setting + " was set before");
      }
    }

    /**
     * Sets the application's client id and secret.
     *
     * @param clientId the client id
     * @param clientSecret the client secret
     * @return this builder
     * @throws IllegalArgumentException if either is blank
     * @throws IllegalStateException if credentials were set before, in whatever way
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
     * @throws IllegalStateException if credentials were set before, in whatever way
     */
    public Builder credentials(Supplier<PluggyCredentials> credentials) {
      Objects.requireNonNull(credentials, "credentials");
      once("credentials");
      this.credentials = credentials;
      return this;
    }

    /**
     * Takes the credentials from the environment variables {@code PLUGGY_CLIENT_ID} and {@code
     * PLUGGY_CLIENT_SECRET}.
     *
     * @return this builder
     * @throws IllegalStateException if either is missing or blank, or credentials were set before
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
     * @throws IllegalStateException if it was set before
     */
    public Builder baseAddress(String baseAddress) {
      String problem = Addresses.problemOfBase(Objects.requireNonNull(baseAddress, "baseAddress"));
      HttpUrl url = HttpUrl.parse(baseAddress);
      if (problem == null && (url == null || url.query() != null)) {
        problem = "must be a URL without a query";
      }
      if (problem != null || url == null) {
        throw new IllegalArgumentException("the base address " + problem);
      }
      once("baseAddress");
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
     * @throws IllegalStateException if it was set before
     */
    public Builder httpClient(OkHttpClient http) {
      Objects.requireNonNull(http, "http");
      once("httpClient");
      this.http = http;
      return this;
    }

    /**
     * Sets the time after which a call has ended, whatever it waits for; 30 seconds if not set.
     *
     * @param deadline from 1 millisecond to 1 hour
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if it was set before
     */
    public Builder deadline(Duration deadline) {
      if (deadline.compareTo(SHORTEST_DEADLINE) < 0 || deadline.compareTo(LONGEST_DEADLINE) > 0) {
        throw new IllegalArgumentException(
            "the deadline must be from 1 millisecond to 1 hour, not " + deadline);
      }
      once("deadline");
      this.deadline = deadline;
      return this;
    }

    /**
     * Sets how often a request that did nothing is sent again; twice if not set. The one retry with
     * a fresh API key is not counted.
     *
     * @param retries from 0 to 10
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if it was set before
     */
    public Builder retries(int retries) {
      if (retries < 0 || retries > MOST_RETRIES) {
        throw new IllegalArgumentException(
            "retries must be from 0 to " + MOST_RETRIES + ", not " + retries);
      }
      once("retries");
      this.retries = retries;
      return this;
    }

    /**
     * Also sends a request again that may have been acted upon: after a 502, 503 or 504, or when
     * the answer was lost. A second token may then be minted (the first expires by itself), and
     * what {@link PluggyClient#createWebhook} and {@link PluggyClient#post} make may be there
     * twice.
     *
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder retryUnknownOutcome() {
      once("retryUnknownOutcome");
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
     * @throws IllegalStateException if it was set before
     */
    public Builder userAgentSuffix(String userAgentSuffix) {
      boolean ascii = userAgentSuffix.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
      if (userAgentSuffix.isBlank() || userAgentSuffix.length() > 128 || !ascii) {
        throw new IllegalArgumentException(
            "the user agent suffix must have 1 to 128 visible ASCII characters");
      }
      once("userAgentSuffix");
      this.userAgentSuffix = " " + userAgentSuffix.strip();
      return this;
    }

    /**
     * Sets the wall clock by which keys and tokens expire.
     *
     * @param timeSource the clock; safe for use by several threads
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder timeSource(InstantSource timeSource) {
      Objects.requireNonNull(timeSource, "timeSource");
      once("timeSource");
      this.clock = timeSource;
      return this;
    }

    /**
     * Sets who is told of every request.
     *
     * @param listener the listener; safe for use by several threads
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder listener(AttemptListener listener) {
      Objects.requireNonNull(listener, "listener");
      once("listener");
      this.listener = listener;
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
