package dev.alcada.mcp;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema.InitializeRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpSchema.LoggingLevel;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import io.modelcontextprotocol.spec.McpStreamableServerTransport;
import java.time.Duration;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A session of the SDK's server over Streamable HTTP, heard on its way in. */
final class HeardStreamableSession extends McpStreamableServerSession {
  private final McpStreamableServerSession session;
  private final OpenCalls calls = new OpenCalls();

  HeardStreamableSession(McpStreamableServerSession session, InitializeRequest request) {
    // What the super class would do with these is the session's to do.
    super(
        session.getId(),
        request.capabilities(),
        request.clientInfo(),
        Duration.ZERO,
        Map.of(),
        Map.of());
    this.session = session;
  }

  @Override
  public Mono<Void> accept(JSONRPCNotification notification) {
    calls.hear(notification);
    return session.accept(notification);
  }

  @Override
  public Mono<Void> accept(JSONRPCResponse response) {
    return session.accept(response);
  }

  @Override
  public String getId() {
    return session.getId();
  }

  @Override
  public McpStreamableServerSessionStream listeningStream(McpStreamableServerTransport transport) {
    return session.listeningStream(transport);
  }

  @Override
  public boolean hasListeningStream() {
    return session.hasListeningStream();
  }

  @Override
  public boolean hasOpenStream() {
    return session.hasOpenStream();
  }

  @Override
  public void releaseListeningStream() {
    session.releaseListeningStream();
  }

  @Override
  public McpStreamableServerSessionStream responseStream(McpStreamableServerTransport transport) {
    return session.responseStream(new HeardStream(transport, calls, null));
  }

  @Override
  @SuppressWarnings("deprecation") // which transports of the SDK's 2.0 call
  public Mono<Void> responseStream(JSONRPCRequest request, McpStreamableServerTransport transport) {
    return session.responseStream(request, new HeardStream(transport, calls, request.id()));
  }

  @Override
  public Flux<JSONRPCMessage> replay(Object lastEventId) {
    return session.replay(lastEventId);
  }

  @Override
  public void setMinLoggingLevel(LoggingLevel level) {
    session.setMinLoggingLevel(level);
  }

  @Override
  public boolean isNotificationForLevelAllowed(LoggingLevel level) {
    return session.isNotificationForLevelAllowed(level);
  }

  @Override
  public <T> Mono<T> sendRequest(String method, Object params, TypeRef<T> type) {
    return session.sendRequest(method, params, type);
  }

  @Override
  public Mono<Void> sendNotification(String method, Object params) {
    return session.sendNotification(method, params);
  }

  @Override
  public Mono<Void> delete() {
    return session.delete();
  }

  @Override
  public Mono<Void> closeGracefully() {
    return session.closeGracefully();
  }

  @Override
  public void close() {
    session.close();
  }
}
