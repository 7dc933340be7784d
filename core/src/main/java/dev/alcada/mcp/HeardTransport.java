package dev.alcada.mcp;

import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import io.modelcontextprotocol.spec.McpServerTransportProviderBase;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import io.modelcontextprotocol.spec.McpStreamableServerSession.McpStreamableServerSessionInit;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import java.util.List;
import reactor.core.publisher.Mono;

/** A transport whose sessions are heard on their way in; all else is the transport's. */
abstract sealed class HeardTransport<T extends McpServerTransportProviderBase>
    implements McpServerTransportProviderBase {
  final T transport;

  HeardTransport(T transport) {
    this.transport = transport;
  }

  @Override
  public Mono<Void> notifyClients(String method, Object params) {
    return transport.notifyClients(method, params);
  }

  @Override
  public Mono<Void> notifyClient(String session, String method, Object params) {
    return transport.notifyClient(session, method, params);
  }

  @Override
  public void close() {
    transport.close();
  }

  @Override
  public Mono<Void> closeGracefully() {
    return transport.closeGracefully();
  }

  @Override
  public List<String> protocolVersions() {
    return transport.protocolVersions();
  }

  /** One of Streamable HTTP. */
  static final class Streamable extends HeardTransport<McpStreamableServerTransportProvider>
      implements McpStreamableServerTransportProvider {
    Streamable(McpStreamableServerTransportProvider transport) {
      super(transport);
    }

    @Override
    public void setSessionFactory(McpStreamableServerSession.Factory sessions) {
      transport.setSessionFactory(
          request -> {
            McpStreamableServerSessionInit begun = sessions.startSession(request);
            return new McpStreamableServerSessionInit(
                new HeardStreamableSession(begun.session(), request), begun.initResult());
          });
    }
  }

  /** One of standard input and output, or of SSE. */
  static final class Single extends HeardTransport<McpServerTransportProvider>
      implements McpServerTransportProvider {
    Single(McpServerTransportProvider transport) {
      super(transport);
    }

    @Override
    public void setSessionFactory(McpServerSession.Factory sessions) {
      transport.setSessionFactory(client -> new HeardSession(sessions.create(client), client));
    }
  }
}
