package dev.alcada.counter.memory;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A binary heap of counts by {@link Tally#due}, from which any of them can be taken out. Each
 * method does all that it does, or nothing: room is made first, and what moves counts calls
 * nothing.
 */
final class ExpiryHeap {
  /** The position of a count that is in no heap. */
  static final int NOWHERE = -1;

  private static final int FIRST_CAPACITY = 4;

  private @Nullable Tally[] heap = new @Nullable Tally[FIRST_CAPACITY];
  private int size;
  private volatile long firstDue = Long.MAX_VALUE;

  @Nullable Tally first() {
    return heap[0];
  }

  /** {@return when the first is due, or {@link Long#MAX_VALUE} if there is none} */
  long firstDue() {
    return firstDue;
  }

  void add(Tally count, long due) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, size + (size >> 1));
    }
    arrange(null, count, size, due, size + 1);
  }

  void remove(Tally count) {
    if (heap.length > 4 * FIRST_CAPACITY && size <= heap.length / 4) {
      heap = Arrays.copyOf(heap, heap.length / 2);
    }
    Tally last = heap[size - 1];
    if (last == null || heap[count.position] != count) {
      throw new IllegalStateException("the count is not in this heap");
    }
    arrange(count, last == count ? null : last, count.position, last.due, size - 1);
  }

  void move(Tally count, long due) {
    arrange(null, count, count.position, due, size);
  }

  /** Makes every count due at a stamp that would be later: their order stays. Calls nothing. */
  @SuppressWarnings("NullAway") // Below the size there is a count everywhere.
  void bringForward(long stamp) {
    for (int i = 0; i < size; i++) {
      if (heap[i].due > stamp) {
        heap[i].due = stamp;
      }
    }
    firstDue = size == 0 ? Long.MAX_VALUE : heap[0].due;
  }

  /** Takes out one count, and puts another where its due time belongs. Calls nothing. */
  @SuppressWarnings("NullAway") // Below the size there is a count everywhere.
  private void arrange(
      @Nullable Tally gone, @Nullable Tally moved, int hole, long due, int nextSize) {
    if (gone != null) {
      heap[size - 1] = null;
      gone.position = NOWHERE;
    }
    size = nextSize;
    if (moved != null) {
      int position = hole;
      while (position > 0) {
        Tally parent = heap[(position - 1) >>> 1];
        if (parent.due <= due) {
          break;
        }
        heap[position] = parent;
        parent.position = position;
        position = (position - 1) >>> 1;
      }
      while (2 * position + 1 < size) {
        int below = 2 * position + 1;
        if (below + 1 < size && heap[below + 1].due < heap[below].due) {
          below++;
        }
        Tally child = heap[below];
        if (due <= child.due) {
          break;
        }
        heap[position] = child;
        child.position = position;
        position = below;
      }
      heap[position] = moved;
      moved.position = position;
      moved.due = due;
    }
    firstDue = size == 0 ? Long.MAX_VALUE : heap[0].due;
  }
}
