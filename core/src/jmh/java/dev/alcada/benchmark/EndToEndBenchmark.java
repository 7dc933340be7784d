package dev.alcada.benchmark;

import dev.alcada.guard.ToolGuard;
import dev.alcada.mcp.McpTools;
import dev.alcada.policy.Policy;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A tool that does nothing, called by the official client at the official server over a transport
 * in memory. All of it runs on one thread, so that work is compared and no hand-over of threads.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class EndToEndBenchmark {
  private static final Policy ROOM =
      Policy.parse(
          """
          {"version": "1", "default": "deny", "tools": {"mint": {"limits": [
            {"counter": "mint", "window": "minute", "max": 4000000000}]}}}
          """);

  private final McpSyncClient bare = connect(tools -> tools);
  private final McpSyncClient guarded =
      connect(tools -> McpTools.guard(ToolGuard.builder(ROOM).build(), tools));
  private final CallToolRequest request =
      CallToolRequest.builder("mint").arguments(Map.of("clientUserId", "user-42")).build();

  private static McpSyncClient connect(UnaryOperator<List<SyncToolSpecification>> wrap) {
    CallToolResult done = CallToolResult.builder().addTextContent("done").build();
    SyncToolSpecification tool =
        new SyncToolSpecification(
            Tool.builder("mint", Map.of("type", "object")).build(), (exchange, call) -> done);
    JoinedTransports transport = new JoinedTransports();
    McpServer.sync(transport).immediateExecution(true).tools(wrap.apply(List.of(tool))).build();
    McpSyncClient client = McpClient.sync(transport.client()).build();
    client.initialize();
    return client;
  }

  /** All of the SDK takes longer to become warm than a benchmark of ours is given. */
  @Setup
  public void warm() {
    for (int i = 0; i < 100_000; i++) {
      bare();
      guarded();
    }
  }

  /** {@return the tool's answer, nothing in front of it} */
  @Benchmark
  public CallToolResult bare() {
    return bare.callTool(request);
  }

  /** {@return the tool's answer, through the guard} */
  @Benchmark
  public CallToolResult guarded() {
    return guarded.callTool(request);
  }
}
