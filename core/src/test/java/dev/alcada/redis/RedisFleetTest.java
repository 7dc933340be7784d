package dev.alcada.redis;

import dev.alcada.fleet.Fleet;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several processes that share limits on one server. */
@Timeout(600)
class RedisFleetTest {
  @Test
  void severalProcessesShareLimitsAndNoneIsEverOver(@TempDir Path directory) throws Exception {
    int port = RedisProcess.shared().port();
    String prefix = RedisProcess.freshPrefix();
    try (RedisFleetMember site = new RedisFleetMember(port, prefix)) {
      Fleet.assertKeepsItsPromises(
          Fleet.processes(),
          RedisFleetMember.class,
          List.of(String.valueOf(port), prefix),
          site,
          directory);
    }
  }
}
