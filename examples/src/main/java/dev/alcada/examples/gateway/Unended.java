package dev.alcada.examples.gateway;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Calls that nobody waits for and a server may still be working on. How they ended is told when
 * their time is over. Of too many, or too large ones, nothing is kept and it is told never: a
 * counter lets them go by itself then. Thread-safe.
 */
final class Unended {
  private static final int MOST = 1_000;
  private static final long LARGEST = 4 << 10;
  private static final AtomicInteger KEPT = new AtomicInteger();

  /** Who is told may have to wait for a store, and the gateway's clock must not. */
  private static final Worker TELLER = new Worker();

  private Unended() {}

  /**
   * {@return the same outcome, which comes when the time is over}
   *
   * @param weight what is kept with it, in bytes
   * @param outcome which is there
   */
  static <T> CompletionStage<T> until(Duration time, long weight, CompletionStage<T> outcome) {
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
