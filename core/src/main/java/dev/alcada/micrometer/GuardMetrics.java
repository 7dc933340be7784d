package dev.alcada.micrometer;

import dev.alcada.audit.ApprovalEvent;
import dev.alcada.audit.AuditLog;
import dev.alcada.audit.DecisionEvent;
import dev.alcada.audit.DecisionListener;
import dev.alcada.audit.LimitUse;
import dev.alcada.audit.SettlementEvent;
import dev.alcada.decision.Decision;
import dev.alcada.decision.DecisionCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
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
 * <p>Safe for use by several threads.
 */
public final class GuardMetrics implements DecisionListener {
  private static final String OTHER = "other";
  private static final int MOST_TOOLS = 1_000;
  private static final int MOST_COUNTERS = 200;
  private static final int MOST_PENDING = 100_000;

  private final MeterRegistry registry;
  private final Predicate<String> known;
  private final Set<String> tools = ConcurrentHashMap.newKeySet();
  private final Map<Labels, Counter> decisions = new ConcurrentHashMap<>();
  private final Map<Labels, Counter> shadows = new ConcurrentHashMap<>();
  private final Map<Labels, Counter> settlements = new ConcurrentHashMap<>();
  private final Map<String, Headroom> headroom = new ConcurrentHashMap<>();
  private final Map<String, Long> pending = new ConcurrentHashMap<>();
  private final Map<String, Timer> decide;
  private final Timer reserve;
  private final Counter refusedKeys;
  private final Counter storeFailures;
  private final Map<ApprovalEvent.Change, Counter> approvals = new ConcurrentHashMap<>();

  private record Labels(String tool, String second, String third) {}

  private GuardMetrics(Builder builder) {
    this.registry = builder.registry;
    this.known = builder.tools;
    this.decide =
        Map.of("allowed", decide("allowed"), "denied", decide("denied"), ASKED, decide(ASKED));
    this.reserve =
        Timer.builder("alcada.reserve")
            .description("Time that a store took to reserve the limits of a call")
            .register(registry);
    this.refusedKeys =
        Counter.builder("alcada.keys.refused")
            .description("Calls refused because a counter has as many live keys as it may have")
            .register(registry);
    this.storeFailures =
        Counter.builder("alcada.store.failures")
            .description("Calls denied because a store could not be reached")
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
  }

  private static final String ASKED = "approval_required";

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

  private Timer decide(String outcome) {
    return Timer.builder("alcada.decide")
        .description("Time to decide about a call, stores and all")
        .tag("outcome", outcome)
        .register(registry);
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

  @Override
  public void onDecision(DecisionEvent event) {
    Decision decision = event.decision();
    String outcome = outcome(decision);
    count(decisions, "alcada.decisions", "Decisions", event.tool(), decision);
    if (event.shadow() != null) {
      count(
          shadows,
          "alcada.shadow.decisions",
          "What rules in shadow mode would have decided",
          event.tool(),
          event.shadow());
    }
    Timer timer = decide.get(outcome);
    if (timer != null) {
      timer.record(event.timeToDecide());
    }
    Duration reserving = event.timeToReserve();
    if (reserving != null) {
      reserve.record(reserving);
    }
    DecisionCode code = decision.code();
    if (code == DecisionCode.TOO_MANY_KEYS) {
      refusedKeys.increment();
    } else if (code == DecisionCode.STORE_UNAVAILABLE) {
      storeFailures.increment();
    }
    for (LimitUse use : event.limits()) {
      left(use);
    }
  }

  private void count(
      Map<Labels, Counter> counters,
      String name,
      String description,
      String tool,
      Decision decision) {
    DecisionCode code = decision.code();
    Labels labels = new Labels(tool(tool), outcome(decision), code == null ? "none" : code.text());
    Counter counter = counters.get(labels);
    if (counter == null) {
      counter =
          counters.computeIfAbsent(
              labels,
              key ->
                  Counter.builder(name)
                      .description(description)
                      .tags("tool", key.tool(), "outcome", key.second(), "code", key.third())
                      .register(registry));
    }
    counter.increment();
  }

  private static String outcome(Decision decision) {
    return decision instanceof Decision.Allowed
        ? "allowed"
        : decision instanceof Decision.Denied ? "denied" : ASKED;
  }

  /** Returns the name of a tool that may be a label. */
  private String tool(String name) {
    if (tools.contains(name)) {
      return name;
    }
    if (!known.test(name) || tools.size() >= MOST_TOOLS) {
      return OTHER;
    }
    synchronized (tools) {
      return tools.size() < MOST_TOOLS && (tools.add(name) || tools.contains(name)) ? name : OTHER;
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
      String label = headroom.size() < MOST_COUNTERS ? name : OTHER;
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

  @Override
  public void onSettled(SettlementEvent event) {
    Labels labels =
        new Labels(
            tool(event.decided().tool()),
            event.handler().name().toLowerCase(Locale.ROOT),
            event.result().name().toLowerCase(Locale.ROOT));
    Counter counter = settlements.get(labels);
    if (counter == null) {
      counter =
          settlements.computeIfAbsent(
              labels,
              key ->
                  Counter.builder("alcada.settlements")
                      .description("What came of calls that were let through")
                      .tags("tool", key.tool(), "handler", key.second(), "settled", key.third())
                      .register(registry));
    }
    counter.increment();
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

  /** Makes {@link GuardMetrics}. Not safe for use by several threads. */
  public static final class Builder {
    private final MeterRegistry registry;
    private final Predicate<String> tools;
    private @Nullable IntSupplier liveKeys;
    private @Nullable AuditLog log;

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
