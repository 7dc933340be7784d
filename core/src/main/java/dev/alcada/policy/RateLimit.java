package dev.alcada.policy;

import dev.alcada.time.Window;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The shorthand {@code rate_limit} of a tool: a sliding limit on attempts, counted for the tool
 * called, that shares with nothing. Immutable.
 */
public final class RateLimit {
  private final BigDecimal max;
  private final Window.Sliding window;
  private final Scope scope;
  private final @Nullable String onDeny;

  private RateLimit(BigDecimal max, Window.Sliding window, Scope scope, @Nullable String onDeny) {
    this.max = Objects.requireNonNull(max, "max");
    this.window = window;
    this.scope = Objects.requireNonNull(scope, "scope");
    this.onDeny = onDeny;
  }

  /**
   * Returns a limit for each session.
   *
   * @param max the most calls in any window, at least 0
   * @param length the window's length, 1 ms to 366 days, in whole milliseconds
   * @throws IllegalArgumentException if the length is out of its range
   */
  public static RateLimit of(long max, Duration length) {
    return of(BigDecimal.valueOf(max), length);
  }

  static RateLimit of(BigDecimal max, Duration length) {
    return new RateLimit(max, new Window.Sliding(length), Scope.SESSION, null);
  }

  /** {@return the most calls in any window, at least 0} */
  public BigDecimal max() {
    return max;
  }

  /** {@return the window, which slides} */
  public Window.Sliding window() {
    return window;
  }

  /** {@return what is counted apart} */
  public Scope scope() {
    return scope;
  }

  /**
   * Returns what the agent is told when the limit has no room, or {@code null} for a message that
   * says how long to wait.
   */
  public @Nullable String onDeny() {
    return onDeny;
  }

  /**
   * Returns this limit with another scope.
   *
   * @param newScope what is counted apart
   */
  public RateLimit withScope(Scope newScope) {
    return new RateLimit(max, window, newScope, onDeny);
  }

  /**
   * Returns this limit with a message.
   *
   * @param message what the agent is told when the limit has no room
   */
  public RateLimit withOnDeny(String message) {
    return new RateLimit(max, window, scope, Objects.requireNonNull(message, "message"));
  }

  private List<?> parts() {
    return Arrays.asList(max, window, scope, onDeny);
  }

  /** {@return whether the other is a limit that says the same} */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RateLimit limit && parts().equals(limit.parts());
  }

  @Override
  public int hashCode() {
    return parts().hashCode();
  }

  /** {@return all it says, for people} */
  @Override
  public String toString() {
    return "RateLimit" + parts();
  }
}
