package dev.alcada.mcp;

import dev.alcada.decision.Caller;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema.Implementation;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes callers of the SDK's exchanges and contexts. */
final class Callers {
  private static final Logger log = LoggerFactory.getLogger(McpTools.class);

  /** No grant at all: the guard denies it and reports that. */
  private static final Caller NOBODY = Caller.grant("");

  private final CallerResolver resolver;
  private final String unauthenticated;
  private final boolean sessionAsGrant;
  private final AtomicBoolean warned = new AtomicBoolean();

  Callers(CallerResolver resolver, String unauthenticated, boolean sessionAsGrant) {
    this.resolver = resolver;
    this.unauthenticated = unauthenticated;
    this.sessionAsGrant = sessionAsGrant;
  }

  Caller of(McpSyncServerExchange exchange) {
    return of(exchange.transportContext(), exchange.sessionId(), exchange.getClientInfo());
  }

  Caller of(McpAsyncServerExchange exchange) {
    return of(exchange.transportContext(), exchange.sessionId(), exchange.getClientInfo());
  }

  Caller of(@Nullable McpTransportContext context) {
    return of(context, null, null);
  }

  private Caller of(
      @Nullable McpTransportContext context,
      @Nullable String session,
      @Nullable Implementation client) {
    Caller caller;
    try {
      caller = resolver.resolve(context == null ? McpTransportContext.EMPTY : context);
    } catch (Throwable e) {
      log.warn("The caller resolver failed, so the caller has no grant", e);
      return NOBODY;
    }
    if (caller == null) {
      caller = unauthenticated(session);
    }
    if (session != null && caller.session() == null) {
      caller = caller.withSession(session);
    }
    if (client != null
        && client.name() != null
        && !caller.attributes().containsKey("client_name")) {
      caller = caller.withAttribute("client_name", client.name());
    }
    return caller;
  }

  private Caller unauthenticated(@Nullable String session) {
    if (sessionAsGrant && session != null) {
      return Caller.grant(session);
    }
    if (warned.compareAndSet(false, true)) {
      log.warn(
          "Tools are used without an authenticated principal: all such sessions share the grant"
              + " \"{}\" and its counts. A CallerResolver can tell them apart.",
          unauthenticated);
    }
    return Caller.grant(unauthenticated);
  }
}
