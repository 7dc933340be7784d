package dev.alcada.counter.memory;

import dev.alcada.counter.CounterId;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/*
 * Who may have how many keys. With at most 10 in all:
 *
 *   flooded   ■■■■■■■■■          9: a counter with many keys leaves the last tenth to the others
 *   quiet     ■                  1
 *             └────────┴ 10      a new key of either is refused; all that are there go on counting
 *
 * A key has room from the assignment that lets its first amount count (`decide`) until nothing
 * counts under it and it has left the heap of its counter (`leave`). A counter without keys may lie
 * in the map for a while: it takes no room, and `next` removes it.
 *
 * The map is a skip list because that is right at each step, whatever ends the thread that changes
 * it; in a hash table a resize that ends half-way loses what it holds. It is sorted, too, so that a
 * cursor goes round, and identities that somebody chose for their equal hash codes cost nothing.
 */

/**
 * Which counters have live keys, and how many keys there may be. Its lock is taken only when a key
 * comes or goes and for clean-up; only counters are locked within it.
 */
final class LiveCounters {
  /** Counters with fewer keys may use the last tenth, so that big ones do not shut them out. */
  private static final int FEW = 1024;

  private final InMemoryCounterStore store;
  private final int maxOfOne;
  private final int maxInAll;
  private final ConcurrentSkipListMap<CounterId, Counter> byId = new ConcurrentSkipListMap<>();
  private int live;

  /** The counter whose turn was last. */
  private @Nullable CounterId cursor;

  LiveCounters(InMemoryCounterStore store, int maxOfOne, int maxInAll) {
    this.store = store;
    this.maxOfOne = maxOfOne;
    this.maxInAll = maxInAll;
  }

  /** {@return how many keys are live or not yet cleaned up} */
  synchronized int live() {
    return live;
  }

  /**
   * Looks for room for one new key of each counter.
   *
   * @param wanting the counters; {@code null} where no key is wanted
   * @return the first place whose counter has no room, or -1 if all have
   */
  synchronized int full(@Nullable CounterId[] wanting) {
    int inAll = live;
    for (int i = 0; i < wanting.length; i++) {
      CounterId id = wanting[i];
      if (id != null) {
        Counter known = byId.get(id);
        int keys = known == null ? 0 : known.live;
        for (int j = 0; j < i; j++) {
          keys += id.equals(wanting[j]) ? 1 : 0;
        }
        if (keys >= maxOfOne || inAll >= (keys < FEW ? maxInAll : maxInAll - maxInAll / 10)) {
          return i;
        }
        inAll++;
      }
    }
    return -1;
  }

  /** {@return the counter, which is made if it is not there; keep the lock until it has a key} */
  synchronized Counter known(CounterId id) {
    Counter known = byId.get(id);
    if (known == null) {
      known = Counter.of(id, store);
      byId.put(id, known);
    }
    return known;
  }

  /** Lets all parts of a reservation count, and takes the room that its new keys need. */
  synchronized void decide(HeldTogether held) {
    // Nothing is called: all of it is done, or none.
    for (HeldCharge part : held.parts) {
      Tally count = part.count;
      if (count != null && !count.live) {
        count.counter.live++;
        live++;
      }
    }
    held.decided = true;
  }

  /** Gives back the room of a key under which nothing counts any more. */
  synchronized void leave(Tally count) {
    Counter counter = count.counter;
    counter.leave(count);
    counter.live--;
    live--;
    if (counter.live == 0 && counter.isOver()) {
      byId.remove(counter.id(), counter);
    }
  }

  synchronized @Nullable Counter get(CounterId id) {
    return byId.get(id);
  }

  /** {@return each counter in turn, or {@code null} if there is none} */
  synchronized @Nullable Counter next() {
    Map.Entry<CounterId, Counter> entry = cursor == null ? null : byId.higherEntry(cursor);
    if (entry == null) {
      entry = byId.firstEntry();
    }
    if (entry == null) {
      return null;
    }
    cursor = entry.getKey();
    Counter counter = entry.getValue();
    if (counter.live == 0 && counter.isOver()) {
      byId.remove(entry.getKey(), counter);
    }
    return counter;
  }
}
