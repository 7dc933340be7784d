package dev.alcada.pluggy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a connect token is asked for. Every option may be left out; what is not set is not sent.
 * Immutable.
 */
public final class ConnectTokenRequest {
  static final String ITEM_ID = "itemId";
  static final String CLIENT_USER_ID = "clientUserId";
  static final String WEBHOOK_URL = "webhookUrl";
  static final String OAUTH_REDIRECT_URI = "oauthRedirectUri";
  static final String AVOID_DUPLICATES = "avoidDuplicates";
  static final String CONNECTOR_SORT_ALPHABETICALLY = "connectorSortAlphabetically";

  private static final Set<String> KNOWN =
      Set.of(
          ITEM_ID,
          CLIENT_USER_ID,
          WEBHOOK_URL,
          OAUTH_REDIRECT_URI,
          AVOID_DUPLICATES,
          CONNECTOR_SORT_ALPHABETICALLY);

  private final @Nullable String itemId;
  private final Map<String, @Nullable Object> options;

  private ConnectTokenRequest(@Nullable String itemId, Map<String, @Nullable Object> options) {
    this.itemId = itemId;
    this.options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
  }

  /** {@return a request without any option set} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return a builder with the options of this request} */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.itemId = itemId;
    builder.options.putAll(options);
    return builder;
  }

  /** {@return the Item the widget may update, or {@code null} to connect a new one} */
  public @Nullable String itemId() {
    return itemId;
  }

  /**
   * Returns the options that are set, by the name Pluggy gives them, extras included; unmodifiable.
   */
  public Map<String, @Nullable Object> options() {
    return options;
  }

  /** {@return a text with the names of what is set, without values} */
  @Override
  public String toString() {
    List<String> names = new ArrayList<>();
    if (itemId != null) {
      names.add(ITEM_ID);
    }
    names.addAll(options.keySet());
    return "ConnectTokenRequest" + names;
  }

  /**
   * Builds a {@link ConnectTokenRequest}. Each method refuses at once what Pluggy would refuse
   * later, and names the option, never its value. Not thread-safe.
   */
  public static final class Builder {
    private static final Pattern UUID =
        Pattern.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    private static final int MAX_USER_ID = 1_024;
    private static final int MAX_URL = 2_048;
    private static final int MAX_NAME = 128;

    private @Nullable String itemId;
    private final Map<String, @Nullable Object> options = new LinkedHashMap<>();

    private Builder() {}

    /**
     * Lets the widget update an Item that exists, and only that one.
     *
     * @param itemId the Item's id, a UUID
     * @return this builder
     * @throws IllegalArgumentException if it is not a UUID
     */
    public Builder itemId(String itemId) {
      if (!UUID.matcher(itemId).matches()) {
        throw new IllegalArgumentException(
            "itemId must be a UUID of 36 characters, such as 3fa85f64-5717-4562-b3fc-2c963f66afa6");
      }
      this.itemId = itemId;
      return this;
    }

    /**
     * Names the user of the host for whom the Item is made, so that the host can find it again.
     *
     * @param clientUserId the user as the host knows it: 1 to 1,024 characters, not blank, no
     *     control characters
     * @return this builder
     * @throws IllegalArgumentException if it is blank, too long or has control characters
     */
    public Builder clientUserId(String clientUserId) {
      if (clientUserId.isBlank()) {
        throw new IllegalArgumentException("clientUserId must not be blank");
      }
      if (clientUserId.length() > MAX_USER_ID) {
        throw new IllegalArgumentException(
            "clientUserId must have at most " + MAX_USER_ID + " characters");
      }
      if (clientUserId.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException("clientUserId must not have control characters");
      }
      options.put(CLIENT_USER_ID, clientUserId);
      return this;
    }

    /**
     * Sends the Item's events to an address of the host.
     *
     * @param webhookUrl an absolute HTTPS URL of at most 2,048 characters; plain HTTP only to the
     *     loopback interface
     * @return this builder
     * @throws IllegalArgumentException if it is not such a URL
     */
    public Builder webhookUrl(String webhookUrl) {
      return url(WEBHOOK_URL, webhookUrl);
    }

    /**
     * Sends the user back to an address of the host after the institution's own login.
     *
     * @param oauthRedirectUri an absolute HTTPS URL of at most 2,048 characters; plain HTTP only to
     *     the loopback interface
     * @return this builder
     * @throws IllegalArgumentException if it is not such a URL
     */
    public Builder oauthRedirectUri(String oauthRedirectUri) {
      return url(OAUTH_REDIRECT_URI, oauthRedirectUri);
    }

    private Builder url(String name, String value) {
      String problem =
          value.length() > MAX_URL
              ? "must have at most " + MAX_URL + " characters"
              : Addresses.problemOf(value);
      if (problem != null) {
        throw new IllegalArgumentException(name + " " + problem);
      }
      options.put(name, value);
      return this;
    }

    /**
     * Sets whether a second Item with the same credentials is refused for the user.
     *
     * @param avoidDuplicates whether duplicates are avoided
     * @return this builder
     */
    public Builder avoidDuplicates(boolean avoidDuplicates) {
      options.put(AVOID_DUPLICATES, avoidDuplicates);
      return this;
    }

    /**
     * Sets whether the widget lists institutions by name instead of by use.
     *
     * @param connectorSortAlphabetically whether they are sorted by name
     * @return this builder
     */
    public Builder connectorSortAlphabetically(boolean connectorSortAlphabetically) {
      options.put(CONNECTOR_SORT_ALPHABETICALLY, connectorSortAlphabetically);
      return this;
    }

    /**
     * Sets an option that Pluggy has and this client does not know yet.
     *
     * @param name its name, 1 to 128 characters; not one that this builder has a method for
     * @param value a {@link String}, {@link Boolean}, {@link Number}, or a list or map of those,
     *     copied
     * @return this builder
     * @throws IllegalArgumentException if the name is known, blank or too long, or JSON has no such
     *     value
     */
    public Builder extra(String name, Object value) {
      if (name.isBlank() || name.length() > MAX_NAME) {
        throw new IllegalArgumentException(
            "an extra option's name must have 1 to " + MAX_NAME + " characters");
      }
      if (KNOWN.contains(name)) {
        throw new IllegalArgumentException(name + " is no extra: this builder has a method for it");
      }
      options.put(name, Json.copy(Objects.requireNonNull(value, "value"), "extra " + name));
      return this;
    }

    /** {@return the request} */
    public ConnectTokenRequest build() {
      return new ConnectTokenRequest(itemId, options);
    }
  }
}
