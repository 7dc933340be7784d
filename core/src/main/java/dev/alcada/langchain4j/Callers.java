package dev.alcada.langchain4j;

import dev.alcada.decision.Caller;
import dev.langchain4j.invocation.InvocationContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes callers of invocations. */
record Callers(CallerResolver resolver) {
  private static final Logger LOG = LoggerFactory.getLogger(GuardedTools.class);

  /** No grant at all: the guard denies it and reports that. */
  private static final Caller NOBODY = Caller.grant("");

  Caller of(InvocationContext context) {
    Caller caller;
    try {
      caller = resolver.resolve(context);
    } catch (Throwable e) {
      LOG.warn("The caller resolver failed, so the caller has no grant", e);
      return NOBODY;
    }
    if (caller == null) {
      return NOBODY;
    }
    @Nullable Object memory = context.chatMemoryId();
    return memory == null || caller.session() != null
        ? caller
        : caller.withSession(String.valueOf(memory));
  }
}
