package dev.alcada.counter.memory;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A binary heap of counts by {@link Tally#due}, from which any of them can be taken out. */
final class ExpiryHeap {
  private static final int FIRST_CAPACITY = 4;

  private @Nullable Tally[] heap = new @Nullable Tally[FIRST_CAPACITY];
  private int size;

  @Nullable Tally first() {
    return heap[0];
  }

  /** {@return when the first is due, or {@link Long#MAX_VALUE} if there is none} */
  long firstDue() {
    Tally first = heap[0];
    return first == null ? Long.MAX_VALUE : first.due;
  }

  void add(Tally count) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, size + (size >> 1));
    }
    rise(size++, count);
  }

  void remove(Tally count) {
    int hole = count.position;
    Tally last = at(--size);
    heap[size] = null;
    if (last != count) {
      place(hole, last);
    }
    if (heap.length > 4 * FIRST_CAPACITY && size < heap.length / 4) {
      heap = Arrays.copyOf(heap, heap.length / 2);
    }
  }

  /** Restores the order after the count's due time has changed. */
  void moved(Tally count) {
    place(count.position, count);
  }

  private void place(int position, Tally count) {
    if (position > 0 && count.due < at((position - 1) >>> 1).due) {
      rise(position, count);
    } else {
      sink(position, count);
    }
  }

  private void rise(int from, Tally count) {
    int position = from;
    while (position > 0) {
      int above = (position - 1) >>> 1;
      Tally parent = at(above);
      if (parent.due <= count.due) {
        break;
      }
      put(position, parent);
      position = above;
    }
    put(position, count);
  }

  private void sink(int from, Tally count) {
    int position = from;
    while (true) {
      int below = 2 * position + 1;
      if (below >= size) {
        break;
      }
      if (below + 1 < size && at(below + 1).due < at(below).due) {
        below++;
      }
      Tally child = at(below);
      if (count.due <= child.due) {
        break;
      }
      put(position, child);
      position = below;
    }
    put(position, count);
  }

  private Tally at(int position) {
    Tally count = heap[position];
    if (count == null) {
      throw new IllegalStateException("no count at " + position + " of " + size);
    }
    return count;
  }

  private void put(int position, Tally count) {
    heap[position] = count;
    count.position = position;
  }
}
