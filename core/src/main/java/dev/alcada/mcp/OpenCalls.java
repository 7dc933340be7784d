package dev.alcada.mcp;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The calls of one session that have arrived and are not answered yet, and which of them its client
 * has cancelled. They are held weakly: what a transport forgets is no open call. Safe for use by
 * several threads.
 */
final class OpenCalls {
  private static final String CANCELLED = "notifications/cancelled";
  private static final String CALL = "dev.alcada/call";

  private final Set<Call> calls =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  /** A call, equal to itself alone. */
  static final class Call {
    private final @Nullable Object id;
    private volatile boolean cancelled;

    private Call(@Nullable Object id) {
      this.id = id;
    }

    boolean isCancelled() {
      return cancelled;
    }
  }

  /** The context of a transport's call, and the call. */
  private record Context(McpTransportContext transport, Call call) implements McpTransportContext {
    @Override
    public @Nullable Object get(String key) {
      return key.equals(CALL) ? call : transport.get(key);
    }
  }

  /** {@return the same answer, whose tool finds the call in the transport's context} */
  Mono<Void> during(JSONRPCRequest request, Mono<Void> answer) {
    return Mono.using(
        () -> arrived(request.id()),
        call ->
            answer.contextWrite(
                context ->
                    context.put(
                        McpTransportContext.KEY,
                        new Context(
                            context.getOrDefault(
                                McpTransportContext.KEY, McpTransportContext.EMPTY),
                            call))),
        this::answered);
  }

  /**
   * Looks whether a call is cancelled, as far as its context can tell.
   *
   * @throws CancellationException if it is
   */
  static void check(@Nullable McpTransportContext context) {
    if (context != null && context.get(CALL) instanceof Call call && call.cancelled) {
      throw new CancellationException("the client has cancelled the call");
    }
  }

  /**
   * Takes down a call.
   *
   * @param id the request's, or null if it is not known; then any cancellation of the session is
   *     held against it
   */
  Call arrived(@Nullable Object id) {
    Call call = new Call(id);
    calls.add(call);
    return call;
  }

  void answered(Call call) {
    calls.remove(call);
  }

  /** Marks the open calls that a message of the client cancels. */
  void hear(JSONRPCMessage message) {
    if (message instanceof JSONRPCNotification notification
        && CANCELLED.equals(notification.method())) {
      Object id =
          notification.params() instanceof Map<?, ?> params ? params.get("requestId") : null;
      synchronized (calls) {
        for (Call call : calls) {
          if (call.id == null || id == null || same(call.id, id)) {
            call.cancelled = true;
          }
        }
      }
    }
  }

  /** One number may come as two of Java's types. */
  private static boolean same(Object id, Object other) {
    if (id instanceof Number number && other instanceof Number another) {
      return number.longValue() == another.longValue();
    }
    return id.equals(other);
  }
}
