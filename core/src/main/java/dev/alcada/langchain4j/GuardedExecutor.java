package dev.alcada.langchain4j;

import dev.alcada.decision.Decision;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.NotDoneException;
import dev.alcada.guard.Outcome;
import dev.alcada.guard.ToolGuard;
import dev.alcada.guard.ToolHandler;
import dev.alcada.internal.document.Spelling;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.exception.ToolArgumentsException;
import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.service.tool.ToolExecutionResult;
import dev.langchain4j.service.tool.ToolExecutor;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One tool behind the guard. */
final class GuardedExecutor implements ToolExecutor {
  private static final Logger LOG = LoggerFactory.getLogger(GuardedTools.class);

  private final ToolGuard guard;
  private final Callers callers;
  private final @Nullable String name;
  private final ToolExecutor executor;
  private final Failures failures;

  /**
   * Puts an executor behind a guard.
   *
   * @param name the tool that it runs, or null if it runs the one that a request names
   * @param ofMcpServer whether the tool is an MCP server's
   */
  GuardedExecutor(
      ToolGuard guard,
      Callers callers,
      @Nullable String name,
      ToolExecutor executor,
      boolean ofMcpServer) {
    this.guard = guard;
    this.callers = callers;
    this.name = name;
    this.executor = executor;
    this.failures = Failures.of(executor, ofMcpServer);
  }

  boolean isBehind(ToolGuard other) {
    return guard == other;
  }

  @Override
  public String execute(ToolExecutionRequest request, Object memoryId) {
    return run(
        request,
        InvocationContext.builder().chatMemoryId(memoryId).build(),
        judged -> executor.execute(judged, memoryId),
        (text, decision) -> text);
  }

  @Override
  public ToolExecutionResult executeWithContext(
      ToolExecutionRequest request, InvocationContext context) {
    return run(
        request,
        context,
        judged -> executor.executeWithContext(judged, context),
        GuardedExecutor::error);
  }

  private static boolean isError(Object result) {
    return result instanceof ToolExecutionResult made && made.isError();
  }

  private static Object content(Object result) {
    return result instanceof ToolExecutionResult made ? made.resultText() : result;
  }

  private <R> R run(
      ToolExecutionRequest request,
      InvocationContext context,
      Function<ToolExecutionRequest, R> tool,
      Refusal<R> refusal) {
    String called = name == null ? request.name() : name;
    try {
      ToolCall call = ToolCall.ofJson(called, request.arguments(), callers.of(context));
      Outcome<R> outcome =
          guard.call(
              call,
              ToolHandler.reading(
                  judged -> {
                    try {
                      return tool.apply(
                          request.toBuilder()
                              .name(judged.tool())
                              .arguments(judged.argumentsJson())
                              .build());
                    } catch (RuntimeException e) {
                      throw failures.meant(e);
                    }
                  },
                  GuardedExecutor::isError,
                  GuardedExecutor::content));
      return outcome instanceof Outcome.Completed<R> completed
          ? completed.value()
          : refusal.of(outcome.decision().text(), outcome.decision());
    } catch (Throwable failure) {
      ToolArgumentsException unfit = Failures.unfit(failure);
      if (unfit != null) {
        throw unfit;
      }
      String answer = failures.answer(failure);
      if (answer != null) {
        return refusal.of(answer, null);
      }
      // Not the exception itself, whose text is the tool's own: a listener is told that.
      LOG.warn(
          "Tool {} failed with {}",
          Spelling.visible(Spelling.shorten(called)),
          Failures.cause(failure).getClass().getName());
      return refusal.of(
          failure instanceof NotDoneException
              ? "The tool failed; nothing was done."
              : "The tool failed; what it had done by then is not known.",
          null);
    }
  }

  private static ToolExecutionResult error(String text, @Nullable Decision decision) {
    ToolExecutionResult.Builder result =
        ToolExecutionResult.builder().isError(true).resultText(text);
    return decision == null
        ? result.build()
        : result.attributes(Map.of("dev.alcada/decision", decision.metadata())).build();
  }

  /** Tells the model what became of a call that has no result of its own. */
  private interface Refusal<R> {
    R of(String text, @Nullable Decision decision);
  }
}
