package dev.alcada.counter.memory;

import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/*
 * Chains of counts, found by a plain hash that costs nothing, until somebody chooses keys that
 * collide; then by one that nobody can predict:
 *
 *   table  ┌───┐                                 ┌───┐
 *        0 │ ·─┼─► a                           0 │ ·─┼─► d ─► a
 *        1 │   │             21 in a chain     1 │ ·─┼─► c
 *        2 │ ·─┼─► d ─► c ─► … ─► b   ═════►   2 │   │
 *        3 │   │     plain hash                3 │ ·─┼─► b     SipHash under a random key
 *          └───┘                                 └───┘
 *
 * By chance no chain grows as long in the lifetime of a machine.
 *
 * The table is rebuilt before a count comes or goes. All new hashes and the new table are made
 * first; the counts are then moved by a loop that calls nothing, so that none is lost on the way.
 *
 * What was decided and is not yet done to the counts of this stripe is `unfinished`. It is done
 * before anything else is looked at: see HeldTogether.
 */

/** One part of the key table, guarded by its own lock. */
final class Stripe extends SpinLock {
  private static final int LONGEST_CHAIN = 20;
  private static final int FIRST_CAPACITY = 8;

  /** How many calls of a stripe go by before it looks after counters other than those it uses. */
  private static final int TURN = 64;

  final int index;

  /** What is decided about counts of this stripe and others, and may not yet be done to these. */
  @Nullable HeldTogether unfinished;

  private @Nullable Tally[] table = new @Nullable Tally[FIRST_CAPACITY];
  private int size;
  private boolean keyed;
  private long latest;
  private int operations;

  Stripe(int index) {
    this.index = index;
  }

  /** Does what was decided. It comes first of all that is done under this stripe's lock. */
  void finish() {
    HeldTogether decided = unfinished;
    if (decided != null) {
      decided.finish(this);
    }
  }

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

  /** {@return whether it is this call's turn to look after counters other than its own} */
  boolean isTurn() {
    return ++operations % TURN == 0;
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

  /** Adds a count with its plain hash, whose key is not there. */
  void add(Tally count) {
    if (!keyed && chain(count.hash) >= LONGEST_CHAIN) {
      rebuild(table.length, true);
    }
    if (size == table.length) {
      rebuild(table.length * 2, keyed);
    }
    int hash = keyed ? keyedHash(count) : count.hash;
    int slot = hash & table.length - 1;
    // From here on nothing is called: all of it is done, or none.
    count.hash = hash;
    count.next = table[slot];
    table[slot] = count;
    count.live = true;
    size++;
  }

  void remove(Tally gone) {
    if (table.length > FIRST_CAPACITY && size <= table.length / 8) {
      rebuild(table.length / 2, keyed);
    }
    int slot = gone.hash & table.length - 1;
    Tally before = null;
    Tally count = table[slot];
    while (count != gone) {
      if (count == null) {
        throw new IllegalStateException("the count is not in its chain");
      }
      before = count;
      count = count.next;
    }
    // From here on nothing is called: all of it is done, or none.
    if (before == null) {
      table[slot] = gone.next;
    } else {
      before.next = gone.next;
    }
    gone.next = null;
    gone.live = false;
    size--;
  }

  /** Adds those counts that an operator may see to a list. */
  void addHeld(CounterId.Kind kind, List<HeldTally> held) {
    for (Tally chain : table) {
      for (Tally count = chain; count != null; count = count.next) {
        if (count instanceof HeldTally one
            && count.counter.id().kind() == kind
            && !count.isEmpty(latest)) {
          held.add(one);
        }
      }
    }
  }

  /** {@return how long the chain is that a hash leads to} */
  private int chain(int hash) {
    int length = 0;
    for (Tally count = table[hash & table.length - 1]; count != null; count = count.next) {
      length++;
    }
    return length;
  }

  private void rebuild(int capacity, boolean nextKeyed) {
    @Nullable Tally[] rebuilt = new @Nullable Tally[capacity];
    int[] hashes = new int[size];
    int at = 0;
    for (Tally chain : table) {
      for (Tally count = chain; count != null; count = count.next) {
        hashes[at++] = nextKeyed == keyed ? count.hash : keyedHash(count);
      }
    }
    at = 0;
    // From here on nothing is called: all of it is done, or none.
    for (Tally chain : table) {
      Tally count = chain;
      while (count != null) {
        Tally next = count.next;
        int slot = hashes[at] & capacity - 1;
        count.hash = hashes[at++];
        count.next = rebuilt[slot];
        rebuilt[slot] = count;
        count = next;
      }
    }
    table = rebuilt;
    keyed = nextKeyed;
  }

  private static int keyedHash(Tally count) {
    return SipHash.hash(count.counter.id().hashCode(), count.value, count.session);
  }
}
