package dev.alcada.guard;

import dev.alcada.approval.ApprovalRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An approval taken for one run. Settled once; later calls do nothing. If it is never settled the
 * request stays in use, and no call uses it again. Safe for use by several threads.
 */
final class ApprovalClaim {
  private static final Logger LOG = LoggerFactory.getLogger(ApprovalClaim.class);

  private final Lifecycle lifecycle;
  private final ApprovalRequest claimed;

  ApprovalClaim(Lifecycle lifecycle, ApprovalRequest claimed) {
    this.lifecycle = lifecycle;
    this.claimed = claimed;
  }

  /** Ends the approval: the call ran, or nobody knows. */
  void spend() {
    settle(false);
  }

  /** Gives the approval back until it expires: the call did nothing. */
  void giveBack() {
    settle(true);
  }

  private void settle(boolean nothingDone) {
    try {
      lifecycle.settle(claimed, nothingDone);
    } catch (Throwable e) {
      // The run is over and its result must reach the agent; the request stays in use, which is
      // safe.
      LOG.error("Approval {} could not be settled and stays in use.", claimed.id(), e);
    }
  }
}
