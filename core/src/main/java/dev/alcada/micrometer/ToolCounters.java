package dev.alcada.micrometer;

import dev.alcada.audit.SettlementEvent;
import dev.alcada.counter.Ended;
import dev.alcada.decision.Decision;
import dev.alcada.decision.DecisionCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The counters of one tool, each registered when it first counts, and found by its place. */
@SuppressWarnings("EnumOrdinal") // The places are those of this run, and are kept nowhere.
final class ToolCounters {
  private static final Outcome[] OUTCOMES = Outcome.values();
  private static final DecisionCode[] CODES = DecisionCode.values();
  private static final SettlementEvent.Handler[] HANDLERS = SettlementEvent.Handler.values();
  private static final Ended[] ENDS = Ended.values();

  private final MeterRegistry registry;
  private final String tool;
  private final AtomicReferenceArray<@Nullable Counter> decisions =
      new AtomicReferenceArray<>(OUTCOMES.length * (CODES.length + 1));
  private final AtomicReferenceArray<@Nullable Counter> shadows =
      new AtomicReferenceArray<>(OUTCOMES.length * (CODES.length + 1));
  private final AtomicReferenceArray<@Nullable Counter> settlements =
      new AtomicReferenceArray<>(HANDLERS.length * ENDS.length);

  ToolCounters(MeterRegistry registry, String tool) {
    this.registry = registry;
    this.tool = tool;
  }

  void decided(Decision decision) {
    count(decisions, "alcada.decisions", "Decisions", decision);
  }

  void shadowed(Decision decision) {
    count(
        shadows,
        "alcada.shadow.decisions",
        "What rules in shadow mode would have decided",
        decision);
  }

  private void count(
      AtomicReferenceArray<@Nullable Counter> counters,
      String name,
      String description,
      Decision decision) {
    Outcome outcome = Outcome.of(decision);
    DecisionCode code = decision.code();
    int place = outcome.ordinal() * (CODES.length + 1) + (code == null ? 0 : code.ordinal() + 1);
    Counter counter = counters.getAcquire(place);
    if (counter == null) {
      counter =
          Counter.builder(name)
              .description(description)
              .tags("tool", tool, "outcome", outcome.label)
              .tag("code", code == null ? "none" : code.text())
              .register(registry); // a second one is the same
      counters.setRelease(place, counter);
    }
    counter.increment();
  }

  void settled(SettlementEvent event) {
    int place = event.handler().ordinal() * ENDS.length + event.result().ordinal();
    Counter counter = settlements.getAcquire(place);
    if (counter == null) {
      counter =
          Counter.builder("alcada.settlements")
              .description("What came of calls that were let through")
              .tags("tool", tool, "handler", lower(event.handler()))
              .tag("settled", lower(event.result()))
              .register(registry);
      settlements.setRelease(place, counter);
    }
    counter.increment();
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
