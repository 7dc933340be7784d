package dev.alcada.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.approval.Answer;
import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import dev.alcada.audit.AuditKeys;
import dev.alcada.audit.AuditLog;
import dev.alcada.audit.DecisionEvent;
import dev.alcada.audit.SettlementEvent;
import dev.alcada.audit.Told;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.ToolCall;
import dev.alcada.micrometer.GuardMetrics;
import dev.alcada.opentelemetry.GuardSpans;
import dev.alcada.policy.Policy;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events, log, metrics and spans say the same of many calls at once, and every call once. */
@SuppressWarnings("try") // a span is current for as long as its scope is open
class AgreementTest {
  private static final int THREADS = 16;
  private static final int CALLS = 10_000;
  private static final String POLICY =
      """
      {"version": "1", "default": "deny", "tools": {
        "pay": {
          "deny_if": [{"conditions": [{"path": "args.amount", "op": "gt", "value": %d}]}],
          "require": [{"conditions": [{"path": "args.amount", "op": "exists", "value": true}]}],
          "limits": [{"counter": "calls", "window": "hour", "max": 300},
            {"counter": "money", "window": "day", "max": 9000, "increment_from": "args.amount"}]},
        "wire": {"action": "require_approval"}}}
      """;
  private static final Set<String> TOOLS = Set.of("pay", "wire", "none");

  @TempDir private Path directory;
  private final Told told = new Told();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Queue<SpanData> spans = new ConcurrentLinkedQueue<>();
  private final Map<String, Integer> outcomes = new ConcurrentHashMap<>();

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

  @Test
  void everyCallIsToldOnceByEach() throws Exception {
    Approvals approvals = Approvals.builder().maxPerGrant(10_000).maxNewPerHour(10_000).build();
    approvals.listen(
        request -> {
          if (request.state() == ApprovalState.PENDING && !request.id().startsWith("0")) {
            answer(approvals, request);
          }
        });
    AuditKeys keys = AuditKeys.of("k", new byte[32]);
    try (AuditLog log =
            AuditLog.builder(directory, keys).waitWhenFull(Duration.ofMinutes(1)).open();
        SdkTracerProvider provider =
            SdkTracerProvider.builder()
                .addSpanProcessor(SimpleSpanProcessor.create(new Kept()))
                .build()) {
      ToolGuard guard =
          ToolGuard.builder(Policy.parse(POLICY.formatted(50)))
              .approvals(approvals)
              .listener(told)
              .listener(log)
              .listener(GuardMetrics.builder(registry, TOOLS::contains).build())
              .listener(GuardSpans.create())
              .build();
      run(guard, provider.get("test"));
    }

    assertThat(told.decided).hasSize(CALLS);
    assertThat(told.decided.stream().map(DecisionEvent::id).distinct()).hasSize(CALLS);
    assertThat(decisions(told.decided)).isEqualTo(new TreeMap<>(outcomes));
    assertThat(outcomes).hasSizeGreaterThan(2);
    long allowed =
        told.decided.stream().filter(e -> e.decision() instanceof Decision.Allowed).count();
    assertThat(told.settled).hasSize((int) allowed);
    assertThat(told.settled.stream().map(e -> e.decided().id()).distinct()).hasSize((int) allowed);
    inTheLog();
    inTheMetrics();
    onTheSpans();
    assertThat(AuditLog.verify(directory, keys).findings()).isEmpty();
  }

  private static void answer(Approvals approvals, ApprovalRequest request) {
    approvals
        .answer(
            request.id(), request.id().charAt(1) < '8' ? Answer.approve("ana") : Answer.deny("ana"))
        .toCompletableFuture()
        .exceptionally(failure -> null);
  }

  private void run(ToolGuard guard, Tracer tracer) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    List<Future<?>> running = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      int number = thread;
      running.add(
          threads.submit(
              () -> {
                Random random = new Random(number);
                for (int i = 0; i < CALLS / THREADS; i++) {
                  if (number == 0 && i % 50 == 49) {
                    guard.replacePolicy(Policy.parse(POLICY.formatted(40 + random.nextInt(20))));
                  }
                  one(guard, tracer, random);
                }
              }));
    }
    for (Future<?> each : running) {
      each.get();
    }
    threads.shutdown();
  }

  private void one(ToolGuard guard, Tracer tracer, Random random) {
    Map<String, Object> arguments =
        random.nextInt(10) == 0 ? Map.of() : Map.of("amount", random.nextInt(60));
    String tool = random.nextInt(20) == 0 ? "none" : random.nextInt(5) == 0 ? "wire" : "pay";
    ToolCall call = ToolCall.of(tool, arguments, Caller.grant("agent-" + random.nextInt(8)));
    Span span = tracer.spanBuilder("call").startSpan();
    String outcome = "allowed";
    try (Scope scope = span.makeCurrent()) {
      switch (random.nextInt(6)) {
        case 0 ->
            outcome =
                said(
                    guard.call(
                        call,
                        made -> {
                          throw new IllegalStateException("failed");
                        }));
        case 1 ->
            outcome =
                said(
                    guard.call(
                        call,
                        made -> {
                          throw new NotDoneException("nothing was done");
                        }));
        case 2 -> {
          CompletableFuture<Outcome<String>> waiting =
              guard.callAsync(call, made -> new CompletableFuture<String>()).toCompletableFuture();
          outcome = waiting.isDone() ? said(waiting.join()) : "allowed";
          waiting.cancel(true);
        }
        case 3 ->
            outcome =
                said(
                    guard
                        .callAsync(call, made -> CompletableFuture.completedFuture("done"))
                        .toCompletableFuture()
                        .join());
        default -> outcome = said(guard.call(call, made -> "done"));
      }
    } catch (Exception e) {
      // The handler's own.
    } finally {
      span.end();
    }
    outcomes.merge(outcome, 1, Integer::sum);
  }

  private static String said(Outcome<?> outcome) {
    return String.valueOf(outcome.decision().metadata().get("outcome"));
  }

  private static Map<String, Integer> decisions(List<DecisionEvent> events) {
    return counted(
        events.stream().map(event -> String.valueOf(event.decision().metadata().get("outcome"))));
  }

  private static Map<String, Integer> settlements(List<SettlementEvent> events) {
    return counted(
        events.stream()
            .map(
                event ->
                    (event.handler() + " " + event.result()).toLowerCase(java.util.Locale.ROOT)));
  }

  private static Map<String, Integer> counted(Stream<String> texts) {
    return texts.collect(Collectors.toMap(text -> text, text -> 1, Integer::sum, TreeMap::new));
  }

  private void inTheLog() throws Exception {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".jsonl")).toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    assertThat(counted(texts(lines, "decision", "outcome"))).isEqualTo(decisions(told.decided));
    assertThat(new HashSet<>(texts(lines, "decision", "id").toList()))
        .isEqualTo(told.decided.stream().map(DecisionEvent::id).collect(Collectors.toSet()));
    assertThat(counted(texts(lines, "settlement", "settled")))
        .isEqualTo(
            counted(
                told.settled.stream()
                    .map(event -> event.result().name().toLowerCase(java.util.Locale.ROOT))));
    assertThat(texts(lines, "approval", "change").count()).isEqualTo(told.approvals.size());
  }

  private static Stream<String> texts(List<String> lines, String kind, String name) {
    return lines.stream()
        .filter(line -> line.contains("\"kind\":\"" + kind + "\""))
        .map(line -> line.replaceFirst(".*?\"" + name + "\":\"([^\"]*)\".*", "$1"));
  }

  private void inTheMetrics() {
    assertThat(meters("alcada.decisions", "outcome")).isEqualTo(decisions(told.decided));
    Map<String, Integer> settled = new TreeMap<>();
    for (Counter counter : registry.find("alcada.settlements").counters()) {
      settled.merge(
          counter.getId().getTag("handler") + " " + counter.getId().getTag("settled"),
          (int) counter.count(),
          Integer::sum);
    }
    assertThat(settled).isEqualTo(settlements(told.settled));
    assertThat(
            registry.find("alcada.approvals").counters().stream().mapToDouble(Counter::count).sum())
        .isEqualTo(told.approvals.size());
  }

  private Map<String, Integer> meters(String name, String tag) {
    Map<String, Integer> counts = new TreeMap<>();
    for (Counter counter : registry.find(name).counters()) {
      counts.merge(counter.getId().getTag(tag), (int) counter.count(), Integer::sum);
    }
    return counts;
  }

  private void onTheSpans() {
    assertThat(spans).hasSize(CALLS);
    assertThat(
            counted(
                spans.stream()
                    .map(
                        span ->
                            span.getAttributes().get(AttributeKey.stringKey("alcada.outcome")))))
        .isEqualTo(decisions(told.decided));
    assertThat(
            spans.stream()
                .flatMap(span -> span.getEvents().stream())
                .filter(event -> event.getName().equals("alcada.settlement"))
                .count())
        .isEqualTo(told.settled.size());
  }
}
