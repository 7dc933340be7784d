package dev.alcada.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.audit.AuditKeys;
import dev.alcada.audit.AuditLog;
import dev.alcada.audit.Told;
import dev.alcada.guard.NotDoneException;
import dev.alcada.guard.ToolGuard;
import dev.alcada.micrometer.GuardMetrics;
import dev.alcada.opentelemetry.GuardSpans;
import dev.alcada.policy.Policy;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.server.McpServerFeatures.AsyncToolSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

/**
 * What clients were answered over a real transport is what was told, logged, counted and said on
 * spans, where tools fail and hosts stop waiting too. A host's own span is around each guarded
 * tool, and so is its patience.
 */
@SuppressWarnings("try") // a span is current for as long as its scope is open
class EvidenceOverHttpTest {
  private static final int CLIENTS = 4;
  private static final int CALLS = 100;
  private static final Policy POLICY =
      Policy.parse(
          """
          {"version": "1", "default": "deny", "tools": {
            "pay": {"limits": [{"counter": "calls", "scope": "global", "window": "hour", "max": 120}]},
            "fail": {"action": "allow"}, "hang": {"action": "allow"},
            "wire": {"action": "require_approval"}, "refund": {"action": "deny"}}}
          """);
  private static final List<String> TOOLS =
      List.of("pay", "pay", "fail", "wire", "hang", "refund", "pay", "pay");
  private static final Duration PATIENCE = Duration.ofMillis(1);

  @TempDir private Path directory;
  private final Told told = new Told();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Map<String, Integer> answered = new ConcurrentHashMap<>();
  private final Queue<SpanData> spans = new ConcurrentLinkedQueue<>();
  private Tracer tracer = OpenTelemetry.noop().getTracer("none");

  @ParameterizedTest
  @EnumSource(
      value = TestServer.Wiring.class,
      names = {"SYNC_HTTP", "ASYNC_HTTP"})
  void eachCallIsToldOnce(TestServer.Wiring wiring) throws Exception {
    AuditKeys keys = AuditKeys.of("k", new byte[32]);
    boolean async = wiring == TestServer.Wiring.ASYNC_HTTP;
    try (AuditLog log =
            AuditLog.builder(directory, keys).waitWhenFull(Duration.ofMinutes(1)).open();
        SdkTracerProvider provider =
            SdkTracerProvider.builder()
                .addSpanProcessor(SimpleSpanProcessor.create(new Kept()))
                .build()) {
      tracer = provider.get("host");
      ToolGuard guard =
          ToolGuard.builder(POLICY)
              .listener(told)
              .listener(log)
              .listener(GuardMetrics.builder(registry, TOOLS::contains).build())
              .listener(GuardSpans.ofMcpServer())
              .build();
      guard.approvals().listen(request -> {});
      McpTools tools = McpTools.builder(guard).build();
      try (TestServer server =
          async
              ? TestServer.asyncHttp(builder -> builder.tools(asyncTools(tools)))
              : TestServer.http(builder -> builder.tools(syncTools(tools)))) {
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
    ended(async);
    onTheSpans(expected);
    assertThat(AuditLog.verify(directory, keys).intact()).isTrue();
  }

  private static List<String> names() {
    return TOOLS.stream().distinct().toList();
  }

  private List<SyncToolSpecification> syncTools(McpTools tools) {
    List<SyncToolSpecification> bare =
        names().stream()
            .map(
                name ->
                    TestTool.of(
                            name,
                            request -> {
                              if (name.equals("fail")) {
                                throw new NotDoneException("nothing was done");
                              }
                              return TestTool.text("done");
                            })
                        .sync())
            .toList();
    return tools.sync(bare).stream()
        .map(
            guarded ->
                new SyncToolSpecification(
                    guarded.tool(),
                    (exchange, request) -> {
                      Span span = tracer.spanBuilder("tools/call").startSpan();
                      try (Scope scope = span.makeCurrent()) {
                        return guarded.callHandler().apply(exchange, request);
                      } finally {
                        span.end();
                      }
                    }))
        .toList();
  }

  private List<AsyncToolSpecification> asyncTools(McpTools tools) {
    List<AsyncToolSpecification> bare =
        names().stream()
            .map(
                name ->
                    new AsyncToolSpecification(
                        TestTool.of(name, request -> TestTool.text("done")).tool(),
                        (exchange, request) ->
                            switch (name) {
                              case "fail" -> Mono.error(new NotDoneException("nothing was done"));
                              case "hang" -> Mono.never();
                              default -> Mono.just(TestTool.text("done"));
                            }))
            .toList();
    return tools.async(bare).stream()
        .map(
            guarded ->
                new AsyncToolSpecification(
                    guarded.tool(),
                    (exchange, request) -> {
                      Mono<CallToolResult> answer =
                          Mono.defer(
                              () -> {
                                Span span = tracer.spanBuilder("tools/call").startSpan();
                                try (Scope scope = span.makeCurrent()) {
                                  // It is subscribed to, and so decided, within the span.
                                  CompletableFuture<CallToolResult> running =
                                      guarded.callHandler().apply(exchange, request).toFuture();
                                  return Mono.fromFuture(running).doFinally(end -> span.end());
                                }
                              });
                      return request.name().equals("hang")
                          ? answer.timeout(PATIENCE, Mono.just(TestTool.error("no answer")))
                          : answer;
                    }))
        .toList();
  }

  /** Each way to end is told as often as calls have ended so. */
  private void ended(boolean async) {
    Map<String, Integer> ended = new TreeMap<>();
    told.settled.forEach(
        event -> ended.merge(event.decided().tool() + " " + event.handler(), 1, Integer::sum));
    assertThat(ended)
        .hasSize(3)
        .containsEntry("fail FAILED", CLIENTS * count("fail"))
        .containsEntry(async ? "hang CANCELLED" : "hang RETURNED", CLIENTS * count("hang"))
        .containsKey("pay RETURNED");
  }

  private static int count(String tool) {
    int count = 0;
    for (int i = 0; i < CALLS; i++) {
      count += TOOLS.get(i % TOOLS.size()).equals(tool) ? 1 : 0;
    }
    return count;
  }

  private void onTheSpans(Map<String, Integer> expected) {
    Map<String, Integer> said = new TreeMap<>();
    spans.forEach(
        span ->
            said.merge(
                String.valueOf(span.getAttributes().get(AttributeKey.stringKey("alcada.outcome"))),
                1,
                Integer::sum));
    assertThat(said).isEqualTo(expected);
    assertThat(
            spans.stream()
                .map(span -> span.getAttributes().get(AttributeKey.stringKey("alcada.decision.id")))
                .distinct())
        .hasSize(CLIENTS * CALLS);
    assertThat(
            spans.stream()
                .flatMap(span -> span.getEvents().stream())
                .filter(event -> event.getName().equals("alcada.settlement")))
        .hasSize(told.settled.size());
  }

  private final class Kept implements SpanExporter {
    @Override
    public CompletableResultCode export(Collection<SpanData> ended) {
      spans.addAll(ended);
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
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
