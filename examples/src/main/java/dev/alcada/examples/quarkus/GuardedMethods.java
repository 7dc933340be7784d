package dev.alcada.examples.quarkus;

import dev.alcada.decision.ToolCall;
import dev.alcada.guard.AsyncToolHandler;
import dev.alcada.guard.Outcome;
import dev.alcada.guard.ToolHandler;
import io.quarkiverse.mcp.server.McpConnection;
import io.quarkiverse.mcp.server.ToolArg;
import io.quarkiverse.mcp.server.ToolCallException;
import io.quarkiverse.mcp.server.ToolManager;
import io.quarkiverse.mcp.server.ToolManager.ToolArgument;
import io.quarkiverse.mcp.server.ToolManager.ToolInfo;
import io.quarkiverse.mcp.server.ToolResponse;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.Priority;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Guards the methods that {@link Guarded} is on: within Quarkus's own authorisation, and around
 * what else is bound to them. A refusal carries its decision as metadata where the method returns a
 * {@link ToolResponse}; for any other method Quarkus makes an answer of the text alone.
 *
 * <p>A method that other code of the application calls, not Quarkus for a client, fails.
 */
@Guarded
@Interceptor
@Priority(Interceptor.Priority.LIBRARY_BEFORE - 100)
public class GuardedMethods {
  private final GuardedTools tools;
  private final ToolManager manager;
  private final CurrentConnection current;
  private final Map<Method, ToolInfo> infos = new ConcurrentHashMap<>();

  /**
   * Returns the interceptor.
   *
   * @param tools the guard's adapter
   * @param manager knows the tools' names
   * @param current knows the connection
   */
  public GuardedMethods(GuardedTools tools, ToolManager manager, CurrentConnection current) {
    this.tools = tools;
    this.manager = manager;
    this.current = current;
  }

  @AroundInvoke
  Object around(InvocationContext invocation) {
    Type returned = invocation.getMethod().getGenericReturnType();
    if (invocation.getMethod().getReturnType() == Uni.class) {
      boolean answers =
          ((ParameterizedType) returned).getActualTypeArguments()[0] == ToolResponse.class;
      return Uni.createFrom()
          .completionStage(
              () ->
                  tools
                      .guard()
                      .callAsync(
                          call(invocation),
                          AsyncToolHandler.<Object>reading(
                              judged ->
                                  ((Uni<?>) invocation.proceed())
                                      .<Object>map(item -> item)
                                      .subscribeAsCompletionStage(),
                              GuardedTools::isError,
                              GuardedTools::content)))
          .map(outcome -> result(outcome, answers))
          .onFailure()
          .transform(GuardedMethods::failure);
    }
    try {
      return result(
          tools
              .guard()
              .call(
                  call(invocation),
                  ToolHandler.reading(
                      judged -> invocation.proceed(),
                      GuardedTools::isError,
                      GuardedTools::content)),
          returned == ToolResponse.class);
    } catch (Throwable e) {
      throw failure(e);
    }
  }

  private ToolCall call(InvocationContext invocation) {
    ToolInfo tool = infos.computeIfAbsent(invocation.getMethod(), this::info);
    McpConnection connection = current.connection();
    return tools.call(tool.name(), arguments(tool, invocation), connection);
  }

  private ToolInfo info(Method method) {
    for (ToolInfo tool : manager) {
      if (tool.method().filter(method::equals).isPresent()) {
        return tool;
      }
    }
    throw new IllegalStateException(method + " is no tool");
  }

  /**
   * The arguments by the names that the client gives them, without what Quarkus itself supplies.
   */
  private static Map<String, Object> arguments(ToolInfo tool, InvocationContext invocation) {
    Map<String, Object> arguments = new LinkedHashMap<>();
    Parameter[] parameters = invocation.getMethod().getParameters();
    for (int i = 0; i < parameters.length; i++) {
      if (!parameters[i].getType().getPackageName().equals(ToolManager.class.getPackageName())) {
        Object value = invocation.getParameters()[i];
        arguments.put(
            name(parameters[i]), value instanceof Optional<?> held ? held.orElse(null) : value);
      }
    }
    if (!arguments
        .keySet()
        .equals(tool.arguments().stream().map(ToolArgument::name).collect(Collectors.toSet()))) {
      throw new IllegalStateException(
          tool.name()
              + " has arguments that were not found in its method; compile with -parameters");
    }
    return arguments;
  }

  private static String name(Parameter parameter) {
    ToolArg named = parameter.getAnnotation(ToolArg.class);
    return named == null || named.name().equals(ToolArg.ELEMENT_NAME)
        ? parameter.getName()
        : named.name();
  }

  private static Object result(Outcome<Object> outcome, boolean answers) {
    if (outcome instanceof Outcome.Completed<Object> completed) {
      return completed.value();
    }
    if (answers) {
      return GuardedTools.refusal(outcome.decision());
    }
    throw new ToolCallException(outcome.decision().text());
  }

  private static ToolCallException failure(Throwable failure) {
    return failure instanceof ToolCallException answer
        ? answer
        : new ToolCallException(GuardedTools.text(failure));
  }
}
