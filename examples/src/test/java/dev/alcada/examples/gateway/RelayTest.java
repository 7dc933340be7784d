package dev.alcada.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.decision.Caller;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import java.math.BigInteger;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RelayTest {
  @RegisterExtension final Logged logged = new Logged();

  /** An upstream that answers nothing. */
  private record Silent(CountDownLatch sent) implements Upstream {
    @Override
    public CompletionStage<Void> send(Message message, BooleanSupplier begin) {
      boolean unused = begin.getAsBoolean();
      sent.countDown();
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {}
  }

  private static final ToClient.Client NOBODY =
      new ToClient.Client() {
        @Override
        public boolean deliver(Message message) {
          return true;
        }

        @Override
        public CompletionStage<?> room() {
          return CompletableFuture.completedStage(null);
        }
      };

  @Test
  void whatAClientAsksWhenItHearsOfALossIsNotLostWithIt() throws Exception {
    ToolGuard guard =
        ToolGuard.builder(Policy.parse("{\"version\": \"1\", \"default\": \"allow\"}")).build();
    CountDownLatch sent = new CountDownLatch(1);
    Settings settings = Settings.of(guard, listener -> new Silent(sent));
    try (Relay relay = new Relay(settings, Caller.grant("any"), NOBODY)) {
      List<CompletableFuture<Message.Answer>> later = new CopyOnWriteArrayList<>();
      CompletableFuture<String> first =
          ask(relay, 0)
              .thenApply(
                  lost -> {
                    for (int id = 1; id < 10; id++) {
                      later.add(ask(relay, id));
                    }
                    return String.valueOf(Json.object(lost.error()).get("message"));
                  });
      sent.await();

      relay.onBroken("lost");

      assertThat(first.get(30, TimeUnit.SECONDS)).isEqualTo("lost");
      assertThat(later).hasSize(9).noneMatch(CompletableFuture::isDone);
    }
  }

  private static CompletableFuture<Message.Answer> ask(Relay relay, int id) {
    return relay
        .request(
            new Message.Request(BigInteger.valueOf(id), "prompts/list", null), 1, progress -> {})
        .toCompletableFuture();
  }
}
