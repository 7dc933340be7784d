package dev.alcada.examples.quarkus;

import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.AsyncToolHandler;
import dev.alcada.guard.NotDoneException;
import dev.alcada.guard.Outcome;
import dev.alcada.guard.ToolGuard;
import dev.alcada.guard.ToolHandler;
import io.quarkiverse.mcp.server.FilterContext;
import io.quarkiverse.mcp.server.McpConnection;
import io.quarkiverse.mcp.server.MetaKey;
import io.quarkiverse.mcp.server.TextContent;
import io.quarkiverse.mcp.server.ToolCallException;
import io.quarkiverse.mcp.server.ToolFilter;
import io.quarkiverse.mcp.server.ToolManager;
import io.quarkiverse.mcp.server.ToolManager.ToolArguments;
import io.quarkiverse.mcp.server.ToolManager.ToolDefinition;
import io.quarkiverse.mcp.server.ToolManager.ToolInfo;
import io.quarkiverse.mcp.server.ToolResponse;
import io.smallrye.mutiny.Uni;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A guard around the tools of a Quarkus MCP server. Quarkus makes a bean of this class, given beans
 * of its constructor's types, and asks it which tools to hide, from lists and from calls; {@link
 * #tool} and {@link #asyncTool} define tools whose handler is guarded, and {@link Guarded} guards
 * tools that are annotated methods. With any other tool the application does not start (see {@link
 * EveryToolIsGuarded}), and one that comes later is hidden.
 *
 * <p>What is judged are the arguments as the handler or method receives them. A rule reads those
 * declared as text, numbers, booleans, lists and maps; one that would need to read any other cannot
 * be judged, and denies.
 *
 * <p>A {@link ToolCallException} is how a tool of Quarkus answers an error, and is passed on.
 * Whatever else one throws becomes an error without its message.
 */
public final class GuardedTools implements ToolFilter {
  private static final MetaKey DECISION = MetaKey.from("dev.alcada/decision");

  private final ToolGuard guard;
  private final Function<McpConnection, Caller> callers;
  private final CurrentConnection current;
  private final Set<String> defined = ConcurrentHashMap.newKeySet();

  /**
   * Returns the tools of a guard.
   *
   * @param guard the guard
   * @param callers tells the caller; it runs in the request, where the host's beans know who is
   *     asking. What the connection says of its client is what that client says of itself. Where it
   *     fails, all tools are hidden and every call is denied
   * @param current where the methods' interceptor finds the connection
   */
  public GuardedTools(
      ToolGuard guard, Function<McpConnection, Caller> callers, CurrentConnection current) {
    this.guard = guard;
    this.callers = callers;
    this.current = current;
  }

  @Override
  public boolean test(ToolInfo tool, FilterContext context) {
    return test(tool, context.connection());
  }

  @Override
  public boolean test(ToolInfo tool, McpConnection connection) {
    // Quarkus takes a filter that throws for one that agrees.
    try {
      current.comesIn(connection);
      return guards(tool) && guard.visible(tool.name(), callers.apply(connection));
    } catch (Throwable e) {
      return false;
    }
  }

  /** {@return whether a tool is behind the guard, as a method or as one that this class defined} */
  boolean guards(ToolInfo tool) {
    return tool.isMethod()
        ? tool.method().filter(GuardedTools::isGuarded).isPresent()
        : defined.contains(tool.name());
  }

  private static boolean isGuarded(Method method) {
    return method.isAnnotationPresent(Guarded.class)
        || method.getDeclaringClass().isAnnotationPresent(Guarded.class);
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
    defined.add(name);
    return manager
        .newTool(name)
        .setHandler(
            arguments -> {
              try {
                return answer(
                    guard.call(
                        call(name, arguments),
                        ToolHandler.reading(
                            judged -> handler.apply(arguments),
                            GuardedTools::isError,
                            GuardedTools::content)));
              } catch (Throwable e) {
                return ToolResponse.error(text(e));
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
    defined.add(name);
    return manager
        .newTool(name)
        .setAsyncHandler(
            arguments ->
                Uni.createFrom()
                    .completionStage(
                        () ->
                            guard.callAsync(
                                call(name, arguments),
                                AsyncToolHandler.<ToolResponse>reading(
                                    judged -> handler.apply(arguments).subscribeAsCompletionStage(),
                                    GuardedTools::isError,
                                    GuardedTools::content)))
                    .map(GuardedTools::answer)
                    .onFailure()
                    .recoverWithItem(e -> ToolResponse.error(text(e))));
  }

  private ToolCall call(String name, ToolArguments arguments) {
    return call(name, arguments.args(), arguments.connection());
  }

  ToolCall call(String name, Map<String, Object> arguments, McpConnection connection) {
    return ToolCall.of(name, arguments, caller(connection));
  }

  private Caller caller(McpConnection connection) {
    try {
      return callers.apply(connection);
    } catch (RuntimeException e) {
      return Caller.grant("");
    }
  }

  ToolGuard guard() {
    return guard;
  }

  private static ToolResponse answer(Outcome<ToolResponse> outcome) {
    return outcome instanceof Outcome.Completed<ToolResponse> completed
        ? completed.value()
        : refusal(outcome.decision());
  }

  static ToolResponse refusal(Decision decision) {
    return new ToolResponse(
        true, List.of(new TextContent(decision.text())), Map.of(DECISION, decision.metadata()));
  }

  /** {@return whether an answer says that the call has failed, so that it permits nothing} */
  static boolean isError(Object answer) {
    return answer instanceof ToolResponse response && response.isError();
  }

  /** {@return what an answer says: its structured content, or the text that is all there is} */
  static @Nullable Object content(Object answer) {
    if (!(answer instanceof ToolResponse response)) {
      return answer;
    }
    if (response.structuredContent() != null) {
      return response.structuredContent();
    }
    return response.content().size() == 1 && response.content().get(0) instanceof TextContent only
        ? only.text()
        : null;
  }

  /** The guard's listeners know the cause; the model must not read it. */
  static String text(Throwable failure) {
    if (failure instanceof ToolCallException answer) {
      return String.valueOf(answer.getMessage());
    }
    return failure instanceof NotDoneException
        ? "The tool failed; nothing was done."
        : "The tool failed; what it had done by then is not known.";
  }
}
