package dev.alcada.pluggy;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why there is no answer to work with: what an exception is made of, on the thread of each caller
 * that it concerns. Free of secrets.
 *
 * @param route the path that was asked, without ids and query
 * @param status the HTTP status, 0 if there was none
 */
@SuppressWarnings("serial") // details is an immutable list
record Failure(
    Kind kind,
    String route,
    String message,
    int status,
    @Nullable Integer code,
    @Nullable String codeDescription,
    List<PluggyException.Detail> details,
    @Nullable Duration retryAfter,
    @Nullable Throwable cause)
    implements Serializable {

  /** One for each subclass of the exception. */
  enum Kind {
    CREDENTIALS_REFUSED,
    INVALID_REQUEST,
    FORBIDDEN,
    RATE_LIMITED,
    UNAVAILABLE,
    OUTCOME_UNKNOWN
  }

  static Failure of(Kind kind, String route, String message, @Nullable Throwable cause) {
    return new Failure(kind, route, message, 0, null, null, List.of(), null, cause);
  }

  Failure as(Kind other) {
    return new Failure(
        other, route, message, status, code, codeDescription, details, retryAfter, cause);
  }
}
