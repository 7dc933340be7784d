package dev.alcada.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpStreamableServerTransport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/**
 * What passes on the stream of a call while a call of the session is cancelled, this or another.
 */
class HeardStreamTest {
  private static final JSONRPCNotification CANCELLED =
      new JSONRPCNotification("2.0", "notifications/cancelled", Map.of("requestId", 7));

  private final OpenCalls calls = new OpenCalls();
  private final Wire wire = new Wire();
  private final HeardStream stream = new HeardStream(wire, calls, null);

  private static final class Wire implements McpStreamableServerTransport {
    private final List<JSONRPCMessage> sent = new ArrayList<>();

    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message) {
      return Mono.fromRunnable(() -> sent.add(message));
    }

    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message, @Nullable String id) {
      return sendMessage(message);
    }

    @Override
    public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
      throw new AssertionError();
    }

    @Override
    public Mono<Void> closeGracefully() {
      return Mono.empty();
    }

    @Override
    public void close() {}
  }

  @Test
  void nobodyIsAskedWhetherTheyAreThereWhoHaveCancelled() {
    calls.hear(CANCELLED);

    assertThatThrownBy(() -> send("ping")).isInstanceOf(CancellationException.class);
    assertThat(wire.sent).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"elicitation/create", "sampling/createMessage", "roots/list"})
  void aToolThatRunsStillAsks(String method) {
    calls.hear(CANCELLED);

    send(method);

    assertThat(wire.sent).hasSize(1);
  }

  @Test
  void answersAndNewsPass() {
    calls.hear(CANCELLED);

    stream.sendMessage(JSONRPCResponse.result(7, Map.of())).block();
    stream.sendMessage(new JSONRPCNotification("2.0", "notifications/progress", null)).block();

    assertThat(wire.sent).hasSize(2);
  }

  @Test
  void aCancellationBeforeTheCallCameIsNotOfIt() {
    calls.hear(CANCELLED);
    HeardStream later = new HeardStream(wire, calls, null);

    later.sendMessage(request("ping"), "1").block();

    assertThat(wire.sent).hasSize(1);
  }

  private void send(String method) {
    stream.sendMessage(request(method)).block();
  }

  private static JSONRPCRequest request(String method) {
    return new JSONRPCRequest("2.0", method, "s-1", Map.of());
  }
}
