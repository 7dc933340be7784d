package dev.alcada.benchmark;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransport;
import io.modelcontextprotocol.spec.McpServerTransportProvider;
import io.modelcontextprotocol.spec.McpTransport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A client's and a server's transport joined in memory: what one sends the other receives, on the
 * same thread, without being written as text.
 */
final class JoinedTransports implements McpServerTransportProvider {
  private McpServerSession.@Nullable Factory sessions;

  /** {@return the client's end, for one client} */
  McpClientTransport client() {
    return new ClientEnd();
  }

  @Override
  public void setSessionFactory(McpServerSession.Factory factory) {
    sessions = factory;
  }

  @Override
  public Mono<Void> notifyClients(String method, @Nullable Object params) {
    return Mono.empty();
  }

  @Override
  public Mono<Void> closeGracefully() {
    return Mono.empty();
  }

  /** Neither end has anything to close. */
  private interface End extends McpTransport {
    @Override
    default Mono<Void> closeGracefully() {
      return Mono.empty();
    }

    @Override
    default <T> T unmarshalFrom(Object data, TypeRef<T> type) {
      return McpJsonDefaults.getMapper().convertValue(data, type);
    }
  }

  private final class ClientEnd implements End, McpClientTransport {
    private @Nullable McpServerSession server;

    @Override
    public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> received) {
      return Mono.fromRunnable(
          () -> {
            if (sessions != null) {
              server = sessions.create(new ServerEnd(received));
            }
          });
    }

    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message) {
      return server == null
          ? Mono.error(new IllegalStateException("not connected"))
          : server.handle(message);
    }
  }

  private static final class ServerEnd implements End, McpServerTransport {
    private final Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> client;

    ServerEnd(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> client) {
      this.client = client;
    }

    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message) {
      return client.apply(Mono.just(message)).then();
    }
  }
}
