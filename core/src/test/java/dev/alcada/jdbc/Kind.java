package dev.alcada.jdbc;

import java.nio.file.Path;
import javax.sql.DataSource;

/** The databases on which the stores are tried. */
enum Kind {
  POSTGRES {
    @Override
    DataSource empty(Path directory) {
      return PostgresServer.pool(PostgresServer.emptyDatabase(), 10);
    }
  },
  SQLITE {
    @Override
    DataSource empty(Path directory) {
      return SqliteFile.source(directory.resolve("state"));
    }
  };

  /** {@return a new database, on SQLite yet without tables} */
  abstract DataSource empty(Path directory);
}
