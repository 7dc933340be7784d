package dev.alcada.pluggy;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Pluggy did not give what it was asked for. The subclasses say what a caller can do about it; a
 * {@code switch} over them is complete. No message and no cause carries the client secret, an API
 * key or a token, also where an answer says them back, changed or not; of what {@code /auth}
 * answers, only status, {@code code} and {@code codeDescription} are kept.
 *
 * <p>Only after {@link OutcomeUnknown} may something have been done at Pluggy; after any other,
 * nothing was.
 */
public abstract sealed class PluggyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // the one field that is an interface holds an immutable list
  private final Failure failure;

  private PluggyException(Failure failure) {
    super(failure.message(), failure.cause());
    this.failure = failure;
  }

  static PluggyException of(Failure failure) {
    return switch (failure.kind()) {
      case CREDENTIALS_REFUSED -> new CredentialsRefused(failure);
      case INVALID_REQUEST -> new InvalidRequest(failure);
      case FORBIDDEN -> new Forbidden(failure);
      case RATE_LIMITED -> new RateLimited(failure);
      case UNAVAILABLE -> new Unavailable(failure);
      case OUTCOME_UNKNOWN -> new OutcomeUnknown(failure);
    };
  }

  /**
   * Returns what was asked for, without its query and with {@code {id}} for each id in it, such as
   * {@code /connect_token} or {@code /items/{id}}; {@code /auth} if there was no API key to ask
   * with.
   */
  public String path() {
    return failure.route();
  }

  /** {@return the HTTP status of the answer; empty if there was none} */
  public OptionalInt status() {
    return failure.status() == 0 ? OptionalInt.empty() : OptionalInt.of(failure.status());
  }

  /** {@return Pluggy's {@code code}; empty if the answer has none} */
  public OptionalInt code() {
    Integer code = failure.code();
    return code == null ? OptionalInt.empty() : OptionalInt.of(code);
  }

  /**
   * Returns Pluggy's {@code codeDescription}, such as {@code CLIENT_KEYS_UNAUTHORIZED}, or {@code
   * null} if the answer has none.
   */
  public @Nullable String codeDescription() {
    return failure.codeDescription();
  }

  Failure failure() {
    return failure;
  }

  /**
   * Pluggy does not accept the client id and secret, or a fresh API key made from them. Asking
   * again does not help; the credentials or the application's state in the dashboard must change.
   */
  public static final class CredentialsRefused extends PluggyException {
    private static final long serialVersionUID = 1L;

    private CredentialsRefused(Failure failure) {
      super(failure);
    }
  }

  /**
   * Pluggy refused the request as it stands: asking again with the same values does not help. That
   * something is not there is this too, with status 404.
   */
  public static final class InvalidRequest extends PluggyException {
    private static final long serialVersionUID = 1L;

    private InvalidRequest(Failure failure) {
      super(failure);
    }

    /** {@return what Pluggy says of single parameters; unmodifiable, empty if nothing} */
    public List<Detail> details() {
      return failure().details();
    }
  }

  /** The application may not do this: for example, the Item is not its own. */
  public static final class Forbidden extends PluggyException {
    private static final long serialVersionUID = 1L;

    private Forbidden(Failure failure) {
      super(failure);
    }
  }

  /** Pluggy has no room for the request now, and waiting for it would have passed the deadline. */
  public static final class RateLimited extends PluggyException {
    private static final long serialVersionUID = 1L;

    private RateLimited(Failure failure) {
      super(failure);
    }

    /** {@return how long to wait before asking again, as Pluggy said; one minute if it did not} */
    public Duration retryAfter() {
      return Objects.requireNonNull(failure().retryAfter());
    }
  }

  /** Pluggy could not be asked, or could not answer; nothing was done. Asking later may help. */
  public static final class Unavailable extends PluggyException {
    private static final long serialVersionUID = 1L;

    private Unavailable(Failure failure) {
      super(failure);
    }
  }

  /**
   * The request may have reached Pluggy and no usable answer came back: a token may have been
   * minted, an Item deleted, a webhook made. Asking again may do it twice; a token that nobody
   * holds expires by itself, and an Item is deleted but once.
   */
  public static final class OutcomeUnknown extends PluggyException {
    private static final long serialVersionUID = 1L;

    private OutcomeUnknown(Failure failure) {
      super(failure);
    }
  }

  /**
   * What Pluggy says of one parameter.
   *
   * @param code Pluggy's code for it, or {@code null}
   * @param parameter the parameter, or {@code null}
   * @param message what is wrong with it, or {@code null}
   */
  public record Detail(@Nullable String code, @Nullable String parameter, @Nullable String message)
      implements Serializable {}
}
