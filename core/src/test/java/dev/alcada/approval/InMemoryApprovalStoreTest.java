package dev.alcada.approval;

import dev.alcada.testing.ApprovalStoreKit;
import dev.alcada.time.TimeSource;

class InMemoryApprovalStoreTest extends ApprovalStoreKit {
  @Override
  protected ApprovalStore emptyStore(TimeSource time) {
    return InMemoryApprovalStore.create(time);
  }
}
