package dev.alcada.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/*
 * Which rows are there. A counter's row says how many keys it has, and is locked by whoever makes or
 * removes some. Locks are taken in the order counters, keys, each by their id, so that nobody waits
 * in a circle; who counts locks keys alone.
 *
 *   making       counter 3 ─► counter 8 ─► key 1 ─► key 5      waits for each
 *   removing     counter 3 ┄► key 2, key 9                     leaves out what is locked
 *   counting                  key 1 ─► key 5                   waits for each
 *
 * A row that was made holds nothing until its call counts in it, in a transaction of its own; it is
 * due soon, so that one which nobody came back to is removed like those that have expired.
 */

/** Makes the rows of keys, within their bound, and removes those under which nothing counts. */
final class KeyRows {
  private static final int MOST_REMOVED = 64;

  /** How long a row stays in which nothing was counted yet, in microseconds. */
  private static final long GRACE = 10_000_000;

  private final Database database;
  private final int maxKeysPerCounter;

  /** The counter whose turn was last. */
  private volatile String cursor = "";

  KeyRows(Database database, int maxKeysPerCounter) {
    this.database = database;
    this.maxKeysPerCounter = maxKeysPerCounter;
  }

  /** Returns the first of some missing keys for which there is no room, changing nothing. */
  @Nullable Wanted full(Connection connection, List<Wanted> missing) throws SQLException {
    Map<String, Long> room = new HashMap<>();
    for (Wanted key : missing) {
      Long left = room.get(key.counter());
      if (left == null) {
        long wanting = missing.stream().filter(m -> m.counter().equals(key.counter())).count();
        left = room(connection, key.counter(), wanting);
      }
      if (left <= 0) {
        return key;
      }
      room.put(key.counter(), left - 1);
    }
    return null;
  }

  /** Returns how many new keys a counter has room for, or as many as are wanted. */
  private long room(Connection connection, String counter, long wanting) throws SQLException {
    long free =
        maxKeysPerCounter
            - number(connection, "SELECT keys FROM alcada_counter WHERE id = ?", counter);
    if (free >= wanting) {
      return wanting;
    }
    String expired =
        "SELECT count(*) FROM (SELECT 1 FROM alcada_count WHERE counter = ? AND due <= "
            + database.now()
            + " LIMIT "
            + MOST_REMOVED
            + ") AS expired";
    return Math.min(wanting, free + number(connection, expired, counter));
  }

  /** Makes rows; {@return whether there was room for all, or else nothing was made} */
  boolean make(List<Wanted> missing) {
    List<Wanted> sorted = missing.stream().sorted(Comparator.comparing(Wanted::id)).toList();
    Map<String, Long> wanting = new TreeMap<>();
    sorted.forEach(key -> wanting.merge(key.counter(), 1L, Long::sum));
    return database.write(
        connection -> {
          begin(connection);
          boolean fits = true;
          for (Map.Entry<String, Long> counter : wanting.entrySet()) {
            fits &= locked(connection, counter.getKey(), counter.getValue());
          }
          if (!fits) {
            return false;
          }
          String insert =
              "INSERT INTO alcada_count (id, counter, due, data) VALUES (?, ?, "
                  + database.now()
                  + " + "
                  + GRACE
                  + ", ?) ON CONFLICT (id) DO NOTHING";
          for (Wanted key : sorted) {
            if (Database.update(
                    connection, insert, key.id(), key.counter(), Row.empty(key.kind()).write())
                == 1) {
              change(connection, key.counter(), 1);
            }
          }
          return true;
        });
  }

  /** Locks a counter's row, which is made if it is not there; {@return whether keys have room} */
  private boolean locked(Connection connection, String counter, long wanting) throws SQLException {
    long keys =
        number(
            connection,
            "INSERT INTO alcada_counter (id, keys) VALUES (?, 0) ON CONFLICT (id) DO UPDATE SET"
                + " keys = alcada_counter.keys RETURNING keys",
            counter);
    if (keys + wanting > maxKeysPerCounter) {
      keys -= removed(connection, counter);
    }
    return keys + wanting <= maxKeysPerCounter;
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
                      + database.now()
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
              removed(connection, turn);
              Database.update(
                  connection, "DELETE FROM alcada_counter WHERE id = ? AND keys <= 0", turn);
            }
            return null;
          });
    }
  }

  private int removed(Connection connection, String counter) throws SQLException {
    int removed = Database.update(connection, database.removeExpired(MOST_REMOVED), counter);
    if (removed > 0) {
      change(connection, counter, -removed);
    }
    return removed;
  }

  private static void change(Connection connection, String counter, long by) throws SQLException {
    Database.update(
        connection, "UPDATE alcada_counter SET keys = keys + ? WHERE id = ?", by, counter);
  }

  private void begin(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(database.begin())) {
      statement.execute();
    }
  }

  private long number(Connection connection, String sql, String value) throws SQLException {
    String number = text(connection, sql, value);
    return number == null ? 0 : Long.parseLong(number);
  }

  private @Nullable String text(Connection connection, String sql, String value)
      throws SQLException {
    try (PreparedStatement statement = Database.prepared(connection, sql, value)) {
      statement.setQueryTimeout(database.querySeconds());
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? rows.getString(1) : null;
      }
    }
  }
}
