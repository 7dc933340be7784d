package dev.alcada.jdbc;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/*
 * A lock of the JDK's can be left locked by a thread whose stack ends within it, which an agent can
 * bring about; then nobody has the turn ever again. Here the step that takes it is the last thing
 * that is called, and it is given up by a write alone:
 *
 *   taken ◄ 1 ── work ── taken ◄ 0 ── wake one who waits: where that fails, he looks by himself
 */

/** Whose turn it is, of several threads. Not reentrant. */
final class Turn {
  private static final AtomicIntegerFieldUpdater<Turn> TAKEN =
      AtomicIntegerFieldUpdater.newUpdater(Turn.class, "taken");

  private static final long LOOK_AGAIN = 1_000_000;

  /** A thread that waits in the queue, until it is woken or gives up. */
  private static final class Waiting {
    private final Thread thread;
    private volatile boolean over;

    private Waiting(Thread thread) {
      this.thread = thread;
    }
  }

  private final Queue<Waiting> queue = new ConcurrentLinkedQueue<>();

  /** 1 while somebody has it, who writes 0 to give it up and then {@linkplain #wake wakes}. */
  volatile int taken;

  /**
   * Takes the turn.
   *
   * @param nanos how long to wait at most
   * @return whether it was had in time
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  boolean take(long nanos) throws InterruptedException {
    long began = System.nanoTime();
    Waiting own = null;
    try {
      while (!TAKEN.compareAndSet(this, 0, 1)) {
        boolean interrupted = Thread.interrupted();
        if (interrupted || System.nanoTime() - began >= nanos) {
          leave(own);
          if (interrupted) {
            throw new InterruptedException();
          }
          return false;
        }
        if (own == null || own.over) {
          own = new Waiting(Thread.currentThread());
          queue.add(own);
        }
        if (taken != 0) {
          LockSupport.parkNanos(this, LOOK_AGAIN);
        }
      }
      return true;
    } finally {
      // Nothing is called any more once the turn is taken: whoever wakes passes it over.
      if (own != null) {
        own.over = true;
      }
    }
  }

  private void leave(@Nullable Waiting own) {
    if (own != null) {
      queue.remove(own);
    }
  }

  /** {@return how many stand in the queue, those who no longer wait too} */
  int queued() {
    return queue.size();
  }

  /** Wakes the one who has waited for the longest. */
  void wake() {
    Waiting next = queue.poll();
    while (next != null && next.over) {
      next = queue.poll();
    }
    if (next != null) {
      next.over = true;
      LockSupport.unpark(next.thread);
    }
  }
}
