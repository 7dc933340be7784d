package dev.alcada;

import dev.alcada.advice.PolicyAdvisor;
import dev.alcada.advice.PolicyCheck;
import dev.alcada.advice.Recommendation;
import dev.alcada.advice.Risk;
import dev.alcada.advice.RiskClassifier;
import dev.alcada.audit.AuditKeys;
import dev.alcada.audit.AuditLog;
import dev.alcada.audit.DecisionEvent;
import dev.alcada.audit.DecisionListener;
import dev.alcada.audit.QueuedListener;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.Ended;
import dev.alcada.counter.FallbackCounterStore;
import dev.alcada.counter.Held;
import dev.alcada.counter.memory.InMemoryCounterStore;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.Approvals;
import dev.alcada.guard.Registration;
import dev.alcada.guard.ToolGuard;
import dev.alcada.jdbc.JdbcApprovalStore;
import dev.alcada.jdbc.JdbcCounterStore;
import dev.alcada.micrometer.GuardMetrics;
import dev.alcada.opentelemetry.GuardSpans;
import dev.alcada.policy.Policy;
import dev.alcada.redis.RedisApprovalStore;
import dev.alcada.redis.RedisCounterStore;
import dev.alcada.tool.PinComparison;
import dev.alcada.tool.ToolDefinition;
import dev.alcada.tool.ToolPins;
import io.lettuce.core.RedisClient;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.sqlite.SQLiteDataSource;

/** The pages' pieces of Java, so that the compiler reads them too. Nothing runs them. */
@SuppressWarnings({"unused", "CheckReturnValue"})
final class PageSnippets {
  private PageSnippets() {}

  static void advice(Path path, String document, ToolDefinition tool, ToolGuard guard)
      throws Exception {
    List<ToolDefinition> tools = ToolDefinition.load(Path.of("tools.json"));

    Risk risk = RiskClassifier.standard().classify(tool);
    risk.category(); // WRITE
    risk.severity(); // MEDIUM
    risk.why(); // [the name says "create_connect_token": it hands out a credential]

    Recommendation recommended = PolicyAdvisor.standard().recommend(tools);
    Files.writeString(Path.of("policy.yaml"), recommended.toYaml()); // or toJson()

    PolicyCheck check = PolicyCheck.against(Files.readString(path), tools);
    check.passes(); // no error and no warning
    check.toText(); // or toJson(), toSarif("policy.yaml")

    ToolPins.of(tools).save(path); // once a person has looked
    PinComparison now = ToolPins.load(path).compare(tools); // at each start
    now.toText();

    Registration told = guard.describe(tools); // close it once others have been told

    RiskClassifier classifier = RiskClassifier.builder().rules(document).build();
    PolicyAdvisor advisor = PolicyAdvisor.using(classifier);
  }

  static void pins(Policy policy) throws Exception {
    ToolGuard guard =
        ToolGuard.builder(policy).pins(ToolPins.load(Path.of("tools.lock.json"))).build();
  }

  static void queue(DecisionListener slow) {
    QueuedListener listener =
        QueuedListener.builder(slow).capacity(10_000).waitWhenFull(Duration.ofMillis(50)).build();
  }

  static void log(Policy policy, byte[] key) throws Exception {
    AuditKeys keys = AuditKeys.of("2026-11", key); // 16 bytes or more; and(…) adds older ones
    AuditLog log = AuditLog.open(Path.of("/var/log/alcada/host-1"), keys);
    ToolGuard guard = ToolGuard.builder(policy).listener(log).build();
  }

  static void metrics(
      MeterRegistry registry, Set<String> tools, AuditLog log, InMemoryCounterStore counters) {
    GuardMetrics metrics =
        GuardMetrics.builder(registry, tools::contains)
            .auditLog(log)
            .liveKeys(counters::liveKeys)
            .build(); // close() with the registry
  }

  static void spans(Policy policy) {
    ToolGuard guard =
        ToolGuard.builder(policy)
            .listener(GuardSpans.create()) // or GuardSpans.ofMcpServer()
            .build();
  }

  static void explain(ToolGuard guard, ToolCall call) {
    System.out.println(guard.explain(call));
  }

  static void postgresql(Policy policy, DataSource pool) {
    JdbcCounterStore counters = JdbcCounterStore.builder(pool).build();
    JdbcApprovalStore requests = JdbcApprovalStore.builder(pool).build();

    ToolGuard guard =
        ToolGuard.builder(policy)
            .counterStore(counters)
            .approvals(Approvals.builder().store(requests).counterStore(counters).build())
            .build();
  }

  static void sqlite() {
    SQLiteDataSource file = new SQLiteDataSource(); // org.xerial:sqlite-jdbc
    file.setUrl("jdbc:sqlite:/var/lib/agent/state.db");
    JdbcCounterStore counters = JdbcCounterStore.builder(file).createTables().build();
  }

  static void operating(ToolGuard guard, DecisionEvent event) {
    // Returns when no call can start any more.
    guard.halt("Payments are closed until Ana has looked at the refunds.");
    guard.resume();

    guard.settle(event.id(), Ended.NOT_DONE); // nothing was done: all of it is given back
    guard.settle(event.id(), Ended.DONE); // it was done: it no longer runs, and stays remembered

    for (Held held : guard.held(CounterId.Kind.MARK, "", 100)) {
      guard.takeBack(held.key());
    }
  }

  static void redis(Policy policy) {
    RedisClient client = RedisClient.create("rediss://app:secret@counters.internal");
    RedisCounterStore counters = RedisCounterStore.builder(client).build();
    RedisApprovalStore requests = RedisApprovalStore.builder(client).build();

    ToolGuard guard =
        ToolGuard.builder(policy)
            .counterStore(counters)
            .approvals(Approvals.builder().store(requests).counterStore(counters).build())
            .build();
  }

  static void fallback(RedisClient client, Logger log) {
    FallbackCounterStore counters =
        FallbackCounterStore.builder(RedisCounterStore.builder(client).build())
            .heldBack(0.02, 10, InMemoryCounterStore.create())
            .listener((state, failure) -> log.warn("the counters are {}", state, failure))
            .build();
  }
}
