package dev.alcada.counter.memory;

import org.jspecify.annotations.Nullable;

/**
 * Where the classes of a {@link FaultyRoom} can be made to fail: before each call and each
 * allocation, on the thread that has it fail alone: what another test has left running passes too.
 * Public for those, which are in a package of another loader.
 */
public final class Faults {
  /** What ends. */
  public enum Kind {
    /** The stack, at one call: there is room again for what comes after. */
    STACK_ONCE,
    /** The stack, at one call and at every later one. */
    STACK,
    /** The memory, at one allocation and at every later one. */
    MEMORY,
    /** The stack, at every call that is so deep, as on a thread that has so little of it left. */
    DEPTH
  }

  private static final StackWalker STACK = StackWalker.getInstance();

  private static @Nullable Thread struck;
  private static Kind kind = Kind.STACK;
  private static int left = Integer.MAX_VALUE;
  private static int passed;
  private static int base;

  private Faults() {}

  /** Before a call. */
  public static void call() {
    if (kind != Kind.MEMORY) {
      point();
    }
  }

  /** Before an allocation. */
  public static void allocation() {
    point();
  }

  private static int depth() {
    return STACK.walk(frames -> (int) frames.count());
  }

  private static void point() {
    if (Thread.currentThread() != struck) {
      return;
    }
    if (kind == Kind.DEPTH) {
      if (left < Integer.MAX_VALUE) {
        int deep = depth() - base;
        passed = Math.max(passed, deep);
        if (deep >= left) {
          throw new StackOverflowError("no stack is left");
        }
      }
      return;
    }
    passed++;
    if (--left > 0) {
      return;
    }
    if (kind == Kind.MEMORY) {
      left = 1;
      throw new OutOfMemoryError("no memory is left");
    }
    left = kind == Kind.STACK ? 1 : Integer.MAX_VALUE;
    throw new StackOverflowError("no stack is left");
  }

  /**
   * Does something with a fault.
   *
   * @param what what ends
   * @param at the place at which it ends, from 1; of {@link Kind#DEPTH}, how deep that is
   * @return whether the action ended in that fault
   */
  public static boolean strikes(Kind what, int at, Runnable action) {
    kind = what;
    base = depth();
    left = at;
    passed = 0;
    struck = Thread.currentThread();
    try {
      action.run();
      return false;
    } catch (StackOverflowError | OutOfMemoryError e) {
      return true;
    } finally {
      struck = null;
    }
  }

  /** {@return how many places the last action has passed, or how deep it came} */
  public static int passed() {
    return passed;
  }
}
