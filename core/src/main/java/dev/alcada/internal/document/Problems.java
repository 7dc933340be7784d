package dev.alcada.internal.document;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong with one document. */
public final class Problems {
  /** As many as anybody reads; a hostile document must not fill the memory with its faults. */
  private static final int MAX = 1000;

  private final List<Fault> problems = new ArrayList<>();

  public void add(Place place, String found, String expected) {
    add(place, found, expected, null);
  }

  public void add(Place place, String found, String expected, @Nullable String suggestion) {
    if (problems.size() < MAX) {
      problems.add(
          new Fault(place.pointer(), place.line(), place.column(), found, expected, suggestion));
    }
  }

  /** {@return whether another problem would not be kept, so that none need be looked for} */
  public boolean isFull() {
    return problems.size() == MAX;
  }

  public boolean isEmpty() {
    return problems.isEmpty();
  }

  /** {@return what was collected, in the order of the document's text} */
  public List<Fault> inOrder() {
    return problems.stream()
        .sorted(Comparator.comparingInt(Fault::line).thenComparingInt(Fault::column))
        .toList();
  }
}
