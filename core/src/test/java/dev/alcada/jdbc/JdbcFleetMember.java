package dev.alcada.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Reservation;
import dev.alcada.fleet.Member;
import dev.alcada.fleet.Site;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.sql.DataSource;

/** One process of several that share limits in a database. */
final class JdbcFleetMember implements Site {
  private static final String CLOCK =
      "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS bigint)";

  private final String url;
  private final DataSource source;
  private final JdbcCounterStore store;

  JdbcFleetMember(String url) {
    this.url = url;
    source = isSqlite() ? SqliteFile.source(Path.of(url)) : pool(url);
    store = JdbcCounterStore.builder(source).createTables().timeout(Duration.ofSeconds(30)).build();
  }

  private static HikariDataSource pool(String url) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setUsername("postgres");
    config.setMaximumPoolSize(8);
    return new HikariDataSource(config);
  }

  private boolean isSqlite() {
    return !url.startsWith("jdbc:");
  }

  /** Of PostgreSQL's address or the file of a SQLite database, and what a member is told. */
  public static void main(String[] arguments) throws Exception {
    Member.run(new JdbcFleetMember(arguments[0]), List.of(arguments).subList(1, arguments.length));
  }

  @Override
  public CounterStore store() {
    return store;
  }

  /** The server's, on a connection that the store does not have; on SQLite, this machine's. */
  @Override
  @SuppressWarnings("MustBeClosedChecker") // it ends with the process
  public Clock clock() {
    if (isSqlite()) {
      return () -> Span.micros(Instant.now());
    }
    try {
      Connection connection = DriverManager.getConnection(url, "postgres", "");
      PreparedStatement time = connection.prepareStatement(CLOCK);
      return () -> {
        try (ResultSet now = time.executeQuery()) {
          now.next();
          return now.getLong(1);
        }
      };
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public long stamp(Reservation reservation, CounterKey key) {
    return ((HeldRows) reservation)
        .parts().stream()
            .filter(part -> part.wanted().charge().key().equals(key))
            .findFirst()
            .orElseThrow()
            .stamp();
  }

  @Override
  public void close() {
    store.close();
    if (source instanceof HikariDataSource pool) {
      pool.close();
    }
  }
}
