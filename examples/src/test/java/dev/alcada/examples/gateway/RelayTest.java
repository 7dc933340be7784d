package dev.alcada.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.decision.Caller;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class RelayTest {
  /** An upstream that answers nothing. */
  private record Silent() implements Upstream {
    @Override
    public CompletionStage<Void> send(JSONRPCMessage message) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {}
  }

  @Test
  void whatAClientAsksWhenItHearsOfALossIsNotLostWithIt() throws Exception {
    ToolGuard guard =
        ToolGuard.builder(Policy.parse("{\"version\": \"1\", \"default\": \"allow\"}")).build();
    Relay.Settings settings =
        new Relay.Settings(
            guard,
            PolicyFit.of(guard, false),
            listener -> new Silent(),
            false,
            Duration.ofSeconds(30));
    try (Relay relay = new Relay(settings, Caller.grant("any"), message -> {})) {
      List<CompletableFuture<JSONRPCResponse>> later = new ArrayList<>();
      CompletableFuture<Void> first =
          ask(relay, 0)
              .thenAccept(
                  lost -> {
                    assertThat(lost.error().message()).isEqualTo("lost");
                    for (int id = 1; id < 10; id++) {
                      later.add(ask(relay, id));
                    }
                  });

      relay.onBroken("lost");

      assertThat(first).isCompleted();
      assertThat(later).hasSize(9).noneMatch(CompletableFuture::isDone);
    }
  }

  private static CompletableFuture<JSONRPCResponse> ask(Relay relay, int id) {
    return relay
        .request(new JSONRPCRequest("prompts/list", id, null), progress -> {})
        .toCompletableFuture();
  }
}
