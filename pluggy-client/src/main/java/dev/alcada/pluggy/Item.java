package dev.alcada.pluggy;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An Item: one user's connection to one institution. Immutable; {@link #toString} has its id and
 * status alone.
 *
 * <p>What Pluggy left out, or sent as {@code null}, is {@code null} here; what this class has no
 * accessor for is in {@link #fields}.
 */
public final class Item {
  private final String id;
  private final transient Fields fields;

  private Item(String id, Fields fields) {
    this.id = id;
    this.fields = fields;
  }

  /** Returns the Item that an answer holds, or {@code null} if it holds none. */
  static @Nullable Item read(String body) {
    Fields fields = Fields.read(body);
    String id = fields == null ? null : fields.text("id");
    return fields == null || id == null ? null : new Item(id, fields);
  }

  /** {@return the id, a UUID} */
  public String id() {
    return id;
  }

  /** {@return how the connection stands; {@link Status#OTHER} if this client does not know it} */
  public Status status() {
    return Status.of(statusText());
  }

  /** {@return the status as Pluggy spells it; empty if there is none} */
  public String statusText() {
    return Objects.requireNonNullElse(fields.text("status"), "");
  }

  /** {@return how far the last execution got, as Pluggy spells it} */
  public @Nullable String executionStatus() {
    return fields.text("executionStatus");
  }

  /**
   * Returns for which user of the host the Item was made, as {@link
   * ConnectTokenRequest.Builder#clientUserId} said; {@code null} if it did not.
   */
  public @Nullable String clientUserId() {
    return fields.text("clientUserId");
  }

  /** {@return why the last execution failed, or {@code null} if it did not} */
  public @Nullable ItemError error() {
    return ItemError.of(fields);
  }

  /** {@return the institution's connector as Pluggy sent it, unmodifiable; empty if it did not} */
  public Map<String, @Nullable Object> connector() {
    Fields connector = fields.object("connector");
    return connector == null ? Map.of() : connector.all();
  }

  /** {@return when the user's consent ends} */
  public @Nullable Instant consentExpiresAt() {
    return fields.time("consentExpiresAt");
  }

  /** {@return when Pluggy next updates the Item by itself} */
  public @Nullable Instant nextAutoSyncAt() {
    return fields.time("nextAutoSyncAt");
  }

  /** {@return when the Item was made} */
  public @Nullable Instant createdAt() {
    return fields.time("createdAt");
  }

  /** {@return when the Item last changed} */
  public @Nullable Instant updatedAt() {
    return fields.time("updatedAt");
  }

  /** {@return when the institution's data was last read} */
  public @Nullable Instant lastUpdatedAt() {
    return fields.time("lastUpdatedAt");
  }

  /** {@return where the Item's events are sent} */
  public @Nullable String webhookUrl() {
    return fields.text("webhookUrl");
  }

  /**
   * Returns all members by their names, as Pluggy sent them: numbers are {@link
   * java.math.BigDecimal}. Unmodifiable.
   */
  public Map<String, @Nullable Object> fields() {
    return fields.all();
  }

  /** {@return a text with the id and the status} */
  @Override
  public String toString() {
    return "Item[id=" + id + ", status=" + status() + "]";
  }

  /** How a connection stands. */
  public enum Status {
    /** The last update succeeded. */
    UPDATED,
    /** An update is under way. */
    UPDATING,
    /** The user must enter something, such as a code. */
    WAITING_USER_INPUT,
    /** The user must do something elsewhere, such as in the institution's app. */
    WAITING_USER_ACTION,
    /** A step of an update that Pluggy calls merging. */
    MERGING,
    /** The institution refused the login: the user must connect again. */
    LOGIN_ERROR,
    /** The last update failed, though the login was right. */
    OUTDATED,
    /** One that this client does not know, or none; see {@link Item#statusText}. */
    OTHER;

    private static Status of(String text) {
      for (Status status : values()) {
        if (status.name().equals(text)) {
          return status;
        }
      }
      return OTHER;
    }
  }
}
