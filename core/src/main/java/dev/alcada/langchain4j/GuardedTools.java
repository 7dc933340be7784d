package dev.alcada.langchain4j;

import dev.alcada.decision.Caller;
import dev.alcada.guard.ToolGuard;
import dev.langchain4j.service.tool.AiServiceTool;
import dev.langchain4j.service.tool.ToolExecutor;
import dev.langchain4j.service.tool.ToolProvider;
import dev.langchain4j.service.tool.ToolProviderRequest;
import dev.langchain4j.service.tool.ToolProviderResult;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * LangChain4j's tools behind a {@link ToolGuard}, as the tool provider of an AI service:
 *
 * <pre>{@code
 * Assistant assistant =
 *     AiServices.builder(Assistant.class)
 *         .chatModel(model)
 *         .toolProvider(GuardedTools.of(guard, context -> Caller.grant("agent-7"), new Payments()))
 *         .build();
 * }</pre>
 *
 * <p>A policy names tools as the model does. What it hides from a caller the model is not told of;
 * what it does not let through is answered by an error whose text is the decision's, with the
 * decision as the result's attribute {@code dev.alcada/decision}, and the model reads on.
 *
 * <p>The model's arguments are text. They are read once and strictly (a name written twice in an
 * object is refused), judged, and written anew for the tool, so that no second reader can
 * understand them otherwise. A default that a parameter has, as {@code @P(defaultValue)} gives it,
 * is put in behind the judgement: a rule on an argument that may be left out should say what its
 * absence means.
 *
 * <p>Whatever a tool throws becomes an error without its message; the guard's listeners are told
 * the cause. It says that it has done nothing by a {@link dev.alcada.guard.NotDoneException}.
 * Arguments that do not fit a method's parameters have done nothing either, and LangChain4j's
 * {@code toolArgumentsErrorHandler} is told of them as ever. Of an MCP server's tools, the text of
 * an error that is a tool's result is passed on, and an error of the protocol has done nothing if
 * it is one for a request that was not begun (-32700, -32600, -32601, and -32602 unless its message
 * speaks of an output).
 *
 * <p>Safe for use by several threads.
 */
@SuppressWarnings("exports") // whoever uses this package requires LangChain4j already
public final class GuardedTools implements ToolProvider {
  private final ToolGuard guard;
  private final Callers callers;
  private final ToolProvider provider;
  private final boolean ofMcpServers;

  private GuardedTools(
      ToolGuard guard, CallerResolver callers, ToolProvider provider, boolean ofMcpServers) {
    this.guard = Objects.requireNonNull(guard, "guard");
    this.callers = new Callers(Objects.requireNonNull(callers, "callers"));
    this.provider = provider;
    this.ofMcpServers = ofMcpServers;
  }

  /**
   * Returns the methods of objects that are annotated with {@code @Tool}, behind a guard.
   *
   * @param guard the guard
   * @param callers tells who is calling
   * @param objects the objects, at least one, each with at least one such method
   * @return the tools, for {@code AiServices.toolProvider}
   * @throws IllegalArgumentException if an object has no such method or is none that has any (a
   *     class, a collection, a provider), if two tools have one name, or if a method is annotated
   *     with {@code @CompensateFor}, which LangChain4j does for its own finds alone
   */
  public static GuardedTools of(ToolGuard guard, CallerResolver callers, Object... objects) {
    ToolProviderResult found = new ToolProviderResult(ToolMethods.of(objects));
    return new GuardedTools(guard, callers, request -> found, false);
  }

  /**
   * Returns the tools of any other provider behind a guard: those of MCP servers ({@code
   * McpToolProvider}), or what an application makes itself, as in {@code request -> new
   * ToolProviderResult(executorsBySpecification)}.
   *
   * @param guard the guard
   * @param callers tells who is calling
   * @param provider the provider; one that this guard is around already stays as it is
   * @return its tools, for {@code AiServices.toolProvider}
   */
  public static GuardedTools around(
      ToolGuard guard, CallerResolver callers, ToolProvider provider) {
    Objects.requireNonNull(provider, "provider");
    return provider instanceof GuardedTools guarded && guarded.guard == guard
        ? guarded
        : new GuardedTools(guard, callers, provider, McpProviders.are(provider));
  }

  /**
   * Returns one executor behind a guard, for an application that runs tools itself. The tool is the
   * one that each request names, so hand it only requests for tools that there are.
   *
   * @param guard the guard
   * @param callers tells who is calling
   * @param executor what runs the tool
   * @return the executor behind the guard
   */
  public static ToolExecutor executor(
      ToolGuard guard, CallerResolver callers, ToolExecutor executor) {
    return guarded(
        Objects.requireNonNull(guard, "guard"),
        new Callers(Objects.requireNonNull(callers, "callers")),
        null,
        Objects.requireNonNull(executor, "executor"),
        false);
  }

  @Override
  public ToolProviderResult provideTools(ToolProviderRequest request) {
    Caller caller = callers.of(request.invocationContext());
    ToolProviderResult provided = provider.provideTools(request);
    List<AiServiceTool> visible =
        provided == null
            ? List.of()
            : provided.aiServiceTools().stream()
                .filter(tool -> guard.visible(tool.name(), caller))
                .map(this::guarded)
                .toList();
    return new ToolProviderResult(visible);
  }

  @Override
  public boolean isDynamic() {
    return provider.isDynamic();
  }

  private AiServiceTool guarded(AiServiceTool tool) {
    return tool.toBuilder()
        .toolExecutor(guarded(guard, callers, tool.name(), tool.toolExecutor(), ofMcpServers))
        .build();
  }

  private static ToolExecutor guarded(
      ToolGuard guard,
      Callers callers,
      @Nullable String name,
      ToolExecutor executor,
      boolean ofMcpServer) {
    return executor instanceof GuardedExecutor guarded && guarded.isBehind(guard)
        ? executor
        : new GuardedExecutor(guard, callers, name, executor, ofMcpServer);
  }
}
