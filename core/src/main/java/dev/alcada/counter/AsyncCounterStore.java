package dev.alcada.counter;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/**
 * A store that is asked over a network and answers without holding a thread. A guard's {@code
 * callAsync} never waits for it; {@code call} does, through {@link #reserve} and {@link #look}.
 *
 * @implSpec A stage completes within the store's own time-out: exceptionally where the outcome is
 *     unknown, and then what may have been reserved stays counted. It must not complete on a thread
 *     that other answers need, such as a client's event loop: what is hung on it runs there.
 */
public interface AsyncCounterStore extends CounterStore {
  /**
   * Reserves all of a demand in one atomic step, or nothing.
   *
   * @param demand what the call wants
   * @return the stage of what {@link #reserve} returns
   */
  CompletionStage<ReserveResult> reserveAsync(Demand demand);

  /**
   * Looks what {@link #reserveAsync} would answer now, and changes nothing.
   *
   * @param demand what the call would want
   * @return the stage of what {@link #look} returns
   */
  CompletionStage<Look> lookAsync(Demand demand);

  @Override
  default ReserveResult reserve(Demand demand) {
    return awaited(reserveAsync(demand));
  }

  @Override
  default Look look(Demand demand) {
    return awaited(lookAsync(demand));
  }

  @SuppressWarnings("FutureReturnValueIgnored") // what comes too late is given back, and no more
  private static <T> T awaited(CompletionStage<T> stage) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    try {
      return future.get();
    } catch (InterruptedException e) {
      future.whenComplete(
          (late, failure) -> {
            if (late instanceof Reservation reservation) {
              reservation.cancel();
            }
          });
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a store was asked", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("a store failed", e.getCause());
    }
  }
}
