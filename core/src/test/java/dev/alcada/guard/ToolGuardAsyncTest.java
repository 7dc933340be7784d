package dev.alcada.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.Policy;
import dev.alcada.testing.ManualTime;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class ToolGuardAsyncTest {
  private static final ToolCall CALL = ToolCall.of("pay", Map.of(), Caller.grant("agent-7"));

  private final ToolGuard guard =
      ToolGuard.builder(
              Policy.parse(
                  """
                  {"version": "1", "default": "deny", "tools": {"pay": {"limits": [
                    {"counter": "paid", "window": "minute", "max": 1, "counts": "successes"}]}}}
                  """))
          .timeSource(new ManualTime())
          .build();

  private CompletableFuture<Outcome<String>> call(CompletableFuture<String> handler) {
    return guard.<String>callAsync(CALL, judged -> handler).toCompletableFuture();
  }

  private boolean hasRoom() {
    return guard.check(CALL).code() == null;
  }

  @Test
  void theOutcomeComesWhenTheHandlersStageDoes() {
    CompletableFuture<String> handler = new CompletableFuture<>();
    CompletableFuture<Outcome<String>> outcome = call(handler);
    assertThat(outcome).isNotDone();

    handler.complete("paid");

    assertThat(outcome).isCompletedWithValue(new Outcome.Completed<>("paid"));
    assertThat(hasRoom()).isFalse();
  }

  @Test
  void theLimitIsHeldWhileTheHandlerRuns() {
    assertThat(call(new CompletableFuture<>())).isNotDone();
    assertThat(call(new CompletableFuture<>()).join()).isInstanceOf(Outcome.Denied.class);
  }

  @Test
  void aStageThatFailsLeavesTheCallCountedAndComesOutUnchanged() {
    IOException thrown = new IOException("no answer");
    CompletableFuture<String> handler = new CompletableFuture<>();
    CompletableFuture<Outcome<String>> outcome = call(handler);

    handler.completeExceptionally(new CompletionException(thrown));

    assertThat(outcome.handle((value, failure) -> failure).join()).isSameAs(thrown);
    assertThat(hasRoom()).isFalse();
  }

  @Test
  void aStageThatSaysNothingWasDoneGivesTheCallBackHoweverLate() {
    CompletableFuture<String> handler = new CompletableFuture<>();
    CompletableFuture<Outcome<String>> outcome = call(handler);
    outcome.completeExceptionally(new IllegalStateException("the caller gave up"));

    handler.completeExceptionally(new CompletionException(new NotDoneException("refused")));

    assertThat(hasRoom()).isTrue();
  }

  @Test
  void aHandlerThatThrowsAtOnceIsAStageThatFailed() {
    NotDoneException thrown = new NotDoneException("refused");
    CompletableFuture<Outcome<String>> outcome =
        guard
            .<String>callAsync(
                CALL,
                judged -> {
                  throw thrown;
                })
            .toCompletableFuture();

    assertThat(outcome.handle((value, failure) -> failure).join()).isSameAs(thrown);
    assertThat(hasRoom()).isTrue();
  }

  @Test
  void cancellingReachesTheHandlerAndLeavesTheCallCounted() {
    CompletableFuture<String> handler = new CompletableFuture<>();
    CompletableFuture<Outcome<String>> outcome = call(handler);

    outcome.cancel(true);

    assertThat(handler).isCancelled();
    assertThat(hasRoom()).isFalse();
  }

  @Test
  @SuppressWarnings("NullAway") // what a careless handler does
  void aHandlerThatReturnsNoStageIsAFailure() {
    CompletableFuture<Outcome<String>> outcome =
        guard.<String>callAsync(CALL, judged -> null).toCompletableFuture();

    assertThat(outcome.handle((value, failure) -> failure).join())
        .isInstanceOf(NullPointerException.class);
    assertThat(hasRoom()).isFalse();
  }
}
