package dev.alcada.guard;

import dev.alcada.decision.Decision;
import dev.alcada.decision.Denials;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether all calls are stopped, by an operator or by the document in force. Looked at first, and
 * again as the last step before a handler starts. Safe for use by several threads.
 */
final class Halt {
  private static final State NONE = new State(null, null);

  private final Starts starts = new Starts();

  /** Runs between a call's last look and its start: where a test stops a thread. */
  private final @Nullable Runnable afterLastLook;

  /** Calls that wait for a person. */
  private final Set<CompletableFuture<?>> waiting = ConcurrentHashMap.newKeySet();

  private volatile State state = NONE;

  /**
   * What stops all calls.
   *
   * @param operator the denial since {@link ToolGuard#halt}, or null
   * @param document the denial since the document that halts, or null
   */
  private record State(Decision.@Nullable Denied operator, Decision.@Nullable Denied document) {

    Decision.@Nullable Denied any() {
      return operator != null ? operator : document;
    }
  }

  /** Ends the wait of a call. */
  static final class HaltedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Decision.Denied denied;

    HaltedException(Decision.Denied denied) {
      super("halted", null, false, false);
      this.denied = denied;
    }

    Decision.Denied denied() {
      return denied;
    }
  }

  Halt(@Nullable Runnable afterLastLook) {
    this.afterLastLook = afterLastLook;
  }

  /** Stops all calls until {@link #resume}, and returns when no call is about to start. */
  void byOperator(String text) {
    Decision.Denied denied = Denials.halted(text);
    synchronized (this) {
      state = new State(denied, state.document);
    }
    stopped(denied);
  }

  /** Ends what {@link #byOperator} began. */
  synchronized void resume() {
    state = state.document == null ? NONE : new State(null, state.document);
  }

  /** Follows the document in force: its halt, or null for a document without. */
  void byDocument(@Nullable String text) {
    Decision.Denied denied = text == null ? null : Denials.halted(text).withLocation("/halt");
    synchronized (this) {
      State next = new State(state.operator, denied);
      state = next.any() == null ? NONE : next;
    }
    if (denied != null) {
      stopped(denied);
    }
  }

  private void stopped(Decision.Denied denied) {
    waiting.forEach(call -> call.completeExceptionally(new HaltedException(denied)));
    starts.awaitThoseUnderWay();
  }

  /** {@return the denial of a call that begins, or null; a document's own is its judge's to say} */
  Decision.@Nullable Denied atFirst() {
    State now = state;
    return now == NONE ? null : now.operator;
  }

  /** {@return the denial of whatever would begin or start now, or null} */
  Decision.@Nullable Denied now() {
    return state.any();
  }

  /** {@return the denial of a call whose handler this thread is about to start, or null} */
  Decision.@Nullable Denied atLast() {
    int place = starts.begin();
    try {
      State now = state;
      if (now == NONE) {
        if (afterLastLook != null) {
          afterLastLook.run();
        }
        return null;
      }
      return now.any();
    } finally {
      starts.end(place);
    }
  }

  /** Lets a call wait until it is answered or all calls are stopped. */
  @SuppressWarnings(
      "FutureReturnValueIgnored") // what is hung on the answer forgets it, and no more
  void endsWait(CompletableFuture<?> answer) {
    waiting.add(answer);
    answer.whenComplete((ignored, failure) -> waiting.remove(answer));
    Decision.Denied denied = now();
    if (denied != null) {
      answer.completeExceptionally(new HaltedException(denied));
    }
  }
}
