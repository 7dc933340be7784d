package dev.alcada.langchain4j;

import dev.alcada.guard.NotDoneException;
import dev.alcada.internal.value.NotBegun;
import dev.langchain4j.exception.ToolArgumentsException;
import dev.langchain4j.exception.ToolExecutionException;
import dev.langchain4j.service.tool.DefaultToolExecutor;
import dev.langchain4j.service.tool.ToolExecutor;
import java.net.ConnectException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * What an executor's exceptions mean: LangChain4j has two types of them for a dozen causes.
 *
 * @param ofMethod whether the tool is a method that LangChain4j calls
 * @param ofMcpServer whether the tool is an MCP server's, which LangChain4j's client asks
 */
record Failures(boolean ofMethod, boolean ofMcpServer) {
  /** The code of which LangChain4j's MCP client makes an exception about arguments. */
  private static final int INVALID_PARAMS = -32602;

  static Failures of(ToolExecutor executor, boolean ofMcpServer) {
    return new Failures(executor instanceof DefaultToolExecutor, ofMcpServer);
  }

  /** {@return what the guard is to be told of: whether it says that nothing was done} */
  RuntimeException meant(RuntimeException failure) {
    if (failure instanceof ToolArgumentsException) {
      // Before the method is called, and in place of an MCP server's running the tool, unless it is
      // about what that returned.
      return ofMethod || (ofMcpServer && NotBegun.says(INVALID_PARAMS, failure.getMessage()))
          ? new NotDoneException("the arguments do not fit the tool", failure)
          : failure;
    }
    if (failure instanceof ToolExecutionException thrown) {
      if (thrown.getCause() instanceof NotDoneException nothingDone) {
        return nothingDone;
      }
      if (ofMcpServer && (refused(thrown) || neverSent(thrown.getCause()))) {
        return new NotDoneException("no tool ran", failure);
      }
    }
    return failure;
  }

  /** What a server answers in place of running a tool. */
  private static boolean refused(ToolExecutionException thrown) {
    return thrown.errorCode() != null && NotBegun.says(thrown.errorCode(), thrown.getMessage());
  }

  private static boolean neverSent(@Nullable Throwable cause) {
    Throwable thrown = cause instanceof CompletionException ? cause.getCause() : cause;
    return thrown instanceof ConnectException;
  }

  /** {@return what LangChain4j's own handler of unfit arguments is for, or null} */
  static @Nullable ToolArgumentsException unfit(Throwable failure) {
    return failure instanceof ToolArgumentsException unfit
        ? unfit
        : failure instanceof NotDoneException
                && failure.getCause() instanceof ToolArgumentsException unfit
            ? unfit
            : null;
  }

  /**
   * Returns the text of an error that an MCP server gave as a tool's result, or null. The client
   * throws that, made of the text alone; what went wrong on the way it throws as the same type,
   * made of another exception, and an error of the protocol with a code.
   */
  @Nullable String answer(Throwable failure) {
    return ofMcpServer
            && failure instanceof ToolExecutionException thrown
            && thrown.errorCode() == null
            && isOfTextAlone(thrown)
        ? thrown.getMessage()
        : null;
  }

  /** Made of a text alone, the exception makes its own cause. */
  private static boolean isOfTextAlone(ToolExecutionException thrown) {
    Throwable cause = thrown.getCause();
    StackTraceElement[] made = cause == null ? new StackTraceElement[0] : cause.getStackTrace();
    return made.length > 0 && made[0].getClassName().equals(ToolExecutionException.class.getName());
  }

  static Throwable cause(Throwable failure) {
    return failure instanceof ToolExecutionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
