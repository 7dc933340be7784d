package dev.alcada.micrometer;

import dev.alcada.audit.DecisionEvent;
import dev.alcada.audit.DecisionListener;
import dev.alcada.audit.LimitUse;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The part of the metrics that takes longer than a call: how long, and what is left of limits. */
final class Timings implements DecisionListener {
  private static final int MOST_COUNTERS = 200;

  private final MeterRegistry registry;
  private final Map<Outcome, Timer> decide = new EnumMap<>(Outcome.class);
  private final Timer reserve;
  private final Map<String, Headroom> headroom = new ConcurrentHashMap<>();

  Timings(MeterRegistry registry) {
    this.registry = registry;
    for (Outcome outcome : Outcome.values()) {
      decide.put(
          outcome,
          Timer.builder("alcada.decide")
              .description("Time to decide about a call, stores and all")
              .tag("outcome", outcome.label)
              .register(registry));
    }
    this.reserve =
        Timer.builder("alcada.reserve")
            .description("Time that a store took to reserve the limits of a call")
            .register(registry);
  }

  @Override
  public void onDecision(DecisionEvent event) {
    Timer timer = decide.get(Outcome.of(event.decision()));
    if (timer != null) {
      timer.record(event.timeToDecide());
    }
    Duration reserving = event.timeToReserve();
    if (reserving != null) {
      reserve.record(reserving);
    }
    for (LimitUse use : event.limits()) {
      left(use);
    }
  }

  /** A shorthand limit counts by the tool called, whose name a model may have made up. */
  private void left(LimitUse use) {
    if (use.before() == null || use.max().signum() == 0) {
      return;
    }
    String name =
        use.counter().namespace().endsWith("rate_limit") ? "rate_limit" : use.counter().name();
    Headroom least = headroom.get(name);
    if (least == null) {
      String label = headroom.size() < MOST_COUNTERS ? name : GuardMetrics.OTHER;
      least = headroom.computeIfAbsent(label, this::headroom);
    }
    double used = (use.after() == null ? use.before() : use.after()).doubleValue();
    least.seen(Math.max(0, 1 - used / use.max().doubleValue()));
  }

  private Headroom headroom(String counter) {
    Headroom made = new Headroom(registry.config().clock());
    Gauge.builder("alcada.limit.headroom", made, Headroom::least)
        .description(
            "The least share of a limit that was left, of all its keys, in a minute or two")
        .tag("counter", counter)
        .strongReference(true)
        .register(registry);
    return made;
  }
}
