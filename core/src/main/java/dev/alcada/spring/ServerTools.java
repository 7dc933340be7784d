package dev.alcada.spring;

import dev.alcada.decision.Caller;
import dev.alcada.guard.NotDoneException;
import dev.alcada.mcp.McpTools;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ListToolsResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The two requests about tools that a server answers, behind the guard: whatever the server was
 * given its tools by, and whenever, these are what a client reaches them by.
 *
 * <pre>
 *   tools/list  →  caller  →  the server's own answer  →  without what is hidden
 *   tools/call  →  caller  →  guard  →  the server's own answer to what was judged
 * </pre>
 *
 * @param <X> what a request comes with: an exchange, or the context alone where there are no
 *     sessions
 */
final class ServerTools<X> {
  /** The server's own handling of one kind of request. */
  interface Handling<X> {
    Mono<?> handle(X exchange, @Nullable Object params);
  }

  /** A call through the guard. */
  interface Calling<X> {
    Mono<CallToolResult> call(
        X exchange,
        Tool tool,
        CallToolRequest request,
        Function<CallToolRequest, Mono<CallToolResult>> handler);
  }

  /** How to look into what a request comes with, and to put another context into it. */
  interface Exchanges<X> {
    McpTransportContext context(X exchange);

    X with(X exchange, McpTransportContext context);
  }

  private final GuardInUse guard;
  private final Callers callers;
  private final KnownTools known;
  private final String unauthenticated;
  private final Exchanges<X> exchanges;
  private final Calling<X> calling;
  private final Handling<X> list;
  private final Handling<X> call;

  ServerTools(
      GuardInUse guard,
      Callers callers,
      KnownTools known,
      String unauthenticated,
      Exchanges<X> exchanges,
      Calling<X> calling,
      Handling<X> list,
      Handling<X> call) {
    this.guard = guard;
    this.callers = callers;
    this.known = known;
    this.unauthenticated = unauthenticated;
    this.exchanges = exchanges;
    this.calling = calling;
    this.list = list;
    this.call = call;
  }

  Mono<Object> list(X exchange, @Nullable Object params) {
    return caller(exchange)
        .flatMap(
            found -> {
              Caller caller = found.orElseGet(() -> Caller.grant(unauthenticated));
              return Mono.<Object>from(list.handle(exchange, params))
                  .cast(ListToolsResult.class)
                  .map(
                      all ->
                          new ListToolsResult(
                              all.tools().stream()
                                  .filter(tool -> guard.get().visible(tool.name(), caller))
                                  .toList(),
                              all.nextCursor(),
                              all.meta()));
            });
  }

  Mono<Object> call(X exchange, @Nullable Object params) {
    CallToolRequest request = request(params);
    if (request == null) {
      return Mono.error(
          McpError.builder(McpSchema.ErrorCodes.INVALID_PARAMS)
              .message("A call needs the name of a tool, and arguments that are an object")
              .build());
    }
    return caller(exchange)
        .flatMap(
            caller -> {
              Admission admission = new Admission(request.name(), caller.orElse(null));
              X admitted = exchanges.with(exchange, admission.in(exchanges.context(exchange)));
              return tool(request.name(), exchange)
                  .flatMap(
                      tool ->
                          tool.isPresent()
                              ? calling.call(
                                  admitted,
                                  tool.get(),
                                  request,
                                  judged -> run(admission, admitted, judged))
                              : unknown(admitted, request));
            });
  }

  private Mono<Optional<Caller>> caller(X exchange) {
    return callers
        .of(exchanges.context(exchange)::get)
        .map(Optional::of)
        .defaultIfEmpty(Optional.empty());
  }

  private Mono<Optional<Tool>> tool(String name, X exchange) {
    return Mono.<Object>from(list.handle(exchange, null))
        .cast(ListToolsResult.class)
        .map(all -> all.tools().stream().filter(tool -> tool.name().equals(name)).findFirst())
        .doOnNext(tool -> tool.ifPresent(found -> known.add(found.name())));
  }

  private Mono<CallToolResult> run(Admission admission, X exchange, CallToolRequest judged) {
    admission.letThrough();
    return Mono.<Object>from(call.handle(exchange, params(judged)))
        .cast(CallToolResult.class)
        .flatMap(
            result -> {
              Throwable failure = failure(result);
              return failure == null ? Mono.just(result) : failed(failure);
            })
        .onErrorMap(ToolFailures::original)
        .onErrorMap(McpTools::nothingDone, e -> new NotDoneException(null, e));
  }

  /** Nothing runs; but the guard is asked, so that a hidden tool and none answer alike. */
  private Mono<CallToolResult> unknown(X exchange, CallToolRequest request) {
    AtomicBoolean allowed = new AtomicBoolean();
    Tool none = Tool.builder(request.name(), Map.of("type", "object")).build();
    return calling
        .call(
            exchange,
            none,
            request,
            judged -> {
              allowed.set(true);
              return Mono.error(new NotDoneException("there is no such tool"));
            })
        .flatMap(
            result ->
                allowed.get()
                    ? failed(
                        McpError.builder(McpSchema.ErrorCodes.INVALID_PARAMS)
                            .message("There is no tool of this name")
                            .build())
                    : Mono.just(result));
  }

  /**
   * Returns what fails without a cancellation of what came before: that interrupts the thread of a
   * tool which has just ended, at times while the thread sends the answer.
   */
  private static <T> Mono<T> failed(Throwable failure) {
    return Mono.defer(() -> Mono.error(failure));
  }

  /** {@return what a tool threw, if the framework made this result of it, or null} */
  private static @Nullable Throwable failure(CallToolResult result) {
    if (!Boolean.TRUE.equals(result.isError()) || result.content() == null) {
      return null;
    }
    return result.content().stream()
        .filter(TextContent.class::isInstance)
        .map(content -> ((TextContent) content).text())
        .filter(Objects::nonNull)
        .map(ToolFailures::in)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  /** Reads what a client sent in the one way that the guard and the server share. */
  private static @Nullable CallToolRequest request(@Nullable Object params) {
    if (!(params instanceof Map<?, ?> map) || !(map.get("name") instanceof String name)) {
      return null;
    }
    Map<String, Object> arguments = object(map.get("arguments"));
    Map<String, Object> meta = object(map.get("_meta"));
    return arguments == null || meta == null
        ? null
        : new CallToolRequest(name, arguments, meta.isEmpty() ? null : meta);
  }

  @SuppressWarnings("unchecked") // an object of JSON
  private static @Nullable Map<String, Object> object(@Nullable Object value) {
    if (value == null) {
      return Map.of();
    }
    return value instanceof Map<?, ?> map
            && map.keySet().stream().allMatch(String.class::isInstance)
        ? (Map<String, Object>) map
        : null;
  }

  /** What was judged and nothing else: a second spelling of a name would be read by the server. */
  private static Map<String, Object> params(CallToolRequest judged) {
    Map<String, Object> params = new LinkedHashMap<>();
    params.put("name", judged.name());
    params.put("arguments", judged.arguments());
    if (judged.meta() != null) {
      params.put("_meta", judged.meta());
    }
    return params;
  }
}
