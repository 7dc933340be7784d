package dev.alcada.guard;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.counter.Ended;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An approval taken for one run. Settled once; later calls do nothing. If it is never settled the
 * request stays in use, and no call uses it again. Safe for use by several threads.
 */
final class ApprovalClaim {
  private static final Logger LOG = LoggerFactory.getLogger(Approvals.class);

  private final Lifecycle lifecycle;
  private final ApprovalRequest claimed;
  private final AtomicBoolean settled = new AtomicBoolean();

  ApprovalClaim(Lifecycle lifecycle, ApprovalRequest claimed) {
    this.lifecycle = lifecycle;
    this.claimed = claimed;
  }

  /** {@return the request as it was taken} */
  ApprovalRequest request() {
    return claimed;
  }

  /**
   * Ends the approval, or gives it back until it expires if nothing was done. Returns at once: what
   * the store does not take leaves the request in use, which is the safe side.
   */
  @SuppressWarnings("FutureReturnValueIgnored") // what is hung on the stage is all there is to do
  void settle(Ended ended) {
    if (!settled.compareAndSet(false, true)) {
      return;
    }
    try {
      lifecycle
          .settle(claimed, ended == Ended.NOT_DONE)
          .whenComplete(
              (taken, failure) -> {
                if (failure != null) {
                  lost(failure);
                }
              });
    } catch (Throwable e) {
      lost(e);
    }
  }

  private void lost(Throwable e) {
    try {
      LOG.error("Approval {} could not be settled and stays in use.", claimed.id(), e);
    } catch (Throwable ignored) {
      // The run is over and its result must reach the agent.
    }
  }
}
