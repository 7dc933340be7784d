package dev.alcada.counter;

import dev.alcada.time.Window;
import java.time.Duration;

/**
 * What a call leaves behind, so that later calls can be judged by it. It is there up to, and not
 * at, its end; left again, it lasts until the later of the two ends.
 *
 * @param key the mark and the value it goes by: a key whose counter is of kind {@link
 *     CounterId.Kind#MARK}
 * @param lasts how long it lasts once the call has been settled, 1 ms to 366 days
 */
public record Mark(CounterKey key, Duration lasts) {
  /**
   * Checks the kind and the range.
   *
   * @throws IllegalArgumentException if the key is none of a mark, or {@code lasts} is out of its
   *     range
   */
  public Mark {
    checkKind(key);
    if (lasts.compareTo(Window.SHORTEST) < 0 || lasts.compareTo(Window.LONGEST) > 0) {
      throw new IllegalArgumentException("lasts is " + lasts + ", expected 1 ms to 366 days");
    }
  }

  static void checkKind(CounterKey key) {
    if (key.counter().kind() != CounterId.Kind.MARK) {
      throw new IllegalArgumentException(
          "key is of a counter of kind " + key.counter().kind() + ", expected MARK");
    }
  }
}
