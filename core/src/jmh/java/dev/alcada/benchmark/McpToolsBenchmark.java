package dev.alcada.benchmark;

import dev.alcada.guard.ToolGuard;
import dev.alcada.mcp.McpTools;
import dev.alcada.policy.Policy;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpStatelessServerFeatures.AsyncToolSpecification;
import io.modelcontextprotocol.server.McpStatelessServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import reactor.core.publisher.Mono;

/** What the guard adds to a tool of the MCP SDK that does nothing: judge, count once, settle. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class McpToolsBenchmark {
  private static final CallToolResult DONE =
      CallToolResult.builder().addTextContent("done").build();

  private final CallToolRequest request =
      CallToolRequest.builder("mint")
          .arguments(Map.of("clientUserId", "user-42", "options", Map.of("avoidDuplicates", true)))
          .build();
  private final McpTools tools =
      McpTools.builder(
              ToolGuard.builder(
                      Policy.parse(
                          """
                          {"version": "1", "default": "deny", "tools": {"mint": {"limits": [
                            {"counter": "mint", "window": "minute", "max": 4000000000}]}}}
                          """))
                  .build())
          .build();
  private final Tool tool = Tool.builder("mint", Map.of("type", "object")).build();
  private final SyncToolSpecification bare =
      new SyncToolSpecification(tool, (context, call) -> DONE);
  private final SyncToolSpecification sync = tools.statelessSync(List.of(bare)).get(0);
  private final AsyncToolSpecification async =
      tools
          .statelessAsync(
              List.of(new AsyncToolSpecification(tool, (context, call) -> Mono.just(DONE))))
          .get(0);

  /** The tool as it is. */
  @Benchmark
  public CallToolResult bare() {
    return bare.callHandler().apply(McpTransportContext.EMPTY, request);
  }

  /** The synchronous tool behind the guard. */
  @Benchmark
  public CallToolResult guarded() {
    return sync.callHandler().apply(McpTransportContext.EMPTY, request);
  }

  /** The asynchronous tool behind the guard. */
  @Benchmark
  public CallToolResult guardedAsync() {
    return async.callHandler().apply(McpTransportContext.EMPTY, request).block();
  }
}
