package dev.alcada.guard;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/*
 * Stages that complete when a request is no longer pending, without a thread each and without a
 * timer each. What is decided here is known at once; an expiry, and what another process decides in
 * a shared store, is looked up once a second by one task for all of them.
 *
 *   request id ──► [waiter, waiter, …]      changed ──► one task completes them all
 *
 * A model that repeats a call would else make a waiter with each: calls that only would like to
 * wait are turned away beyond a few for a request and a bound in all, and are answered at once.
 */

/** Those who wait for the answers to requests. Safe for use by several threads. */
final class Waiters {
  private static final long LOOK_SECONDS = 1;
  private static final int MOST_OF_ONE = 4;
  private static final int MOST_IN_ALL = 1_000;

  private final Lifecycle lifecycle;
  private final Executor executor;
  private final Object lock = new Object();
  private final Map<String, List<CompletableFuture<ApprovalRequest>>> waiting = new HashMap<>();
  private int inAll;
  private boolean looking;

  Waiters(Lifecycle lifecycle, Executor executor) {
    this.lifecycle = lifecycle;
    this.executor = executor;
    lifecycle.afterwards(this::changed);
  }

  /** Waits, however many wait. */
  CompletableFuture<ApprovalRequest> await(String id) {
    CompletableFuture<ApprovalRequest> waiter = new CompletableFuture<>();
    synchronized (lock) {
      add(id, waiter);
    }
    return begun(id, waiter);
  }

  /** Waits if few others do; {@return null if too many wait already} */
  @Nullable CompletableFuture<ApprovalRequest> awaitPatiently(String id) {
    CompletableFuture<ApprovalRequest> waiter = new CompletableFuture<>();
    synchronized (lock) {
      List<CompletableFuture<ApprovalRequest>> others = waiting.get(id);
      if (inAll >= MOST_IN_ALL || (others != null && others.size() >= MOST_OF_ONE)) {
        return null;
      }
      add(id, waiter);
    }
    return begun(id, waiter);
  }

  private void add(String id, CompletableFuture<ApprovalRequest> waiter) {
    waiting.computeIfAbsent(id, key -> new ArrayList<>()).add(waiter);
    inAll++;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // whoever stops waiting is forgotten
  private CompletableFuture<ApprovalRequest> begun(
      String id, CompletableFuture<ApprovalRequest> waiter) {
    waiter.whenComplete((request, failure) -> forget(id, waiter));
    look(id);
    lookLater();
    return waiter;
  }

  private void look(String id) {
    Stages.take(
        lifecycle.get(id),
        executor,
        (present, failure) -> {
          if (failure != null) {
            fail(id, failure);
          } else if (present == null) {
            fail(id, new ApprovalException("no approval " + id + " is known", null));
          } else {
            changed(present);
          }
        });
  }

  private void lookLater() {
    synchronized (lock) {
      if (looking || waiting.isEmpty()) {
        return;
      }
      looking = true;
    }
    boolean begun = false;
    try {
      Stages.later(LOOK_SECONDS, executor, this::lookAtAll, this::lookWasRefused);
      begun = true;
    } finally {
      if (!begun) { // the stack or the memory ended: the next call begins it
        synchronized (lock) {
          looking = false;
        }
      }
    }
  }

  private void lookWasRefused() {
    synchronized (lock) {
      looking = false;
    }
    if (!Stages.isOver(executor)) {
      lookLater();
    }
  }

  private void lookAtAll() {
    List<String> ids;
    synchronized (lock) {
      looking = false;
      ids = List.copyOf(waiting.keySet());
    }
    try {
      ids.forEach(this::look);
    } finally {
      lookLater();
    }
  }

  private void changed(ApprovalRequest request) {
    if (request.state() != ApprovalState.PENDING) {
      complete(request.id(), waiter -> waiter.complete(request));
    }
  }

  private void fail(String id, Throwable failure) {
    complete(id, waiter -> waiter.completeExceptionally(failure));
  }

  /** What hangs on a waiter is not this thread's to run: it may be a store's, or who answered. */
  private void complete(String id, Consumer<CompletableFuture<ApprovalRequest>> how) {
    List<CompletableFuture<ApprovalRequest>> waiters;
    synchronized (lock) {
      waiters = waiting.remove(id);
      if (waiters == null) {
        return;
      }
      inAll -= waiters.size();
    }
    try {
      executor.execute(() -> waiters.forEach(how));
    } catch (RuntimeException e) {
      waiters.forEach(how); // no other thread is to be had, and nobody would answer them later
    }
  }

  private void forget(String id, CompletableFuture<ApprovalRequest> waiter) {
    synchronized (lock) {
      List<CompletableFuture<ApprovalRequest>> waiters = waiting.get(id);
      if (waiters != null && removed(waiters, waiter)) {
        inAll--;
        if (waiters.isEmpty()) {
          waiting.remove(id);
        }
      }
    }
  }

  private static boolean removed(
      List<CompletableFuture<ApprovalRequest>> waiters, CompletableFuture<ApprovalRequest> waiter) {
    for (int i = 0; i < waiters.size(); i++) {
      if (waiters.get(i) == waiter) {
        waiters.remove(i);
        return true;
      }
    }
    return false;
  }
}
