package dev.alcada.guard;

import dev.alcada.decision.ToolCall;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Does what a tool does, without holding a thread.
 *
 * @param <R> what it returns
 */
@FunctionalInterface
public interface AsyncToolHandler<R extends @Nullable Object> {
  /**
   * Begins to handle one call.
   *
   * @param call the call as it was judged; its arguments are the ones to use
   * @return a stage that completes with the tool's result, or with a {@link NotDoneException} if
   *     surely nothing was done
   * @throws Exception if the call could not begin; it counts as a stage that completed with it, a
   *     {@link NotDoneException} included
   */
  CompletionStage<R> handle(ToolCall call) throws Exception;

  /**
   * Returns whether a result says that the call has failed, so that it leaves no mark which permits
   * a later call.
   *
   * @param result what the handler has completed with
   */
  default boolean isError(R result) {
    return false;
  }

  /**
   * Returns what a result says as JSON has it, for the conditions under which a call leaves a mark:
   * what their paths {@code result.…} lead into. A text that is a JSON object is read as one.
   *
   * @param result what the handler has completed with
   * @return maps, lists, texts, numbers, booleans, or {@code null} for nothing
   */
  default @Nullable Object content(R result) {
    return result;
  }
}
