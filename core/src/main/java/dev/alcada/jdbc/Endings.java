package dev.alcada.jdbc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Ends of calls that this process has yet to write: a call on one of their rows sees to it first,
 * so that who settles and calls again finds what was settled. It does not wait for a thread that
 * would: it does what nobody has begun.
 */
final class Endings {
  private final Map<String, List<FutureTask<?>>> byRow = new HashMap<>();

  /** Whether there are any, so that most calls take no lock. */
  private volatile boolean any;

  synchronized void begin(Collection<String> rows, FutureTask<?> ending) {
    rows.forEach(row -> byRow.computeIfAbsent(row, key -> new ArrayList<>(1)).add(ending));
    any = true;
  }

  synchronized void end(Collection<String> rows, FutureTask<?> ending) {
    for (String row : rows) {
      List<FutureTask<?>> left = byRow.get(row);
      if (left != null && left.remove(ending) && left.isEmpty()) {
        byRow.remove(row);
      }
    }
    any = !byRow.isEmpty();
  }

  /** {@return whether there are any} */
  boolean any() {
    return any;
  }

  /** Sees to those of some rows, for as long as an operation may take. */
  void finish(Collection<String> rows, Duration timeout) {
    if (any) {
      finish(of(rows), System.nanoTime() + timeout.toNanos());
    }
  }

  /** Sees to all that there are. */
  void finishAll(Duration timeout) {
    if (any) {
      finish(all(), System.nanoTime() + timeout.toNanos());
    }
  }

  private synchronized List<FutureTask<?>> of(Collection<String> rows) {
    List<FutureTask<?>> found = new ArrayList<>();
    rows.forEach(row -> found.addAll(byRow.getOrDefault(row, List.of())));
    return found;
  }

  private synchronized List<FutureTask<?>> all() {
    List<FutureTask<?>> found = new ArrayList<>();
    byRow.values().forEach(found::addAll);
    return found;
  }

  private static void finish(List<FutureTask<?>> endings, long deadline) {
    for (FutureTask<?> ending : endings) {
      try {
        ending.run(); // Nothing, if somebody has begun.
        ending.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (ExecutionException | TimeoutException e) {
        // What is not written counts as it did.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
