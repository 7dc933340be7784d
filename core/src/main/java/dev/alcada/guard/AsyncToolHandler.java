package dev.alcada.guard;

import dev.alcada.decision.ToolCall;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
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
   * Returns whether a call is still wanted that the guard has kept waiting until a person said yes
   * ({@link ToolGuard.Builder#approvalPatience}). It is asked before the call is judged again: of
   * one that is not wanted nothing is counted, held or used, and the yes serves the same call made
   * again.
   *
   * @param call the call that was approved
   * @return a stage of whether it is; one that fails is a no
   */
  default CompletionStage<Boolean> stillWanted(ToolCall call) {
    return CompletableFuture.completedFuture(true);
  }

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

  /**
   * Returns a handler whose results are read by functions, as the adapter of a framework has them.
   *
   * @param handler what handles the calls
   * @param isError whether a result says that the call has failed, see {@link #isError}
   * @param content what a result says as JSON has it, see {@link #content}
   * @param <R> what it returns
   */
  static <R> AsyncToolHandler<R> reading(
      AsyncToolHandler<R> handler,
      Predicate<? super R> isError,
      Function<? super R, ? extends @Nullable Object> content) {
    return new AsyncToolHandler<>() {
      @Override
      public CompletionStage<R> handle(ToolCall call) throws Exception {
        return handler.handle(call);
      }

      @Override
      public CompletionStage<Boolean> stillWanted(ToolCall call) {
        return handler.stillWanted(call);
      }

      @Override
      public boolean isError(R result) {
        return isError.test(result);
      }

      @Override
      public @Nullable Object content(R result) {
        return content.apply(result);
      }
    };
  }
}
