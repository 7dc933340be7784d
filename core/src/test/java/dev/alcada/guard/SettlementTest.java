package dev.alcada.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.audit.DecisionEvent;
import dev.alcada.audit.DecisionListener;
import dev.alcada.audit.SettlementEvent;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Look;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.ReserveResult;
import dev.alcada.counter.Usage;
import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.Policy;
import dev.alcada.testing.ManualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** What comes of a call settles it once, and only what says that nothing was done gives it back. */
class SettlementTest {
  private static final Policy ONE_SUCCESS =
      Policy.parse(
          """
          {"version": "1", "default": "deny", "tools": {"pay": {"limits": [
            {"counter": "paid", "window": "minute", "max": 1, "counts": "successes"}]}}}
          """);
  private static final ToolCall PAY = ToolCall.of("pay", Map.of(), Caller.grant("agent-7"));

  private final List<Ended> settled = new ArrayList<>();
  private final DecisionListener recording =
      new DecisionListener() {
        @Override
        public void onDecision(DecisionEvent event) {}

        @Override
        public void onSettled(SettlementEvent event) {
          settled.add(event.result());
        }
      };
  private final ToolGuard guard = builder().build();

  private ToolGuard.Builder builder() {
    return ToolGuard.builder(ONE_SUCCESS).timeSource(new ManualTime()).listener(recording);
  }

  private static boolean hasRoom(ToolGuard guard) {
    return guard.check(PAY).code() == null;
  }

  @Test
  void anErrorOfTheHandlerIsUnknownAndStaysCounted() {
    StackOverflowError thrown = new StackOverflowError();

    assertThatThrownBy(
            () ->
                guard.call(
                    PAY,
                    call -> {
                      throw thrown;
                    }))
        .isSameAs(thrown);

    assertThat(settled).containsExactly(Ended.UNKNOWN);
    assertThat(hasRoom(guard)).isFalse();
  }

  @Test
  void anExceptionThatOnlyWrapsOneWhichSaysSoIsUnknown() {
    assertThatThrownBy(
            () ->
                guard.call(
                    PAY,
                    call -> {
                      throw new IllegalStateException(new NotDoneException("refused, at first"));
                    }))
        .isInstanceOf(IllegalStateException.class);

    assertThat(settled).containsExactly(Ended.UNKNOWN);
    assertThat(hasRoom(guard)).isFalse();
  }

  @Test
  void aClassifierThatFailsLeavesTheCallCountedAndItsValueTheCallers() throws Exception {
    ToolGuard failing =
        builder()
            .resultClassifier(
                (call, result) -> {
                  throw new StackOverflowError();
                })
            .build();

    assertThat(failing.call(PAY, call -> "paid")).isEqualTo(new Outcome.Completed<>("paid"));

    assertThat(settled).containsExactly(Ended.DONE);
    assertThat(hasRoom(failing)).isFalse();
  }

  @Test
  void aCancelledCallIsSettledOnceThoughItsHandlerFinishes() {
    // A stage that hands out copies cannot be cancelled from outside.
    CompletableFuture<String> handler = new CompletableFuture<>();
    CompletableFuture<Outcome<String>> outcome =
        guard.callAsync(PAY, call -> handler.minimalCompletionStage()).toCompletableFuture();

    outcome.cancel(true);
    handler.completeExceptionally(new NotDoneException("too late"));

    assertThat(settled).containsExactly(Ended.UNKNOWN);
    assertThat(hasRoom(guard)).isFalse();
  }

  @Test
  void aFinishedCallIsSettledOnceThoughItIsCancelledFromWithin() {
    CompletableFuture<String> handler = new CompletableFuture<>();
    CompletableFuture<Outcome<String>> outcome =
        guard.callAsync(PAY, call -> handler).toCompletableFuture();

    handler.cancel(true);

    assertThat(outcome).isCompletedExceptionally();
    assertThat(settled).containsExactly(Ended.UNKNOWN);
    assertThat(hasRoom(guard)).isFalse();
  }

  /** Before it has returned a stage, by one that fails, or with none at all. */
  @Test
  void aHandlerWithoutAThreadThatFailsIsSettledHoweverItDoes() {
    NotDoneException refused = new NotDoneException("refused");
    List<AsyncToolHandler<String>> ways =
        List.of(
            call -> {
              throw refused;
            },
            call -> CompletableFuture.failedFuture(refused),
            call -> CompletableFuture.failedFuture(new CompletionException(refused)));
    for (AsyncToolHandler<String> handler : ways) {
      assertThat(guard.callAsync(PAY, handler).toCompletableFuture()).isCompletedExceptionally();
      assertThat(hasRoom(guard)).isTrue();
    }
    assertThat(settled).containsExactly(Ended.NOT_DONE, Ended.NOT_DONE, Ended.NOT_DONE);
    settled.clear();

    assertThat(guard.callAsync(PAY, noStage()).toCompletableFuture()).isCompletedExceptionally();
    assertThat(settled).containsExactly(Ended.UNKNOWN);
    assertThat(hasRoom(guard)).isFalse();
  }

  @SuppressWarnings("NullAway") // a host may get it wrong
  private static AsyncToolHandler<String> noStage() {
    return call -> null;
  }

  @Test
  void aStoreThatCannotSettleChangesNothingOfTheOutcome() throws Exception {
    ToolGuard unsettled = builder().counterStore(new Unsettling()).build();
    NotDoneException thrown = new NotDoneException("refused");

    assertThat(unsettled.call(PAY, call -> "paid")).isEqualTo(new Outcome.Completed<>("paid"));
    assertThatThrownBy(
            () ->
                unsettled.call(
                    PAY,
                    call -> {
                      throw thrown;
                    }))
        .isSameAs(thrown);
    assertThat(settled).containsExactly(Ended.DONE, Ended.NOT_DONE);
  }

  /** Admits everything, and fails whenever it is to settle. */
  private static final class Unsettling implements CounterStore, Reservation {
    @Override
    public ReserveResult reserve(Demand demand) {
      return this;
    }

    @Override
    public Look look(Demand demand) {
      return Look.of(null, List.of());
    }

    @Override
    public void settle(Ended ended, List<Mark> done) {
      if (ended == Ended.NOT_DONE) {
        throw new IllegalStateException("no connection");
      }
      throw new StackOverflowError();
    }

    @Override
    public List<Usage> usage() {
      return List.of();
    }

    @Override
    public void cancel() {
      throw new IllegalStateException("no connection");
    }
  }
}
