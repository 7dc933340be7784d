package dev.alcada.guard;

import dev.alcada.approval.ApprovalState;
import org.jspecify.annotations.Nullable;

/** An answer that an approval request does not take. The message names its present state. */
public final class ApprovalException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private final @Nullable ApprovalState state;

  ApprovalException(String message, @Nullable ApprovalState state) {
    super(message);
    this.state = state;
  }

  /** {@return the request's present state, or {@code null} if no such request is known} */
  public @Nullable ApprovalState state() {
    return state;
  }
}
