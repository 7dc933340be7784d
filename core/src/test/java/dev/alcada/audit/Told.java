package dev.alcada.audit;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps all that it is told. */
public final class Told implements DecisionListener {
  public final List<DecisionEvent> decided = new CopyOnWriteArrayList<>();
  public final List<SettlementEvent> settled = new CopyOnWriteArrayList<>();
  public final List<ApprovalEvent> approvals = new CopyOnWriteArrayList<>();

  @Override
  public void onDecision(DecisionEvent event) {
    decided.add(event);
  }

  @Override
  public void onSettled(SettlementEvent event) {
    settled.add(event);
  }

  @Override
  public void onApproval(ApprovalEvent event) {
    approvals.add(event);
  }
}
