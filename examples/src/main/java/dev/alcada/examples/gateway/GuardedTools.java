package dev.alcada.examples.gateway;

import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.DecisionCode;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.NotDoneException;
import dev.alcada.guard.Outcome;
import dev.alcada.guard.ToolGuard;
import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The upstream's tools as one caller may use them. Thread-safe. */
final class GuardedTools {
  private static final Logger LOG = LoggerFactory.getLogger(GuardedTools.class);
  private static final String DECISION = "dev.alcada/decision";
  private static final String OUTCOME = "dev.alcada/outcome";

  // Denied before arguments matter, so that a hidden tool's schema says nothing either.
  private static final Set<DecisionCode> WHATEVER_THE_ARGUMENTS =
      Set.of(
          DecisionCode.NO_GRANT,
          DecisionCode.NO_POLICY,
          DecisionCode.TOO_LARGE,
          DecisionCode.HIDDEN,
          DecisionCode.NOT_LISTED);

  private final ToolGuard guard;
  private final KnownTools known;
  private final Caller caller;
  private final Function<JSONRPCRequest, CompletionStage<JSONRPCResponse>> forward;

  GuardedTools(
      ToolGuard guard,
      KnownTools known,
      Caller caller,
      Function<JSONRPCRequest, CompletionStage<JSONRPCResponse>> forward) {
    this.guard = guard;
    this.known = known;
    this.caller = caller;
    this.forward = forward;
  }

  /** Reads the upstream's list anew; what asks for tools from now on waits for it. */
  CompletionStage<?> refresh() {
    return known.refresh();
  }

  /** {@return whether an upstream's result says by the agreed mark that nothing was done} */
  static boolean nothingDone(ToolCall call, @Nullable Object result) {
    return result instanceof JSONRPCResponse response
        && "not_done".equals(Json.object(Json.object(response.result()).get("_meta")).get(OUTCOME));
  }

  /** Handles {@code tools/list}: without the tools that the policy hides. */
  CompletionStage<JSONRPCResponse> list(JSONRPCRequest request) {
    return known.get().thenCompose(fitting -> forward.apply(request)).thenApply(this::visible);
  }

  private JSONRPCResponse visible(JSONRPCResponse response) {
    if (response.error() != null) {
      return response;
    }
    Map<String, @Nullable Object> result = Json.object(response.result());
    result.put(
        "tools",
        Json.list(result.get("tools")).stream()
            .filter(
                tool ->
                    Json.object(tool).get("name") instanceof String name
                        && guard.visible(name, caller))
            .toList());
    return JSONRPCResponse.result(response.id(), result);
  }

  /**
   * Handles {@code tools/call}.
   *
   * @param cancelled whether the client has taken the request back
   */
  CompletionStage<JSONRPCResponse> call(JSONRPCRequest request, BooleanSupplier cancelled) {
    Map<String, @Nullable Object> params = Json.object(request.params());
    Object arguments = params.get("arguments");
    if (!(params.get("name") instanceof String name)
        || !(arguments == null || arguments instanceof Map<?, ?>)) {
      return CompletableFuture.completedFuture(
          Relay.error(
              request.id(),
              ErrorCodes.INVALID_PARAMS,
              "tools/call needs a name and, if any, arguments that are an object"));
    }
    ToolCall call = ToolCall.of(name, Json.object(arguments), caller);
    DecisionCode code = guard.check(call).code();
    CompletionStage<JSONRPCResponse> answer =
        code != null && WHATEVER_THE_ARGUMENTS.contains(code)
            ? deny(request, call)
            : known
                .with(name)
                .thenCompose(
                    tools ->
                        cancelled.getAsBoolean()
                            ? withdrawn()
                            : call(request, params, call, tools));
    return answer.exceptionally(
        thrown -> JSONRPCResponse.result(request.id(), errorResult(said(thrown))));
  }

  // Not judged at all, so that it holds no other call's place and asks nobody for a yes.
  private static CompletionStage<JSONRPCResponse> withdrawn() {
    return CompletableFuture.failedFuture(new NotDoneException(Exchange.CANCELLED));
  }

  // Reported like any other denial, and whether or not the upstream's list can be had.
  private CompletionStage<JSONRPCResponse> deny(JSONRPCRequest request, ToolCall call) {
    return known
        .get()
        .handle((tools, thrown) -> tools != null && !tools.hasOutputSchema(call.tool()))
        .thenCompose(
            structured ->
                guard
                    .<JSONRPCResponse>callAsync(
                        call,
                        judged ->
                            CompletableFuture.failedFuture(
                                new NotDoneException("the policy has just changed")))
                    .thenApply(outcome -> answer(request, outcome, structured)));
  }

  private CompletionStage<JSONRPCResponse> call(
      JSONRPCRequest request,
      Map<String, @Nullable Object> params,
      ToolCall call,
      UpstreamTools tools) {
    if (!tools.has(call.tool())) {
      // A server may answer to more names than it lists, and no rule would know them.
      return CompletableFuture.completedFuture(
          Relay.error(request.id(), ErrorCodes.INVALID_PARAMS, "Unknown tool"));
    }
    String invalid = tools.invalid(call.tool(), call.arguments());
    if (invalid != null) {
      return CompletableFuture.completedFuture(
          JSONRPCResponse.result(request.id(), errorResult("Invalid arguments: " + invalid)));
    }
    boolean structured = !tools.hasOutputSchema(call.tool());
    return guard
        .<JSONRPCResponse>callAsync(
            call, judged -> forward.apply(withJudged(request, params, judged)))
        .thenApply(outcome -> answer(request, outcome, structured));
  }

  // The gateway's own serialisation of what was judged, never the client's text.
  private static JSONRPCRequest withJudged(
      JSONRPCRequest request, Map<String, @Nullable Object> params, ToolCall judged) {
    Map<String, @Nullable Object> passed = new LinkedHashMap<>();
    passed.put("name", judged.tool());
    if (params.get("arguments") != null) {
      passed.put("arguments", judged.arguments());
    }
    for (String beside : List.of("task", "_meta")) {
      if (params.get(beside) != null) {
        passed.put(beside, params.get(beside));
      }
    }
    return new JSONRPCRequest(request.method(), request.id(), passed);
  }

  private static JSONRPCResponse answer(
      JSONRPCRequest request, Outcome<JSONRPCResponse> outcome, boolean structured) {
    if (outcome instanceof Outcome.Completed<JSONRPCResponse> completed) {
      return withoutDecision(completed.value());
    }
    Decision decision = outcome.decision();
    Map<String, @Nullable Object> result = errorResult(decision.text());
    if (structured) {
      result.put("structuredContent", decision.metadata());
    }
    result.put("_meta", Map.of(DECISION, decision.metadata()));
    return JSONRPCResponse.result(request.id(), result);
  }

  // Only the guard says what the guard decided.
  static JSONRPCResponse withoutDecision(JSONRPCResponse response) {
    Map<String, @Nullable Object> result = Json.object(response.result());
    Map<String, @Nullable Object> meta = Json.object(result.get("_meta"));
    if (meta.remove(DECISION) == null) {
      return response;
    }
    result.put("_meta", meta);
    return JSONRPCResponse.result(response.id(), result);
  }

  private static Map<String, @Nullable Object> errorResult(String text) {
    Map<String, @Nullable Object> result = new LinkedHashMap<>();
    result.put("content", List.of(Map.of("type", "text", "text", text)));
    result.put("isError", true);
    return result;
  }

  private static String said(Throwable thrown) {
    Throwable cause = cause(thrown);
    if (cause instanceof UpstreamException || cause instanceof NotDoneException) {
      return "The tool did not answer: " + cause.getMessage();
    }
    LOG.error("A tool call failed in the gateway.", cause);
    return "The tool failed.";
  }

  static Throwable cause(Throwable thrown) {
    return thrown instanceof CompletionException && thrown.getCause() != null
        ? thrown.getCause()
        : thrown;
  }
}
