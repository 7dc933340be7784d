package dev.alcada.spring;

import dev.alcada.audit.ApprovalEvent;
import dev.alcada.audit.AuditLog;
import dev.alcada.audit.DecisionEvent;
import dev.alcada.audit.DecisionListener;
import dev.alcada.audit.SettlementEvent;
import dev.alcada.micrometer.GuardMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Measures decisions once there is a registry, which may be made later than the guard. Only tools
 * that are there become labels.
 */
final class DecisionMeters implements DecisionListener, AutoCloseable {
  private final ObjectProvider<MeterRegistry> registry;
  private final ObjectProvider<AuditLog> log;
  private final KnownTools known;
  private volatile @Nullable GuardMetrics metrics;

  DecisionMeters(
      ObjectProvider<MeterRegistry> registry, ObjectProvider<AuditLog> log, KnownTools known) {
    this.registry = registry;
    this.log = log;
    this.known = known;
  }

  @Override
  public void onDecision(DecisionEvent event) {
    GuardMetrics present = metrics();
    if (present != null) {
      present.onDecision(event);
    }
  }

  @Override
  public void onSettled(SettlementEvent event) {
    GuardMetrics present = metrics();
    if (present != null) {
      present.onSettled(event);
    }
  }

  @Override
  public void onApproval(ApprovalEvent event) {
    GuardMetrics present = metrics();
    if (present != null) {
      present.onApproval(event);
    }
  }

  private @Nullable GuardMetrics metrics() {
    GuardMetrics present = metrics;
    return present != null ? present : made();
  }

  private synchronized @Nullable GuardMetrics made() {
    MeterRegistry meters = metrics == null ? registry.getIfAvailable() : null;
    if (meters != null) {
      GuardMetrics.Builder builder = GuardMetrics.builder(meters, known::contains);
      AuditLog audit = log.getIfUnique();
      metrics = (audit == null ? builder : builder.auditLog(audit)).build();
    }
    return metrics;
  }

  @Override
  public synchronized void close() {
    if (metrics != null) {
      metrics.close();
    }
  }
}
