package dev.alcada.spring;

import dev.alcada.decision.Caller;
import io.modelcontextprotocol.common.McpTransportContext;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One call of a tool on its way through an MCP server: who makes it, and whether the guard has let
 * it through. It travels in the transport's context, where no client can put anything, so that what
 * runs at the end of the way, and what that calls in turn, finds it.
 */
final class Admission {
  private static final String KEY = "dev.alcada.spring.admission";

  private enum State {
    UNJUDGED,
    LET_THROUGH,
    RUNNING
  }

  private final String tool;
  private final @Nullable Caller caller;
  private final AtomicReference<State> state = new AtomicReference<>(State.UNJUDGED);

  Admission(String tool, @Nullable Caller caller) {
    this.tool = tool;
    this.caller = caller;
  }

  /** {@return the admission that a context carries, or null} */
  static @Nullable Admission of(@Nullable McpTransportContext context) {
    return context != null && context.get(KEY) instanceof Admission admission ? admission : null;
  }

  /** {@return a context that carries this and all that another does} */
  McpTransportContext in(McpTransportContext context) {
    return name -> KEY.equals(name) ? this : context.get(name);
  }

  /** {@return who makes the call, or null if nobody is authenticated} */
  @Nullable Caller caller() {
    return caller;
  }

  /** Says that the guard has let the call through. */
  void letThrough() {
    state.set(State.LET_THROUGH);
  }

  /** Returns whether this tool may run for this call without being judged again; once. */
  boolean take(String name) {
    return tool.equals(name) && state.compareAndSet(State.LET_THROUGH, State.RUNNING);
  }
}
