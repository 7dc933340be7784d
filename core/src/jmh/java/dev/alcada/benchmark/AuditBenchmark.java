package dev.alcada.benchmark;

import dev.alcada.audit.AuditKeys;
import dev.alcada.audit.AuditLog;
import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.ToolGuard;
import dev.alcada.micrometer.GuardMetrics;
import dev.alcada.policy.Policy;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What it costs a caller that its calls are recorded and measured. Calls come in bursts that the
 * log's queue has room for, and the log has written one before the next begins: a loop without end
 * would measure how fast events are dropped. That none was is checked.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH sets up what it then measures.
public class AuditBenchmark {
  private static final int BURST = 3_000;

  /** So many more than a queue has room for that the log's pace is that of the calls. */
  private static final int LONG_BURST = 100_000;

  private static final long REST_NANOS = 20_000_000;
  private static final String TOOL = "create_connect_token";
  private static final Policy ROOM =
      Policy.parse(
          """
          {"version": "1", "default": "deny", "tools": {"create_connect_token": {"limits": [
            {"counter": "rate", "window": "10ms", "max": 1000, "scope": "grant"}]}}}
          """);

  private final ToolCall[] calls = new ToolCall[1_024];
  private final ToolGuard bare = ToolGuard.builder(ROOM).build();
  private final Path directory;
  private final AuditLog log;
  private final GuardMetrics metrics;
  private final ToolGuard audited;
  private final ToolGuard waiting;
  private final AuditLog waitedFor;

  /** Opens the logs. */
  public AuditBenchmark() {
    for (int i = 0; i < calls.length; i++) {
      Caller caller = Caller.grant("agent-" + Integer.toHexString(i * 0x9E3779B9));
      calls[i] = ToolCall.of(TOOL, Map.of("clientUserId", "user-42"), caller);
    }
    AuditKeys keys = AuditKeys.of("k", new byte[32]);
    try {
      directory = Files.createTempDirectory("audit");
      log = AuditLog.open(directory.resolve("one"), keys);
      waitedFor =
          AuditLog.builder(directory.resolve("two"), keys)
              .waitWhenFull(Duration.ofMinutes(1))
              .open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    metrics =
        GuardMetrics.builder(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), TOOL::equals)
            .auditLog(log)
            .build();
    audited = ToolGuard.builder(ROOM).listener(log).listener(metrics).build();
    waiting = ToolGuard.builder(ROOM).listener(waitedFor).build();
  }

  /**
   * Rests until the last burst is written, and as long where nothing is: calls after a rest cost
   * more than calls in a row, whoever is told of them.
   */
  @Setup(Level.Invocation)
  public void rest() {
    long begun = System.nanoTime();
    do {
      LockSupport.parkNanos(100_000);
    } while (log.queued() > 0 || System.nanoTime() - begun < REST_NANOS);
  }

  /**
   * Closes the logs, and checks that nothing is missing in them.
   *
   * @throws IOException if the files cannot be removed
   */
  @TearDown
  public void close() throws IOException {
    log.close();
    waitedFor.close();
    metrics.close();
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted((one, other) -> other.compareTo(one)).forEach(file -> file.toFile().delete());
    }
    if (log.lost() + waitedFor.lost() > 0) {
      throw new IllegalStateException("events were lost: the figure is not that of recorded calls");
    }
  }

  /**
   * Calls without anybody who is told.
   *
   * @param out takes what came of them
   * @throws Exception never
   */
  @Benchmark
  @OperationsPerInvocation(BURST)
  public void without(Blackhole out) throws Exception {
    burst(bare, BURST, out);
  }

  /**
   * Calls with an audit log and metrics.
   *
   * @param out takes what came of them
   * @throws Exception never
   */
  @Benchmark
  @OperationsPerInvocation(BURST)
  public void withAuditAndMetrics(Blackhole out) throws Exception {
    burst(audited, BURST, out);
  }

  /**
   * Calls as fast as the log writes them, two records each.
   *
   * @param out takes what came of them
   * @throws Exception never
   */
  @Benchmark
  @OperationsPerInvocation(2 * LONG_BURST)
  public void fullLoad(Blackhole out) throws Exception {
    burst(waiting, LONG_BURST, out);
  }

  private void burst(ToolGuard guard, int length, Blackhole out) throws Exception {
    for (int i = 0; i < length; i++) {
      out.consume(guard.call(calls[i & 1_023], judged -> "done"));
    }
  }
}
