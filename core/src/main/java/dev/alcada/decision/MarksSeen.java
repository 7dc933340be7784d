package dev.alcada.decision;

import dev.alcada.counter.CounterKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The marks that one call is judged by: first their keys, then whether each is there. */
final class MarksSeen {
  private final List<CounterKey> keys = new ArrayList<>();
  private final Map<CounterKey, Boolean> there = new HashMap<>();
  private final boolean known;

  private MarksSeen(boolean known) {
    this.known = known;
  }

  /** {@return marks of which nothing is known yet, so that those asked for are collected} */
  static MarksSeen unknown() {
    return new MarksSeen(false);
  }

  /**
   * {@return these marks, each with whether it is there, in the order in which they were collected}
   */
  MarksSeen known(List<Boolean> found) {
    if (found.size() != keys.size()) {
      throw new IllegalArgumentException(
          found.size() + " marks, expected " + keys.size() + ", one for each that is read");
    }
    MarksSeen seen = new MarksSeen(true);
    for (int i = 0; i < found.size(); i++) {
      seen.keys.add(keys.get(i));
      seen.there.put(keys.get(i), found.get(i));
    }
    return seen;
  }

  /** Collects the key of a mark that decides. */
  void add(CounterKey key) {
    if (known) {
      throw new IllegalStateException("a mark decides that was not looked up");
    } else if (!keys.contains(key)) {
      keys.add(key);
    }
  }

  List<CounterKey> keys() {
    return keys;
  }

  /** {@return whether the mark is there, or null if that is not known yet} */
  @Nullable Boolean isThere(CounterKey key) {
    return there.get(key);
  }
}
