package dev.alcada.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** What the tests do to the tables past the stores. */
final class Tables {
  private Tables() {}

  static void empty(DataSource source) {
    for (Database.Table table : Database.Table.values()) {
      execute(source, "DELETE FROM " + table.tableName);
    }
  }

  static void drop(DataSource source) {
    for (Database.Table table : Database.Table.values()) {
      execute(source, "DROP TABLE " + table.tableName);
    }
  }

  static void execute(DataSource source, String sql) {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  static long number(DataSource source, String sql) {
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }
}
