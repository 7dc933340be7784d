package dev.alcada.guard;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/*
 * Whoever stops all calls has to know that none is between its last look and its start. So a thread
 * says that it looks, looks, and says that it starts:
 *
 *   a call        cell ◄ 1 ── look: not halted ────────────────── cell ◄ 0 ── the handler starts
 *   who halts                        halted ◄ text ── cell is 1: waits ──────┘ returns
 *
 * Either the look sees the halt, or who halts sees the cell. Threads have cells apart from each
 * other, so that this costs one uncontended exchange and a plain write; two that meet in one share
 * a count instead. Nobody who looks after the halt comes here, so the wait ends.
 */

/** The threads that are about to start a handler. Safe for use by several threads. */
final class Starts {
  /** In ints: a cell has two cache lines, which processors fetch together, to itself. */
  private static final int APART = 32;

  private static final int CELLS =
      Integer.highestOneBit(Math.min(128, Runtime.getRuntime().availableProcessors() * 4));

  private static final int SHARED = -1;
  private static final long PAUSE_NANOS = 20_000;

  private final AtomicIntegerArray cells = new AtomicIntegerArray((CELLS + 1) * APART);
  private final AtomicInteger shared = new AtomicInteger();

  /** {@return what {@link #end} is given by this thread; what it reads until then comes after} */
  int begin() {
    int cell = (((int) Thread.currentThread().getId() & (CELLS - 1)) + 1) * APART;
    end(cell + 1); // where nobody looks: a stack that is too short for it ends before it begins
    if (cells.compareAndSet(cell, 0, 1)) {
      return cell;
    }
    shared.incrementAndGet();
    return SHARED;
  }

  void end(int place) {
    if (place == SHARED) {
      shared.decrementAndGet();
    } else {
      cells.setRelease(place, 0);
    }
  }

  /**
   * Waits until every thread that has begun has ended, however often the waiting is interrupted.
   */
  void awaitThoseUnderWay() {
    boolean interrupted = false;
    for (int cell = APART; cell < cells.length(); cell += APART) {
      while (cells.get(cell) != 0) {
        interrupted |= paused();
      }
    }
    while (shared.get() != 0) {
      interrupted |= paused();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean paused() {
    LockSupport.parkNanos(this, PAUSE_NANOS);
    return Thread.interrupted();
  }
}
