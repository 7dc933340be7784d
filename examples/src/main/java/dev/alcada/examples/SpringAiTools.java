package dev.alcada.examples;

import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.NotDoneException;
import dev.alcada.guard.Outcome;
import dev.alcada.guard.ToolGuard;
import dev.alcada.mcp.McpTools;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.model.ToolContext;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.definition.ToolDefinition;
import org.springframework.ai.tool.execution.ToolExecutionException;
import org.springframework.ai.tool.metadata.ToolMetadata;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * A guard around Spring AI's tools: around a {@link ToolCallback}, whoever calls it, and around the
 * beans of type {@code List<SyncToolSpecification>} that a Spring AI server publishes.
 *
 * <p>The model's arguments are text. They are read once and strictly, judged, and written anew for
 * the tool, so that no second reader can understand them otherwise.
 */
public final class SpringAiTools {
  private SpringAiTools() {}

  /**
   * Returns a tool that runs another if the policy lets the call through.
   *
   * @param guard the guard
   * @param callers tells the caller from the tool context's entries, which the host put there; none
   *     where a tool is called without a context. Where it fails, the call is denied for want of a
   *     grant
   * @param tool the tool
   * @return the guarded tool
   */
  public static ToolCallback guard(
      ToolGuard guard, Function<Map<String, Object>, Caller> callers, ToolCallback tool) {
    return new ToolCallback() {
      @Override
      public ToolDefinition getToolDefinition() {
        return tool.getToolDefinition();
      }

      @Override
      public ToolMetadata getToolMetadata() {
        return tool.getToolMetadata();
      }

      @Override
      public String call(String arguments) {
        return run(arguments, Map.of(), tool::call);
      }

      @Override
      public String call(String arguments, @Nullable ToolContext context) {
        return run(
            arguments,
            context == null ? Map.of() : context.getContext(),
            judged -> tool.call(judged, context));
      }

      private String run(
          String arguments, Map<String, Object> context, Function<String, String> handler) {
        try {
          ToolCall call =
              ToolCall.ofJson(getToolDefinition().name(), arguments, caller(callers, context));
          Outcome<String> outcome = guard.call(call, judged -> answer(handler, judged));
          return outcome instanceof Outcome.Completed<String> completed
              ? completed.value()
              : outcome.decision().text();
        } catch (NotDoneException e) {
          return "The tool failed; nothing was done.";
        } catch (Throwable e) {
          // The guard's listeners know the cause; the model must not read it.
          return "The tool failed; what it had done by then is not known.";
        }
      }
    };
  }

  private static String answer(Function<String, String> handler, ToolCall judged) {
    try {
      return handler.apply(judged.argumentsJson());
    } catch (ToolExecutionException e) {
      // Wrapped by the framework, and not for the guard to know.
      throw e.getCause() instanceof NotDoneException nothingDone ? nothingDone : e;
    }
  }

  private static Caller caller(
      Function<Map<String, Object>, Caller> callers, Map<String, Object> context) {
    try {
      return callers.apply(context);
    } catch (RuntimeException e) {
      return Caller.grant("");
    }
  }

  /**
   * Returns a bean that guards every bean of type {@code List<SyncToolSpecification>}.
   *
   * @param tools the guard's adapter
   * @return the bean, to be declared {@code static} so that it is there before the others
   */
  public static BeanPostProcessor guardBeans(McpTools tools) {
    return new BeanPostProcessor() {
      @Override
      public Object postProcessAfterInitialization(Object bean, String name) {
        if (!(bean instanceof List<?> list)
            || list.isEmpty()
            || !list.stream().allMatch(SyncToolSpecification.class::isInstance)) {
          return bean;
        }
        return tools.sync(list.stream().map(SyncToolSpecification.class::cast).toList());
      }
    };
  }
}
