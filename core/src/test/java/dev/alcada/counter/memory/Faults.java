package dev.alcada.counter.memory;

/**
 * Where the classes of a {@link FaultyRoom} can be made to fail: before each call and each
 * allocation. Public for those alone, which are in a package of another loader.
 */
public final class Faults {
  /** What ends. */
  enum Kind {
    /** The stack, at one call: there is room again for what comes after. */
    STACK_ONCE,
    /** The stack, at one call and at every later one. */
    STACK,
    /** The memory, at one allocation and at every later one. */
    MEMORY
  }

  private static Kind kind = Kind.STACK;
  private static int left = Integer.MAX_VALUE;
  private static int passed;

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

  private static void point() {
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
   * @param at the place at which it ends, from 1
   * @return whether the action ended in that fault
   */
  static boolean strikes(Kind what, int at, Runnable action) {
    kind = what;
    left = at;
    passed = 0;
    try {
      action.run();
      return false;
    } catch (StackOverflowError | OutOfMemoryError e) {
      return true;
    } finally {
      left = Integer.MAX_VALUE;
    }
  }

  /** {@return how many places the last action has passed} */
  static int passed() {
    return passed;
  }
}
