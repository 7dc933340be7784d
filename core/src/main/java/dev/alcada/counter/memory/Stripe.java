package dev.alcada.counter.memory;

import dev.alcada.counter.CounterKey;
import org.jspecify.annotations.Nullable;

/**
 * One part of the key table, guarded by its own lock: chains of counts, by a plain hash that costs
 * nothing, until somebody chooses keys that collide; then by one that nobody can predict.
 */
final class Stripe extends SpinLock {
  /** By chance, no chain grows as long in the lifetime of a machine. */
  private static final int LONGEST_CHAIN = 20;

  private static final int FIRST_CAPACITY = 8;

  private @Nullable Tally[] table = new @Nullable Tally[FIRST_CAPACITY];
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

  @Nullable Tally find(int plainHash, CounterKey key) {
    int hash =
        keyed ? SipHash.hash(key.counter().hashCode(), key.value(), key.session()) : plainHash;
    @Nullable Tally[] table = this.table;
    for (Tally count = table[hash & table.length - 1]; count != null; count = count.next) {
      if (count.hash == hash && count.is(key)) {
        return count;
      }
    }
    return null;
  }

  /** Adds a count whose key is not there. */
  void add(int plainHash, Tally count) {
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

  void remove(Tally gone) {
    gone.live = false;
    int slot = gone.hash & table.length - 1;
    Tally count = table[slot];
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
    @Nullable Tally[] old = table;
    @Nullable Tally[] rebuilt = new @Nullable Tally[capacity];
    for (Tally chain : old) {
      Tally count = chain;
      while (count != null) {
        Tally next = count.next;
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
  private static int link(@Nullable Tally[] table, Tally count) {
    int slot = count.hash & table.length - 1;
    Tally next = table[slot];
    count.next = next;
    table[slot] = count;
    int length = 1;
    for (; next != null; next = next.next) {
      length++;
    }
    return length;
  }

  private static int keyedHash(Tally count) {
    return SipHash.hash(count.counter.id().hashCode(), count.value, count.session);
  }
}
