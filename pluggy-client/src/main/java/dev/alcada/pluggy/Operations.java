package dev.alcada.pluggy;

import dev.alcada.pluggy.Operation.Effect;
import dev.alcada.pluggy.Reply.Answer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** What this client asks of Pluggy. */
final class Operations {
  static final String AUTH = "/auth";

  private static final String CONNECT_TOKEN = "/connect_token";
  private static final Duration TOKEN_LIFE = Duration.ofMinutes(30);
  // Keys and tokens have a few kilobytes, an Item some more; beyond that it is no answer of theirs.
  private static final int SMALL = 64 * 1024;
  private static final int MEDIUM = 1024 * 1024;
  private static final int LARGE = 16 * 1024 * 1024;

  private final HttpUrl base;
  private final HttpUrl keys;
  private final HttpUrl connectTokens;
  private final InstantSource clock;

  Operations(HttpUrl base, InstantSource clock) {
    this.base = base;
    this.keys = url(AUTH);
    this.connectTokens = url(CONNECT_TOKEN);
    this.clock = clock;
  }

  /**
   * Asks for an API key.
   *
   * @param replacement whether it is to replace one that was refused
   */
  Operation<ApiKey> key(PluggyCredentials credentials, boolean replacement) {
    Map<String, String> body = new LinkedHashMap<>();
    body.put("clientId", credentials.clientId());
    body.put("clientSecret", credentials.clientSecret());
    return new Operation<>(
        "POST",
        AUTH,
        keys,
        Json.write(body),
        Effect.NONE,
        SMALL,
        "apiKey",
        () -> List.of(credentials.clientSecret()),
        (answer, asked) -> {
          String key = usable(answer, "apiKey");
          return key == null
              ? null
              : new Next.Done<>(
                  ApiKey.issued(
                      key, credentials.clientSecret(), asked, answer.headers(), replacement));
        });
  }

  Operation<ConnectToken> connectToken(ConnectTokenRequest request) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    if (request.itemId() != null) {
      body.put(ConnectTokenRequest.ITEM_ID, request.itemId());
    }
    if (!request.options().isEmpty()) {
      body.put("options", request.options());
    }
    return new Operation<>(
        "POST",
        CONNECT_TOKEN,
        connectTokens,
        Json.write(body),
        Effect.ANOTHER,
        SMALL,
        "accessToken",
        List::of,
        (answer, asked) -> {
          String token = usable(answer, "accessToken");
          return token == null ? null : new Next.Done<>(token(token, asked));
        });
  }

  private ConnectToken token(String value, Instant asked) {
    return new ConnectToken(value, asked, asked.plus(TOKEN_LIFE), clock);
  }

  /**
   * Asks for an Item.
   *
   * @throws IllegalArgumentException if the id is not a UUID
   */
  Operation<Item> item(String itemId) {
    return new Operation<>(
        "GET",
        "/items/{id}",
        item(base, itemId),
        null,
        Effect.NONE,
        MEDIUM,
        "Item",
        List::of,
        (answer, asked) -> {
          Item item = Item.read(answer.body());
          // Whoever got another Item than was asked for would take it for this one.
          return item == null || !item.id().equalsIgnoreCase(itemId) ? null : new Next.Done<>(item);
        });
  }

  /**
   * Deletes an Item.
   *
   * @throws IllegalArgumentException if the id is not a UUID
   */
  @SuppressWarnings("NullAway") // which does not look at what a type parameter allows
  Operation<@Nullable Void> deleteItem(String itemId) {
    return new Operation<>(
        "DELETE",
        "/items/{id}",
        item(base, itemId),
        null,
        Effect.SAME_TWICE,
        MEDIUM,
        "JSON",
        List::of,
        // That it is not there is read only if it may have been deleted a moment ago.
        (answer, asked) ->
            answer.status() == 404 || isJsonOrEmpty(answer) ? new Next.Done<>(null) : null);
  }

  private static HttpUrl item(HttpUrl base, String itemId) {
    return base.newBuilder()
        .addPathSegment("items")
        .addPathSegment(ItemIds.checked(itemId))
        .build();
  }

  Operation<Webhook> webhook(WebhookRequest request) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("event", request.event());
    body.put("url", request.url());
    if (!request.headers().isEmpty()) {
      body.put("headers", request.headers());
    }
    return new Operation<>(
        "POST",
        "/webhooks",
        url("/webhooks"),
        Json.write(body),
        Effect.ANOTHER,
        MEDIUM,
        "webhook",
        () -> List.copyOf(request.headers().values()),
        (answer, asked) -> {
          Webhook webhook = Webhook.read(answer.body(), request);
          return webhook == null ? null : new Next.Done<>(webhook);
        });
  }

  /**
   * Asks for what is at a path.
   *
   * @throws IllegalArgumentException if the path leaves the base address
   */
  Operation<String> get(String path) {
    return of("GET", path, null, Effect.NONE, List::of);
  }

  /**
   * Sends JSON to a path.
   *
   * @throws IllegalArgumentException if the path leaves the base address, or the text is not JSON
   */
  Operation<String> post(String path, String json) {
    if (!Json.isValue(json)) {
      throw new IllegalArgumentException("the body must be one JSON value");
    }
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    return of("POST", path, body, Effect.ANOTHER, () -> Json.texts(json));
  }

  private Operation<String> of(
      String method,
      String path,
      byte @Nullable [] body,
      Effect effect,
      Supplier<List<String>> secrets) {
    HttpUrl url = Paths.resolve(base, path);
    return new Operation<>(
        method,
        Paths.route(base, url),
        url,
        body,
        effect,
        LARGE,
        "JSON of at most 16 MiB",
        secrets,
        (answer, asked) -> isJsonOrEmpty(answer) ? new Next.Done<>(answer.body()) : null);
  }

  private HttpUrl url(String path) {
    // only of the base, which the constructor sets first
    return base.newBuilder().addPathSegments(path.substring(1)).build();
  }

  /** Returns a member that a header can carry, or {@code null} if there is none. */
  private static @Nullable String usable(Answer answer, String name) {
    Map<String, @Nullable Object> body = Json.readObject(answer.body());
    return body != null && body.get(name) instanceof String value && ApiKey.isUsable(value)
        ? value
        : null;
  }

  private static boolean isJsonOrEmpty(Answer answer) {
    return answer.body().isBlank() || Json.isValue(answer.body());
  }
}
