package dev.alcada.examples;

import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.Outcome;
import dev.alcada.guard.ToolGuard;
import io.quarkiverse.mcp.server.FilterContext;
import io.quarkiverse.mcp.server.McpConnection;
import io.quarkiverse.mcp.server.MetaKey;
import io.quarkiverse.mcp.server.TextContent;
import io.quarkiverse.mcp.server.ToolFilter;
import io.quarkiverse.mcp.server.ToolManager;
import io.quarkiverse.mcp.server.ToolManager.ToolArguments;
import io.quarkiverse.mcp.server.ToolManager.ToolDefinition;
import io.quarkiverse.mcp.server.ToolManager.ToolInfo;
import io.quarkiverse.mcp.server.ToolResponse;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A guard around the tools of a Quarkus MCP server. Quarkus makes a bean of this class, given beans
 * of its constructor's two types, and asks it which tools to hide, from lists and from calls;
 * {@link #tool} and {@link #asyncTool} define tools whose handler is guarded.
 *
 * <p>Of a tool that is an annotated method the filter alone is in front: it hides, and neither
 * denies nor counts.
 *
 * <p>What is judged are the arguments as the handler receives them. A rule reads those declared as
 * text, numbers, booleans, lists and maps; one that would need to read any other cannot be judged,
 * and denies.
 */
public final class QuarkusTools implements ToolFilter {
  private static final MetaKey DECISION = MetaKey.from("dev.alcada/decision");

  private final ToolGuard guard;
  private final Function<McpConnection, Caller> callers;

  /**
   * Returns the tools of a guard.
   *
   * @param guard the guard
   * @param callers tells the caller; it runs in the request, where the host's beans know who is
   *     asking. What the connection says of its client is what that client says of itself
   */
  public QuarkusTools(ToolGuard guard, Function<McpConnection, Caller> callers) {
    this.guard = guard;
    this.callers = callers;
  }

  @Override
  public boolean test(ToolInfo tool, FilterContext context) {
    // Quarkus takes a filter that throws for one that agrees.
    try {
      return guard.visible(tool.name(), callers.apply(context.connection()));
    } catch (Throwable e) {
      return false;
    }
  }

  @Override
  public boolean test(ToolInfo tool, McpConnection connection) {
    try {
      return guard.visible(tool.name(), callers.apply(connection));
    } catch (Throwable e) {
      return false;
    }
  }

  /**
   * Begins the definition of a tool that runs if the policy lets the call through.
   *
   * @param manager where the tool will be registered
   * @param name the tool's name
   * @param handler runs the tool, on a worker thread
   * @return the definition; its handler is set
   */
  public ToolDefinition tool(
      ToolManager manager, String name, Function<ToolArguments, ToolResponse> handler) {
    return manager
        .newTool(name)
        .setHandler(
            arguments -> {
              try {
                return answer(
                    guard.call(call(name, arguments), judged -> handler.apply(arguments)));
              } catch (Exception e) {
                return failed();
              }
            });
  }

  /**
   * Begins the definition of a tool that runs, without holding a thread, if the policy lets the
   * call through.
   *
   * @param manager where the tool will be registered
   * @param name the tool's name
   * @param handler runs the tool
   * @return the definition; its handler is set
   */
  public ToolDefinition asyncTool(
      ToolManager manager, String name, Function<ToolArguments, Uni<ToolResponse>> handler) {
    return manager
        .newTool(name)
        .setAsyncHandler(
            arguments ->
                Uni.createFrom()
                    .completionStage(
                        () ->
                            guard.callAsync(
                                call(name, arguments),
                                judged -> handler.apply(arguments).subscribeAsCompletionStage()))
                    .map(QuarkusTools::answer)
                    .onFailure(Exception.class)
                    .recoverWithItem(QuarkusTools::failed));
  }

  private ToolCall call(String name, ToolArguments arguments) {
    return ToolCall.of(name, arguments.args(), callers.apply(arguments.connection()));
  }

  private static ToolResponse answer(Outcome<ToolResponse> outcome) {
    if (outcome instanceof Outcome.Completed<ToolResponse> completed) {
      return completed.value();
    }
    Decision decision = outcome.decision();
    return new ToolResponse(
        true, List.of(new TextContent(decision.text())), Map.of(DECISION, decision.metadata()));
  }

  /** The guard's listeners know the cause; the model must not read it. */
  private static ToolResponse failed() {
    return ToolResponse.error("The tool failed; what it had done by then is not known.");
  }
}
