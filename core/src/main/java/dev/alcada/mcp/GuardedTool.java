package dev.alcada.mcp;

import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.AsyncToolHandler;
import dev.alcada.guard.NotDoneException;
import dev.alcada.guard.Outcome;
import dev.alcada.guard.ToolGuard;
import dev.alcada.guard.ToolHandler;
import dev.alcada.internal.document.Spelling;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ElicitFormRequest;
import io.modelcontextprotocol.spec.McpSchema.ElicitResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.util.ToolInputValidator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
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
 * @param usage whether a result says what is left of limits
 */
record GuardedTool(
    ToolGuard guard,
    @Nullable Elicitation elicitation,
    @Nullable JsonSchemaValidator inputValidator,
    Tool tool,
    boolean usage) {
  private static final Logger LOG = LoggerFactory.getLogger(McpTools.class);

  GuardedTool(
      ToolGuard guard,
      @Nullable Elicitation elicitation,
      @Nullable JsonSchemaValidator inputValidator,
      Tool tool) {
    this(guard, elicitation, inputValidator, tool, false);
  }

  /**
   * Makes a call.
   *
   * @param client where a person may be asked, or null if that cannot be
   */
  CallToolResult call(
      Supplier<Caller> caller,
      @Nullable CallingClient<ElicitResult, Object> client,
      CallToolRequest request,
      Function<CallToolRequest, @Nullable CallToolResult> handler) {
    try {
      ToolCall call = toolCall(caller, request);
      ToolHandler<CallToolResult> judgedHandler =
          ToolHandler.reading(
              judged -> checked(handler.apply(request(judged, request))),
              Results::isError,
              Results::content);
      Outcome<CallToolResult> outcome = made(call, judgedHandler);
      if (elicitation != null && client != null && answered(elicitation, client, call, outcome)) {
        outcome = made(call, judgedHandler);
      }
      return usage
          ? Results.withUsage(result(outcome), guard.usageAsync(call).toCompletableFuture().join())
          : result(outcome);
    } catch (Throwable failure) {
      if (failure instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      return failed(failure);
    }
  }

  private Outcome<CallToolResult> made(ToolCall call, ToolHandler<CallToolResult> handler)
      throws Exception {
    return inputValidator == null
        ? guard.call(call, handler)
        : guard.call(call, this::invalid, handler);
  }

  /** The same as {@link #call}, without a thread held. */
  Mono<CallToolResult> callAsync(
      Supplier<Caller> caller,
      @Nullable CallingClient<Mono<ElicitResult>, Mono<Object>> client,
      CallToolRequest request,
      Function<CallToolRequest, Mono<CallToolResult>> handler) {
    return Mono.deferContextual(
            context -> {
              ToolCall call = toolCall(caller, request);
              Function<ToolCall, Mono<CallToolResult>> run =
                  judged ->
                      handler
                          .apply(request(judged, request))
                          // What fails here cancels nothing: that would interrupt the
                          // handler's thread, at times while it sends the answer.
                          .flatMap(result -> Mono.defer(() -> Mono.just(checked(result))))
                          .switchIfEmpty(Mono.error(GuardedTool::noResult))
                          .contextWrite(context);
              // Cancelled with its subscription, which cancels the handler and leaves the call
              // counted.
              Mono<Outcome<CallToolResult>> once =
                  Mono.fromFuture(() -> madeAsync(call, client, run));
              return (elicitation == null || client == null
                      ? once
                      : once.flatMap(outcome -> answered(elicitation, client, call, outcome, once)))
                  .map(this::result)
                  .flatMap(result -> withUsage(result, call));
            })
        .onErrorResume(failure -> Mono.just(failed(failure)));
  }

  private Mono<CallToolResult> withUsage(CallToolResult result, ToolCall call) {
    return usage
        ? Mono.fromFuture(() -> guard.usageAsync(call).toCompletableFuture())
            .map(limits -> Results.withUsage(result, limits))
        : Mono.just(result);
  }

  private CompletableFuture<Outcome<CallToolResult>> madeAsync(
      ToolCall call,
      @Nullable CallingClient<Mono<ElicitResult>, Mono<Object>> client,
      Function<ToolCall, Mono<CallToolResult>> run) {
    AsyncToolHandler<CallToolResult> handler =
        new AsyncToolHandler<>() {
          @Override
          public CompletionStage<CallToolResult> handle(ToolCall judged) {
            return run.apply(judged).toFuture();
          }

          @Override
          public CompletionStage<Boolean> stillWanted(ToolCall approved) {
            return client == null
                ? AsyncToolHandler.super.stillWanted(approved)
                : Ping.USUAL.isAnsweredAsync(client.ping()).toFuture();
          }
        };
    return guard
        .callAsync(
            call,
            this::invalid,
            AsyncToolHandler.reading(handler, Results::isError, Results::content))
        .toCompletableFuture();
  }

  /**
   * {@return the SDK's own result if there is a validator and the arguments do not fit, or null}
   */
  private @Nullable CallToolResult invalid(ToolCall call) {
    return inputValidator == null
        ? null
        : ToolInputValidator.validate(tool, call.arguments(), true, inputValidator);
  }

  /**
   * Returns whether the person at the client answered, and the client still waits for the call, so
   * that it is made again.
   */
  private static boolean answered(
      Elicitation elicitation,
      CallingClient<ElicitResult, Object> client,
      ToolCall call,
      Outcome<CallToolResult> outcome) {
    String id = Elicitation.request(outcome.decision());
    if (id == null
        || client.form() == null
        || !elicitation.open(id, call.caller(), Elicitation.MOST_WAITED_FOR)) {
      return false;
    }
    long asked = elicitation.now();
    boolean answered = false;
    boolean there = false;
    try {
      elicitation.warnOfCancellations();
      ElicitFormRequest form = elicitation.form(id).toCompletableFuture().join();
      answered =
          form != null
              && elicitation.takes(id, client.form().apply(form)).toCompletableFuture().join();
      // Before it is closed: a thread that waits for a ping is one of those that questions hold.
      there = answered && elicitation.soon(asked) && elicitation.ping().isAnswered(client.ping());
    } catch (RuntimeException e) {
      silence(e);
    } finally {
      elicitation.close(id, answered);
    }
    return there;
  }

  private static Mono<Outcome<CallToolResult>> answered(
      Elicitation elicitation,
      CallingClient<Mono<ElicitResult>, Mono<Object>> client,
      ToolCall call,
      Outcome<CallToolResult> outcome,
      Mono<Outcome<CallToolResult>> again) {
    String id = Elicitation.request(outcome.decision());
    if (id == null
        || client.form() == null
        || !elicitation.open(id, call.caller(), Integer.MAX_VALUE)) {
      return Mono.just(outcome);
    }
    long asked = elicitation.now();
    AtomicBoolean taken = new AtomicBoolean();
    return Mono.fromFuture(
            () -> {
              elicitation.warnOfCancellations();
              return elicitation.form(id).toCompletableFuture();
            })
        .flatMap(client.form())
        .flatMap(
            answer -> Mono.fromFuture(() -> elicitation.takes(id, answer).toCompletableFuture()))
        .doOnNext(taken::set)
        .onErrorResume(e -> Mono.just(silence(e)))
        .defaultIfEmpty(false)
        .doFinally(end -> elicitation.close(id, taken.get()))
        .flatMap(
            answered ->
                answered && elicitation.soon(asked)
                    ? elicitation.ping().isAnsweredAsync(client.ping())
                    : Mono.just(false))
        .flatMap(there -> there ? again : Mono.just(outcome));
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
    LOG.warn(
        "Tool {} failed with {}",
        Spelling.visible(Spelling.shorten(tool.name())),
        failure.getClass().getName());
    return Results.failed(failure instanceof NotDoneException);
  }
}
