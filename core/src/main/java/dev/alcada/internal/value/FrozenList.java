package dev.alcada.internal.value;

import java.util.AbstractList;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/** A list that nobody can change, over an array that is its own. */
public final class FrozenList<E extends @Nullable Object> extends AbstractList<E>
    implements RandomAccess {
  private final E[] elements;

  public FrozenList(E[] elements) {
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
