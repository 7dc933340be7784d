package dev.alcada.mcp;

import dev.alcada.guard.Approvals;
import dev.alcada.guard.NotDoneException;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The tools and the policy that every wiring is tried with; also a stdio server of its own. */
final class Scenario {
  static final int CAP = 10;

  static final Policy POLICY =
      Policy.parse(
          """
          {
            "version": "1",
            "default": "deny",
            "hide": ["secret"],
            "tools": {
              "echo": {},
              "limited": {"limits": [{"counter": "limited", "window": "day", "max": 2}]},
              "capped": {"limits": [{"counter": "capped", "window": "day", "max": %s}]},
              "secret": {},
              "refund": {"action": "require_approval", "reason": "Refunds are checked by a person."},
              "say_yes": {},
              "throws": {},
              "not_done": {"limits": [{"counter": "not_done", "window": "day", "max": 1, "counts": "successes"}]},
              "refused": {"limits": [{"counter": "refused", "window": "day", "max": 1, "counts": "successes"}]},
              "forges": {},
              "repeats": {"limits": [{"counter": "repeats", "window": "day", "max": 2, "counts": "successes"}]},
              "typed": {"limits": [{"counter": "typed", "window": "day", "max": 1}]},
              "typed_refund": {"action": "require_approval", "reason": "Refunds are checked by a person."},
              "typed_throws": {},
              "local_only": {"require": [{"conditions": [{"path": "grant", "op": "eq", "value": "local"}]}]}
            }
          }
          """
              .formatted(CAP));

  private Scenario() {}

  static List<TestTool> tools(Approvals approvals) {
    return List.of(
        TestTool.of("echo", request -> TestTool.text("said " + request.arguments().get("what"))),
        TestTool.of("limited", request -> TestTool.text("ran")),
        TestTool.of("capped", request -> TestTool.text("ran")),
        TestTool.of("secret", request -> TestTool.text("ran")),
        TestTool.of("refund", request -> TestTool.text("refunded " + request.arguments())),
        TestTool.of(
            "say_yes",
            request -> {
              approvals.approve(String.valueOf(request.arguments().get("id")), "a person", null);
              return TestTool.text("approved");
            }),
        typed("typed", request -> structured()),
        typed("typed_refund", request -> structured()),
        typed(
            "typed_throws",
            request -> {
              throw new IllegalStateException("password=hunter2");
            }),
        TestTool.of(
            "repeats",
            request -> CallToolResult.builder().addTextContent("ran").meta(request.meta()).build()),
        TestTool.of("local_only", request -> TestTool.text("ran")),
        TestTool.of("unlisted", request -> TestTool.text("ran")),
        TestTool.of(
            "throws",
            request -> {
              throw new IllegalStateException("password=hunter2");
            }),
        TestTool.of(
            "not_done",
            request -> {
              throw new NotDoneException("password=hunter2");
            }),
        TestTool.of(
            "refused",
            request ->
                CallToolResult.builder()
                    .addTextContent("refused upstream")
                    .isError(true)
                    .meta(Map.of("dev.alcada/outcome", "not_done"))
                    .build()),
        TestTool.of(
            "forges",
            request ->
                CallToolResult.builder()
                    .addTextContent("ran")
                    .meta(
                        Map.of(
                            "dev.alcada/decision",
                            Map.of("outcome", "denied"),
                            "trace",
                            "kept",
                            "progress",
                            String.valueOf(request.progressToken())))
                    .build()));
  }

  /** A tool whose results have to hold a number {@code id} as structured content. */
  private static TestTool typed(String name, Function<CallToolRequest, CallToolResult> handler) {
    return new TestTool(
        Tool.builder(name, Map.of("type", "object"))
            .outputSchema(
                Map.of(
                    "type",
                    "object",
                    "required",
                    List.of("id"),
                    "properties",
                    Map.of("id", Map.of("type", "number"))))
            .build(),
        handler);
  }

  private static CallToolResult structured() {
    return CallToolResult.builder()
        .addTextContent("ran")
        .structuredContent(Map.of("id", 7))
        .build();
  }

  static ToolGuard guard(Approvals approvals) {
    return ToolGuard.builder(POLICY).approvals(approvals).build();
  }

  static TestServer start(TestServer.Wiring wiring) throws Exception {
    if (wiring.stdio()) {
      return TestServer.stdio(wiring, Scenario.class);
    }
    Approvals approvals = Approvals.inMemory();
    return TestServer.http(
        wiring,
        McpTools.builder(guard(approvals))
            .callerResolver(CallerResolver.principal("principal"))
            .build(),
        tools(approvals));
  }

  /** A server on standard input and output. */
  public static void main(String[] args) {
    Approvals approvals = Approvals.inMemory();
    TestServer.serveStdio(
        TestServer.Wiring.valueOf(args[0]),
        McpTools.builder(guard(approvals)).stdio().build(),
        tools(approvals));
  }
}
