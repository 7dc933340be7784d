package dev.alcada.mcp;

import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.NotDoneException;
import dev.alcada.guard.Outcome;
import dev.alcada.guard.ToolGuard;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** One tool behind the guard, whichever of the SDK's records it came in. */
record GuardedTool(ToolGuard guard, Tool tool) {
  private static final Logger LOG = LoggerFactory.getLogger(McpTools.class);

  CallToolResult call(
      Supplier<Caller> caller,
      CallToolRequest request,
      Function<CallToolRequest, @Nullable CallToolResult> handler) {
    try {
      return result(
          guard.call(
              toolCall(caller, request),
              judged -> checked(handler.apply(request(judged, request)))));
    } catch (Throwable failure) {
      if (failure instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      return failed(failure);
    }
  }

  Mono<CallToolResult> callAsync(
      Supplier<Caller> caller,
      CallToolRequest request,
      Function<CallToolRequest, Mono<CallToolResult>> handler) {
    return Mono.deferContextual(
            context ->
                // Cancelled with its subscription, which cancels the handler and leaves the call
                // counted.
                Mono.fromFuture(
                    guard
                        .callAsync(
                            toolCall(caller, request),
                            judged ->
                                handler
                                    .apply(request(judged, request))
                                    .map(GuardedTool::checked)
                                    .switchIfEmpty(Mono.error(GuardedTool::noResult))
                                    .contextWrite(context)
                                    .toFuture())
                        .toCompletableFuture()))
        .map(this::result)
        .onErrorResume(failure -> Mono.just(failed(failure)));
  }

  private ToolCall toolCall(Supplier<Caller> caller, CallToolRequest request) {
    return ToolCall.of(tool.name(), request.arguments(), caller.get());
  }

  /** The handler gets what was judged and nothing else. */
  private static CallToolRequest request(ToolCall judged, CallToolRequest request) {
    return new CallToolRequest(judged.tool(), judged.arguments(), request.meta());
  }

  private static CallToolResult checked(@Nullable CallToolResult result) {
    if (result == null) {
      throw noResult();
    }
    if (Results.saysNothingDone(result)) {
      throw new NothingDone(result);
    }
    return result;
  }

  /** The SDK would leave the client without an answer. */
  private static IllegalStateException noResult() {
    return new IllegalStateException("the handler returned no result");
  }

  private CallToolResult result(Outcome<CallToolResult> outcome) {
    return outcome instanceof Outcome.Completed<CallToolResult> completed
        ? Results.withoutDecision(completed.value())
        : Results.of(outcome.decision(), tool);
  }

  private CallToolResult failed(Throwable failure) {
    if (failure instanceof NothingDone nothingDone) {
      return Results.withoutDecision(nothingDone.result());
    }
    // Not the exception itself, whose text is the handler's own: a listener is told that.
    LOG.warn("Tool {} failed with {}", tool.name(), failure.getClass().getName());
    return Results.failed(failure instanceof NotDoneException);
  }
}
