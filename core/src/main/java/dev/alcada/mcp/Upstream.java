package dev.alcada.mcp;

import dev.alcada.guard.NotDoneException;
import dev.alcada.internal.value.NotBegun;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.net.ConnectException;
import java.util.function.BiFunction;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/** Handlers that may ask another server, and what its refusals mean for the counts. */
final class Upstream {
  private Upstream() {}

  static <X> CallToolResult call(
      BiFunction<X, CallToolRequest, CallToolResult> handler, X exchange, CallToolRequest request) {
    try {
      return handler.apply(exchange, request);
    } catch (RuntimeException e) {
      throw nothingDone(e) ? new NotDoneException(null, e) : e;
    }
  }

  static <X> Mono<CallToolResult> callAsync(
      BiFunction<X, CallToolRequest, Mono<CallToolResult>> handler,
      X exchange,
      CallToolRequest request) {
    try {
      return handler
          .apply(exchange, request)
          .onErrorMap(Upstream::nothingDone, e -> new NotDoneException(null, e));
    } catch (RuntimeException e) {
      throw nothingDone(e) ? new NotDoneException(null, e) : e;
    }
  }

  static boolean nothingDone(Throwable failure) {
    Throwable thrown = Exceptions.unwrap(failure);
    return refused(thrown) || neverSent(thrown);
  }

  private static boolean refused(Throwable thrown) {
    return thrown instanceof McpError error
        && error.getJsonRpcError() != null
        && NotBegun.says(error.getJsonRpcError().code(), error.getJsonRpcError().message())
        && !isOfTheCaller(error);
  }

  /**
   * What the calling client answers to a question of the handler's (sampling, elicitation, roots)
   * the server's session throws as the same type. A client that could make it say that nothing was
   * done would give its own calls back.
   */
  private static boolean isOfTheCaller(McpError error) {
    for (StackTraceElement made : error.getStackTrace()) {
      String maker = made.getClassName();
      if (!maker.startsWith(McpError.class.getName())) {
        return maker.startsWith("io.modelcontextprotocol.")
            && !maker.startsWith("io.modelcontextprotocol.client.")
            && !maker.startsWith("io.modelcontextprotocol.spec.McpClientSession");
      }
    }
    return true;
  }

  /** Only as the SDK's client throws it: within another exception it may be of a later step. */
  private static boolean neverSent(Throwable thrown) {
    StackTraceElement[] made = thrown.getStackTrace();
    return thrown instanceof ConnectException
        || (made.length > 0
            && made[0]
                .getClassName()
                .equals("io.modelcontextprotocol.client.LifecycleInitializer"));
  }
}
