package dev.alcada.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/*
 * Which rows are there. A counter's row says how many keys it has, and is locked by whoever makes or
 * removes some; so is the row of a grant, if its calls have chosen the key. Locks are taken in the
 * order counters, keys, grants, each by their id, so that nobody waits in a circle; who counts locks
 * keys alone.
 *
 *   making       counter 3 ─► counter 8 ─► key 1 ─► key 5 ─► grant 2    waits for each
 *   removing     counter 3 ┄► key 2, key 9 ─► grant 2                   leaves out keys that are locked
 *   counting                  key 1 ─► key 5                            waits for each
 *
 * A row that was made holds nothing until its call counts in it, in a transaction of its own; it is
 * due soon, so that one which nobody came back to is removed like those that have expired.
 */

/** Makes the rows of keys, within their bounds, and removes those under which nothing counts. */
final class KeyRows {
  private static final int MOST_REMOVED = 64;

  /**
   * How long a row stays in which nothing was counted yet, in microseconds, and one under which
   * nothing counts any more while its counter is not full: a key is often wanted again.
   */
  private static final long GRACE = 10_000_000;

  /**
   * How many keys there may be.
   *
   * @param ofCounter of one counter, or of one mark
   * @param ofGrant that a grant's own calls choose, and so many marks
   */
  record Bounds(int ofCounter, int ofGrant) {}

  private final Database database;
  private final Bounds bounds;

  /** Whether rows say whose they are, where an operator may want to know. */
  private final boolean listed;

  /** The counter whose turn was last. */
  private volatile String cursor = "";

  KeyRows(Database database, Bounds bounds, boolean listed) {
    this.database = database;
    this.bounds = bounds;
    this.listed = listed;
  }

  /**
   * Returns the first of some missing keys for which there is no room, changing nothing.
   *
   * @param rows all that the call counts in: it needs those that are there, whatever they hold
   */
  @Nullable Wanted full(Connection connection, List<Wanted> missing, List<String> rows)
      throws SQLException {
    Map<String, Long> room = new HashMap<>();
    for (Wanted key : missing) {
      String counter = key.counter();
      String owner = key.owner();
      int wanted = missing.size();
      boolean fits =
          take(
              room,
              counter,
              () -> room(connection, "counter", counter, bounds.ofCounter, wanted, rows));
      if (fits && owner != null) {
        fits =
            take(room, owner, () -> room(connection, "owner", owner, bounds.ofGrant, wanted, rows));
      }
      if (!fits) {
        return key;
      }
    }
    return null;
  }

  private interface Looked {
    long room() throws SQLException;
  }

  private static boolean take(Map<String, Long> room, String id, Looked looked)
      throws SQLException {
    Long known = room.get(id);
    long left = known == null ? looked.room() : known;
    room.put(id, left - 1);
    return left > 0;
  }

  /** Returns how many new keys a counter or a grant has room for, or as many as may be wanted. */
  private long room(
      Connection connection, String column, String id, int most, int wanted, List<String> rows)
      throws SQLException {
    String keys = "SELECT keys FROM alcada_" + column + " WHERE id = ?";
    long free = most - number(connection, keys, id);
    if (free >= wanted) {
      return free;
    }
    String expired =
        ("SELECT count(*) FROM (SELECT 1 FROM alcada_count WHERE " + column + " = ? AND due <= ")
            + (database.now() + " AND id NOT IN (" + Database.marks(rows.size()) + ") LIMIT ")
            + (MOST_REMOVED + ") AS expired");
    List<String> values = new ArrayList<>(List.of(id));
    values.addAll(rows);
    return free + number(connection, expired, values.toArray());
  }

  /** Makes rows; {@return whether there was room for all, or else nothing was made} */
  boolean make(List<Wanted> missing) {
    List<Wanted> sorted = missing.stream().sorted(Comparator.comparing(Wanted::id)).toList();
    if (database.write(connection -> make(connection, sorted))) {
      return true;
    }
    // What a grant's calls have chosen may have expired in other counters.
    Set<String> owners = new TreeSet<>();
    for (Wanted key : sorted) {
      String owner = key.owner();
      if (owner != null) {
        owners.add(owner);
      }
    }
    boolean removed = false;
    for (String owner : owners) {
      removed |= database.write(connection -> removeOf(connection, owner));
    }
    return removed && database.write(connection -> make(connection, sorted));
  }

  private boolean make(Connection connection, List<Wanted> sorted) throws SQLException {
    begin(connection);
    Map<String, Long> ofCounters = new TreeMap<>();
    Map<String, Long> ofOwners = new TreeMap<>();
    for (Wanted key : sorted) {
      ofCounters.merge(key.counter(), 1L, Long::sum);
      String owner = key.owner();
      if (owner != null) {
        ofOwners.merge(owner, 1L, Long::sum);
      }
    }
    Map<String, Long> keys = new TreeMap<>();
    for (String counter : ofCounters.keySet()) {
      keys.put(counter, locked(connection, "alcada_counter", counter));
    }
    boolean fits = true;
    Map<String, Long> freed = new TreeMap<>();
    for (Map.Entry<String, Long> wanting : ofCounters.entrySet()) {
      String counter = wanting.getKey();
      long room = bounds.ofCounter - wanting.getValue();
      if (keys.getOrDefault(counter, 0L) > room) {
        long removed = removed(connection, "counter = ?", List.of(counter), freed);
        fits &= keys.getOrDefault(counter, 0L) - removed <= room;
      }
    }
    Set<String> owners = new TreeSet<>(freed.keySet());
    owners.addAll(ofOwners.keySet());
    for (String owner : owners) {
      long of = locked(connection, "alcada_owner", owner) - freed.getOrDefault(owner, 0L);
      fits &=
          of + ofOwners.getOrDefault(owner, 0L) <= bounds.ofGrant || !ofOwners.containsKey(owner);
    }
    if (fits) {
      insert(connection, sorted, freed);
    }
    settle(connection, freed, owners);
    return fits;
  }

  /**
   * Makes rows for which there is room.
   *
   * @param freed how many keys of which grant have gone, less those that come
   */
  private void insert(Connection connection, List<Wanted> sorted, Map<String, Long> freed)
      throws SQLException {
    String insert =
        "INSERT INTO alcada_count (id, counter, owner, held, due, data) VALUES (?, ?, ?, ?, "
            + (database.now() + " + " + GRACE)
            + ", ?) ON CONFLICT (id) DO NOTHING";
    for (Wanted key : sorted) {
      String counter = key.counter();
      String owner = key.owner();
      String held = listed ? HeldList.entry(key.key()) : null;
      byte[] nothing = Row.empty(key.kind()).write();
      if (Database.update(connection, insert, key.id(), counter, owner, held, nothing) == 1) {
        change(connection, "alcada_counter", counter, 1);
        if (owner != null) {
          freed.merge(owner, -1L, Long::sum);
        }
      }
    }
  }

  /** Locks the row of a counter or of a grant, which is made if it is not there. */
  private long locked(Connection connection, String table, String id) throws SQLException {
    return number(
        connection,
        ("INSERT INTO "
                + table
                + " (id, keys) VALUES (?, 0) ON CONFLICT (id) DO UPDATE SET keys = ")
            + (table + ".keys RETURNING keys"),
        id);
  }

  /** Removes some of what has expired, if anything has, of a counter or of the next in turn. */
  void tidy(@Nullable String counter) {
    String turn =
        database.read(
            connection -> {
              String next =
                  counter != null
                      ? counter
                      : text(
                          connection,
                          "SELECT id FROM alcada_counter WHERE id > ? ORDER BY id LIMIT 1",
                          cursor);
              String expired =
                  "SELECT id FROM alcada_count WHERE counter = ? AND due <= "
                      + (database.now() + " - " + GRACE)
                      + " LIMIT 1";
              if (counter == null) {
                cursor = next == null ? "" : next;
              }
              return next != null && text(connection, expired, next) != null ? next : null;
            });
    if (turn != null) {
      database.write(
          connection -> {
            begin(connection);
            String lock = "SELECT id FROM alcada_counter WHERE id = ?" + database.lockIfFree();
            if (text(connection, lock, turn) != null) {
              Map<String, Long> freed = new TreeMap<>();
              String longGone = "counter = ? AND due <= " + database.now() + " - " + GRACE;
              removed(connection, longGone, List.of(turn), freed);
              settle(connection, freed, freed.keySet());
              Database.update(
                  connection, "DELETE FROM alcada_counter WHERE id = ? AND keys <= 0", turn);
            }
            return null;
          });
    }
  }

  /** Removes some of what has expired of a grant, in whichever counters; {@return whether any} */
  private boolean removeOf(Connection connection, String owner) throws SQLException {
    begin(connection);
    List<String> counters = new ArrayList<>();
    String expired =
        "SELECT DISTINCT counter FROM (SELECT counter FROM alcada_count WHERE owner = ? AND due <= "
            + (database.now() + " ORDER BY due LIMIT " + MOST_REMOVED + ") AS expired")
            + " ORDER BY counter";
    try (PreparedStatement statement = Database.prepared(connection, expired, owner);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        counters.add(rows.getString(1));
      }
    }
    if (counters.isEmpty()) {
      return false;
    }
    for (String counter : counters) {
      locked(connection, "alcada_counter", counter);
    }
    List<String> values = new ArrayList<>(List.of(owner));
    values.addAll(counters);
    String where = "owner = ? AND counter IN (" + Database.marks(counters.size()) + ")";
    Map<String, Long> freed = new TreeMap<>();
    long removed = removed(connection, where, values, freed);
    settle(connection, freed, freed.keySet());
    return removed > 0;
  }

  /**
   * Removes some of what has expired in counters that are locked, and tells the counters.
   *
   * @param freed is told how many keys of which grant have gone
   * @return how many have
   */
  private long removed(
      Connection connection, String where, List<String> values, Map<String, Long> freed)
      throws SQLException {
    Map<String, Long> ofCounters = new TreeMap<>();
    long removed = 0;
    String delete =
        database.removeExpired(Database.Table.COUNT, where, MOST_REMOVED)
            + " RETURNING counter, owner";
    try (PreparedStatement statement = Database.prepared(connection, delete, values.toArray());
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        removed++;
        ofCounters.merge(rows.getString(1), 1L, Long::sum);
        String owner = rows.getString(2);
        if (owner != null) {
          freed.merge(owner, 1L, Long::sum);
        }
      }
    }
    for (Map.Entry<String, Long> of : ofCounters.entrySet()) {
      change(connection, "alcada_counter", of.getKey(), -of.getValue());
    }
    return removed;
  }

  /** Tells grants how many of their keys have gone, or come, in the order of their locks. */
  private static void settle(Connection connection, Map<String, Long> freed, Set<String> owners)
      throws SQLException {
    for (String owner : owners) {
      long gone = freed.getOrDefault(owner, 0L);
      if (gone != 0) {
        change(connection, "alcada_owner", owner, -gone);
      }
      Database.update(connection, "DELETE FROM alcada_owner WHERE id = ? AND keys <= 0", owner);
    }
  }

  private static void change(Connection connection, String table, String id, long by)
      throws SQLException {
    Database.update(connection, "UPDATE " + table + " SET keys = keys + ? WHERE id = ?", by, id);
  }

  private void begin(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(database.begin())) {
      statement.execute();
    }
  }

  private long number(Connection connection, String sql, Object... values) throws SQLException {
    String number = text(connection, sql, values);
    return number == null ? 0 : Long.parseLong(number);
  }

  private @Nullable String text(Connection connection, String sql, Object... values)
      throws SQLException {
    try (PreparedStatement statement = database.select(connection, sql, values)) {
      statement.setQueryTimeout(database.querySeconds());
      try (ResultSet rows = database.rows(statement)) {
        return rows.next() ? rows.getString(1) : null;
      }
    }
  }
}
