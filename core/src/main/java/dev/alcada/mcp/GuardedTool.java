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
      boolean unvalidated = !validatedFirst(call);
      ToolHandler<CallToolResult> judgedHandler =
          judged -> {
            if (unvalidated) {
              validate(judged);
            }
            return checked(handler.apply(request(judged, request)));
          };
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
              boolean unvalidated = !validatedFirst(call);
              // Cancelled with its subscription, which cancels the handler and leaves the call
              // counted.
              Mono<Outcome<CallToolResult>> once =
                  Mono.fromFuture(
                      () ->
                          guard
                              .callAsync(
                                  call,
                                  judged -> {
                                    if (unvalidated) {
                                      validate(judged);
                                    }
                                    return handler
                                        .apply(request(judged, request))
                                        .map(GuardedTool::checked)
                                        .switchIfEmpty(Mono.error(GuardedTool::noResult))
                                        .contextWrite(context)
                                        .toFuture();
                                  })
                              .toCompletableFuture());
              return (elicitation == null || client == null
                      ? once
                      : once.flatMap(outcome -> answered(elicitation, client, outcome, once)))
                  .map(this::result);
            })
        .onErrorResume(failure -> Mono.just(failed(failure)));
  }

  /**
   * Validates the arguments of a call before it is counted or anybody is asked. One that the policy
   * denies now is not validated yet: it goes on, to be denied whatever its arguments look like.
   *
   * @return whether the call was validated; if not, that is left to its handler, for a limit may
   *     have room by the time the call is decided
   */
  private boolean validatedFirst(ToolCall call) {
    if (inputValidator != null && guard.check(call) instanceof Decision.Denied) {
      return false;
    }
    validate(call);
    return true;
  }

  /** Throws the SDK's own result if there is a validator and the arguments do not fit. */
  private void validate(ToolCall call) {
    CallToolResult invalid =
        inputValidator == null
            ? null
            : ToolInputValidator.validate(tool, call.arguments(), true, inputValidator);
    if (invalid != null) {
      throw new NothingDone(invalid);
    }
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
    return Mono.defer(() -> client.apply(question))
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

  /** The handler gets what was judged, and from the client no word that only it and we may say. */
  private static CallToolRequest request(ToolCall judged, CallToolRequest request) {
    return new CallToolRequest(
        judged.tool(), judged.arguments(), Results.withoutOurs(request.meta()));
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
