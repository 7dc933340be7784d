package dev.alcada.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong with one document. */
final class Problems {
  /** As many as anybody reads; a hostile document must not fill the memory with its faults. */
  private static final int MAX = 1000;

  private final List<Problem> problems = new ArrayList<>();

  void add(Place place, String found, String expected) {
    add(place, found, expected, null);
  }

  void add(Place place, String found, String expected, @Nullable String suggestion) {
    if (problems.size() < MAX) {
      problems.add(
          new Problem(place.pointer(), place.line(), place.column(), found, expected, suggestion));
    }
  }

  /** {@return whether another problem would not be kept, so that none need be looked for} */
  boolean isFull() {
    return problems.size() == MAX;
  }

  boolean isEmpty() {
    return problems.isEmpty();
  }

  /** Throws what was collected, if anything was. */
  void throwIfAny(String document) {
    if (!problems.isEmpty()) {
      problems.sort(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column));
      throw new PolicyException(document, problems, null);
    }
  }
}
