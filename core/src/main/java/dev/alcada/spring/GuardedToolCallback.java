package dev.alcada.spring;

import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.NotDoneException;
import dev.alcada.guard.Outcome;
import dev.alcada.internal.document.Spelling;
import java.util.Map;
import java.util.function.Function;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.ai.chat.model.ToolContext;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.definition.ToolDefinition;
import org.springframework.ai.tool.execution.ToolExecutionException;
import org.springframework.ai.tool.metadata.ToolMetadata;

/**
 * A tool of Spring AI behind the guard.
 *
 * <p>The model's arguments are text. They are read once and strictly, judged, and written anew for
 * the tool, so that no second reader can understand them otherwise. What is not let through, and a
 * tool that fails, are texts for the model to read; the guard's listeners are told the cause.
 *
 * <p>An MCP server calls the same object after its own handler was let through: that call has been
 * judged, and is not judged a second time.
 */
final class GuardedToolCallback implements ToolCallback, Proxies.Guarded {
  private static final Logger LOG = LoggerFactory.getLogger(GuardedToolCallback.class);

  private final ToolCallback tool;
  private final GuardInUse guard;
  private final CallSite site;
  private final @Nullable Caller caller;

  GuardedToolCallback(ToolCallback tool, GuardInUse guard, CallSite site, @Nullable Caller caller) {
    this.tool = tool;
    this.guard = guard;
    this.site = site;
    this.caller = caller;
  }

  /** {@return this tool for one caller, whatever thread it is called on} */
  GuardedToolCallback by(Caller other) {
    return new GuardedToolCallback(tool, guard, site, other);
  }

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
      String arguments, Map<String, Object> known, Function<String, String> handler) {
    String name = getToolDefinition().name();
    if (site.admitted(name, known)) {
      try {
        return handler.apply(arguments);
      } catch (Throwable e) {
        throw ToolFailures.carrying(cause(e));
      }
    }
    try {
      ToolCall call =
          ToolCall.ofJson(name, arguments, caller == null ? site.caller(known) : caller);
      Outcome<String> outcome =
          guard.get().call(call, judged -> answer(handler, judged.argumentsJson(), site));
      return outcome instanceof Outcome.Completed<String> completed
          ? completed.value()
          : outcome.decision().text();
    } catch (NotDoneException e) {
      return "The tool failed; nothing was done.";
    } catch (Throwable e) {
      // Not the exception itself, whose text is the handler's own: a listener is told that.
      LOG.warn(
          "Tool {} failed with {}",
          Spelling.visible(Spelling.shorten(name)),
          e.getClass().getName());
      return "The tool failed; what it had done by then is not known.";
    }
  }

  private static String answer(Function<String, String> handler, String judged, CallSite site) {
    try {
      return handler.apply(judged);
    } catch (ToolExecutionException e) {
      // Wrapped by the framework, and not for the guard to know.
      Throwable cause = cause(e);
      if (cause instanceof NotDoneException nothingDone) {
        throw nothingDone;
      }
      throw site.nothingDone(cause) ? new NotDoneException(null, e) : e;
    }
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof ToolExecutionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  /** Stands before a tool that is a bean: its calls go through the guard, and nothing else does. */
  record Advice(GuardedToolCallback guarded) implements Proxies.GuardAdvice {
    @Override
    public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
      Object[] arguments = invocation.getArguments();
      if (!invocation.getMethod().getName().equals("call")
          || arguments.length == 0
          || !(arguments[0] instanceof String text)) {
        return invocation.proceed();
      }
      return arguments.length == 1
          ? guarded.call(text)
          : guarded.call(text, (ToolContext) arguments[1]);
    }
  }
}
