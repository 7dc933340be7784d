package dev.alcada.guard;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import dev.alcada.audit.ApprovalEvent;
import dev.alcada.audit.ApprovalEvent.Change;
import dev.alcada.audit.DecisionListener;
import dev.alcada.time.TimeSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/*
 * Whoever was told that a request is open is told how it closes. Nobody need call again for it: one
 * task looks once a second, while any are open, for those whose time has passed, and asks the store
 * how they stand there, since another process may have answered them.
 *
 *   asked ──► answered ──► claimed ──► spent
 *     │          │  ▲         │
 *     │          │  └─────────┘ given back
 *     └──────────┴──► cancelled, expired
 */

/** Tells listeners what becomes of the requests that are made or changed here. Safe for threads. */
final class ApprovalRecords {
  private static final long LOOK_SECONDS = 1;

  private final Lifecycle lifecycle;
  private final TimeSource time;
  private final Executor executor;
  private final List<DecisionListener> listeners = new CopyOnWriteArrayList<>();

  /** The requests that are not closed, as they were told last; guarded by itself. */
  private final Map<String, ApprovalRequest> open = new HashMap<>();

  private boolean looking;

  ApprovalRecords(Lifecycle lifecycle, TimeSource time, Executor executor) {
    this.lifecycle = lifecycle;
    this.time = time;
    this.executor = executor;
    lifecycle.recorded(this::changed);
  }

  void add(List<DecisionListener> more) {
    synchronized (listeners) {
      for (DecisionListener listener : more) {
        if (listeners.stream().noneMatch(present -> present == listener)) {
          listeners.add(listener);
        }
      }
    }
  }

  private void changed(ApprovalRequest request) {
    if (listeners.isEmpty()) {
      return;
    }
    ApprovalRequest before;
    synchronized (open) {
      before =
          closed(request.state()) ? open.remove(request.id()) : open.put(request.id(), request);
    }
    tell(change(before, request), request);
    lookLater();
  }

  private static boolean closed(ApprovalState state) {
    return switch (state) {
      case SPENT, CANCELLED, EXPIRED -> true;
      case PENDING, APPROVED, DENIED, IN_USE -> false;
    };
  }

  private static Change change(@Nullable ApprovalRequest before, ApprovalRequest request) {
    return switch (request.state()) {
      case PENDING -> request.version() == 1 ? Change.ASKED : Change.ANSWERED;
      case APPROVED ->
          before != null && before.state() == ApprovalState.IN_USE
              ? Change.GIVEN_BACK
              : Change.ANSWERED;
      case DENIED -> Change.ANSWERED;
      case IN_USE -> Change.CLAIMED;
      case SPENT -> Change.SPENT;
      case CANCELLED -> Change.CANCELLED;
      case EXPIRED -> Change.EXPIRED;
    };
  }

  private void tell(Change change, ApprovalRequest request) {
    ApprovalEvent event = ApprovalEvent.of(time.instant(), change, request);
    for (DecisionListener listener : listeners) {
      try {
        listener.onApproval(event);
      } catch (Throwable e) {
        Gate.logged("A decision listener failed; the approval stands.", e);
      }
    }
  }

  private void lookLater() {
    synchronized (open) {
      if (looking || open.isEmpty()) {
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
        synchronized (open) {
          looking = false;
        }
      }
    }
  }

  private void lookWasRefused() {
    synchronized (open) {
      looking = false;
    }
    if (!Stages.isOver(executor)) {
      lookLater();
    }
  }

  private void lookAtAll() {
    List<ApprovalRequest> lapsed = new ArrayList<>();
    Instant now = time.instant();
    synchronized (open) {
      looking = false;
      for (ApprovalRequest request : open.values()) {
        if (request.at(now).state() == ApprovalState.EXPIRED) {
          lapsed.add(request);
        }
      }
    }
    try {
      lapsed.forEach(request -> look(request, now));
    } finally {
      lookLater();
    }
  }

  private void look(ApprovalRequest told, Instant now) {
    Stages.take(
        lifecycle.get(told.id()),
        executor,
        (present, failure) -> {
          if (failure == null) {
            seen(told, present == null ? told.at(now) : present);
          } // else it stays open, and the store is asked again
        });
  }

  @SuppressWarnings("ReferenceEquality") // what was told, and nothing that says the same
  private void seen(ApprovalRequest told, ApprovalRequest present) {
    synchronized (open) {
      if (open.get(told.id()) != told) {
        return; // it was changed here meanwhile, and that was told
      }
      if (closed(present.state()) || present.state() == ApprovalState.IN_USE) {
        open.remove(told.id()); // in use elsewhere: told there
      } else {
        open.put(told.id(), present);
      }
    }
    if (present.state() == ApprovalState.EXPIRED) {
      tell(Change.EXPIRED, present);
    }
  }
}
