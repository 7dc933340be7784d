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
}
