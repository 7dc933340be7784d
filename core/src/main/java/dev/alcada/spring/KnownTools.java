package dev.alcada.spring;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The names of the tools that are there, as far as they were met; a model may ask for any name, and
 * those are not kept. Safe for use by several threads.
 */
final class KnownTools {
  /** More would be a label of a metric for each. */
  private static final int MOST = 1_000;

  private final Set<String> names = ConcurrentHashMap.newKeySet();

  void add(String name) {
    if (names.size() < MOST) {
      names.add(name);
    }
  }

  boolean contains(String name) {
    return names.contains(name);
  }

  Set<String> names() {
    return Set.copyOf(names);
  }
}
