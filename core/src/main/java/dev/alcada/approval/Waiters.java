package dev.alcada.approval;

import dev.alcada.counter.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stages that complete when a request is no longer pending. What is decided here is known at once;
 * an expiry, and what another process decides in a shared store, is looked up once a second.
 */
final class Waiters {
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final Lifecycle lifecycle;
  private final TimeSource time;
  private final Map<String, List<CompletableFuture<ApprovalRequest>>> waiting =
      new ConcurrentHashMap<>();

  Waiters(Lifecycle lifecycle, TimeSource time) {
    this.lifecycle = lifecycle;
    this.time = time;
    lifecycle.listen(this::changed);
  }

  CompletableFuture<ApprovalRequest> await(String id) {
    CompletableFuture<ApprovalRequest> waiter = new CompletableFuture<>();
    boolean[] first = {false};
    List<CompletableFuture<ApprovalRequest>> all =
        waiting.compute(
            id,
            (key, others) -> {
              first[0] = others == null;
              List<CompletableFuture<ApprovalRequest>> list =
                  others == null ? new ArrayList<>() : others;
              list.add(waiter);
              return list;
            });
    CompletionStage<ApprovalRequest> ending = waiter;
    ending.whenComplete((request, failure) -> forget(id, waiter));
    ApprovalRequest present = look(id);
    if (first[0] && present != null) {
      lookLater(present, all);
    }
    return waiter;
  }

  /** Returns the request if it is still pending. */
  private @Nullable ApprovalRequest look(String id) {
    try {
      ApprovalRequest present = lifecycle.get(id);
      if (present == null) {
        fail(id, new ApprovalException("no approval " + id + " is known", null));
        return null;
      }
      changed(present);
      return present.state() == ApprovalState.PENDING ? present : null;
    } catch (Throwable e) {
      fail(id, e);
      return null;
    }
  }

  /** Goes on as long as these very waiters are there, so that each request has one such chain. */
  private void lookLater(ApprovalRequest pending, List<CompletableFuture<ApprovalRequest>> all) {
    Duration left = Duration.between(time.instant(), pending.expiresAt());
    long millis = Math.max(1, (left.compareTo(LOOK) < 0 ? left : LOOK).toMillis() + 1);
    Executor later = CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS);
    later.execute(
        () -> {
          if (waiting.get(pending.id()) == all && look(pending.id()) != null) {
            lookLater(pending, all);
          }
        });
  }

  private void changed(ApprovalRequest request) {
    if (request.state() != ApprovalState.PENDING) {
      List<CompletableFuture<ApprovalRequest>> waiters = waiting.remove(request.id());
      if (waiters != null) {
        waiters.forEach(waiter -> waiter.complete(request));
      }
    }
  }

  private void fail(String id, Throwable failure) {
    List<CompletableFuture<ApprovalRequest>> waiters = waiting.remove(id);
    if (waiters != null) {
      waiters.forEach(waiter -> waiter.completeExceptionally(failure));
    }
  }

  private void forget(String id, CompletableFuture<ApprovalRequest> waiter) {
    waiting.computeIfPresent(
        id,
        (key, waiters) -> {
          waiters.removeIf(other -> other == waiter);
          return waiters.isEmpty() ? null : waiters;
        });
  }
}
