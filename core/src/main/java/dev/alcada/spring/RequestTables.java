package dev.alcada.spring;

import io.modelcontextprotocol.json.schema.JsonSchemaValidator;
import io.modelcontextprotocol.server.McpAsyncServer;
import io.modelcontextprotocol.server.McpRequestHandler;
import io.modelcontextprotocol.server.McpStatelessAsyncServer;
import io.modelcontextprotocol.server.McpStatelessRequestHandler;
import io.modelcontextprotocol.server.McpStatelessServerHandler;
import io.modelcontextprotocol.server.McpStatelessSyncServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransport;
import io.modelcontextprotocol.spec.McpServerTransportProviderBase;
import io.modelcontextprotocol.spec.McpStatelessServerTransport;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import java.lang.reflect.Proxy;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the table of requests that a server answers. One server has one, which all its sessions
 * share:
 *
 * <pre>
 *   server  →  transport  →  factory of sessions  →  table
 *                        or  session              →  table
 *                        or  handler              →  table   (without sessions)
 * </pre>
 */
final class RequestTables {
  private RequestTables() {}

  /** {@return whether a bean is a server, of the four kinds} */
  static boolean isServer(Object bean) {
    return bean instanceof McpSyncServer
        || bean instanceof McpAsyncServer
        || bean instanceof McpStatelessSyncServer
        || bean instanceof McpStatelessAsyncServer;
  }

  /** {@return the asynchronous server that a synchronous one stands on, or null} */
  static @Nullable Object asynchronous(Object server) {
    if (server instanceof McpSyncServer sync) {
      return sync.getAsyncServer();
    }
    return server instanceof McpStatelessSyncServer
        ? Inside.value(server, McpStatelessAsyncServer.class)
        : server;
  }

  /** {@return whether an asynchronous server answers requests about tools} */
  static boolean hasTools(Object server) {
    return server instanceof McpAsyncServer stateful
        ? stateful.getServerCapabilities().tools() != null
        : ((McpStatelessAsyncServer) server).getServerCapabilities().tools() != null;
  }

  /** {@return the transport of an asynchronous server, or null} */
  static @Nullable Object transport(Object server) {
    Object stateful = Inside.value(server, McpServerTransportProviderBase.class);
    return stateful == null ? Inside.value(server, McpStatelessServerTransport.class) : stateful;
  }

  /** {@return what an asynchronous server validates arguments with, or null if it does not} */
  static @Nullable JsonSchemaValidator validator(@Nullable Object server) {
    return server != null && Inside.flag(server, "validateToolInputs")
        ? Inside.value(server, JsonSchemaValidator.class)
        : null;
  }

  /** {@return whether a server was built on a transport} */
  static boolean inUse(Object transport) {
    return Inside.value(transport, McpStreamableServerSession.Factory.class) != null
        || Inside.value(transport, McpServerSession.Factory.class) != null
        || Inside.value(transport, McpServerSession.class) != null
        || Inside.value(transport, McpStatelessServerHandler.class) != null;
  }

  /** {@return the table of a transport without sessions, or null} */
  @SuppressWarnings({"unchecked", "rawtypes"}) // of handlers of whatever results
  static @Nullable Map<String, McpStatelessRequestHandler<?>> stateless(Object transport) {
    Object handler = Inside.value(transport, McpStatelessServerHandler.class);
    return handler == null
        ? null
        : (Map) Inside.handlers(handler, McpStatelessRequestHandler.class);
  }

  /** {@return the table of a transport with sessions, or null} */
  static @Nullable Map<String, McpRequestHandler<?>> stateful(Object transport) {
    Object factory = Inside.value(transport, McpStreamableServerSession.Factory.class);
    if (factory == null) {
      McpServerSession.Factory sessions = Inside.value(transport, McpServerSession.Factory.class);
      factory =
          sessions == null
              ? Inside.value(transport, McpServerSession.class)
              : sessions.create(nowhere());
    }
    return factory == null ? null : of(factory);
  }

  /** {@return the table in a session or a factory of them, or null} */
  @SuppressWarnings({"unchecked", "rawtypes"}) // of handlers of whatever results
  static @Nullable Map<String, McpRequestHandler<?>> of(Object owner) {
    return (Map) Inside.handlers(owner, McpRequestHandler.class);
  }

  /** A session that is made only to be looked at sends nothing. */
  private static McpServerTransport nowhere() {
    return (McpServerTransport)
        Proxy.newProxyInstance(
            McpServerTransport.class.getClassLoader(),
            new Class<?>[] {McpServerTransport.class},
            (proxy, method, arguments) -> {
              throw new UnsupportedOperationException(method.getName());
            });
  }
}
