package dev.alcada.pluggy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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

  /** What the widget takes in the page; given to the token, it would be ignored in silence. */
  private static final Set<String> WIDGET =
      Set.of(
          "connectorIds",
          "connectorTypes",
          "countries",
          "includeSandbox",
          "language",
          "products",
          "theme");

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

  /** {@return a builder with the options of this request, each of which may be set once more} */
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
   * Builds a {@link ConnectTokenRequest}. Each method refuses at once what Pluggy's documentation
   * does not allow, and names the option, never its value. Not thread-safe.
   */
  public static final class Builder {
    private static final int MAX_NAME = 128;

    private @Nullable String itemId;
    private final Map<String, @Nullable Object> options = new LinkedHashMap<>();
    private final Set<String> made = new HashSet<>();

    private Builder() {}

    /**
     * Lets the widget update an Item that exists, and only that one. Whether it is the user's is
     * for the host to know: {@link PluggyClient#getItem} tells whose it is.
     *
     * @param itemId the Item's id, a UUID
     * @return this builder
     * @throws IllegalArgumentException if it is not a UUID
     * @throws IllegalStateException if it was set before
     */
    public Builder itemId(String itemId) {
      String checked = ItemIds.checked(itemId);
      once(ITEM_ID);
      this.itemId = checked;
      return this;
    }

    /**
     * Names the user of the host for whom the Item is made, so that the host can find it again.
     *
     * <p>Pluggy keeps it and sends it back in webhooks, so it should tell nothing: an e-mail
     * address is refused, and so is a CPF with its dots or other separators. Eleven digits alone
     * that are a valid CPF are sent, since one in a hundred of all numbers of that length is one,
     * and a warning is logged, once. Whose keys are e-mail addresses can give a keyed hash of them,
     * such as an HMAC.
     *
     * @param clientUserId the user as the host knows it: 1 to 1,024 characters, not blank, no
     *     control characters
     * @return this builder
     * @throws IllegalArgumentException if it is blank, too long, has control characters, or is an
     *     e-mail address or a CPF; the message does not quote it
     * @throws IllegalStateException if it was set before
     */
    public Builder clientUserId(String clientUserId) {
      String problem = ClientUserIds.problemOf(clientUserId);
      if (problem != null) {
        throw new IllegalArgumentException(CLIENT_USER_ID + " " + problem);
      }
      return option(CLIENT_USER_ID, clientUserId);
    }

    /**
     * Sends the Item's events to an address of the host. They come without a header of the host's;
     * a webhook of {@link PluggyClient#createWebhook} can carry a secret.
     *
     * @param webhookUrl an absolute HTTPS URL of at most 2,048 characters, in ASCII, on port 443,
     *     with a public domain name; no IP address, {@code localhost} or internal name, and no user
     *     name. Only the text is looked at, no name is looked up.
     * @return this builder
     * @throws IllegalArgumentException if it is not such a URL; the message does not quote it
     * @throws IllegalStateException if it was set before
     */
    public Builder webhookUrl(String webhookUrl) {
      return option(WEBHOOK_URL, Addresses.checkedWebhook(WEBHOOK_URL, webhookUrl));
    }

    /**
     * Sends the user back to an address of the host after the institution's own login.
     *
     * @param oauthRedirectUri an absolute HTTPS URL, or a deep link of an app, such as {@code
     *     myapp://connected}, of at most 2,048 characters, in ASCII; never {@code localhost} or
     *     {@code 127.0.0.1}, and no scheme that browsers or systems act upon themselves
     * @return this builder
     * @throws IllegalArgumentException if it is neither; the message does not quote it
     * @throws IllegalStateException if it was set before
     */
    public Builder oauthRedirectUri(String oauthRedirectUri) {
      return option(
          OAUTH_REDIRECT_URI, Addresses.checkedRedirect(OAUTH_REDIRECT_URI, oauthRedirectUri));
    }

    /**
     * Sets whether a second Item with the same credentials is refused for the user.
     *
     * @param avoidDuplicates whether duplicates are avoided
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder avoidDuplicates(boolean avoidDuplicates) {
      return option(AVOID_DUPLICATES, avoidDuplicates);
    }

    /**
     * Sets whether the widget lists institutions by name instead of by use.
     *
     * @param connectorSortAlphabetically whether they are sorted by name
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder connectorSortAlphabetically(boolean connectorSortAlphabetically) {
      return option(CONNECTOR_SORT_ALPHABETICALLY, connectorSortAlphabetically);
    }

    /**
     * Sets an option that Pluggy has and this client does not know yet.
     *
     * @param name its name, 1 to 128 characters; not one that this builder has a method for, nor a
     *     property of the widget, such as {@code connectorIds}, which Pluggy would ignore here
     * @param value a {@link String}, {@link Boolean}, {@link Number}, or a list or map of those,
     *     copied
     * @return this builder
     * @throws IllegalArgumentException if the name is known, the widget's, blank or too long, or
     *     JSON has no such value
     * @throws IllegalStateException if one of that name was set before
     */
    public Builder extra(String name, Object value) {
      if (name.isBlank() || name.length() > MAX_NAME) {
        throw new IllegalArgumentException(
            "an extra option's name must have 1 to " + MAX_NAME + " characters");
      }
      if (KNOWN.contains(name)) {
        throw new IllegalArgumentException(name + " is no extra: this builder has a method for it");
      }
      if (WIDGET.contains(name)) {
        throw new IllegalArgumentException(
            name + " is no option of a token: give it to the widget in your page");
      }
      return option(name, Json.copy(Objects.requireNonNull(value, "value"), "extra " + name));
    }

    private Builder option(String name, @Nullable Object value) {
      once(name);
      options.put(name, value);
      return this;
    }

    private void once(String name) {
      if (!made.add(name)) {
        throw new IllegalStateException(name + " was set before");
      }
    }

    /** {@return the request} */
    public ConnectTokenRequest build() {
      return new ConnectTokenRequest(itemId, options);
    }
  }
}
