package dev.alcada.guard;

import dev.alcada.decision.Decision;
import dev.alcada.decision.Denials;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether all calls are stopped, by an operator or by the document in force. Looked at first, and
 * again as the last step before a handler starts. Safe for use by several threads.
 */
final class Halt {
  private final Starts starts = new Starts();

  /** Runs between a call's last look and its start: where a test stops a thread. */
  private final @Nullable Runnable afterLastLook;

  /** Calls that wait for a person, by themselves. */
  private final Map<Object, CompletableFuture<?>> waiting = new ConcurrentHashMap<>();

  /** What stops all calls, or null if nothing does. */
  private volatile @Nullable State state;

  /**
   * What stops all calls; one of both is there.
   *
   * @param operator the denial since {@link ToolGuard#halt}, or null
   * @param document the denial since the document that halts, or null
   */
  private record State(Decision.@Nullable Denied operator, Decision.@Nullable Denied document) {

    static @Nullable State of(
        Decision.@Nullable Denied operator, Decision.@Nullable Denied document) {
      return operator == null && document == null ? null : new State(operator, document);
    }

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
      State before = state;
      state = State.of(denied, before == null ? null : before.document);
    }
    stopped(denied);
  }

  /** Ends what {@link #byOperator} began. */
  synchronized void resume() {
    State before = state;
    state = State.of(null, before == null ? null : before.document);
  }

  /** Follows the document in force: its halt, or null for a document without. */
  void byDocument(@Nullable String text) {
    Decision.Denied denied = text == null ? null : Denials.halted(text).withLocation("/halt");
    synchronized (this) {
      State before = state;
      state = State.of(before == null ? null : before.operator, denied);
    }
    if (denied != null) {
      stopped(denied);
    }
  }

  private void stopped(Decision.Denied denied) {
    waiting.forEach((key, call) -> call.completeExceptionally(new HaltedException(denied)));
    starts.awaitThoseUnderWay();
  }

  /** {@return the denial of a call that begins, or null; a document's own is its judge's to say} */
  Decision.@Nullable Denied atFirst() {
    State now = state;
    return now == null ? null : now.operator;
  }

  /** {@return the denial of whatever would begin or start now, or null} */
  Decision.@Nullable Denied now() {
    State now = state;
    return now == null ? null : now.any();
  }

  /** {@return the denial of a call whose handler this thread is about to start, or null} */
  Decision.@Nullable Denied atLast() {
    int place = starts.begin();
    try {
      State now = state;
      if (now == null) {
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
    Object key = new Object();
    waiting.put(key, answer);
    answer.whenComplete((ignored, failure) -> waiting.remove(key));
    Decision.Denied denied = now();
    if (denied != null) {
      answer.completeExceptionally(new HaltedException(denied));
    }
  }
}
