package dev.alcada.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The table of the calls of which it can still be said how they have ended. A row is written with
 * the reservation, and whoever takes it away, in one transaction with what that changes, has said
 * so: of a process and several operators one.
 */
final class OpenCalls {
  private static final int MOST_REMOVED = 64;

  private final Database database;

  OpenCalls(Database database) {
    this.database = database;
  }

  static Database.Change added(OpenCall call) {
    return Database.Change.of(
        "INSERT INTO alcada_open_call (id, due, data) VALUES (?, ?, ?)",
        call.name(),
        call.due(),
        call.write());
  }

  /** {@return that a call can be settled for longer, if it still can} */
  static Database.Change extended(OnceRow.Remembered call) {
    return Database.Change.of(
        "UPDATE alcada_open_call SET due = ? WHERE id = ? AND due < ?",
        call.until(),
        OpenCall.name(call.id()),
        call.until());
  }

  static Database.Change removed(OpenCall call) {
    return Database.Change.of("DELETE FROM alcada_open_call WHERE id = ?", call.name());
  }

  /** {@return what a word on a call could change, or {@code null} if there is no such call} */
  @Nullable List<HeldRows.Part> find(Connection connection, long id) throws SQLException {
    return parts(
        connection,
        "SELECT data FROM alcada_open_call WHERE id = ? AND due > " + database.now(),
        id);
  }

  /** Takes a call away; {@return what find would have} */
  @Nullable List<HeldRows.Part> take(Connection connection, long id) throws SQLException {
    return parts(
        connection,
        ("DELETE FROM alcada_open_call WHERE id = ? AND due > " + database.now())
            + " RETURNING data",
        id);
  }

  private @Nullable List<HeldRows.Part> parts(Connection connection, String sql, long id)
      throws SQLException {
    try (PreparedStatement statement = database.select(connection, sql, OpenCall.name(id))) {
      statement.setQueryTimeout(database.querySeconds());
      try (ResultSet rows = database.rows(statement)) {
        return rows.next() ? OpenCall.read(id, rows.getBytes(1)) : null;
      }
    }
  }

  /** Removes some of those of which nothing can be said any more, if there are any. */
  void tidy() {
    String expired = "SELECT id FROM alcada_open_call WHERE due <= " + database.now() + " LIMIT 1";
    boolean any =
        database.read(
            connection -> {
              try (PreparedStatement statement = database.select(connection, expired);
                  ResultSet rows = database.rows(statement)) {
                return rows.next();
              }
            });
    if (any) {
      String remove = database.removeExpired(Database.Table.OPEN_CALL, "1 = 1", MOST_REMOVED);
      database.write(
          connection -> database.change(connection, true, List.of(Database.Change.of(remove))));
    }
  }
}
