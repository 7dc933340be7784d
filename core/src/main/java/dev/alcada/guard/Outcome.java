package dev.alcada.guard;

import dev.alcada.decision.Decision;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What came of a guarded call: its value, a denial, or the need for an approval.
 *
 * @param <R> what the handler returns
 */
public sealed interface Outcome<R extends @Nullable Object> {
  /** {@return the decision about the call} */
  Decision decision();

  /**
   * Returns the handler's value, or what a function makes of the decision not to run it.
   *
   * @param otherwise is given a denial, or the need for an approval
   */
  default R orElse(Function<? super Decision, ? extends R> otherwise) {
    return this instanceof Completed<R> completed ? completed.value() : otherwise.apply(decision());
  }

  /**
   * The call ran and returned.
   *
   * @param value what the handler returned
   * @param <R> what the handler returns
   */
  record Completed<R extends @Nullable Object>(R value) implements Outcome<R> {
    @Override
    public Decision.Allowed decision() {
      return Decision.Allowed.INSTANCE;
    }
  }

  /**
   * The call did not run.
   *
   * @param decision why
   * @param <R> what the handler would have returned
   */
  record Denied<R extends @Nullable Object>(Decision.Denied decision) implements Outcome<R> {}

  /**
   * The call did not run; the same call will, once a person has approved it.
   *
   * @param decision the request to approve
   * @param <R> what the handler would have returned
   */
  record ApprovalRequired<R extends @Nullable Object>(Decision.ApprovalRequired decision)
      implements Outcome<R> {}
}
