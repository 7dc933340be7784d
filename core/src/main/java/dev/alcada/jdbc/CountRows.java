package dev.alcada.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the rows of counts, locks them, and writes them. */
final class CountRows {
  private static final String UPDATE = "UPDATE alcada_count SET data = ?, due = ? WHERE id = ?";

  private final Database database;

  CountRows(Database database) {
    this.database = database;
  }

  /** Reads rows as they are, outside of any transaction. */
  Judged.Rows read(Connection connection, List<String> ids) throws SQLException {
    String sql = database.selectCounts(ids.size());
    try (PreparedStatement statement = database.select(connection, sql, ids.toArray())) {
      statement.setQueryTimeout(database.querySeconds());
      try (ResultSet rows = database.rows(statement)) {
        return rows(rows);
      }
    }
  }

  /** Locks rows, which begins the transaction. */
  Judged.Rows lock(Connection connection, List<String> ids) throws SQLException {
    String sql = database.lockCounts(ids.size());
    try (PreparedStatement statement = Database.prepared(connection, sql, ids.toArray())) {
      try (ResultSet rows = database.rows(statement)) {
        return rows(rows);
      }
    }
  }

  private static Judged.Rows rows(ResultSet rows) throws SQLException {
    Map<String, Row> byId = new HashMap<>();
    long reading = Long.MIN_VALUE;
    while (rows.next()) {
      byId.put(rows.getString(1), Row.read(rows.getBytes(2)));
      reading = Math.max(reading, rows.getLong(3));
    }
    return new Judged.Rows(byId, reading);
  }

  /**
   * Writes rows that are locked, and whatever is to change with them, which ends the transaction.
   *
   * @param changed the rows, by what they were changed for
   * @param besides may be empty
   */
  void write(
      Connection connection, Map<Wanted, Row> changed, long now, List<Database.Change> besides)
      throws SQLException {
    List<Database.Change> changes = new ArrayList<>();
    changed.forEach(
        (wanted, row) -> {
          long expiry = row.expiry(wanted);
          changes.add(
              Database.Change.of(
                  UPDATE, row.write(), expiry == Row.NOW ? now : expiry, wanted.id()));
        });
    changes.addAll(besides);
    if (changes.isEmpty()) {
      return;
    }
    int[] counts = database.changeLast(connection, changes);
    for (int i = 0; i < changed.size(); i++) {
      if (counts[i] != 1) {
        throw new IllegalStateException("a row that was locked could not be written");
      }
    }
  }
}
