package dev.alcada.micrometer;

import dev.alcada.audit.ApprovalEvent;
import dev.alcada.audit.AuditLog;
import dev.alcada.audit.DecisionEvent;
import dev.alcada.audit.DecisionListener;
import dev.alcada.audit.QueuedListener;
import dev.alcada.audit.SettlementEvent;
import dev.alcada.counter.FallbackCounterStore;
import dev.alcada.counter.FallbackCounterStore.State;
import dev.alcada.decision.Decision;
import dev.alcada.decision.DecisionCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Counts and times what a guard decides. A model may call tools by any name, and each would be a
 * time series: only names that the host knows become labels, so many as there may be, and all
 * others are {@code other}. No label holds a grant, a session or a value of a call.
 *
 * <pre>{@code
 * Set<String> tools = Set.of("create_charge", "refund_charge");
 * GuardMetrics metrics = GuardMetrics.builder(registry, tools::contains).build();
 * ToolGuard guard = ToolGuard.builder(policy).listener(metrics).build();
 * }</pre>
 *
 * <p>Calls are counted on their own threads. How long they took and what is left of limits is
 * measured on a thread of these metrics, a moment later, since it takes longer than a call does;
 * {@link #close} ends it.
 *
 * <p>Safe for use by several threads.
 */
public final class GuardMetrics implements DecisionListener, AutoCloseable {
  static final String OTHER = "other";

  private static final int MOST_TOOLS = 1_000;
  private static final int MOST_PENDING = 100_000;

  private final MeterRegistry registry;
  private final Predicate<String> isKnown;
  private final Map<String, ToolCounters> tools = new ConcurrentHashMap<>();
  private final ToolCounters others;
  private final QueuedListener timings;
  private final Map<String, Long> pending = new ConcurrentHashMap<>();
  private final Counter refusedKeys;
  private final Counter storeFailures;
  private final Map<ApprovalEvent.Change, Counter> approvals = new ConcurrentHashMap<>();

  private volatile boolean closed;

  private GuardMetrics(Builder builder) {
    this.registry = builder.registry;
    this.isKnown = builder.tools;
    this.others = new ToolCounters(registry, OTHER);
    this.timings = QueuedListener.builder(new Timings(registry)).build();
    this.refusedKeys =
        Counter.builder("alcada.keys.refused")
            .description("Calls refused because a counter has as many live keys as it may have")
            .register(registry);
    this.storeFailures =
        Counter.builder("alcada.store.failures")
            .description("Calls denied because a store could not be reached")
            .register(registry);
    FunctionCounter.builder("alcada.timings.dropped", timings, QueuedListener::dropped)
        .description("Decisions that were counted and not timed, because there were too many")
        .register(registry);
    Gauge.builder("alcada.approvals.pending", pending, Map::size)
        .description("Requests that wait for a person's answer, as far as this process was told")
        .register(registry);
    TimeGauge.builder("alcada.approvals.oldest", this, TimeUnit.MILLISECONDS, self -> self.oldest())
        .description("Age of the oldest request that waits for an answer")
        .register(registry);
    if (builder.liveKeys != null) {
      Gauge.builder("alcada.keys.live", builder.liveKeys, IntSupplier::getAsInt)
          .description("Keys of counters that are live")
          .strongReference(true)
          .register(registry);
    }
    if (builder.log != null) {
      watch(builder.log);
    }
    if (builder.counters != null) {
      watch(builder.counters);
    }
  }

  /**
   * Returns a builder.
   *
   * @param registry where the meters are
   * @param tools whether a tool of that name is there; only such names become labels, and the first
   *     {@value #MOST_TOOLS} of them
   */
  @SuppressWarnings("exports") // whoever measures has Micrometer
  public static Builder builder(MeterRegistry registry, Predicate<String> tools) {
    return new Builder(
        Objects.requireNonNull(registry, "registry"), Objects.requireNonNull(tools, "tools"));
  }

  private void watch(AuditLog log) {
    Gauge.builder("alcada.audit.queued", log, AuditLog::queued)
        .description("Events that wait to be written to the audit log")
        .strongReference(true)
        .register(registry);
    Gauge.builder("alcada.audit.failing", log, each -> each.failing() ? 1 : 0)
        .description("1 while the audit log cannot be written")
        .strongReference(true)
        .register(registry);
    FunctionCounter.builder("alcada.audit.lost", log, AuditLog::lost)
        .description("Events that the audit log has lost")
        .register(registry);
  }

  private void watch(FallbackCounterStore counters) {
    Gauge.builder(
            "alcada.store.available", counters, each -> each.state() == State.AVAILABLE ? 1 : 0)
        .description("1 while the store that others share is asked")
        .strongReference(true)
        .register(registry);
    without("open", counters, FallbackCounterStore::uncounted);
    without("held_back", counters, FallbackCounterStore::ofOwnPart);
  }

  private void without(
      String mode, FallbackCounterStore counters, ToDoubleFunction<FallbackCounterStore> count) {
    FunctionCounter.builder("alcada.store.without", counters, count)
        .description("Calls let through while the store that others share was gone")
        .tag("mode", mode)
        .register(registry);
  }

  @Override
  public void onDecision(DecisionEvent event) {
    Decision decision = event.decision();
    ToolCounters counters = of(event.tool());
    counters.decided(decision);
    Decision shadow = event.shadow();
    if (shadow != null) {
      counters.shadowed(shadow);
    }
    DecisionCode code = decision.code();
    if (code == DecisionCode.TOO_MANY_KEYS) {
      refusedKeys.increment();
    } else if (code == DecisionCode.STORE_UNAVAILABLE) {
      storeFailures.increment();
    }
    if (!closed) {
      timings.onDecision(event);
    }
  }

  /** Returns the counters of a tool whose name may be a label, or those of all others. */
  private ToolCounters of(String tool) {
    ToolCounters known = tools.get(tool);
    return known != null ? known : added(tool);
  }

  private ToolCounters added(String tool) {
    if (!isKnown.test(tool) || tools.size() >= MOST_TOOLS) {
      return others;
    }
    synchronized (tools) {
      return tools.size() < MOST_TOOLS
          ? tools.computeIfAbsent(tool, name -> new ToolCounters(registry, name))
          : tools.getOrDefault(tool, others);
    }
  }

  @Override
  public void onSettled(SettlementEvent event) {
    of(event.decided().tool()).settled(event);
  }

  @Override
  public void onApproval(ApprovalEvent event) {
    approvals
        .computeIfAbsent(
            event.change(),
            change ->
                Counter.builder("alcada.approvals")
                    .description("What became of requests for approvals")
                    .tag("change", change.name().toLowerCase(Locale.ROOT))
                    .register(registry))
        .increment();
    if (!event.pending()) {
      pending.remove(event.approvalId());
    } else if (pending.size() < MOST_PENDING) {
      pending.put(event.approvalId(), event.createdAt().toEpochMilli());
    }
  }

  private double oldest() {
    long now = registry.config().clock().wallTime();
    return pending.values().stream().mapToLong(made -> Math.max(0, now - made)).max().orElse(0);
  }

  /** Measures what waits to be measured. From then on decisions are counted, and not timed. */
  @Override
  public void close() {
    closed = true;
    timings.close();
  }

  /** Makes {@link GuardMetrics}. Not safe for use by several threads. */
  public static final class Builder {
    private final MeterRegistry registry;
    private final Predicate<String> tools;
    private @Nullable IntSupplier liveKeys;
    private @Nullable AuditLog log;
    private @Nullable FallbackCounterStore counters;

    private Builder(MeterRegistry registry, Predicate<String> tools) {
      this.registry = registry;
      this.tools = tools;
    }

    /**
     * Sets what tells how many keys of counters are live, such as {@code
     * InMemoryCounterStore::liveKeys}; not measured, unless set.
     *
     * @param count tells it, at each scrape
     * @throws IllegalStateException if it was set before
     */
    public Builder liveKeys(IntSupplier count) {
      unset(liveKeys, "liveKeys");
      liveKeys = Objects.requireNonNull(count, "count");
      return this;
    }

    /**
     * Sets the audit log whose queue is watched; none, unless set.
     *
     * @param audit the log
     * @throws IllegalStateException if it was set before
     */
    public Builder auditLog(AuditLog audit) {
      unset(log, "auditLog");
      log = Objects.requireNonNull(audit, "audit");
      return this;
    }

    /**
     * Sets the store whose state is watched, and what passes while it is gone; none, unless set.
     *
     * @param store the store
     * @throws IllegalStateException if it was set before
     */
    public Builder fallback(FallbackCounterStore store) {
      unset(counters, "fallback");
      counters = Objects.requireNonNull(store, "store");
      return this;
    }

    /** {@return the metrics, whose meters are registered} */
    public GuardMetrics build() {
      return new GuardMetrics(this);
    }

    private static void unset(@Nullable Object value, String setting) {
      if (value != null) {
        throw new IllegalStateException(setting + " is set already");
      }
    }
  }
}
