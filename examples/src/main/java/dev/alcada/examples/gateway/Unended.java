package dev.alcada.examples.gateway;

import dev.alcada.guard.NotDoneException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calls that a server may go on with though nobody waits for them: cancelled, made as tasks, or
 * lost with their server. Where a limit counts what runs, their clients are told at once, and their
 * places are taken until the limit's lease is over. No server need say when it is done with a
 * cancelled call, and none is believed that says so of a task. Thread-safe.
 *
 * <pre>
 *   client              gateway              server
 *     |------ call ------->|------ call ------->|
 *     |----- cancel ------>|----- cancel ------>|  ...
 *     |                    |  the lease is over |
 *     |      the place in the limit is free     |
 * </pre>
 */
final class Unended {
  /** What is kept of an answer that speaks of a task. */
  private static final Message.Answer TASK = Message.Answer.result(null, Map.of("task", Map.of()));

  private static final int MOST = 1_000;
  private static final long LARGEST = 4 << 10;
  private static final AtomicInteger KEPT = new AtomicInteger();

  /** Who is told may have to wait for a store, and the gateway's clock must not. */
  private static final Worker TELLER = new Worker();

  private Unended() {}

  /** {@return the answer to a call, or why there is none, once the call counts as ended} */
  static CompletionStage<Message.Answer> end(
      Exchange exchange, Duration lease, CompletionStage<Message.Answer> answer) {
    return answer
        .handle(
            (said, thrown) -> {
              CompletionStage<Message.Answer> kept = kept(exchange, said, thrown);
              if (kept == null) {
                return answer;
              }
              // In this order: what fails in what is told frees no place.
              CompletionStage<Message.Answer> later = until(lease, exchange.weight(), kept);
              tell(exchange, said, thrown);
              return later;
            })
        .thenCompose(Function.identity());
  }

  /**
   * {@return what is told of a call that may go on, when it counts as ended, or null if it ended}
   */
  private static @Nullable CompletionStage<Message.Answer> kept(
      Exchange exchange, Message.@Nullable Answer said, @Nullable Throwable thrown) {
    if (thrown == null) {
      return said != null && Json.object(said.result()).get("task") != null
          ? CompletableFuture.completedStage(TASK)
          : null;
    }
    boolean mayGoOn =
        !(Failures.cause(thrown) instanceof NotDoneException)
            && (exchange.cancelled() || exchange.begun());
    return mayGoOn ? CompletableFuture.failedStage(thrown) : null;
  }

  private static void tell(
      Exchange exchange, Message.@Nullable Answer said, @Nullable Throwable thrown) {
    Message.Answer told;
    try {
      told =
          thrown == null
              ? Relay.cleaned(Objects.requireNonNull(said))
              : GuardedTools.unanswered(thrown);
    } catch (Throwable e) {
      told = GuardedTools.unanswered(e);
    }
    exchange.told().complete(told);
  }

  /**
   * Returns the same outcome, which comes when the time is over. Of too many calls, or too large
   * ones, nothing is kept and it never comes: the limit lets them go by itself.
   */
  private static <T> CompletionStage<T> until(
      Duration time, long weight, CompletionStage<T> outcome) {
    CompletableFuture<T> later = new CompletableFuture<>();
    if (weight <= LARGEST && KEPT.getAndUpdate(kept -> Math.min(MOST, kept + 1)) < MOST) {
      Later.in(
          time,
          () -> {
            KEPT.decrementAndGet();
            outcome.whenCompleteAsync(
                (value, thrown) -> {
                  if (thrown == null) {
                    later.complete(value);
                  } else {
                    later.completeExceptionally(thrown);
                  }
                },
                TELLER);
          });
    }
    return later;
  }
}
