package dev.alcada.guard;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.decision.Decision;

/** Where a call stands that needs a person's approval. */
sealed interface Standing {
  /**
   * It must not run now.
   *
   * @param decision a denial, or that an approval is required
   */
  record Answered(Decision decision) implements Standing {}

  /**
   * It was approved. It may run once the approval has been {@linkplain Approvals#claim claimed}.
   *
   * @param request the approved request
   */
  record Approved(ApprovalRequest request) implements Standing {}
}
