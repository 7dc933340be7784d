package dev.alcada.pluggy;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * No connect token was returned. The subclasses say what a caller can do about it; a {@code switch}
 * over them is complete. No message and no cause carries the client secret, an API key or a token.
 *
 * <p>Only {@link OutcomeUnknown} may have left a token behind at Pluggy; after any other nothing
 * was minted.
 */
public abstract sealed class PluggyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // the one field that is an interface holds an immutable list
  private final Problem problem;

  private PluggyException(Problem problem) {
    super(problem.message(), problem.cause());
    this.problem = problem;
  }

  static PluggyException of(Problem problem) {
    return switch (problem.kind()) {
      case CREDENTIALS_REFUSED -> new CredentialsRefused(problem);
      case INVALID_REQUEST -> new InvalidRequest(problem);
      case FORBIDDEN -> new Forbidden(problem);
      case RATE_LIMITED -> new RateLimited(problem);
      case UNAVAILABLE -> new Unavailable(problem);
      case OUTCOME_UNKNOWN -> new OutcomeUnknown(problem);
    };
  }

  /** {@return what was asked for: {@code /auth} or {@code /connect_token}} */
  public String path() {
    return problem.path();
  }

  /** {@return the HTTP status of the answer; empty if there was none} */
  public OptionalInt status() {
    return problem.status() == 0 ? OptionalInt.empty() : OptionalInt.of(problem.status());
  }

  /** {@return Pluggy's {@code code}; empty if the answer has none} */
  public OptionalInt code() {
    Integer code = problem.code();
    return code == null ? OptionalInt.empty() : OptionalInt.of(code);
  }

  /**
   * Returns Pluggy's {@code codeDescription}, such as {@code CLIENT_KEYS_UNAUTHORIZED}, or {@code
   * null} if the answer has none.
   */
  public @Nullable String codeDescription() {
    return problem.codeDescription();
  }

  Problem problem() {
    return problem;
  }

  /**
   * Pluggy does not accept the client id and secret, or a fresh API key made from them. Asking
   * again does not help; the credentials or the application's state in the dashboard must change.
   */
  public static final class CredentialsRefused extends PluggyException {
    private static final long serialVersionUID = 1L;

    private CredentialsRefused(Problem problem) {
      super(problem);
    }
  }

  /** Pluggy refused the request as it stands. Asking again with the same options does not help. */
  public static final class InvalidRequest extends PluggyException {
    private static final long serialVersionUID = 1L;

    private InvalidRequest(Problem problem) {
      super(problem);
    }

    /** {@return what Pluggy says of single parameters; unmodifiable, empty if nothing} */
    public List<Detail> details() {
      return problem().details();
    }
  }

  /** The application may not do this: for example, the Item is not its own. */
  public static final class Forbidden extends PluggyException {
    private static final long serialVersionUID = 1L;

    private Forbidden(Problem problem) {
      super(problem);
    }
  }

  /** Pluggy has no room for the request now, and waiting for it would have passed the deadline. */
  public static final class RateLimited extends PluggyException {
    private static final long serialVersionUID = 1L;

    private RateLimited(Problem problem) {
      super(problem);
    }

    /** {@return how long to wait before asking again, as Pluggy said; one minute if it did not} */
    public Duration retryAfter() {
      return Objects.requireNonNull(problem().retryAfter());
    }
  }

  /** Pluggy could not be asked, or could not answer; nothing was minted. Asking later may help. */
  public static final class Unavailable extends PluggyException {
    private static final long serialVersionUID = 1L;

    private Unavailable(Problem problem) {
      super(problem);
    }
  }

  /**
   * The request may have reached Pluggy and no usable answer came back: a token may have been
   * minted. Asking again may mint a second one; a token nobody holds expires by itself.
   */
  public static final class OutcomeUnknown extends PluggyException {
    private static final long serialVersionUID = 1L;

    private OutcomeUnknown(Problem problem) {
      super(problem);
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
