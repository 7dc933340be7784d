package dev.alcada.pluggy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** The waits between attempts; a seam, so that no test has to wait. */
interface Pauses {
  /** The JDK's own timer. */
  Pauses REAL =
      wait ->
          new CompletableFuture<Void>()
              .completeOnTimeout(null, wait.toNanos(), TimeUnit.NANOSECONDS);

  /** Returns a future that completes after a wait. */
  CompletableFuture<Void> after(Duration wait);

  /**
   * Returns a random part of a wait, so that callers who failed together do not return together.
   */
  default Duration jitter(Duration most) {
    return Duration.ofNanos(ThreadLocalRandom.current().nextLong(most.toNanos() + 1));
  }
}
