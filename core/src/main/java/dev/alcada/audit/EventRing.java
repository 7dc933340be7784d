package dev.alcada.audit;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/*
 * Places are numbered without end, and each has its slot:
 *
 *        told           taken
 *   ─ ─ ─ ┼─ x ─ x ─ … ─ x ─┼─ ─ ─      at most so many between them as may wait
 *         thread that tells └ callers
 *
 * A caller takes the next place by one atomic step and then puts its event there; the thread that
 * tells sees a place that is taken and still empty for that moment, and looks again. Closed is a
 * bit of the same number, so that no place is taken afterwards: whoever tells what was taken until
 * then has told everything.
 */

/** A bounded queue that many threads put events into and one takes them from. */
final class EventRing {
  private static final long CLOSED = Long.MIN_VALUE;

  /** Numbers that different threads write, each on a cache line of its own. */
  private static final int TAKEN = 16;

  private static final int TOLD = 32;
  private static final int ROOM = 48;
  private static final int NUMBERS = 64;

  private final AtomicLongArray numbers = new AtomicLongArray(NUMBERS);
  private final AtomicReferenceArray<@Nullable Object> slots;
  private final int mask;
  private final int capacity;

  EventRing(int capacity) {
    int length = Math.max(2, Integer.highestOneBit(capacity - 1) << 1);
    this.slots = new AtomicReferenceArray<>(length);
    this.mask = length - 1;
    this.capacity = capacity;
    numbers.set(ROOM, capacity);
  }

  /** {@return whether there was room; none is left once it is closed} */
  boolean offer(Object event) {
    long place;
    do {
      place = numbers.get(TAKEN);
      if (place < 0 || (place >= numbers.getOpaque(ROOM) && place >= room())) {
        return false;
      }
    } while (!numbers.weakCompareAndSetVolatile(TAKEN, place, place + 1));
    slots.setRelease((int) place & mask, event);
    return true;
  }

  /** Looks how far the other end is, which is seldom needed and costs more than the rest. */
  private long room() {
    long room = numbers.getAcquire(TOLD) + capacity;
    numbers.setOpaque(ROOM, room);
    return room;
  }

  /** {@return the next event, or null if there is none yet}; for one thread */
  @Nullable Object poll() {
    long place = numbers.getPlain(TOLD);
    int slot = (int) place & mask;
    Object event = slots.getAcquire(slot);
    if (event != null) {
      slots.setPlain(slot, null);
      numbers.setRelease(TOLD, place + 1);
    }
    return event;
  }

  int size() {
    long told = numbers.get(TOLD);
    return (int) ((numbers.get(TAKEN) & ~CLOSED) - told);
  }

  boolean isEmpty() {
    return size() == 0;
  }

  /** Takes nothing more. */
  void close() {
    numbers.getAndUpdate(TAKEN, taken -> taken | CLOSED);
  }

  boolean isClosed() {
    return numbers.get(TAKEN) < 0;
  }
}
