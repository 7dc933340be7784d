package dev.alcada.pluggy;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What Pluggy tells a host of in a webhook. Immutable; {@link #toString} has the event and the ids
 * of event and Item alone.
 *
 * <p>An event is a hint and not a fact: one may come twice, late, or out of order, and where it
 * came without a secret, from anybody. So whoever acts upon it keeps the {@link #eventId} to tell
 * duplicates, and fetches the Item with {@link PluggyClient#getItem}. Pluggy wants an answer of 2xx
 * within 10 seconds: what takes longer is done afterwards.
 *
 * <p>Events that this client does not know are read like any other; {@link #fields} has all that
 * they say.
 */
public final class WebhookEvent {
  /** An Item was made. */
  public static final String ITEM_CREATED = "item/created";

  /** An Item was updated. */
  public static final String ITEM_UPDATED = "item/updated";

  /** An Item's update failed; see {@link #error}. */
  public static final String ITEM_ERROR = "item/error";

  /** An Item was deleted. */
  public static final String ITEM_DELETED = "item/deleted";

  /** An Item waits for something that its user must enter. */
  public static final String ITEM_WAITING_USER_INPUT = "item/waiting_user_input";

  /** An Item waits for something that its user must do. */
  public static final String ITEM_WAITING_USER_ACTION = "item/waiting_user_action";

  /** An Item's user has logged in. */
  public static final String ITEM_LOGIN_SUCCEEDED = "item/login_succeeded";

  /** A connector works again, or no more. */
  public static final String CONNECTOR_STATUS_UPDATED = "connector/status_updated";

  /** There are new transactions; see {@link #createdTransactionsLink}. */
  public static final String TRANSACTIONS_CREATED = "transactions/created";

  /** Transactions have changed; see {@link #transactionIds}. */
  public static final String TRANSACTIONS_UPDATED = "transactions/updated";

  /** Transactions are gone; see {@link #transactionIds}. */
  public static final String TRANSACTIONS_DELETED = "transactions/deleted";

  private static final int MAX_LENGTH = 4 * 1024 * 1024;
  private static final int BAD_REQUEST = 400;
  private static final int UNAUTHORIZED = 401;

  private final String event;
  private final String eventId;
  private final transient Fields fields;

  private WebhookEvent(String event, String eventId, Fields fields) {
    this.event = event;
    this.eventId = eventId;
    this.fields = fields;
  }

  /**
   * Reads an event, if it came with the secret. Nothing of the body is looked at before.
   *
   * @param body the request's body
   * @param header the value of the header that carries the secret; {@code null} if it is missing
   * @param secret the secret
   * @return the event
   * @throws WebhookRefusedException if the secret is not there or another, or the body is no event;
   *     it says what to answer
   */
  public static WebhookEvent parse(String body, @Nullable String header, WebhookSecret secret) {
    if (!secret.matches(header)) {
      throw new WebhookRefusedException(
          UNAUTHORIZED, header == null ? "there is no secret" : "it is another secret");
    }
    return parse(body);
  }

  /**
   * Reads an event of which it is not known who sent it, such as one that came to the {@code
   * webhookUrl} of a connect token, which carries no headers: it may be forged.
   *
   * @param body the request's body: a JSON object of at most 4,194,304 characters with the members
   *     {@code event} and {@code eventId}
   * @return the event
   * @throws WebhookRefusedException if it is no such body
   */
  public static WebhookEvent parse(String body) {
    Fields fields = body.length() > MAX_LENGTH ? null : Fields.read(body);
    if (fields == null) {
      throw new WebhookRefusedException(BAD_REQUEST, "the body is not one JSON object");
    }
    return new WebhookEvent(required(fields, "event"), required(fields, "eventId"), fields);
  }

  private static String required(Fields fields, String name) {
    String text = fields.text(name);
    if (text == null || text.isBlank()) {
      throw new WebhookRefusedException(BAD_REQUEST, "the body has no " + name);
    }
    return text;
  }

  /** {@return what happened, as Pluggy spells it, such as {@link #ITEM_UPDATED}} */
  public String event() {
    return event;
  }

  /** {@return the id of this event, the same whenever it is sent again} */
  public String eventId() {
    return eventId;
  }

  /** {@return the Item it is about, or {@code null}} */
  public @Nullable String itemId() {
    return fields.text("itemId");
  }

  /** {@return who caused it, as Pluggy spells it, or {@code null}} */
  public @Nullable String triggeredBy() {
    return fields.text("triggeredBy");
  }

  /** {@return what went wrong, or {@code null}} */
  public @Nullable ItemError error() {
    return ItemError.of(fields);
  }

  /** {@return the account it is about, or {@code null}} */
  public @Nullable String accountId() {
    return fields.text("accountId");
  }

  /** {@return the transactions it is about; unmodifiable, empty if none} */
  public List<String> transactionIds() {
    return fields.texts("transactionIds");
  }

  /** {@return where the new transactions are, or {@code null}} */
  public @Nullable String createdTransactionsLink() {
    return fields.text("createdTransactionsLink");
  }

  /** {@return the application it is for, to be compared with one's own, or {@code null}} */
  public @Nullable String clientId() {
    return fields.text("clientId");
  }

  /**
   * Returns all members by their names, as Pluggy sent them: numbers are {@link
   * java.math.BigDecimal}. Unmodifiable.
   */
  public Map<String, @Nullable Object> fields() {
    return fields.all();
  }

  /** {@return a text with the event, its id and the Item's} */
  @Override
  public String toString() {
    return "WebhookEvent["
        + Redactor.line(event)
        + ", eventId="
        + Redactor.line(eventId)
        + ", itemId="
        + Redactor.line(itemId())
        + "]";
  }
}
