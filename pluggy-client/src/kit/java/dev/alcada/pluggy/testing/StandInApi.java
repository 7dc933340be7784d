package dev.alcada.pluggy.testing;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the stand-in's endpoints answer, and what it keeps. Used by one thread at a time. */
final class StandInApi {
  private static final Duration KEY_LIFE = Duration.ofHours(2);
  private static final Duration TOKEN_LIFE = Duration.ofMinutes(30);
  private static final int WEBHOOKS_AN_EVENT = 5;
  private static final Pattern UUID_FORM =
      Pattern.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final Pattern THIS_MACHINE =
      Pattern.compile("[a-z][a-z0-9+.-]*://(?:localhost|127\\.0\\.0\\.1)(?:[:/?#].*)?");
  private static final Pattern LINK = Pattern.compile("[a-z][a-z0-9+.-]*:/.*");

  private final InstantSource clock;
  private final StandInTokens tokens = new StandInTokens();
  private final Map<String, Instant> keys = new HashMap<>();
  private final Map<String, Instant> connectTokens = new HashMap<>();
  private final Map<String, Map<String, @Nullable Object>> items = new LinkedHashMap<>();
  private final List<Map<String, @Nullable Object>> webhooks = new ArrayList<>();
  private boolean disabled;

  StandInApi(InstantSource clock) {
    this.clock = clock;
  }

  void revokeKeys() {
    keys.clear();
  }

  void disable(boolean disabled) {
    this.disabled = disabled;
  }

  boolean accepts(String connectToken) {
    Instant expires = connectTokens.get(connectToken);
    return expires != null && clock.instant().isBefore(expires);
  }

  int minted() {
    return connectTokens.size();
  }

  String addItem(@Nullable String clientUserId, String status) {
    String id = UUID.randomUUID().toString();
    String now = clock.instant().toString();
    Map<String, @Nullable Object> item = new LinkedHashMap<>();
    item.put("id", id);
    item.put("connector", Map.of("id", 2, "name", "Stand-in Bank"));
    item.put("status", status);
    item.put("executionStatus", "SUCCESS");
    item.put("error", null);
    item.put("clientUserId", clientUserId);
    item.put("webhookUrl", null);
    item.put("createdAt", now);
    item.put("updatedAt", now);
    item.put("lastUpdatedAt", now);
    item.put("nextAutoSyncAt", null);
    item.put("consentExpiresAt", null);
    items.put(id, item);
    return id;
  }

  boolean hasItem(String id) {
    return items.containsKey(id);
  }

  List<String> webhooks() {
    return webhooks.stream().map(StandInJson::text).toList();
  }

  StandInReply authenticate(String body) {
    Map<String, @Nullable Object> credentials = StandInJson.object(body);
    if (credentials == null
        || !(credentials.get("clientId") instanceof String id)
        || !(credentials.get("clientSecret") instanceof String secret)) {
      return StandInReply.error(400, "clientId and clientSecret are required", null);
    }
    if (!id.equals(PluggyStandIn.CLIENT_ID) || !secret.equals(PluggyStandIn.CLIENT_SECRET)) {
      return StandInReply.error(401, "Client keys are invalid", "CLIENT_KEYS_UNAUTHORIZED");
    }
    if (disabled) {
      return StandInReply.error(403, "Client is disabled", "CLIENT_DISABLED");
    }
    Instant now = clock.instant();
    String key = tokens.issue(now, now.plus(KEY_LIFE));
    keys.put(key, now.plus(KEY_LIFE));
    return ok(Map.of("apiKey", key));
  }

  /** Returns why a key is refused, or {@code null} if it is not. */
  @Nullable StandInReply refusal(@Nullable String key) {
    Instant expires = key == null ? null : keys.get(key);
    if (expires == null) {
      return StandInReply.error(401, "Missing or invalid authorization token", null);
    }
    return clock.instant().isBefore(expires)
        ? null
        : StandInReply.error(403, "Forbidden: the API key has expired", null);
  }

  StandInReply mint(String body) {
    Map<String, @Nullable Object> request = StandInJson.object(body);
    if (request == null) {
      return StandInReply.error(400, "The body must be a JSON object", null);
    }
    List<Map<String, String>> problems = new ArrayList<>();
    if (request.containsKey("itemId") && !isUuid(request.get("itemId"))) {
      problems.add(problem("itemId", "itemId must be a UUID"));
    }
    // Options at the top level are ignored, as Pluggy does.
    Object options = request.get("options");
    if (options instanceof Map<?, ?> named) {
      if (named.containsKey("webhookUrl") && !isPublic(named.get("webhookUrl"))) {
        problems.add(problem("webhookUrl", "webhookUrl must be a public HTTPS address"));
      }
      if (named.containsKey("oauthRedirectUri") && !isLink(named.get("oauthRedirectUri"))) {
        problems.add(
            problem("oauthRedirectUri", "oauthRedirectUri must be HTTPS or an app's deep link"));
      }
    } else if (request.containsKey("options")) {
      problems.add(problem("options", "options must be an object"));
    }
    if (!problems.isEmpty()) {
      return invalid(problems);
    }
    Instant now = clock.instant();
    String token = tokens.issue(now, now.plus(TOKEN_LIFE));
    connectTokens.put(token, now.plus(TOKEN_LIFE));
    return ok(Map.of("accessToken", token));
  }

  StandInReply item(String id) {
    Map<String, @Nullable Object> item = items.get(id);
    return item == null ? noItem() : ok(item);
  }

  StandInReply deleteItem(String id) {
    return items.remove(id) == null ? noItem() : StandInReply.json(200, "{}");
  }

  private static StandInReply noItem() {
    return StandInReply.error(404, "item not found", null);
  }

  StandInReply webhook(String body) {
    Map<String, @Nullable Object> request = StandInJson.object(body);
    if (request == null || !(request.get("event") instanceof String event)) {
      return invalid(List.of(problem("event", "event is required")));
    }
    if (!isPublic(request.get("url"))) {
      return invalid(List.of(problem("url", "url must be a public HTTPS address")));
    }
    if (webhooks.stream().filter(w -> event.equals(w.get("event"))).count() >= WEBHOOKS_AN_EVENT) {
      return StandInReply.error(400, "An event has at most 5 webhooks", null);
    }
    Map<String, @Nullable Object> webhook = new LinkedHashMap<>();
    webhook.put("id", UUID.randomUUID().toString());
    webhook.put("event", event);
    webhook.put("url", request.get("url"));
    webhook.put("createdAt", clock.instant().toString());
    StandInReply answer = ok(webhook);
    webhook.put("headers", request.get("headers"));
    webhooks.add(webhook);
    return answer;
  }

  private static boolean isUuid(@Nullable Object value) {
    return value instanceof String id && UUID_FORM.matcher(id).matches();
  }

  private static boolean isPublic(@Nullable Object value) {
    if (!(value instanceof String text) || !text.startsWith("https://") || !isLink(text)) {
      return false;
    }
    URI uri;
    try {
      uri = URI.create(text);
    } catch (IllegalArgumentException e) {
      return false;
    }
    return uri.getHost() != null
        && uri.getHost().indexOf('.') > 0
        && Character.isLetter(uri.getHost().charAt(uri.getHost().length() - 1))
        && uri.getRawUserInfo() == null
        && (uri.getPort() == -1 || uri.getPort() == 443);
  }

  private static boolean isLink(@Nullable Object value) {
    return value instanceof String text
        && LINK.matcher(text).matches()
        && !text.startsWith("http:")
        && !THIS_MACHINE.matcher(text).matches();
  }

  private static Map<String, String> problem(String parameter, String message) {
    Map<String, String> problem = new LinkedHashMap<>();
    problem.put("code", "400");
    problem.put("parameter", parameter);
    problem.put("message", message);
    return problem;
  }

  private static StandInReply invalid(List<Map<String, String>> problems) {
    Map<String, Object> refusal = new LinkedHashMap<>();
    refusal.put("message", "Invalid request");
    refusal.put("code", 400);
    refusal.put("details", problems);
    return StandInReply.json(400, StandInJson.text(refusal));
  }

  private static StandInReply ok(Map<String, ? extends @Nullable Object> body) {
    return StandInReply.json(200, StandInJson.text(body));
  }
}
