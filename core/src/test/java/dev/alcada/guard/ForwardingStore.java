package dev.alcada.guard;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalStore;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A store of requests that hands on what it is asked, for tests that change an answer. */
class ForwardingStore implements ApprovalStore {
  private final ApprovalStore store;

  ForwardingStore(ApprovalStore store) {
    this.store = store;
  }

  @Override
  public CompletionStage<@Nullable ApprovalRequest> find(String binding) {
    return store.find(binding);
  }

  @Override
  public CompletionStage<Added> add(ApprovalRequest request, Bounds bounds) {
    return store.add(request, bounds);
  }

  @Override
  public CompletionStage<Boolean> replace(ApprovalRequest next) {
    return store.replace(next);
  }

  @Override
  public CompletionStage<@Nullable ApprovalRequest> get(String id) {
    return store.get(id);
  }

  @Override
  public CompletionStage<List<ApprovalRequest>> pending() {
    return store.pending();
  }
}
