package dev.alcada.examples.gateway;

import dev.alcada.guard.NotDoneException;

/** The server refused a message because it does not know the session; it may be sent in another. */
final class SessionLostException extends NotDoneException {
  private static final long serialVersionUID = 1L;

  SessionLostException(String why) {
    super(why);
  }
}
