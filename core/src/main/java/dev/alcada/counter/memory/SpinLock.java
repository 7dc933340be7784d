package dev.alcada.counter.memory;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.locks.LockSupport;

/**
 * A lock for work of some tens of nanoseconds; not reentrant and not fair. Who finds it taken stays
 * away for longer each time: the holder's next calls then find all that it guards still in their
 * own processor's cache, which costs less than handing it to and fro.
 */
class SpinLock {
  private static final AtomicIntegerFieldUpdater<SpinLock> HELD =
      AtomicIntegerFieldUpdater.newUpdater(SpinLock.class, "held");

  private static final int SHORTEST_WAIT = 32;
  private static final int LONGEST_WAIT = 1024;

  /** By then the holder has lost its processor, and had better get this one. */
  private static final int MOST_WAITS = 10;

  private static final int PARKED_NANOS = 50_000;

  /**
   * Set to 0 to unlock: an assignment succeeds where the stack has no room left for a call, so that
   * not even a {@link StackOverflowError} leaves the lock held.
   */
  volatile int held;

  final void lock() {
    if (!HELD.compareAndSet(this, 0, 1)) {
      lockLater();
    }
  }

  private void lockLater() {
    int wait = SHORTEST_WAIT;
    int waits = 0;
    do {
      if (waits++ < MOST_WAITS) {
        for (int i = 0; i < wait; i++) {
          Thread.onSpinWait();
        }
        wait = Math.min(wait * 2, LONGEST_WAIT);
      } else {
        LockSupport.parkNanos(PARKED_NANOS);
      }
    } while (held != 0 || !HELD.compareAndSet(this, 0, 1));
  }
}
