package dev.alcada.examples.gateway;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/** One request, from its arrival at the gateway to its answer. Thread-safe. */
final class Exchange {
  private enum State {
    WAITING,
    SENT,
    CANCELLED
  }

  static final String CANCELLED = "the client cancelled the request";

  private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
  private final CompletableFuture<JSONRPCResponse> answer = new CompletableFuture<>();

  /** {@return what the upstream answers, or why it does not} */
  CompletableFuture<JSONRPCResponse> answer() {
    return answer;
  }

  /** {@return whether the request may still be sent; from now on it counts as sent} */
  boolean send() {
    return state.compareAndSet(State.WAITING, State.SENT);
  }

  /** Nobody waits for the answer any more; {@return whether the upstream is to be told} */
  boolean cancel() {
    boolean sent = state.getAndSet(State.CANCELLED) == State.SENT;
    answer.completeExceptionally(new UpstreamException(CANCELLED));
    return sent;
  }

  /** {@return whether the upstream may be working on it} */
  boolean sent() {
    return state.get() == State.SENT;
  }

  /** {@return whether the client is to hear nothing more of it} */
  boolean cancelled() {
    return state.get() == State.CANCELLED;
  }
}
