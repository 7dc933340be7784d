package dev.alcada.approval;

class InMemoryApprovalStoreTest extends ApprovalStoreKit {
  @Override
  protected ApprovalStore emptyStore() {
    return new InMemoryApprovalStore();
  }
}
