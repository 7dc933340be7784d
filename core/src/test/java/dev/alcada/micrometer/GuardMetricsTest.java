package dev.alcada.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.Golden;
import dev.alcada.OwnLog;
import dev.alcada.audit.AuditKeys;
import dev.alcada.audit.AuditLog;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.FallbackCounterStore;
import dev.alcada.counter.Look;
import dev.alcada.counter.ReserveResult;
import dev.alcada.counter.StoreUnavailableException;
import dev.alcada.counter.memory.InMemoryCounterStore;
import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.Approvals;
import dev.alcada.guard.NotDoneException;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import dev.alcada.testing.ManualTime;
import io.micrometer.core.instrument.Clock;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.tracer.common.SpanContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a scrape says, to the letter, and how much of it a model can make up. */
class GuardMetricsTest {
  private static final Policy POLICY =
      Policy.parse(
          """
          {"version": "1", "default": "deny", "tools": {
            "pay": {"limits": [
              {"counter": "money", "window": "day", "max": 100, "increment_from": "args.amount"}]},
            "wire": {"action": "require_approval"},
            "tried": {"mode": "shadow", "action": "deny"},
            "rated_*": {"rate_limit": "2/minute"}
          }}
          """);
  private static final Set<String> TOOLS = Set.of("pay", "wire", "tried");
  private static final Caller CALLER = Caller.grant("agent-7").withSession("s-1");

  @TempDir private Path directory;
  private final ManualTime time = new ManualTime();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(
          PrometheusConfig.DEFAULT,
          new PrometheusRegistry(),
          new Clock() {
            @Override
            public long wallTime() {
              return time.instant().toEpochMilli();
            }

            @Override
            public long monotonicTime() {
              return time.nanoTime();
            }
          });
  private final InMemoryCounterStore counters =
      InMemoryCounterStore.builder().timeSource(time).build();
  private final Approvals approvals = Approvals.builder().timeSource(time).build();

  private ToolGuard guard(GuardMetrics metrics) {
    approvals.listen(request -> {});
    return ToolGuard.builder(POLICY)
        .timeSource(time)
        .counterStore(counters)
        .approvals(approvals)
        .listener(metrics)
        .build();
  }

  private static ToolCall call(String tool, Object amount) {
    return ToolCall.of(tool, Map.of("amount", amount), CALLER);
  }

  /** One call of each kind. */
  private void calls(ToolGuard guard) throws Exception {
    guard.call(call("pay", 30), made -> "paid");
    guard.call(call("pay", 101), made -> "paid");
    assertThatThrownBy(
        () ->
            guard.call(
                call("pay", 45),
                made -> {
                  throw new IOException();
                }));
    assertThatThrownBy(
        () ->
            guard.call(
                call("pay", 1),
                made -> {
                  throw new NotDoneException("no");
                }));
    guard.call(call("wire", 1), made -> "sent");
    guard.call(call("tried", 1), made -> "done");
    guard.call(call("made_up", 1), made -> "done");
    guard.call(call("rated_1", 1), made -> "done");
    time.advance(Duration.ofSeconds(30));
  }

  @Test
  void theScrapeIsTheGoldenOne() throws Exception {
    try (AuditLog log =
        AuditLog.builder(directory, AuditKeys.none()).timeSource(time).required().open()) {
      GuardMetrics metrics =
          GuardMetrics.builder(registry, TOOLS::contains)
              .liveKeys(counters::liveKeys)
              .auditLog(log)
              .fallback(FallbackCounterStore.builder(counters).build())
              .build();
      calls(guard(metrics));
      metrics.close();

      Golden.assertSame(GuardMetricsTest.class, "scrape.txt", registry.scrape());
    }
  }

  @Test
  void whatTheDashboardShowsIsMeasured() throws IOException {
    String dashboard = Files.readString(Path.of("docs/grafana-dashboard.json"));
    Set<String> shown =
        Pattern.compile("alcada_[a-z_]+")
            .matcher(dashboard)
            .results()
            .map(found -> found.group())
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> measured =
        Pattern.compile("(?m)^alcada_[a-z_]+")
            .matcher(Golden.read(GuardMetricsTest.class, "scrape.txt"))
            .results()
            .map(found -> found.group())
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(shown).hasSizeGreaterThan(10);
    assertThat(measured).containsAll(shown);
  }

  @Test
  void aMillionInventedNamesMakeNoTimeSeries() throws Exception {
    GuardMetrics metrics = GuardMetrics.builder(registry, TOOLS::contains).build();
    ToolGuard guard = guard(metrics);
    calls(guard);
    int before = registry.getMeters().size();
    for (int i = 0; i < 1_000_000; i++) {
      Caller caller = Caller.grant("grant " + i).withSession("session " + i);
      String tool = i % 8 == 0 ? "rated_x" + i : "invented " + i;
      guard.call(ToolCall.of(tool, Map.of(), caller), made -> "done");
    }

    assertThat(registry.getMeters()).hasSizeLessThanOrEqualTo(before + 2);
    assertThat(registry.scrape()).doesNotContain("invented", "session ", "grant ", "rated_x");
  }

  @Test
  void aHostThatKnowsEveryNameIsBoundedToo() throws Exception {
    GuardMetrics metrics = GuardMetrics.builder(registry, name -> true).build();
    ToolGuard guard = guard(metrics);
    for (int i = 0; i < 5_000; i++) {
      guard.call(call("invented " + i, 1), made -> "done");
    }

    assertThat(registry.getMeters()).hasSizeLessThan(1_020);
  }

  @Test
  void whatIsLeftIsForgottenAfterAMinuteOrTwo() throws Exception {
    GuardMetrics metrics = GuardMetrics.builder(registry, TOOLS::contains).build();
    ToolGuard guard = guard(metrics);
    guard.call(call("pay", 75), made -> "paid");
    metrics.close();

    assertThat(headroom()).isEqualTo(0.25);
    time.advance(Duration.ofMinutes(1));
    assertThat(headroom()).isEqualTo(0.25);
    time.advance(Duration.ofMinutes(1));
    assertThat(headroom()).isEqualTo(1);
  }

  @Test
  void aCountIsAnExampleOfTheTraceItWasMadeIn() throws Exception {
    SpanContext traced =
        new SpanContext() {
          @Override
          public String getCurrentTraceId() {
            return "0af7651916cd43dd8448eb211c80319c";
          }

          @Override
          public String getCurrentSpanId() {
            return "b7ad6b7169203331";
          }

          @Override
          public boolean isCurrentSpanSampled() {
            return true;
          }

          @Override
          public void markCurrentSpanAsExemplar() {}
        };
    PrometheusMeterRegistry sampled =
        new PrometheusMeterRegistry(
            PrometheusConfig.DEFAULT, new PrometheusRegistry(), Clock.SYSTEM, traced);
    GuardMetrics metrics = GuardMetrics.builder(sampled, TOOLS::contains).build();
    guard(metrics).call(call("pay", 1), made -> "paid");
    metrics.close();

    assertThat(sampled.scrape("application/openmetrics-text; version=1.0.0; charset=utf-8").lines())
        .filteredOn(line -> line.contains("trace_id=\"0af7651916cd43dd8448eb211c80319c\""))
        .anyMatch(line -> line.startsWith("alcada_decisions_total"))
        .anyMatch(line -> line.startsWith("alcada_settlements_total"));
  }

  @Test
  void afterTheEndCallsAreCountedAndNotTimed() throws Exception {
    GuardMetrics metrics = GuardMetrics.builder(registry, TOOLS::contains).build();
    ToolGuard guard = guard(metrics);
    guard.call(call("pay", 1), made -> "paid");
    metrics.close();
    guard.call(call("pay", 1), made -> "paid");

    assertThat(registry.get("alcada.decisions").tag("tool", "pay").counter().count()).isEqualTo(2);
    assertThat(registry.get("alcada.decide").tag("outcome", "allowed").timer().count())
        .isEqualTo(1);
    assertThat(registry.get("alcada.timings.dropped").functionCounter().count()).isZero();
  }

  @Test
  void whatPassesWhileTheStoreIsGoneIsCountedByItsMode() throws Throwable {
    FallbackCounterStore open =
        FallbackCounterStore.builder(new Gone()).open(Set.of("money")).timeSource(time).build();
    GuardMetrics metrics = GuardMetrics.builder(registry, TOOLS::contains).fallback(open).build();
    ToolGuard guard =
        ToolGuard.builder(POLICY).timeSource(time).counterStore(open).listener(metrics).build();
    assertThat(registry.get("alcada.store.available").gauge().value()).isEqualTo(1);
    OwnLog.of(
        () -> {
          for (int i = 0; i < 5; i++) {
            guard.call(call("pay", 30), made -> "paid");
          }
          guard.call(call("rated_1", 1), made -> "done");
        });

    assertThat(registry.get("alcada.store.available").gauge().value()).isZero();
    assertThat(registry.get("alcada.store.without").tag("mode", "open").functionCounter().count())
        .isEqualTo(5);
    assertThat(
            registry.get("alcada.store.without").tag("mode", "held_back").functionCounter().count())
        .isZero();
    assertThat(registry.get("alcada.store.failures").counter().count()).isEqualTo(1);
  }

  @Test
  void aNodesOwnPartIsCountedToo() throws Throwable {
    FallbackCounterStore part =
        FallbackCounterStore.builder(new Gone())
            .heldBack(0.5, 2, InMemoryCounterStore.builder().timeSource(time).build())
            .timeSource(time)
            .build();
    GuardMetrics metrics = GuardMetrics.builder(registry, TOOLS::contains).fallback(part).build();
    ToolGuard guard =
        ToolGuard.builder(POLICY).timeSource(time).counterStore(part).listener(metrics).build();
    OwnLog.of(
        () -> {
          guard.call(call("pay", 30), made -> "paid");
          guard.call(call("pay", 30), made -> "paid");
        });

    assertThat(
            registry.get("alcada.store.without").tag("mode", "held_back").functionCounter().count())
        .isEqualTo(1);
    assertThat(registry.get("alcada.store.failures").counter().count()).isEqualTo(1);
  }

  private static final class Gone implements CounterStore {
    @Override
    public ReserveResult reserve(Demand demand) {
      throw new StoreUnavailableException("gone", false, null);
    }

    @Override
    public Look look(Demand demand) {
      throw new StoreUnavailableException("gone", false, null);
    }
  }

  private double headroom() {
    return registry.get("alcada.limit.headroom").tag("counter", "money").gauge().value();
  }

  @Test
  void anAnswerEndsTheWait() throws Throwable {
    GuardMetrics metrics = GuardMetrics.builder(registry, TOOLS::contains).build();
    OwnLog.of(() -> guard(metrics).call(call("wire", 1), made -> "sent"));

    assertThat(registry.get("alcada.approvals.pending").gauge().value()).isEqualTo(1);
    approvals.approve(approvals.pending().get(0).id(), "ana", null);
    assertThat(registry.get("alcada.approvals.pending").gauge().value()).isZero();
  }
}
