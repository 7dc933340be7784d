package dev.alcada.pluggy;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A webhook that Pluggy keeps: it sends an event to an address. Immutable. */
public final class Webhook {
  private final String id;
  private final String event;
  private final String url;
  private final @Nullable Instant createdAt;

  private Webhook(String id, String event, String url, @Nullable Instant createdAt) {
    this.id = id;
    this.event = event;
    this.url = url;
    this.createdAt = createdAt;
  }

  /** Returns the webhook that an answer holds, or {@code null} if it holds none. */
  static @Nullable Webhook read(String body, WebhookRequest request) {
    Fields fields = Fields.read(body);
    String id = fields == null ? null : fields.text("id");
    return fields == null || id == null
        ? null
        : new Webhook(
            id,
            Objects.requireNonNullElse(fields.text("event"), request.event()),
            Objects.requireNonNullElse(fields.text("url"), request.url()),
            fields.time("createdAt"));
  }

  /** {@return its id, by which it can be changed or deleted} */
  public String id() {
    return id;
  }

  /** {@return the event that is sent} */
  public String event() {
    return event;
  }

  /** {@return where it is sent} */
  public String url() {
    return url;
  }

  /** {@return when it was made, or {@code null} if Pluggy did not say} */
  public @Nullable Instant createdAt() {
    return createdAt;
  }

  /** {@return a text with the id and the event} */
  @Override
  public String toString() {
    return "Webhook[id=" + id + ", event=" + event + "]";
  }
}
