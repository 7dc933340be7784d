package dev.alcada.counter;

import dev.alcada.time.Window;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What one call adds to one count, and what there has to be room for. Kinds may be added with the
 * library; a store refuses, by an exception, a kind that it does not know. Each kind wants a key
 * whose counter is of the {@linkplain CounterId.Kind kind} of the same name.
 */
public sealed interface Charge {
  /** The greatest {@code max}, in units: two of them can be added without overflow. */
  long MAX_UNITS = 4_000_000_000_000_000_000L;

  /** {@return the count} */
  CounterKey key();

  /** {@return whether it is given back when the call turns out to have done nothing} */
  boolean releasable();

  /**
   * An amount, which counts until its window has passed.
   *
   * <p>Amounts and maxima are whole units of so many decimal places. The places are no part of what
   * a count is: charges in both units may meet in one. While the count holds anything it is kept in
   * the coarser of the units that it has met. An amount that those cannot say is rounded up and a
   * maximum is rounded down, so that no call is let through by rounding.
   *
   * @param key the count
   * @param max the most it may hold within its window, in units, 0 to {@value #MAX_UNITS}
   * @param amount what the call adds, in the same units, at least 0
   * @param decimals how many decimal places of the amounts a unit is: 9 or 3
   * @param releasable whether the amount is given back when the call turns out to have done nothing
   */
  record Amount(CounterKey key, long max, long amount, int decimals, boolean releasable)
      implements Charge {
    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a component is out of its range
     */
    public Amount {
      checkKind(key, CounterId.Kind.AMOUNT);
      checkAmount(max, amount, decimals);
    }
  }

  /**
   * Different values, each of which counts until a window has passed since the last call that had
   * it. There is room if the values that count and those of the call are at most {@code max}
   * different ones; then all of the call's are taken or renewed. What a call brought in is taken
   * out by a cancellation alone, and only if no other call has had it since.
   *
   * @param key the count
   * @param max how many different values it may hold within its window, 1 to {@value #MOST_VALUES}
   * @param values the call's values, kept in the order of {@link String#compareTo}; repeats count
   *     once, and one of more than {@value CounterKey#LONGEST} characters is kept as its digest;
   *     none bring nothing and have room
   */
  record Distinct(CounterKey key, long max, List<String> values) implements Charge {
    /** The most different values that a count may hold. */
    public static final int MOST_VALUES = 1_000;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a component is out of its range
     */
    public Distinct {
      checkKind(key, CounterId.Kind.DISTINCT);
      if (max < 1 || max > MOST_VALUES) {
        throw new IllegalArgumentException("max is " + max + ", expected 1 to " + MOST_VALUES);
      }
      values = values.stream().map(CounterKey::kept).sorted().distinct().toList();
    }

    /** {@return false: what was tried counts} */
    @Override
    public boolean releasable() {
      return false;
    }
  }

  /**
   * An amount of what runs now: it counts until the reservation is settled, however the call has
   * ended, or a lease is over. A refusal for lack of room knows no wait.
   *
   * @param key the count
   * @param max the most that may run, in units, 0 to {@value #MAX_UNITS}
   * @param amount what the call adds, in the same units, at least 0
   * @param decimals how many decimal places of the amounts a unit is: 9 or 3
   * @param lease how long it counts at most, 1 ms to 366 days
   */
  record InFlight(CounterKey key, long max, long amount, int decimals, Duration lease)
      implements Charge {
    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a component is out of its range
     */
    public InFlight {
      checkKind(key, CounterId.Kind.IN_FLIGHT);
      checkAmount(max, amount, decimals);
      checkSpan("lease", lease);
    }

    /** {@return true: it leaves with its call} */
    @Override
    public boolean releasable() {
      return true;
    }
  }

  /**
   * That a call is made once. It is refused with {@link Refusal.Reason#DUPLICATE} while an earlier
   * call with the key is remembered: for the longest window that any of them had since it was
   * admitted, or while it runs, for a lease at most. {@link Ended#NOT_DONE} and a cancellation
   * forget it; otherwise how it has ended is remembered with it. Of several calls only the latest
   * one admitted is remembered, and only that call itself can change what is known of it.
   *
   * @param key the grant, the tool and what tells its calls apart
   * @param window how long it is remembered from its admission; no part of the key
   * @param lease how long it runs at most, 1 ms to 366 days
   */
  record Once(CounterKey key, Window window, Duration lease) implements Charge {
    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a component is out of its range
     */
    public Once {
      checkKind(key, CounterId.Kind.ONCE);
      Objects.requireNonNull(window, "window");
      checkSpan("lease", lease);
    }

    /** {@return true: what was not done may be done} */
    @Override
    public boolean releasable() {
      return true;
    }
  }

  private static void checkKind(CounterKey key, CounterId.Kind kind) {
    if (key.counter().kind() != kind) {
      throw new IllegalArgumentException(
          "key is of a counter of kind " + key.counter().kind() + ", expected " + kind);
    }
  }

  private static void checkAmount(long max, long amount, int decimals) {
    if (max < 0 || max > MAX_UNITS) {
      throw new IllegalArgumentException("max is " + max + ", expected 0 to " + MAX_UNITS);
    }
    if (amount < 0) {
      throw new IllegalArgumentException("amount is " + amount + ", expected at least 0");
    }
    if (decimals != 9 && decimals != 3) {
      throw new IllegalArgumentException("decimals is " + decimals + ", expected 9 or 3");
    }
  }

  private static void checkSpan(String name, Duration span) {
    if (span.compareTo(Window.SHORTEST) < 0 || span.compareTo(Window.LONGEST) > 0) {
      throw new IllegalArgumentException(name + " is " + span + ", expected 1 ms to 366 days");
    }
  }
}
