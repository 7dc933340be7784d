package dev.alcada.examples;

import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.NotDoneException;
import dev.alcada.guard.Outcome;
import dev.alcada.guard.ToolGuard;
import dev.alcada.guard.ToolHandler;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.exception.ToolExecutionException;
import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.mcp.McpToolExecutor;
import dev.langchain4j.service.tool.ToolExecutionResult;
import dev.langchain4j.service.tool.ToolExecutor;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A guard around LangChain4j's tools: {@code executor -> LangChain4jTools.guard(guard, callers,
 * executor)} is what {@code McpToolProvider.Builder.toolWrapper} takes, and wraps any other {@link
 * ToolExecutor} as well. A policy names tools as the model does: where a provider maps names, by
 * the mapped ones.
 *
 * <p>The model's arguments are text. They are read once and strictly, judged, and written anew for
 * the tool, so that no second reader can understand them otherwise.
 *
 * <p>An error that an MCP server answers as a tool's result is passed on. Whatever else a tool
 * throws becomes an error without its message. An executor that makes a message of an exception
 * itself, as {@code DefaultToolExecutor} does unless it {@code propagateToolExecutionExceptions},
 * has answered.
 */
public final class LangChain4jTools {
  private LangChain4jTools() {}

  /**
   * Returns an executor that runs another if the policy lets the call through.
   *
   * @param guard the guard
   * @param callers tells the caller from the chat memory's identifier, which the host chose; where
   *     it fails, the call is denied for want of a grant
   * @param executor what runs the tool
   * @return the guarded executor
   */
  public static ToolExecutor guard(
      ToolGuard guard, Function<Object, Caller> callers, ToolExecutor executor) {
    boolean mcp = executor instanceof McpToolExecutor;
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
            judged -> {
              try {
                return tool.apply(request.toBuilder().arguments(judged.argumentsJson()).build());
              } catch (ToolExecutionException e) {
                // Wrapped by the framework, and not for the guard to know.
                throw e.getCause() instanceof NotDoneException nothingDone ? nothingDone : e;
              }
            };
        try {
          ToolCall call =
              ToolCall.ofJson(request.name(), request.arguments(), caller(callers, memoryId));
          Outcome<R> outcome = guard.call(call, handler);
          return outcome instanceof Outcome.Completed<R> completed
              ? completed.value()
              : refusal.of(outcome.decision().text(), outcome.decision());
        } catch (Throwable e) {
          return refusal.of(text(e, mcp), null);
        }
      }
    };
  }

  private static Caller caller(Function<Object, Caller> callers, Object memoryId) {
    try {
      return callers.apply(memoryId);
    } catch (RuntimeException e) {
      return Caller.grant("");
    }
  }

  /**
   * Says what the model may read; the guard's listeners know the cause.
   *
   * @param mcp whether the tool is an MCP server's, whose answer of an error the client throws
   */
  private static String text(Throwable failure, boolean mcp) {
    if (mcp && failure instanceof ToolExecutionException thrown && isAnswer(thrown)) {
      return String.valueOf(thrown.getMessage());
    }
    return failure instanceof NotDoneException
        ? "The tool failed; nothing was done."
        : "The tool failed; what it had done by then is not known.";
  }

  /**
   * Returns whether the client threw what the server answered. It throws an error of the protocol
   * the same way, which has a code, and what went wrong on the way, which has another cause than
   * the plain one that LangChain4j gives to a text.
   */
  private static boolean isAnswer(ToolExecutionException thrown) {
    Throwable cause = thrown.getCause();
    return thrown.errorCode() == null
        && cause != null
        && cause.getClass() == RuntimeException.class
        && cause.getCause() == null;
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
