package dev.alcada.mcp;

import dev.alcada.guard.ToolGuard;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.server.McpServerFeatures;
import io.modelcontextprotocol.server.McpStatelessServerFeatures;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ElicitResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Puts the guard around a tool in each of the SDK's four records, which share no type. */
record Wrapping(
    ToolGuard guard, Callers callers, @Nullable Elicitation elicitation, boolean usage) {

  List<McpServerFeatures.SyncToolSpecification> sync(
      List<McpServerFeatures.SyncToolSpecification> specifications,
      @Nullable JsonSchemaValidator validator) {
    return specifications.stream()
        .map(
            given ->
                new McpServerFeatures.SyncToolSpecification(
                    given.tool(),
                    behind(
                        given.tool(),
                        given.callHandler(),
                        validator,
                        (tool, exchange, request) ->
                            tool.call(
                                () -> callers.of(exchange),
                                client(exchange),
                                request,
                                judged -> Upstream.call(given.callHandler(), exchange, judged)))))
        .toList();
  }

  List<McpServerFeatures.AsyncToolSpecification> async(
      List<McpServerFeatures.AsyncToolSpecification> specifications,
      @Nullable JsonSchemaValidator validator) {
    return specifications.stream()
        .map(
            given ->
                new McpServerFeatures.AsyncToolSpecification(
                    given.tool(),
                    behind(
                        given.tool(),
                        given.callHandler(),
                        validator,
                        (tool, exchange, request) ->
                            tool.callAsync(
                                () -> callers.of(exchange),
                                client(exchange),
                                request,
                                judged ->
                                    Upstream.callAsync(given.callHandler(), exchange, judged)))))
        .toList();
  }

  List<McpStatelessServerFeatures.SyncToolSpecification> statelessSync(
      List<McpStatelessServerFeatures.SyncToolSpecification> specifications,
      @Nullable JsonSchemaValidator validator) {
    return specifications.stream()
        .map(
            given ->
                new McpStatelessServerFeatures.SyncToolSpecification(
                    given.tool(),
                    behind(
                        given.tool(),
                        given.callHandler(),
                        validator,
                        (tool, context, request) ->
                            tool.call(
                                () -> callers.of(context),
                                null,
                                request,
                                judged -> Upstream.call(given.callHandler(), context, judged)))))
        .toList();
  }

  List<McpStatelessServerFeatures.AsyncToolSpecification> statelessAsync(
      List<McpStatelessServerFeatures.AsyncToolSpecification> specifications,
      @Nullable JsonSchemaValidator validator) {
    return specifications.stream()
        .map(
            given ->
                new McpStatelessServerFeatures.AsyncToolSpecification(
                    given.tool(),
                    behind(
                        given.tool(),
                        given.callHandler(),
                        validator,
                        (tool, context, request) ->
                            tool.callAsync(
                                () -> callers.of(context),
                                null,
                                request,
                                judged ->
                                    Upstream.callAsync(given.callHandler(), context, judged)))))
        .toList();
  }

  Mono<CallToolResult> call(
      McpAsyncServerExchange exchange,
      Tool tool,
      CallToolRequest request,
      Function<CallToolRequest, Mono<CallToolResult>> handler) {
    return new GuardedTool(guard, elicitation, null, tool, usage)
        .callAsync(() -> callers.of(exchange), client(exchange), request, handler);
  }

  Mono<CallToolResult> call(
      McpTransportContext context,
      Tool tool,
      CallToolRequest request,
      Function<CallToolRequest, Mono<CallToolResult>> handler) {
    return new GuardedTool(guard, elicitation, null, tool, usage)
        .callAsync(() -> callers.of(context), null, request, handler);
  }

  /** A handler behind this guard stays as it is, but for validation that it lacks. */
  private <X, R> BiFunction<X, CallToolRequest, R> behind(
      Tool tool,
      BiFunction<X, CallToolRequest, R> handler,
      @Nullable JsonSchemaValidator validator,
      GuardedHandler.Call<X, R> call) {
    if (handler instanceof GuardedHandler<X, R> guarded && guarded.isBehind(guard)) {
      return validator == null ? guarded : guarded.validating(validator);
    }
    return new GuardedHandler<>(new GuardedTool(guard, elicitation, validator, tool, usage), call);
  }

  private static CallingClient<ElicitResult, Object> client(McpSyncServerExchange exchange) {
    McpTransportContext context = exchange.transportContext();
    return new CallingClient<>(
        !Elicitation.possible(exchange.getClientCapabilities())
            ? null
            : form -> {
              OpenCalls.check(context);
              return exchange.createElicitation(form);
            },
        () -> {
          Object pong = exchange.ping();
          OpenCalls.check(context); // last: what the client sent before its answer has come
          return pong;
        });
  }

  private static CallingClient<Mono<ElicitResult>, Mono<Object>> client(
      McpAsyncServerExchange exchange) {
    McpTransportContext context = exchange.transportContext();
    return new CallingClient<>(
        !Elicitation.possible(exchange.getClientCapabilities())
            ? null
            : form -> {
              OpenCalls.check(context);
              return exchange.createElicitation(form);
            },
        () -> exchange.ping().doOnNext(pong -> OpenCalls.check(context)));
  }
}
