package dev.alcada.spring;

import dev.alcada.audit.DecisionEvent;
import dev.alcada.audit.DecisionListener;
import dev.alcada.decision.Decision;
import dev.alcada.decision.DecisionCode;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Counts decisions by tool, outcome and code. A model may ask for tools by any name, so that all
 * that are not there share one label.
 */
final class DecisionMeters implements DecisionListener {
  private final ObjectProvider<MeterRegistry> registry;
  private final KnownTools known;

  DecisionMeters(ObjectProvider<MeterRegistry> registry, KnownTools known) {
    this.registry = registry;
    this.known = known;
  }

  @Override
  public void onDecision(DecisionEvent event) {
    MeterRegistry meters = registry.getIfAvailable();
    if (meters == null) {
      return;
    }
    Decision decision = event.decision();
    DecisionCode code = decision.code();
    meters
        .counter(
            "alcada.decisions",
            "tool",
            known.contains(event.tool()) ? event.tool() : "other",
            "outcome",
            String.valueOf(decision.metadata().get("outcome")),
            "code",
            code == null ? "none" : code.toString())
        .increment();
  }
}
