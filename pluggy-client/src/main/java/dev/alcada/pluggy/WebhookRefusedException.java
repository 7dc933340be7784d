package dev.alcada.pluggy;

/**
 * A request that is no event of Pluggy's, or none that can be read. Its message quotes nothing of
 * it.
 */
public final class WebhookRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  WebhookRefusedException(int status, String message) {
    super(message);
    this.status = status;
  }

  /**
   * Returns the HTTP status to answer: 401 if the secret is missing or wrong, which Pluggy does not
   * try again, or 400 if the body is no event.
   */
  public int status() {
    return status;
  }
}
