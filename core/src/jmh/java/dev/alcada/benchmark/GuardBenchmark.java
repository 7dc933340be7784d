package dev.alcada.benchmark;

import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.Outcome;
import dev.alcada.guard.ToolGuard;
import dev.alcada.mcp.McpTools;
import dev.alcada.policy.Policy;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpStatelessServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The whole way of a call: judged, reserved, run by a handler that does nothing, settled. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class GuardBenchmark {
  private static final String TOOL = "create_connect_token";

  /** The founding policy, but for a limit that always has room. */
  private static final Policy ROOM =
      Policy.parse(
          """
          {"version": "1", "default": "deny", "tools": {"create_connect_token": {"limits": [
            {"counter": "rate", "window": "10ms", "max": 1000, "scope": "grant"}]}}}
          """);

  private static final Policy FOUNDING =
      Policy.parse(
          """
          {"version": "1", "default": "deny", "tools": {"create_connect_token": {"limits": [
            {"counter": "rate", "window": "minute", "max": 30, "scope": "grant"}]}}}
          """);

  private final ToolGuard guard = ToolGuard.builder(ROOM).build();
  private final ToolGuard founding = ToolGuard.builder(FOUNDING).build();
  private final ToolCall[] calls = calls();
  private final CallToolResult done = CallToolResult.builder().addTextContent("done").build();
  private final SyncToolSpecification tool = guarded();
  private final CallToolRequest request =
      CallToolRequest.builder(TOOL).arguments(Map.of("clientUserId", "user-42")).build();

  private static ToolCall[] calls() {
    ToolCall[] calls = new ToolCall[1_024];
    for (int i = 0; i < calls.length; i++) {
      Caller caller = Caller.grant("agent-" + Integer.toHexString(i * 0x9E3779B9));
      calls[i] = ToolCall.of(TOOL, Map.of("clientUserId", "user-42"), caller);
    }
    return calls;
  }

  private SyncToolSpecification guarded() {
    SyncToolSpecification specification =
        new SyncToolSpecification(
            Tool.builder(TOOL, Map.of("type", "object")).build(), (context, judged) -> done);
    return McpTools.builder(guard).build().statelessSync(List.of(specification)).get(0);
  }

  private ToolCall anyCall() {
    return calls[ThreadLocalRandom.current().nextInt(calls.length)];
  }

  /**
   * {@return what came of it}
   *
   * @throws Exception never
   */
  @Benchmark
  public Outcome<String> call() throws Exception {
    return guard.call(anyCall(), judged -> "done");
  }

  /**
   * {@return what came of it: almost always a denial}
   *
   * @throws Exception never
   */
  @Benchmark
  public Outcome<String> callMostlyDenied() throws Exception {
    return founding.call(anyCall(), judged -> "done");
  }

  /** {@return the result of the official SDK's handler, guarded} */
  @Benchmark
  public CallToolResult mcpTool() {
    return tool.callHandler().apply(McpTransportContext.EMPTY, request);
  }
}
