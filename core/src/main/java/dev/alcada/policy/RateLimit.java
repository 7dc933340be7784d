package dev.alcada.policy;

import java.math.BigDecimal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The shorthand {@code rate_limit} of a tool: a sliding limit on attempts, counted for the tool
 * called, that shares with nothing.
 *
 * @param max the most calls in any window, at least 0
 * @param window the window's length, 1 ms to 366 days
 * @param scope what is counted apart
 * @param onDeny what the agent is told when the limit has no room, or {@code null} for a message
 *     that says how long to wait
 */
public record RateLimit(BigDecimal max, Duration window, Scope scope, @Nullable String onDeny) {
  /**
   * Returns a limit for each session.
   *
   * @param max the most calls in any window, at least 0
   * @param window the window's length, 1 ms to 366 days
   */
  public static RateLimit of(long max, Duration window) {
    return new RateLimit(BigDecimal.valueOf(max), window, Scope.SESSION, null);
  }
}
