package dev.alcada.redis;

import static dev.alcada.redis.Charges.one;
import static dev.alcada.redis.Charges.used;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Demand;
import dev.alcada.counter.Reservation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several processes that share limits. */
@Timeout(60)
class RedisFleetTest {
  private static final int PROCESSES = 2;

  @Test
  void severalProcessesTogetherGetTheMaximumAndNotOneMore() throws Exception {
    String prefix = RedisProcess.freshPrefix();
    List<Process> fleet = new ArrayList<>();
    long kept = 0;
    try {
      for (int i = 0; i < PROCESSES; i++) {
        fleet.add(member(prefix));
      }
      for (Process each : fleet) {
        String output = new String(each.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(each.waitFor()).as(output).isZero();
        kept += Long.parseLong(output.trim().replaceFirst("(?s).*kept ", ""));
      }
    } finally {
      fleet.forEach(Process::destroyForcibly);
    }
    try (RedisCounterStore store =
        RedisCounterStore.builder(RedisProcess.sharedClient()).prefix(prefix).build()) {
      assertThat(used(store, one("fleet", FleetMember.MAX))).isEqualTo(kept);
      assertThat(kept).isBetween(FleetMember.MAX / 2, FleetMember.MAX);
      while (store.reserve(FleetMember.demand()) instanceof Reservation) {
        kept++;
      }
      assertThat(kept).isEqualTo(FleetMember.MAX);
      assertThat(store.look(Demand.of(one("more", 9))).usage().get(0).used()).isEqualTo(kept);
    }
  }

  private static Process member(String prefix) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            FleetMember.class.getName(),
            String.valueOf(RedisProcess.shared().port()),
            prefix)
        .redirectErrorStream(true)
        .start();
  }
}
