package dev.alcada.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that is killed while it writes leaves a log that is whole up to a torn end and goes on.
 * So often as {@code -Dalcada.kills} says.
 */
class KilledLogTest {
  private static final int KILLS = Integer.getInteger("alcada.kills", 20);

  @TempDir private Path directory;

  @Test
  void aLogIsWholeUpToItsTornEndAndGoesOn() throws Exception {
    Random random = new Random(18);
    long records = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      boolean required = kill % 2 == 0;
      long acknowledged = killed(required, 200 + random.nextInt(3_000));
      AuditReport report = AuditLog.verify(directory, LogFixture.KEYS);

      assertThat(report.findings()).as("kill %d: %s", kill, report).isEmpty();
      assertThat(report.last()).isGreaterThanOrEqualTo(acknowledged).isGreaterThan(records);
      records = report.last();
    }
    LogFixture.write(directory, LogFixture.KEYS, 0, 10);
    assertThat(AuditLog.verify(directory, LogFixture.KEYS).intact()).isTrue();
  }

  /** {@return the last record that the process has said is written} */
  private long killed(boolean required, int after) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                KilledWriter.class.getName(),
                directory.toString(),
                required ? "required" : "queued")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    long acknowledged = 0;
    try (BufferedReader said =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(said.readLine()).isEqualTo("open");
      if (required) {
        String line = said.readLine();
        for (int i = 0; i < after && line != null; i++) {
          acknowledged = Long.parseLong(line);
          line = said.readLine();
        }
      } else {
        long before = size();
        while (size() < before + 100L * after) {
          Thread.onSpinWait();
        }
      }
    } finally {
      process.destroyForcibly();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }
    return acknowledged;
  }

  private long size() throws IOException {
    long size = 0;
    for (LogFile file : LogFile.in(directory)) {
      size += Files.size(file.path());
    }
    return size;
  }
}
