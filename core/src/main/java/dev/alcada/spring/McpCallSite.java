package dev.alcada.spring;

import dev.alcada.decision.Caller;
import dev.alcada.mcp.McpTools;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Knows by a tool's context whether an MCP server calls it, and for whom. */
final class McpCallSite extends CallSite {
  /** Where Spring AI puts the exchange, or the context of a server without sessions. */
  private static final String EXCHANGE = "exchange";

  McpCallSite(Callers callers) {
    super(callers);
  }

  @Override
  boolean admitted(String tool, Map<String, Object> known) {
    Admission admission = admission(known);
    return admission != null && admission.take(tool);
  }

  @Override
  boolean nothingDone(Throwable failure) {
    return McpTools.nothingDone(failure);
  }

  @Override
  Caller caller(Map<String, Object> known) {
    Caller caller = clients(known);
    return caller == null ? super.caller(known) : caller;
  }

  @Override
  Mono<Caller> caller(Map<String, Object> known, @Nullable Caller before) {
    Caller caller = clients(known);
    return caller == null ? super.caller(known, before) : Mono.just(caller);
  }

  /** {@return the caller of the call that this one is part of, or null} */
  private static @Nullable Caller clients(Map<String, Object> known) {
    Admission admission = admission(known);
    return admission == null ? null : admission.caller();
  }

  private static @Nullable Admission admission(Map<String, Object> known) {
    Object exchange = known.get(EXCHANGE);
    if (exchange instanceof McpSyncServerExchange sync) {
      return Admission.of(sync.transportContext());
    }
    if (exchange instanceof McpAsyncServerExchange async) {
      return Admission.of(async.transportContext());
    }
    return exchange instanceof McpTransportContext context ? Admission.of(context) : null;
  }
}
