package dev.alcada.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpServer;
import dev.alcada.Golden;
import dev.alcada.audit.DecisionListener;
import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.Outcome;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import dev.alcada.testing.ManualTime;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a collector receives, to the letter. */
@SuppressWarnings("try") // a span is current for as long as its scope is open
class GuardSpansTest {
  private static final Policy POLICY =
      Policy.parse(
          """
          {"version": "1", "default": "deny", "tools": {
            "pay": {"limits": [{"counter": "calls", "window": "minute", "max": 1}]},
            "tried": {"mode": "shadow", "action": "deny"}
          }}
          """);
  private static final Caller CALLER = Caller.grant("agent-7");

  private final ManualTime time = new ManualTime();
  private final List<ExportTraceServiceRequest> received = new CopyOnWriteArrayList<>();

  private ToolGuard guard(DecisionListener spans) {
    return ToolGuard.builder(POLICY).timeSource(time).listener(spans).build();
  }

  private interface Work {
    void with(Tracer tracer) throws Exception;
  }

  private static final class Counted implements IdGenerator {
    private final AtomicLong next = new AtomicLong();

    @Override
    public String generateSpanId() {
      return "%016x".formatted(next.incrementAndGet());
    }

    @Override
    public String generateTraceId() {
      return "%032x".formatted(next.incrementAndGet());
    }
  }

  /** A span's attributes are in an order of chance. */
  private static ResourceSpans sorted(ResourceSpans spans) {
    ResourceSpans.Builder sorted = spans.toBuilder();
    for (ScopeSpans.Builder scope : sorted.getScopeSpansBuilderList()) {
      for (io.opentelemetry.proto.trace.v1.Span.Builder span : scope.getSpansBuilderList()) {
        List<KeyValue> attributes = new ArrayList<>(span.getAttributesList());
        attributes.sort(Comparator.comparing(KeyValue::getKey));
        span.clearAttributes().addAllAttributes(attributes);
        for (io.opentelemetry.proto.trace.v1.Span.Event.Builder event :
            span.getEventsBuilderList()) {
          List<KeyValue> of = new ArrayList<>(event.getAttributesList());
          of.sort(Comparator.comparing(KeyValue::getKey));
          event.clearAttributes().addAllAttributes(of);
        }
      }
    }
    return sorted.build();
  }

  private String exported(Work work) throws Exception {
    HttpServer collector =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/v1/traces",
        exchange -> {
          received.add(ExportTraceServiceRequest.parseFrom(exchange.getRequestBody()));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    collector.start();
    String endpoint = "http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/traces";
    try (OtlpHttpSpanExporter exporter =
            OtlpHttpSpanExporter.builder().setEndpoint(endpoint).build();
        SdkTracerProvider provider =
            SdkTracerProvider.builder()
                .setResource(Resource.empty())
                .setIdGenerator(new Counted())
                .setClock(
                    new io.opentelemetry.sdk.common.Clock() {
                      @Override
                      public long now() {
                        return TimeUnit.MILLISECONDS.toNanos(time.instant().toEpochMilli());
                      }

                      @Override
                      public long nanoTime() {
                        return time.nanoTime();
                      }
                    })
                .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                .build()) {
      work.with(provider.get("test"));
      provider.forceFlush().join(30, TimeUnit.SECONDS);
    } finally {
      collector.stop(0);
    }
    return received.stream()
        .flatMap(request -> request.getResourceSpansList().stream())
        .sorted(
            Comparator.comparing(
                spans -> spans.getScopeSpans(0).getSpans(0).getSpanId(),
                ByteString.unsignedLexicographicalComparator()))
        .map(spans -> sorted(spans).toString())
        .collect(Collectors.joining())
        .replaceAll("[0-9a-f]{16}-([0-9]+)", "run-$1");
  }

  private static void in(Tracer tracer, String name, Work work) throws Exception {
    Span span = tracer.spanBuilder(name).startSpan();
    try (Scope scope = span.makeCurrent()) {
      work.with(tracer);
    } finally {
      span.end();
    }
  }

  @Test
  void theExportIsTheGoldenOne() throws Exception {
    ToolGuard guard = guard(GuardSpans.ofMcpServer());
    String exported =
        exported(
            tracer -> {
              in(tracer, "allowed", t -> guard.call(call("pay"), made -> "paid"));
              in(tracer, "denied", t -> guard.call(call("pay"), made -> "paid"));
              in(tracer, "in shadow", t -> guard.call(call("tried"), made -> "done"));
            });

    Golden.assertSame(GuardSpansTest.class, "export.txt", exported);
  }

  private static ToolCall call(String tool) {
    return ToolCall.of(tool, Map.of("to", "hunter2"), CALLER);
  }

  @Test
  void whatEndsOnAnotherThreadIsSaidOnTheSpanOfItsCall() throws Exception {
    ToolGuard guard = guard(GuardSpans.create());
    String exported =
        exported(
            tracer -> {
              CompletableFuture<String> running = new CompletableFuture<>();
              Span span = tracer.spanBuilder("late").startSpan();
              CompletableFuture<Outcome<String>> outcome;
              try (Scope scope = span.makeCurrent()) {
                outcome = guard.callAsync(call("pay"), made -> running).toCompletableFuture();
              }
              Thread other = new Thread(() -> running.complete("paid"));
              other.start();
              other.join();
              outcome.join();
              span.end();
            });

    assertThat(exported).contains("alcada.settlement", "\"returned\"").doesNotContain("mcp.method");
  }

  @Test
  void aNameThatAModelMadeUpIsCut() throws Exception {
    ToolGuard guard = guard(GuardSpans.create());
    String exported =
        exported(
            tracer ->
                in(tracer, "long", t -> guard.call(call("x".repeat(100_000)), made -> "paid")));

    assertThat(exported).hasSizeLessThan(5_000).doesNotContain("hunter2");
  }

  @Test
  void withoutASpanNothingIsSaid() throws Exception {
    assertThat(exported(tracer -> guard(GuardSpans.create()).call(call("pay"), made -> "paid")))
        .isEmpty();
  }
}
