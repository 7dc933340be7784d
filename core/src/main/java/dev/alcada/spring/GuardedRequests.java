package dev.alcada.spring;

import dev.alcada.guard.ToolGuard;
import dev.alcada.mcp.McpTools;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.server.McpRequestHandler;
import io.modelcontextprotocol.server.McpStatelessRequestHandler;
import io.modelcontextprotocol.spec.McpLoggableSession;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanCurrentlyInCreationException;
import org.springframework.util.function.SingletonSupplier;
import reactor.core.publisher.Mono;

/** Puts the guard into the table of requests that a server answers. */
final class GuardedRequests {
  private final GuardInUse guard;
  private final Callers callers;
  private final KnownTools known;

  GuardedRequests(GuardInUse guard, Callers callers, KnownTools known) {
    this.guard = guard;
    this.callers = callers;
    this.known = known;
  }

  /** Makes what a call needs, if that can be done already. */
  void prepare() {
    try {
      ToolGuard unused = guard.get();
    } catch (BeanCurrentlyInCreationException e) {
      // The guard needs what is being made: it is made when the first call needs it.
    }
  }

  private record Stateful(ServerTools.Handling<McpAsyncServerExchange> handling)
      implements McpRequestHandler<Object>, Proxies.Guarded {
    @Override
    public Mono<Object> handle(McpAsyncServerExchange exchange, Object params) {
      return Mono.defer(() -> Mono.from(handling.handle(exchange, params)));
    }
  }

  private record Stateless(ServerTools.Handling<McpTransportContext> handling)
      implements McpStatelessRequestHandler<Object>, Proxies.Guarded {
    @Override
    public Mono<Object> handle(McpTransportContext context, Object params) {
      return Mono.defer(() -> Mono.from(handling.handle(context, params)));
    }
  }

  private enum Exchanges implements ServerTools.Exchanges<McpAsyncServerExchange> {
    INSTANCE;

    @Override
    public McpTransportContext context(McpAsyncServerExchange exchange) {
      return orEmpty(exchange.transportContext());
    }

    /** Where the session is out of reach the context stays, and its tools are judged once more. */
    @Override
    public McpAsyncServerExchange with(
        McpAsyncServerExchange exchange, McpTransportContext context) {
      McpLoggableSession session = Inside.value(exchange, McpLoggableSession.class);
      return session == null
          ? exchange
          : new McpAsyncServerExchange(
              exchange.sessionId(),
              session,
              exchange.getClientCapabilities(),
              exchange.getClientInfo(),
              context,
              Inside.value(exchange, JsonSchemaValidator.class));
    }
  }

  private enum Contexts implements ServerTools.Exchanges<McpTransportContext> {
    INSTANCE;

    @Override
    public McpTransportContext context(McpTransportContext context) {
      return orEmpty(context);
    }

    @Override
    public McpTransportContext with(McpTransportContext before, McpTransportContext context) {
      return context;
    }
  }

  /**
   * Guards a server with sessions. Once more changes nothing.
   *
   * @param pipe whether its one client is at the other end of this process's input and output
   * @param validator what the server validates arguments with, or null if it does not
   */
  void guard(
      Map<String, McpRequestHandler<?>> handlers,
      boolean pipe,
      @Nullable JsonSchemaValidator validator) {
    McpRequestHandler<?> list = handlers.get(McpSchema.METHOD_TOOLS_LIST);
    McpRequestHandler<?> call = handlers.get(McpSchema.METHOD_TOOLS_CALL);
    if (list == null || call == null || call instanceof Proxies.Guarded) {
      return;
    }
    Supplier<McpTools> mcp = tools(pipe, validator);
    ServerTools<McpAsyncServerExchange> tools =
        new ServerTools<>(
            guard,
            callers,
            known,
            pipe ? "local" : "anonymous",
            Exchanges.INSTANCE,
            (exchange, tool, request, handler) -> mcp.get().call(exchange, tool, request, handler),
            list::handle,
            call::handle);
    handlers.put(McpSchema.METHOD_TOOLS_CALL, new Stateful(tools::call));
    handlers.put(McpSchema.METHOD_TOOLS_LIST, new Stateful(tools::list));
  }

  /**
   * Guards a server without sessions. Once more changes nothing.
   *
   * @param validator what the server validates arguments with, or null if it does not
   */
  void guardStateless(
      Map<String, McpStatelessRequestHandler<?>> handlers,
      @Nullable JsonSchemaValidator validator) {
    McpStatelessRequestHandler<?> list = handlers.get(McpSchema.METHOD_TOOLS_LIST);
    McpStatelessRequestHandler<?> call = handlers.get(McpSchema.METHOD_TOOLS_CALL);
    if (list == null || call == null || call instanceof Proxies.Guarded) {
      return;
    }
    Supplier<McpTools> mcp = tools(false, validator);
    ServerTools<McpTransportContext> tools =
        new ServerTools<>(
            guard,
            callers,
            known,
            "anonymous",
            Contexts.INSTANCE,
            (context, tool, request, handler) -> mcp.get().call(context, tool, request, handler),
            list::handle,
            call::handle);
    handlers.put(McpSchema.METHOD_TOOLS_CALL, new Stateless(tools::call));
    handlers.put(McpSchema.METHOD_TOOLS_LIST, new Stateless(tools::list));
  }

  /** Made when the first call needs it, as the guard is. */
  private Supplier<McpTools> tools(boolean pipe, @Nullable JsonSchemaValidator validator) {
    return SingletonSupplier.of(
        () -> {
          McpTools.Builder builder =
              McpTools.builder(guard.get())
                  .callerResolver(
                      context -> {
                        Admission admission = Admission.of(context);
                        return admission == null ? null : admission.caller();
                      });
          if (pipe) {
            builder.stdio();
          }
          if (validator != null) {
            builder.validateInputs(validator);
          }
          return builder.build();
        });
  }

  private static McpTransportContext orEmpty(@Nullable McpTransportContext context) {
    return context == null ? McpTransportContext.EMPTY : context;
  }
}
