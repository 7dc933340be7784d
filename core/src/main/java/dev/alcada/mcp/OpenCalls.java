package dev.alcada.mcp;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The calls that are not answered yet, and whether their client has cancelled one. The SDK tells a
 * tool no identifier of its request, so that a cancellation is held against all open calls of its
 * session: at worst a yes that would have let a call run waits for the same call made again. Safe
 * for use by several threads.
 */
final class OpenCalls {
  private static final String CANCELLED = "notifications/cancelled";

  private final Set<Call> calls = ConcurrentHashMap.newKeySet();
  private volatile boolean heard;

  /** A call, equal to itself alone, open until it is closed. */
  final class Call implements AutoCloseable {
    private final @Nullable String session;
    private volatile boolean cancelled;

    private Call(@Nullable String session) {
      this.session = session;
    }

    /** {@return whether it would be told of being cancelled} */
    boolean isHeard() {
      return heard && session != null;
    }

    boolean isCancelled() {
      return cancelled;
    }

    @Override
    public void close() {
      calls.remove(this);
    }
  }

  /** Says that cancellations are heard from now on, by {@link #hear}. */
  void listen() {
    heard = true;
  }

  Call begin(@Nullable String session) {
    Call call = new Call(session);
    if (heard && session != null) {
      calls.add(call);
    }
    return call;
  }

  /** Marks the open calls of a session if a message of its client cancels one. */
  void hear(String session, JSONRPCMessage message) {
    if (message instanceof JSONRPCNotification notification
        && CANCELLED.equals(notification.method())) {
      for (Call call : calls) {
        if (session.equals(call.session)) {
          call.cancelled = true;
        }
      }
    }
  }
}
