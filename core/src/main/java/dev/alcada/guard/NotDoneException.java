package dev.alcada.guard;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by a handler that has surely done nothing, for example because the request was refused
 * before anything happened. Limits that count successes give the call back, and an approval stays
 * usable until it expires.
 */
public class NotDoneException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes an exception with a message.
   *
   * @param message why nothing was done
   */
  public NotDoneException(@Nullable String message) {
    super(message);
  }

  /**
   * Makes an exception with a message and a cause.
   *
   * @param message why nothing was done
   * @param cause what was thrown
   */
  public NotDoneException(@Nullable String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
