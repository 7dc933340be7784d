package dev.alcada.jdbc;

import dev.alcada.fleet.Fleet;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several processes that share limits on PostgreSQL, and the threads of one on SQLite. */
@Timeout(600)
class JdbcFleetTest {
  @Test
  void severalProcessesShareLimitsAndNoneIsEverOver(@TempDir Path directory) throws Exception {
    String database = PostgresServer.emptyDatabase();
    String url = "jdbc:postgresql://127.0.0.1:" + PostgresServer.port() + "/" + database;
    try (JdbcFleetMember site = new JdbcFleetMember(url)) {
      Fleet.assertKeepsItsPromises(
          Fleet.processes(), JdbcFleetMember.class, List.of(url), site, directory);
    }
  }

  @Test
  void theThreadsOfAProcessShareLimitsInAFileAndNoneIsEverOver(@TempDir Path directory)
      throws Exception {
    String file = directory.resolve("state").toString();
    try (JdbcFleetMember site = new JdbcFleetMember(file)) {
      Fleet.assertKeepsItsPromises(1, JdbcFleetMember.class, List.of(file), site, directory);
    }
  }
}
