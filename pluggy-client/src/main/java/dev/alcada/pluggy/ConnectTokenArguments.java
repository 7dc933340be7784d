package dev.alcada.pluggy;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The tool's arguments: their schema, and how a request is made of them. */
final class ConnectTokenArguments {
  private static final Map<String, Map<String, Object>> ALL = all();

  private final ConnectTokenRequest fixed;
  private final boolean userIsBound;
  private final Map<String, Object> schema;

  /**
   * Describes the arguments that are left to an agent.
   *
   * @param userIsBound whether {@code clientUserId} comes from the caller
   */
  ConnectTokenArguments(ConnectTokenRequest fixed, boolean userIsBound) {
    this.fixed = fixed;
    this.userIsBound = userIsBound;
    Map<String, Object> properties = new LinkedHashMap<>(ALL);
    properties.keySet().removeIf(this::isFixed);
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("type", "object");
    object.put("properties", Collections.unmodifiableMap(properties));
    object.put("additionalProperties", false);
    this.schema = Collections.unmodifiableMap(object);
  }

  Map<String, Object> schema() {
    return schema;
  }

  private boolean isFixed(String name) {
    return name.equals(ConnectTokenRequest.ITEM_ID)
        ? fixed.itemId() != null
        : fixed.options().containsKey(name)
            || (userIsBound && name.equals(ConnectTokenRequest.CLIENT_USER_ID));
  }

  /**
   * Returns the request that arguments ask for. One that is {@code null} counts as not given.
   *
   * @param user the caller's {@code clientUserId}, or {@code null} if it is not bound
   * @throws IllegalArgumentException if there is one that the tool does not have or the host fixed,
   *     or a value cannot be sent
   */
  ConnectTokenRequest request(
      Map<String, ? extends @Nullable Object> arguments, @Nullable String user) {
    ConnectTokenRequest.Builder builder = fixed.toBuilder();
    if (user != null) {
      builder.clientUserId(user);
    }
    arguments.forEach(
        (name, value) -> {
          if (isFixed(name)) {
            throw new IllegalArgumentException(name + " is set by the host and cannot be given");
          }
          if (!ALL.containsKey(name)) {
            throw new IllegalArgumentException(
                "there is an argument that this tool does not have; it has " + names());
          }
          if (value != null) {
            set(builder, name, value);
          }
        });
    return builder.build();
  }

  private Set<String> names() {
    Set<String> names = new LinkedHashSet<>(ALL.keySet());
    names.removeIf(this::isFixed);
    return names;
  }

  private static void set(ConnectTokenRequest.Builder builder, String name, Object value) {
    switch (name) {
      case ConnectTokenRequest.ITEM_ID -> builder.itemId(text(name, value));
      case ConnectTokenRequest.CLIENT_USER_ID -> builder.clientUserId(text(name, value));
      case ConnectTokenRequest.WEBHOOK_URL -> builder.webhookUrl(text(name, value));
      case ConnectTokenRequest.OAUTH_REDIRECT_URI -> builder.oauthRedirectUri(text(name, value));
      case ConnectTokenRequest.AVOID_DUPLICATES -> {
        if (!(value instanceof Boolean avoid)) {
          throw new IllegalArgumentException(name + " must be true or false");
        }
        builder.avoidDuplicates(avoid);
      }
      default -> throw new IllegalArgumentException(name + " is not an argument");
    }
  }

  private static String text(String name, Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(name + " must be a text");
  }

  private static Map<String, Map<String, Object>> all() {
    Map<String, Map<String, Object>> all = new LinkedHashMap<>();
    all.put(
        ConnectTokenRequest.ITEM_ID,
        property(
            "string",
            "The id of an existing connection (Item) that the user is to update: a UUID. Leave it"
                + " out to make a new connection.",
            Map.of(
                "format",
                "uuid",
                "pattern",
                "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")));
    all.put(
        ConnectTokenRequest.CLIENT_USER_ID,
        property(
            "string",
            "Who the connection is for: the user's id in the application, so that the connection"
                + " can be found again. Never an e-mail address or a CPF.",
            Map.of("minLength", 1, "maxLength", 1_024)));
    all.put(
        ConnectTokenRequest.WEBHOOK_URL,
        property(
            "string",
            "Where Pluggy sends the connection's events: an absolute HTTPS address of the"
                + " application, with a public domain name.",
            Map.of("format", "uri", "maxLength", 2_048)));
    all.put(
        ConnectTokenRequest.OAUTH_REDIRECT_URI,
        property(
            "string",
            "Where the user returns after logging in at the institution: an absolute HTTPS address"
                + " of the application, or a deep link of its app.",
            Map.of("format", "uri", "maxLength", 2_048)));
    all.put(
        ConnectTokenRequest.AVOID_DUPLICATES,
        property(
            "boolean",
            "Whether to refuse a second connection of the same account for the same user.",
            Map.of()));
    return Collections.unmodifiableMap(all);
  }

  private static Map<String, Object> property(
      String type, String description, Map<String, Object> more) {
    Map<String, Object> property = new LinkedHashMap<>();
    property.put("type", type);
    property.put("description", description);
    more.keySet().stream().sorted().forEach(name -> property.put(name, more.get(name)));
    return Collections.unmodifiableMap(property);
  }
}
