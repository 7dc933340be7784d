package dev.alcada.pluggy;

import java.time.Duration;

/**
 * One request to Pluggy as seen from outside. Carries no value of the request or the answer, so
 * that its parts may be labels of a metric. Immutable.
 */
public final class Attempt {
  private final String method;
  private final String path;
  private final int number;
  private final int status;
  private final Duration duration;

  Attempt(String method, String path, int number, int status, Duration duration) {
    this.method = method;
    this.path = path;
    this.number = number;
    this.status = status;
    this.duration = duration;
  }

  /** {@return the HTTP method, such as {@code POST}} */
  public String method() {
    return method;
  }

  /**
   * Returns the path without its query and with {@code {id}} for each id in it: {@code /auth},
   * {@code /connect_token}, {@code /items/{id}}.
   */
  public String path() {
    return path;
  }

  /** {@return which request it was for the call, from 1; the API key's are counted apart} */
  public int number() {
    return number;
  }

  /** {@return the HTTP status of the answer; 0 if no complete answer came} */
  public int status() {
    return status;
  }

  /** {@return how long it took} */
  public Duration duration() {
    return duration;
  }

  /** {@return a text with all parts} */
  @Override
  public String toString() {
    return "Attempt["
        + method
        + " "
        + path
        + ", number="
        + number
        + ", status="
        + status
        + ", duration="
        + duration
        + "]";
  }
}
