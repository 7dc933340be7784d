package dev.alcada.counter;

import dev.alcada.counter.FallbackCounterStore.Listener;
import dev.alcada.counter.FallbackCounterStore.State;
import dev.alcada.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 *                 3 failures in a row
 *   AVAILABLE ──────────────────────────► UNAVAILABLE: nobody asks, but for one call each 200 ms
 *       ▲                                      │
 *       └───────────── an answer ──────────────┘
 */

/** Whether a store is asked, and how many may ask it at a time. Safe for use by several threads. */
final class Circuit {
  private static final Logger LOG = LoggerFactory.getLogger(FallbackCounterStore.class);
  private static final int MOST_FAILURES = 3;
  private static final long PAUSE = Duration.ofMillis(200).toNanos();

  private final TimeSource time;
  private final int mostInFlight;
  private final Listener listener;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger spare = new AtomicInteger();

  private volatile State state = State.AVAILABLE;
  private int failures;
  private long nextTry;

  Circuit(TimeSource time, int mostInFlight, Listener listener) {
    this.time = time;
    this.mostInFlight = mostInFlight;
    this.listener = listener;
  }

  State state() {
    return state;
  }

  int inFlight() {
    return inFlight.get();
  }

  /** Begins a call, which is then to be ended; {@return {@code null}, or why it may not be made} */
  @Nullable StoreUnavailableException begin() {
    if (state != State.AVAILABLE && !tries()) {
      return new StoreUnavailableException("the store does not answer", false, null);
    }
    room();
    if (inFlight.incrementAndGet() > mostInFlight) {
      inFlight.decrementAndGet();
      return new StoreUnavailableException(
          "the store was asked " + mostInFlight + " times and has not answered yet", false, null);
    }
    return null;
  }

  /** One call in a while is let through, and the next only after as long again. */
  private synchronized boolean tries() {
    long now = time.nanoTime();
    if (state != State.AVAILABLE && now - nextTry < 0) {
      return false;
    }
    nextTry = now + PAUSE;
    return true;
  }

  /** As much stack as {@link #end} takes: a call that has none left ends before it has begun. */
  private void room() {
    spare.decrementAndGet();
  }

  void end() {
    inFlight.decrementAndGet();
  }

  void answered() {
    synchronized (this) {
      failures = 0;
      if (state == State.AVAILABLE) {
        return;
      }
      state = State.AVAILABLE;
    }
    tell(State.AVAILABLE, null);
  }

  void failed(Throwable failure) {
    synchronized (this) {
      nextTry = time.nanoTime() + PAUSE;
      if (state != State.AVAILABLE || ++failures < MOST_FAILURES) {
        return;
      }
      state = State.UNAVAILABLE;
    }
    tell(State.UNAVAILABLE, failure);
  }

  private void tell(State now, @Nullable Throwable failure) {
    try {
      listener.changed(now, failure);
    } catch (Throwable e) {
      LOG.warn("The listener of a store's state failed", e);
    }
  }
}
