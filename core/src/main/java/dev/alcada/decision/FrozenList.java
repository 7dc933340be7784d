package dev.alcada.decision;

import java.util.AbstractList;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/** A list that nobody can change, over an array that is its own. */
final class FrozenList<E extends @Nullable Object> extends AbstractList<E> implements RandomAccess {
  private final E[] elements;

  FrozenList(E[] elements) {
    this.elements = elements;
  }

  @Override
  public E get(int index) {
    return elements[index];
  }

  @Override
  public int size() {
    return elements.length;
  }
}
