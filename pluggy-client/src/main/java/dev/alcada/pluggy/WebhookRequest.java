package dev.alcada.pluggy;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which events Pluggy is to send to the host, where to, and with which headers. Immutable; {@link
 * #toString} does not show what the headers hold.
 */
public final class WebhookRequest {
  private final String event;
  private final String url;
  private final transient Map<String, String> headers;

  private WebhookRequest(String event, String url, Map<String, String> headers) {
    this.event = event;
    this.url = url;
    this.headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  /**
   * Returns a builder.
   *
   * @param event the event to send, such as {@link WebhookEvent#ITEM_UPDATED}: 1 to 128 visible
   *     ASCII characters
   * @param url where to: HTTPS on port 443 with a public domain name, at most 2,048 characters
   * @throws IllegalArgumentException if either is none; the message does not quote it
   */
  public static Builder builder(String event, String url) {
    return new Builder(event, url);
  }

  /** {@return the event} */
  public String event() {
    return event;
  }

  /** {@return where it is sent} */
  public String url() {
    return url;
  }

  /** {@return the headers it is sent with, by their names; unmodifiable, and secret} */
  public Map<String, String> headers() {
    return headers;
  }

  /** {@return a text with the event and the names of the headers} */
  @Override
  public String toString() {
    return "WebhookRequest[event=" + event + ", headers=" + headers.keySet() + "]";
  }

  /** Builds a {@link WebhookRequest}. Not thread-safe. */
  public static final class Builder {
    private static final int MAX_NAME = 128;
    private static final int MAX_VALUE = 4_096;
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}");

    private final String event;
    private final String url;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final Set<String> names = new HashSet<>();

    private Builder(String event, String url) {
      boolean visible = event.chars().allMatch(c -> c > 0x20 && c < 0x7f);
      if (event.isEmpty() || event.length() > MAX_NAME || !visible) {
        throw new IllegalArgumentException(
            "event must have 1 to " + MAX_NAME + " visible ASCII characters, such as item/updated");
      }
      this.event = event;
      this.url = Addresses.checkedWebhook("url", url);
    }

    /**
     * Adds a header, such as one with a secret that {@link WebhookEvent#parse(String, String,
     * WebhookSecret)} looks for.
     *
     * @param name its name: a token of RFC 9110, at most 128 characters
     * @param value its value: 1 to 4,096 visible ASCII characters or spaces
     * @return this builder
     * @throws IllegalArgumentException if either is none; the message does not quote the value
     * @throws IllegalStateException if there is one of that name already, in whatever case
     */
    public Builder header(String name, String value) {
      if (!TOKEN.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "a header's name must be a token, such as X-Hook-Secret");
      }
      boolean visible = value.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
      if (value.isBlank() || value.length() > MAX_VALUE || !visible) {
        throw new IllegalArgumentException(
            "the header " + name + " must have 1 to " + MAX_VALUE + " visible ASCII characters");
      }
      if (!names.add(name.toLowerCase(Locale.ROOT))) {
        throw new IllegalStateException("the header " + name + " was set before");
      }
      headers.put(name, value);
      return this;
    }

    /** {@return the request} */
    public WebhookRequest build() {
      return new WebhookRequest(event, url, headers);
    }
  }
}
