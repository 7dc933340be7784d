package dev.alcada.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A file system of 2 MiB that is full, and has room again: calls go on or not as was chosen, the
 * failure is told once and again when it is over, and what was written is whole. The file system is
 * one of memory in a namespace of its own, which Linux lets everybody have; where it does not, and
 * elsewhere, {@link FullDiskTest} limits the length of files, which ends with the process alone.
 */
@EnabledIf("hasNamespaces")
class SmallDiskTest {
  private static final Pattern NUMBERS =
      Pattern.compile(
          "events (\\d+) refused (\\d+) lost (\\d+) recorded (\\d+) intact (true|false)");

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({"required, refused", "queued, nothing", "wait, nothing", "drop, dropped"})
  void aFullFileSystemIsToldAndOutlived(String mode, String loses) throws Exception {
    String said = written(mode);
    MatchResult numbers =
        NUMBERS.matcher(said).results().findFirst().orElseThrow(() -> new AssertionError(said));
    int events = Integer.parseInt(numbers.group(1));
    int refused = Integer.parseInt(numbers.group(2));
    int lost = Integer.parseInt(numbers.group(3));

    assertThat(numbers.group(5)).as(said).isEqualTo("true");
    assertThat(events).as(said).isBetween(1_001, 20_000);
    assertThat(Integer.parseInt(numbers.group(4))).as(said).isEqualTo(events - lost);
    assertThat(refused).as(said).isEqualTo(loses.equals("refused") ? lost : 0);
    assertThat(lost > 0).as(said).isEqualTo(!loses.equals("nothing"));
    assertThat(said.lines().filter(line -> line.contains("cannot be written"))).hasSize(1);
    assertThat(said.lines().filter(line -> line.contains("is written again"))).hasSize(1);
  }

  private String written(String mode) throws IOException, InterruptedException {
    return run(
        List.of(
            "unshare",
            "-Urm",
            "sh",
            "-c",
            "mount -t tmpfs -o size=2m tmpfs \"$0\" && exec \"$@\"",
            directory.toString(),
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-cp",
            System.getProperty("java.class.path"),
            SmallDiskWriter.class.getName(),
            directory.toString(),
            mode));
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  static boolean hasNamespaces() throws InterruptedException {
    try {
      return new ProcessBuilder("unshare", "-Urm", "mount", "-t", "tmpfs", "tmpfs", "/mnt")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false; // not Linux, or without the program
    }
  }
}
