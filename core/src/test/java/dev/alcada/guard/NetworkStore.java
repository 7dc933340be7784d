package dev.alcada.guard;

import dev.alcada.counter.AsyncCounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Look;
import dev.alcada.counter.ReserveResult;
import dev.alcada.counter.memory.InMemoryCounterStore;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Counts in memory that answer as a store on a network does: when the test lets them. */
final class NetworkStore implements AsyncCounterStore {
  final InMemoryCounterStore counts;
  private final Deque<Runnable> unanswered = new ArrayDeque<>();
  private boolean answersAtOnce;

  NetworkStore(InMemoryCounterStore counts) {
    this.counts = counts;
  }

  NetworkStore answeringAtOnce() {
    answersAtOnce = true;
    return this;
  }

  @Override
  public CompletionStage<ReserveResult> reserveAsync(Demand demand) {
    return later(() -> counts.reserve(demand));
  }

  @Override
  public CompletionStage<Look> lookAsync(Demand demand) {
    return later(() -> counts.look(demand));
  }

  private <T> CompletionStage<T> later(Supplier<T> answer) {
    CompletableFuture<T> stage = new CompletableFuture<>();
    Runnable answering =
        () -> {
          try {
            stage.complete(answer.get());
          } catch (Throwable e) {
            stage.completeExceptionally(e);
          }
        };
    if (answersAtOnce) {
      answering.run();
    } else {
      synchronized (unanswered) {
        unanswered.add(answering);
      }
    }
    return stage;
  }

  /** {@return the next answer that is due, or null if nothing was asked} */
  Runnable next() {
    synchronized (unanswered) {
      return unanswered.poll();
    }
  }
}
