package dev.alcada.guard;

import dev.alcada.decision.ToolCall;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a call that the rules let through, before anything is counted or anybody is asked: for
 * example whether its arguments fit the tool's schema.
 *
 * @param <R> what the handler returns
 */
@FunctionalInterface
public interface Precheck<R> {
  /**
   * Returns what the call comes to instead of being made. It is not counted, and nobody is told.
   *
   * @param call the call, as it was judged
   * @return the outcome's value, or {@code null} if the call is to go on; what this throws denies
   *     the call
   */
  @Nullable R instead(ToolCall call);
}
