package dev.alcada.mcp;

import io.modelcontextprotocol.spec.McpSchema.ElicitFormRequest;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The client that waits for a call's answer. It is asked on the stream on which the call is
 * answered.
 *
 * @param form shows a form, or null if the client cannot
 * @param ping asks the client whether it is there; it fails if the client has cancelled the call
 * @param <R> what a form gives: a result, or a Mono of it
 * @param <P> what a ping gives: an answer, or a Mono of it
 */
record CallingClient<R, P>(@Nullable Function<ElicitFormRequest, R> form, Supplier<P> ping) {}
