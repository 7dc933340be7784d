package dev.alcada.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A server that the gateway started, and what is heard of its end. */
class UpstreamProcessTest {
  /** Cannot take a message in. */
  private record Failing(Error failure, CompletableFuture<String> end)
      implements Upstream.Listener {
    @Override
    public CompletionStage<?> onMessage(Message message) {
      throw failure;
    }

    @Override
    public void onBroken(String why) {}

    @Override
    public void onEnd(String why) {
      end.complete(why);
    }
  }

  static Stream<Error> failures() {
    return Stream.of(new StackOverflowError(), new OutOfMemoryError(), new LinkageError());
  }

  @ParameterizedTest
  @MethodSource("failures")
  void itsEndIsToldWhateverEndsTheThreadThatReads(Error failure) throws Exception {
    Failing listener = new Failing(failure, new CompletableFuture<>());
    try (Upstream upstream = Conversation.badServer("behaves").open(listener)) {
      Message hello = new Message.Request("1", Methods.INITIALIZE, Methods.ownInitialize());
      upstream.send(hello, () -> true).toCompletableFuture().get(60, TimeUnit.SECONDS);

      assertThat(listener.end().get(60, TimeUnit.SECONDS))
          .isEqualTo(
              "the upstream server sent what the gateway could not take in ("
                  + failure.getClass().getSimpleName()
                  + ")");
    }
  }
}
