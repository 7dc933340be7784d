package dev.alcada.guard;

import dev.alcada.decision.ToolCall;
import org.jspecify.annotations.Nullable;

/**
 * Tells from a handler's result whether anything was done. Implementations must be safe for use by
 * several threads; one that throws counts as saying no.
 */
@FunctionalInterface
public interface ResultClassifier {
  /**
   * Returns whether the result says that surely nothing was done.
   *
   * @param call the call that ran
   * @param result what its handler returned
   * @return {@code true} if limits on successes should give the call back
   */
  boolean notDone(ToolCall call, @Nullable Object result);

  /**
   * Returns whether the call may leave the marks that permit later calls, for hosts that know of a
   * result more than that it is no error. One that throws says no.
   *
   * @param call the call that ran
   * @param result what its handler returned
   * @return {@code false} to withhold them; {@code true} unless overridden
   */
  default boolean leavesMarks(ToolCall call, @Nullable Object result) {
    return true;
  }
}
