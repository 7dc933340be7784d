package dev.alcada.guard;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import dev.alcada.time.TimeSource;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
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
  private final Map<String, Set<CompletableFuture<ApprovalRequest>>> waiting =
      new ConcurrentHashMap<>();

  Waiters(Lifecycle lifecycle, TimeSource time) {
    this.lifecycle = lifecycle;
    this.time = time;
    lifecycle.listen(this::changed);
  }

  CompletableFuture<ApprovalRequest> await(String id) {
    CompletableFuture<ApprovalRequest> waiter = new CompletableFuture<>();
    boolean[] first = {false};
    Set<CompletableFuture<ApprovalRequest>> all =
        waiting.compute(
            id,
            (key, others) -> {
              first[0] = others == null;
              Set<CompletableFuture<ApprovalRequest>> known =
                  others == null ? new LinkedHashSet<>() : others;
              known.add(waiter);
              return known;
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
  private void lookLater(ApprovalRequest pending, Set<CompletableFuture<ApprovalRequest>> all) {
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
      Set<CompletableFuture<ApprovalRequest>> waiters = waiting.remove(request.id());
      if (waiters != null) {
        waiters.forEach(waiter -> waiter.complete(request));
      }
    }
  }

  private void fail(String id, Throwable failure) {
    Set<CompletableFuture<ApprovalRequest>> waiters = waiting.remove(id);
    if (waiters != null) {
      waiters.forEach(waiter -> waiter.completeExceptionally(failure));
    }
  }

  /** Looks for none of the others, of which one caller may have as many as it makes calls. */
  @SuppressWarnings("CollectionUndefinedEquality") // a waiter equals itself
  private void forget(String id, CompletableFuture<ApprovalRequest> waiter) {
    waiting.computeIfPresent(
        id,
        (key, waiters) -> {
          waiters.remove(waiter);
          return waiters.isEmpty() ? null : waiters;
        });
  }
}
