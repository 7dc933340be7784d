package dev.alcada.counter;

import org.jspecify.annotations.Nullable;

/**
 * One part of the key table, guarded by its own lock: chains of counts, by a plain hash that costs
 * nothing, until somebody chooses keys that collide; then by one that nobody can predict.
 */
final class Stripe extends SpinLock {
  /** By chance, no chain grows as long in the lifetime of a machine. */
  private static final int LONGEST_CHAIN = 20;

  private static final int FIRST_CAPACITY = 8;

  private @Nullable Count[] table = new @Nullable Count[FIRST_CAPACITY];
  private int size;
  private boolean keyed;
  private long latest;
  private int operations;

  long latest() {
    return latest;
  }

  /** Takes a reading of the clock; {@return the latest so far: time does not go back} */
  long advance(long reading) {
    if (reading > latest) {
      latest = reading;
    }
    return latest;
  }

  /** {@return how many times this has been asked} */
  int tick() {
    return ++operations;
  }

  @Nullable Count find(int plainHash, CounterKey key) {
    int hash =
        keyed ? SipHash.hash(key.counter().hashCode(), key.value(), key.session()) : plainHash;
    @Nullable Count[] table = this.table;
    for (Count count = table[hash & table.length - 1]; count != null; count = count.next) {
      if (count.hash == hash && count.is(key)) {
        return count;
      }
    }
    return null;
  }

  /** Adds a count whose key is not there. */
  void add(int plainHash, Count count) {
    count.hash = keyed ? keyedHash(count) : plainHash;
    int length = link(table, count);
    size++;
    if (length > LONGEST_CHAIN && !keyed) {
      keyed = true;
      rebuild(table.length);
    }
    if (size > table.length) {
      rebuild(table.length * 2);
    }
  }

  void remove(Count gone) {
    gone.live = false;
    int slot = gone.hash & table.length - 1;
    Count count = table[slot];
    if (count == gone) {
      table[slot] = gone.next;
    } else {
      while (count != null && count.next != gone) {
        count = count.next;
      }
      if (count == null) {
        throw new IllegalStateException("the count is not in its chain");
      }
      count.next = gone.next;
    }
    gone.next = null;
    size--;
    if (table.length > FIRST_CAPACITY && size < table.length / 8) {
      rebuild(table.length / 2);
    }
  }

  private void rebuild(int capacity) {
    @Nullable Count[] old = table;
    @Nullable Count[] rebuilt = new @Nullable Count[capacity];
    for (Count chain : old) {
      Count count = chain;
      while (count != null) {
        Count next = count.next;
        if (keyed && capacity == old.length) {
          count.hash = keyedHash(count);
        }
        link(rebuilt, count);
        count = next;
      }
    }
    table = rebuilt;
  }

  /** {@return the length of the chain that the count now heads} */
  private static int link(@Nullable Count[] table, Count count) {
    int slot = count.hash & table.length - 1;
    Count next = table[slot];
    count.next = next;
    table[slot] = count;
    int length = 1;
    for (; next != null; next = next.next) {
      length++;
    }
    return length;
  }

  private static int keyedHash(Count count) {
    return SipHash.hash(count.counter.id().hashCode(), count.value, count.session);
  }
}
