package dev.alcada.mcp;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpStreamableServerTransport;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The stream on which one request over Streamable HTTP is answered. On one whose call is cancelled
 * the client is not asked whether it is there any more; what a tool that runs asks it still passes,
 * since it may be another call of the session that was cancelled.
 */
final class HeardStream implements McpStreamableServerTransport {
  private final McpStreamableServerTransport stream;
  private final OpenCalls calls;
  private final OpenCalls.Call call;

  HeardStream(McpStreamableServerTransport stream, OpenCalls calls, @Nullable Object id) {
    this.stream = stream;
    this.calls = calls;
    this.call = calls.arrived(id);
  }

  @Override
  public Mono<Void> sendMessage(JSONRPCMessage message) {
    return isVain(message) ? cancelled() : stream.sendMessage(message);
  }

  @Override
  public Mono<Void> sendMessage(JSONRPCMessage message, String id) {
    return isVain(message) ? cancelled() : stream.sendMessage(message, id);
  }

  private boolean isVain(JSONRPCMessage message) {
    return message instanceof JSONRPCRequest request
        && McpSchema.METHOD_PING.equals(request.method())
        && call.isCancelled();
  }

  private static Mono<Void> cancelled() {
    return Mono.error(new CancellationException("the client has cancelled the call"));
  }

  @Override
  public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
    return stream.unmarshalFrom(data, type);
  }

  @Override
  public Mono<Void> closeGracefully() {
    return stream.closeGracefully().doFinally(end -> calls.answered(call));
  }

  @Override
  public void close() {
    calls.answered(call);
    stream.close();
  }

  @Override
  public List<String> protocolVersions() {
    return stream.protocolVersions();
  }
}
