package dev.alcada.counter.memory;

import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
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
  private final Bounds bounds;
  private final ConcurrentSkipListMap<CounterId, Counter> byId = new ConcurrentSkipListMap<>();
  private final ConcurrentSkipListMap<String, Owner> owners = new ConcurrentSkipListMap<>();
  private int keys;
  private int marks;

  /** The counter and the owner whose turn was last. */
  private @Nullable CounterId cursor;

  private @Nullable String ownerCursor;

  /**
   * How many there may be.
   *
   * @param ofOne keys of one counter, or of one mark
   * @param ofOwner keys that a grant's own calls choose, and so many marks
   * @param keys keys of all counters
   * @param marks keys of all marks
   */
  record Bounds(int ofOne, int ofOwner, int keys, int marks) {}

  LiveCounters(InMemoryCounterStore store, Bounds bounds) {
    this.store = store;
    this.bounds = bounds;
  }

  /** {@return how many keys are live or not yet cleaned up, those of marks too} */
  synchronized int live() {
    return keys + marks;
  }

  /**
   * Looks for room for new keys.
   *
   * @param wanting the keys; {@code null} where none is wanted
   * @return the first place whose key has no room, or -1 if all have
   */
  synchronized int full(@Nullable CounterKey[] wanting) {
    for (int i = 0; i < wanting.length; i++) {
      CounterKey key = wanting[i];
      if (key != null && !hasRoom(key, wanting, i)) {
        return i;
      }
    }
    return -1;
  }

  /** Whether a key has room beside those that come before it. */
  private boolean hasRoom(CounterKey key, @Nullable CounterKey[] wanting, int place) {
    CounterId id = key.counter();
    boolean ofMarks = id.kind() == CounterId.Kind.MARK;
    String grant = key.owner();
    Counter known = byId.get(id);
    Owner owner = grant == null ? null : owners.get(grant);
    int most = ofMarks ? bounds.marks : bounds.keys;
    int inAll = ofMarks ? marks : keys;
    int ofOne = known == null ? 0 : known.live;
    int ofOwner = owner == null ? 0 : ofMarks ? owner.marks : owner.keys;
    for (int i = 0; i < place; i++) {
      CounterKey other = wanting[i];
      if (other != null && ofMarks == (other.counter().kind() == CounterId.Kind.MARK)) {
        inAll++;
        ofOne += id.equals(other.counter()) ? 1 : 0;
        ofOwner += grant != null && grant.equals(other.owner()) ? 1 : 0;
      }
    }
    return ofOne < bounds.ofOne
        && ofOwner < bounds.ofOwner
        && inAll < (ofOne < FEW ? most : most - most / 10);
  }

  /** {@return a count that is not there yet; keep the lock until its key has room} */
  synchronized Tally newTally(CounterKey key, Stripe stripe, int hash) {
    CounterId id = key.counter();
    Counter counter = byId.get(id);
    if (counter == null) {
      counter = Counter.of(id, store);
      byId.put(id, counter);
    }
    String grant = key.owner();
    Owner owner = grant == null ? null : owners.get(grant);
    if (grant != null && owner == null) {
      owner = new Owner(grant);
      owners.put(grant, owner);
    }
    Tally count = counter.newTally(key, stripe, owner);
    count.hash = hash;
    return count;
  }

  /**
   * Lets all parts of a reservation count, and takes the room that its new keys need.
   *
   * @param held the parts
   * @param ends the call that ends by it, if one does
   */
  synchronized void decide(HeldTogether held, @Nullable HeldTogether ends) {
    Part[] parts = held.parts;
    @Nullable Owner[] newOf = null;
    for (int i = 0; i < parts.length; i++) {
      Tally count = parts[i].count;
      Owner owner = count == null || count.live ? null : count.owner();
      if (owner != null) {
        newOf = newOf == null ? new @Nullable Owner[parts.length] : newOf;
        newOf[i] = owner;
      }
    }
    // Nothing is called: all of it is done, or none.
    for (int i = 0; i < parts.length; i++) {
      Tally count = parts[i].count;
      if (count == null || count.live || parts[i].state != Part.WANTED) {
        continue;
      }
      Owner owner = newOf == null ? null : newOf[i];
      count.counter.live++;
      if (count.counter.ofMarks) {
        marks++;
      } else {
        keys++;
      }
      if (owner != null && count.counter.ofMarks) {
        owner.marks++;
      } else if (owner != null) {
        owner.keys++;
      }
    }
    held.decided = true;
    if (ends != null && ends.parts.length == 0) {
      ends.settled = true;
    } else if (ends != null) {
      ends.parts[0].settled = true;
    }
  }

  /** Gives back the room of a key under which nothing counts any more. */
  synchronized void leave(Tally count) {
    Counter counter = count.counter;
    Owner owner = count.owner();
    counter.leave(count);
    // From here on nothing is called: all of it is done, or none.
    counter.live--;
    if (counter.ofMarks) {
      marks--;
    } else {
      keys--;
    }
    if (owner != null && counter.ofMarks) {
      owner.marks--;
    } else if (owner != null) {
      owner.keys--;
    }
    // What is empty and stays, `next` removes.
    if (counter.live == 0 && counter.isOver()) {
      byId.remove(counter.id(), counter);
    }
    forgetIfEmpty(owner);
  }

  private void forgetIfEmpty(@Nullable Owner owner) {
    if (owner != null && owner.keys == 0 && owner.marks == 0) {
      owners.remove(owner.grant, owner);
    }
  }

  synchronized @Nullable Counter get(CounterId id) {
    return byId.get(id);
  }

  /** {@return each counter in turn, or {@code null} if there is none} */
  synchronized @Nullable Counter next() {
    Map.Entry<String, Owner> owner = ownerCursor == null ? null : owners.higherEntry(ownerCursor);
    owner = owner == null ? owners.firstEntry() : owner;
    if (owner != null) {
      ownerCursor = owner.getKey();
      forgetIfEmpty(owner.getValue());
    }
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
