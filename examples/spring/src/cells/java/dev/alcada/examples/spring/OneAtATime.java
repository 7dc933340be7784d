package dev.alcada.examples.spring;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransport;
import reactor.core.publisher.Mono;

/**
 * The SDK's transport over standard input and output, which ends where two threads send at once,
 * even if the second only comes before the first has quite returned.
 */
class OneAtATime extends StdioServerTransportProvider {
  OneAtATime(McpJsonMapper mapper) {
    super(mapper);
  }

  @Override
  public void setSessionFactory(McpServerSession.Factory sessions) {
    super.setSessionFactory(transport -> sessions.create(new Sending(transport)));
  }

  private record Sending(McpServerTransport transport) implements McpServerTransport {
    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message) {
      return Mono.create(
          sink -> {
            synchronized (this) {
              transport.sendMessage(message).subscribe(sent -> {}, sink::error, sink::success);
            }
          });
    }

    @Override
    public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
      return transport.unmarshalFrom(data, type);
    }

    @Override
    public Mono<Void> closeGracefully() {
      return transport.closeGracefully();
    }

    @Override
    public void close() {
      transport.close();
    }
  }
}
