package dev.alcada.jdbc;

import dev.alcada.counter.CounterId;
import dev.alcada.counter.Usage;
import java.util.List;

/**
 * Under which keys the last call of this process has left half of the maximum free: the next one
 * need not look before it locks. If it is refused all the same it has locked rows for nothing, and
 * the one after it looks. Safe for use by several threads: what one does not see of another costs a
 * trip.
 */
final class Room {
  private static final int SLOTS = 1 << 14;

  private final boolean[] found = new boolean[SLOTS];

  /** {@return whether amounts are all that is asked for, and there was room for each} */
  boolean isExpected(Asked asked) {
    for (Wanted each : asked.wanted()) {
      if (each.kind() != CounterId.Kind.AMOUNT || !each.adds() || !found[slot(each)]) {
        return false;
      }
    }
    return !asked.wanted().isEmpty();
  }

  /**
   * Notes what a call has left.
   *
   * @param used what there was before it, for each of its charges
   */
  void note(Asked asked, boolean admitted, List<Usage> used) {
    for (int i = 0; i < asked.charges(); i++) {
      Wanted each = asked.wanted().get(i);
      if (each.kind() == CounterId.Kind.AMOUNT) {
        boolean left = admitted && used.get(i).used() + each.amount() <= each.max() / 2;
        int slot = slot(each);
        if (found[slot] != left) {
          found[slot] = left;
        }
      }
    }
  }

  /** Of a key and a maximum: limits that share a count look each at its own. */
  private static int slot(Wanted wanted) {
    int hash = 31 * wanted.id().hashCode() + Long.hashCode(wanted.max());
    return (hash ^ hash >>> 16) & (SLOTS - 1);
  }
}
