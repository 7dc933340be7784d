package dev.alcada.jdbc;

import java.util.Collection;

/**
 * Where the last call of this process has found room. The next one need not look before it locks; if
 * it is wrong it has locked rows for a refusal, and the one after it looks. Safe for use by several
 * threads: what one does not see of another costs a trip.
 */
final class Room {
  private static final int SLOTS = 1 << 14;

  private final boolean[] found = new boolean[SLOTS];

  boolean isExpected(Collection<String> rows) {
    for (String row : rows) {
      if (!found[slot(row)]) {
        return false;
      }
    }
    return true;
  }

  void note(Collection<String> rows, boolean room) {
    for (String row : rows) {
      int slot = slot(row);
      if (found[slot] != room) {
        found[slot] = room;
      }
    }
  }

  private static int slot(String row) {
    int hash = row.hashCode();
    return (hash ^ hash >>> 16) & (SLOTS - 1);
  }
}
