package dev.alcada.spring;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.model.ToolContext;

/** Stands before a tool that is a bean: its calls go through the guard, and nothing else does. */
record CallbackAdvice(GuardedToolCallback guarded) implements Proxies.GuardAdvice {
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
