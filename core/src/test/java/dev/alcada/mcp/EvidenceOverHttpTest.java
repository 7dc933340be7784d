package dev.alcada.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.audit.AuditKeys;
import dev.alcada.audit.AuditLog;
import dev.alcada.audit.Told;
import dev.alcada.guard.ToolGuard;
import dev.alcada.micrometer.GuardMetrics;
import dev.alcada.policy.Policy;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What clients were answered over a real transport is what was told, logged and counted. */
class EvidenceOverHttpTest {
  private static final int CLIENTS = 4;
  private static final int CALLS = 100;
  private static final Policy POLICY =
      Policy.parse(
          """
          {"version": "1", "default": "deny", "tools": {
            "pay": {"limits": [{"counter": "calls", "scope": "global", "window": "hour", "max": 120}]},
            "wire": {"action": "require_approval"}, "refund": {"action": "deny"}}}
          """);
  private static final List<String> TOOLS = List.of("pay", "pay", "pay", "wire", "refund");

  @TempDir private Path directory;
  private final Told told = new Told();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Map<String, Integer> answered = new ConcurrentHashMap<>();

  @ParameterizedTest
  @EnumSource(
      value = TestServer.Wiring.class,
      names = {"SYNC_HTTP", "ASYNC_HTTP"})
  void eachCallIsToldOnce(TestServer.Wiring wiring) throws Exception {
    AuditKeys keys = AuditKeys.of("k", new byte[32]);
    List<TestTool> tools =
        TOOLS.stream()
            .distinct()
            .map(name -> TestTool.of(name, request -> TestTool.text("done")))
            .toList();
    try (AuditLog log =
        AuditLog.builder(directory, keys).waitWhenFull(Duration.ofMinutes(1)).open()) {
      ToolGuard guard =
          ToolGuard.builder(POLICY)
              .listener(told)
              .listener(log)
              .listener(GuardMetrics.builder(registry, TOOLS::contains).build())
              .build();
      guard.approvals().listen(request -> {});
      try (TestServer server = TestServer.http(wiring, McpTools.builder(guard).build(), tools)) {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
          Thread thread = new Thread(() -> calls(server));
          thread.start();
          threads.add(thread);
        }
        for (Thread thread : threads) {
          thread.join();
        }
      }
    }

    assertThat(told.decided).hasSize(CLIENTS * CALLS);
    Map<String, Integer> expected = new TreeMap<>(answered);
    assertThat(expected).containsOnlyKeys("allowed", "denied", "approval_required");
    Map<String, Integer> events = new TreeMap<>();
    told.decided.forEach(
        event ->
            events.merge(
                String.valueOf(event.decision().metadata().get("outcome")), 1, Integer::sum));
    assertThat(events).isEqualTo(expected);
    Map<String, Integer> counted = new TreeMap<>();
    for (Counter counter : registry.find("alcada.decisions").counters()) {
      counted.merge(counter.getId().getTag("outcome"), (int) counter.count(), Integer::sum);
    }
    assertThat(counted).isEqualTo(expected);
    Map<String, Integer> logged = new TreeMap<>();
    lines()
        .filter(line -> line.contains("\"kind\":\"decision\""))
        .map(line -> line.replaceFirst(".*?\"outcome\":\"([a-z_]*)\".*", "$1"))
        .forEach(outcome -> logged.merge(outcome, 1, Integer::sum));
    assertThat(logged).isEqualTo(expected);
    assertThat(told.settled).hasSize(expected.getOrDefault("allowed", 0));
    assertThat(AuditLog.verify(directory, keys).intact()).isTrue();
  }

  private void calls(TestServer server) {
    try (McpSyncClient client = server.client()) {
      for (int i = 0; i < CALLS; i++) {
        CallToolResult result =
            client.callTool(new CallToolRequest(TOOLS.get(i % TOOLS.size()), Map.of("n", i), null));
        String outcome =
            result.meta() != null && result.meta().get("dev.alcada/decision") instanceof Map<?, ?> m
                ? String.valueOf(m.get("outcome"))
                : "allowed";
        answered.merge(outcome, 1, Integer::sum);
      }
    }
  }

  private Stream<String> lines() throws Exception {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".jsonl")).toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines.stream();
  }
}
