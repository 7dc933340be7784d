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

  /**
   * Returns whether a result says that the call has failed, so that it leaves no mark which permits
   * a later call.
   *
   * @param result what the handler returned
   */
  default boolean isError(R result) {
    return false;
  }

  /**
   * Returns what a result says as JSON has it, for the conditions under which a call leaves a mark:
   * what their paths {@code result.…} lead into. A text that is a JSON object is read as one.
   *
   * @param result what the handler returned
   * @return maps, lists, texts, numbers, booleans, or {@code null} for nothing
   */
  default @Nullable Object content(R result) {
    return result;
  }
}
