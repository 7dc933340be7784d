package dev.alcada.jdbc;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Of which keys something is being given back by this process: a call on one of them waits for
 * that, so that who settles and calls again finds the room that was freed.
 */
final class GiveBacks {
  private final Map<String, Integer> underWay = new HashMap<>();

  /** Whether there are any, so that most calls take no lock. */
  private volatile boolean any;

  synchronized void begin(List<Held.Part> parts) {
    parts.forEach(part -> underWay.merge(part.wanted().id(), 1, Integer::sum));
    any = !underWay.isEmpty();
  }

  synchronized void end(List<Held.Part> parts) {
    parts.forEach(
        part -> underWay.computeIfPresent(part.wanted().id(), (id, n) -> n == 1 ? null : n - 1));
    any = !underWay.isEmpty();
    notifyAll();
  }

  /** Waits until none of the keys is given back to, or for as long as an operation may take. */
  void await(List<Wanted> wanted, Duration timeout) {
    if (any) {
      await(
          () -> wanted.stream().noneMatch(each -> underWay.containsKey(each.id())),
          System.nanoTime() + timeout.toNanos());
    }
  }

  /** {@return whether anything is being given back} */
  boolean any() {
    return any;
  }

  /** Waits until nothing is given back; {@return whether that is so} */
  boolean awaitAll(Duration timeout) {
    return !any || await(underWay::isEmpty, System.nanoTime() + timeout.toNanos());
  }

  private synchronized boolean await(BooleanSupplier done, long deadline) {
    while (!done.getAsBoolean()) {
      long millis = (deadline - System.nanoTime()) / 1_000_000;
      if (millis <= 0) {
        return false; // What is not back yet still counts.
      }
      try {
        wait(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }
}
