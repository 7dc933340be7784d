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

  /** Each thread once. */
  private final Queue<Thread> waiting = new ConcurrentLinkedQueue<>();

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
    Thread self = Thread.currentThread();
    while (!TAKEN.compareAndSet(this, 0, 1)) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      } else if (System.nanoTime() - began >= nanos) {
        return false;
      } else if (!waiting.contains(self)) {
        waiting.add(self);
      }
      if (taken != 0) {
        LockSupport.parkNanos(this, LOOK_AGAIN);
      }
    }
    return true;
  }

  /** Wakes one who waits, or who has waited: nothing is called any more once the turn is taken. */
  void wake() {
    @Nullable Thread next = waiting.poll();
    if (next != null) {
      LockSupport.unpark(next);
    }
  }
}
