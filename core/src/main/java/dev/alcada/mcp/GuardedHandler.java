package dev.alcada.mcp;

import dev.alcada.guard.ToolGuard;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import java.util.function.BiFunction;

/**
 * A tool's handler behind a guard, known as such, so that none is put behind the same guard twice.
 *
 * @param <X> what the SDK gives a handler beside the request
 * @param <R> what a handler returns
 */
record GuardedHandler<X, R>(GuardedTool tool, Call<X, R> call)
    implements BiFunction<X, CallToolRequest, R> {

  /** Makes a call of a guarded tool. */
  @FunctionalInterface
  interface Call<X, R> {
    R make(GuardedTool tool, X exchange, CallToolRequest request);
  }

  boolean isBehind(ToolGuard guard) {
    return tool.guard() == guard;
  }

  /** {@return this handler with arguments validated, by this validator unless it has one} */
  GuardedHandler<X, R> validating(JsonSchemaValidator validator) {
    return tool.inputValidator() != null
        ? this
        : new GuardedHandler<>(
            new GuardedTool(tool.guard(), tool.elicitation(), validator, tool.tool(), tool.usage()),
            call);
  }

  @Override
  public R apply(X exchange, CallToolRequest request) {
    return call.make(tool, exchange, request);
  }
}
