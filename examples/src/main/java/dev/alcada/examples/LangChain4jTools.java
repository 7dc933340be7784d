package dev.alcada.examples;

import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.Outcome;
import dev.alcada.guard.ToolGuard;
import dev.alcada.guard.ToolHandler;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.service.tool.ToolExecutionResult;
import dev.langchain4j.service.tool.ToolExecutor;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A guard around LangChain4j's tools: {@code executor -> LangChain4jTools.guard(guard, callers,
 * executor)} is what {@code McpToolProvider.Builder.toolWrapper} takes, and wraps any other {@link
 * ToolExecutor} as well.
 *
 * <p>The model's arguments are text. They are read once and strictly, judged, and written anew for
 * the tool, so that no second reader can understand them otherwise.
 */
public final class LangChain4jTools {
  private LangChain4jTools() {}

  /**
   * Returns an executor that runs another if the policy lets the call through.
   *
   * @param guard the guard
   * @param callers tells the caller from the chat memory's identifier, which the host chose
   * @param executor what runs the tool
   * @return the guarded executor
   */
  public static ToolExecutor guard(
      ToolGuard guard, Function<Object, Caller> callers, ToolExecutor executor) {
    return new ToolExecutor() {
      @Override
      public String execute(ToolExecutionRequest request, Object memoryId) {
        return run(
            request,
            memoryId,
            judged -> executor.execute(judged, memoryId),
            (text, decision) -> text);
      }

      @Override
      public ToolExecutionResult executeWithContext(
          ToolExecutionRequest request, InvocationContext context) {
        return run(
            request,
            context.chatMemoryId(),
            judged -> executor.executeWithContext(judged, context),
            LangChain4jTools::error);
      }

      private <R> R run(
          ToolExecutionRequest request,
          Object memoryId,
          Function<ToolExecutionRequest, R> tool,
          Refusal<R> refusal) {
        ToolHandler<R> handler =
            judged -> tool.apply(request.toBuilder().arguments(judged.argumentsJson()).build());
        try {
          ToolCall call =
              ToolCall.ofJson(request.name(), request.arguments(), callers.apply(memoryId));
          Outcome<R> outcome = guard.call(call, handler);
          return outcome instanceof Outcome.Completed<R> completed
              ? completed.value()
              : refusal.of(outcome.decision().text(), outcome.decision());
        } catch (Exception e) {
          // The guard's listeners know the cause; the model must not read it.
          return refusal.of("The tool failed; what it had done by then is not known.", null);
        }
      }
    };
  }

  private static ToolExecutionResult error(String text, @Nullable Decision decision) {
    ToolExecutionResult.Builder result =
        ToolExecutionResult.builder().isError(true).resultText(text);
    return decision == null
        ? result.build()
        : result.attributes(Map.of("dev.alcada/decision", decision.metadata())).build();
  }

  private interface Refusal<R> {
    R of(String text, @Nullable Decision decision);
  }
}
