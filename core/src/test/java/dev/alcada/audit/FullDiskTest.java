package dev.alcada.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where no more can be written, calls go on or not as was chosen, and what was written stays whole.
 * The process that writes may make files of 256 KiB; more fails as a full disk does, in the middle
 * of a record.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "no shell there limits how long files may be")
class FullDiskTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"required", "queued"})
  void whatWasWrittenStaysWholeAndTheRestIsCounted(String mode) throws Exception {
    String said = limited(mode);
    List<Integer> numbers =
        said.lines().reduce((a, b) -> b).stream()
            .flatMap(line -> List.of(line.split(" ")).stream())
            .map(Integer::valueOf)
            .toList();
    int refused = numbers.get(0);
    int lost = numbers.get(1);
    int last = numbers.get(2);

    assertThat(last).isBetween(100, 1_500);
    assertThat(lost).as(said).isEqualTo(2_000 - (int) decisions());
    assertThat(refused).isEqualTo(mode.equals("required") ? lost : 0);
    assertThat(said.lines().filter(line -> line.contains("cannot be written"))).hasSize(1);
    AuditReport report = AuditLog.verify(directory, LogFixture.KEYS);
    assertThat(report.findings()).isEmpty();
    assertThat(report.last()).isEqualTo(last);
    LogFixture.write(directory, LogFixture.KEYS, 0, 1);
    assertThat(AuditLog.verify(directory, LogFixture.KEYS).intact()).isTrue();
  }

  private long decisions() {
    return LogFixture.files(directory).stream()
        .flatMap(file -> LogFixture.lines(file).stream())
        .filter(line -> line.contains("\"kind\":\"decision\""))
        .count();
  }

  private String limited(String mode) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                "bash",
                "-c",
                "ulimit -f 256; exec \"$@\"",
                "bash",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                LimitedWriter.class.getName(),
                directory.toString(),
                mode)
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }
}
