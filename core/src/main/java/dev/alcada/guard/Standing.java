package dev.alcada.guard;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.decision.Decision;
import org.jspecify.annotations.Nullable;

/** Where a call stands that needs a person's approval. */
sealed interface Standing {
  /**
   * It must not run now.
   *
   * @param decision a denial, or that an approval is required
   * @param unasked whether nobody has been asked about it
   * @param made the request that was made for this very call, or {@code null}
   * @param met the request that the decision rests on, or {@code null}
   */
  record Answered(
      Decision decision,
      boolean unasked,
      @Nullable ApprovalRequest made,
      @Nullable ApprovalRequest met)
      implements Standing {
    Answered(Decision decision) {
      this(decision, false, null, null);
    }

    Answered(Decision decision, boolean unasked, @Nullable ApprovalRequest made) {
      this(decision, unasked, made, made);
    }

    /** Of a request that other calls may have made. */
    static Answered met(Decision decision, ApprovalRequest request) {
      return new Answered(decision, false, null, request);
    }
  }

  /**
   * It was approved. It may run once the approval has been claimed.
   *
   * @param request the approved request
   */
  record Approved(ApprovalRequest request) implements Standing {}
}
