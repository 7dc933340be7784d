package dev.alcada.mcp;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema.ClientCapabilities;
import io.modelcontextprotocol.spec.McpSchema.Implementation;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.LoggingLevel;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransport;
import java.time.Duration;
import java.util.Map;
import reactor.core.publisher.Mono;

/** A session of the SDK's server over standard input and output or SSE, heard on its way in. */
final class HeardSession extends McpServerSession {
  private final McpServerSession session;
  private final OpenCalls calls = new OpenCalls();

  HeardSession(McpServerSession session, McpServerTransport transport) {
    // What the super class would do with these is the session's to do.
    super(session.getId(), Duration.ZERO, transport, request -> Mono.empty(), Map.of(), Map.of());
    this.session = session;
  }

  @Override
  public Mono<Void> handle(JSONRPCMessage message) {
    calls.hear(message);
    Mono<Void> handled = session.handle(message);
    return message instanceof JSONRPCRequest request ? calls.during(request, handled) : handled;
  }

  @Override
  public String getId() {
    return session.getId();
  }

  @Override
  public void init(ClientCapabilities capabilities, Implementation client) {
    session.init(capabilities, client);
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
  public Mono<Void> closeGracefully() {
    return session.closeGracefully();
  }

  @Override
  public void close() {
    session.close();
  }
}
