package dev.alcada.examples.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.examples.Printed;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class FleetTest {
  @Test
  void twoJvmsRunAsManyCallsAsTheirOneLimitHasRoomFor() {
    Printed printed = Printed.by("fleet");

    assertThat(printed.err()).isEmpty();
    assertThat(printed.exit()).isZero();
    List<String> lines = printed.out().lines().toList();
    assertThat(lines).hasSize(4);
    assertThat(lines.subList(1, 3))
        .allMatch(line -> line.matches(" {2}JVM [12]: \\d+ ran, \\d+ were denied"));
    assertThat(lines.get(3)).isEqualTo("30 of 40 calls ran.");
  }
}
