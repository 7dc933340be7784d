package dev.alcada.guard;

import dev.alcada.decision.ToolCall;
import org.jspecify.annotations.Nullable;

/**
 * Does what a tool does.
 *
 * @param <R> what it returns
 */
@FunctionalInterface
public interface ToolHandler<R extends @Nullable Object> {
  /**
   * Handles one call.
   *
   * @param call the call as it was judged; its arguments are the ones to use
   * @return the tool's result
   * @throws NotDoneException if surely nothing was done, so that limits on successes give the call
   *     back
   * @throws Exception if anything else went wrong; the call stays counted
   */
  R handle(ToolCall call) throws Exception;
}
