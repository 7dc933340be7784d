package dev.alcada.mcp;

import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.NotDoneException;
import dev.alcada.guard.Outcome;
import dev.alcada.guard.ToolGuard;
import dev.alcada.guard.ToolHandler;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ElicitFormRequest;
import io.modelcontextprotocol.spec.McpSchema.ElicitResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.util.ToolInputValidator;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * One tool behind the guard, whichever of the SDK's records it came in.
 *
 * @param elicitation how the person at the client is asked, or null if it is not
 * @param inputValidator what validates the arguments of calls the policy would let through, or null
 */
record GuardedTool(
    ToolGuard guard,
    @Nullable Elicitation elicitation,
    @Nullable JsonSchemaValidator inputValidator,
    Tool tool) {
  private static final Logger LOG = LoggerFactory.getLogger(McpTools.class);

  /**
   * Makes a call.
   *
   * @param client asks the person at the client, or null if that cannot be
   */
  CallToolResult call(
      Supplier<Caller> caller,
      @Nullable Function<ElicitFormRequest, ElicitResult> client,
      CallToolRequest request,
      Function<CallToolRequest, @Nullable CallToolResult> handler) {
    try {
      ToolCall call = toolCall(caller, request);
      CallToolResult invalid = invalid(call);
      if (invalid != null) {
        return invalid;
      }
      ToolHandler<CallToolResult> judgedHandler =
          judged -> checked(handler.apply(request(judged, request)));
      Outcome<CallToolResult> outcome = guard.call(call, judgedHandler);
      if (elicitation != null && client != null && answered(elicitation, client, outcome)) {
        outcome = guard.call(call, judgedHandler);
      }
      return result(outcome);
    } catch (Throwable failure) {
      if (failure instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      return failed(failure);
    }
  }

  /** The same as {@link #call}, without a thread held. */
  Mono<CallToolResult> callAsync(
      Supplier<Caller> caller,
      @Nullable Function<ElicitFormRequest, Mono<ElicitResult>> client,
      CallToolRequest request,
      Function<CallToolRequest, Mono<CallToolResult>> handler) {
    return Mono.deferContextual(
            context -> {
              ToolCall call = toolCall(caller, request);
              CallToolResult invalid = invalid(call);
              if (invalid != null) {
                return Mono.just(invalid);
              }
              // Cancelled with its subscription, which cancels the handler and leaves the call
              // counted.
              Mono<Outcome<CallToolResult>> once =
                  Mono.fromFuture(
                      () ->
                          guard
                              .callAsync(
                                  call,
                                  judged ->
                                      handler
                                          .apply(request(judged, request))
                                          .map(GuardedTool::checked)
                                          .switchIfEmpty(Mono.error(GuardedTool::noResult))
                                          .contextWrite(context)
                                          .toFuture())
                              .toCompletableFuture());
              return (elicitation == null || client == null
                      ? once
                      : once.flatMap(outcome -> answered(elicitation, client, outcome, once)))
                  .map(this::result);
            })
        .onErrorResume(failure -> Mono.just(failed(failure)));
  }

  /** A call that the policy denies goes on, to be denied; what comes after can only deny more. */
  private @Nullable CallToolResult invalid(ToolCall call) {
    return inputValidator == null || guard.check(call) instanceof Decision.Denied
        ? null
        : ToolInputValidator.validate(tool, call.arguments(), true, inputValidator);
  }

  private static boolean answered(
      Elicitation elicitation,
      Function<ElicitFormRequest, ElicitResult> client,
      Outcome<CallToolResult> outcome) {
    ElicitFormRequest question = elicitation.question(outcome.decision());
    if (question == null) {
      return false;
    }
    try {
      return elicitation.takes(outcome.decision(), client.apply(question));
    } catch (RuntimeException e) {
      return silence(e);
    }
  }

  private static Mono<Outcome<CallToolResult>> answered(
      Elicitation elicitation,
      Function<ElicitFormRequest, Mono<ElicitResult>> client,
      Outcome<CallToolResult> outcome,
      Mono<Outcome<CallToolResult>> again) {
    ElicitFormRequest question = elicitation.question(outcome.decision());
    if (question == null) {
      return Mono.just(outcome);
    }
    return client
        .apply(question)
        .map(answer -> elicitation.takes(outcome.decision(), answer))
        .defaultIfEmpty(false)
        .onErrorResume(e -> Mono.just(silence(e)))
        .flatMap(answered -> answered ? again : Mono.just(outcome));
  }

  /** A time-out or a client's error is no answer: the request waits for somebody else's. */
  private static boolean silence(Throwable e) {
    LOG.debug("The person at the client gave no answer", e);
    return false;
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
