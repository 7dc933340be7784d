package dev.alcada;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library without the libraries that are optional, in a process of its own. */
class OptionalLibrariesTest {
  /** What {@code core} needs whatever it is used for; everything else on the path is optional. */
  private static final List<String> NEEDED =
      List.of(
          "jackson-core-", "snakeyaml-engine-", "re2j-", "caffeine-", "slf4j-api-", "jspecify-");

  private static final String PROGRAM =
      """
      package user;

      import dev.alcada.decision.Caller;
      import dev.alcada.decision.ToolCall;
      import dev.alcada.guard.ToolGuard;
      import dev.alcada.policy.Policy;
      import java.util.Map;

      public class Program {
        public static void main(String[] args) throws Exception {
          Policy policy =
              Policy.parse(
                  \"""
                  version: "1"
                  default: deny
                  tools:
                    mint:
                      deny_if: [{conditions: [{path: args.who, op: regex, value: "^bad"}]}]
                      limits: [{counter: mint, window: minute, max: 1}]
                    refund: {action: require_approval}
                  \""");
          ToolGuard guard = ToolGuard.builder(policy).build();
          ToolCall mint = ToolCall.ofJson("mint", "{\\"who\\": \\"ana\\"}", Caller.grant("g"));
          for (int i = 0; i < 2; i++) {
            System.out.println(guard.call(mint, call -> "minted").decision().metadata().get("outcome"));
          }
          ToolCall refund = ToolCall.of("refund", Map.of(), Caller.grant("g"));
          System.out.println(guard.call(refund, call -> "").decision().metadata().get("outcome"));
        }
      }
      """;

  @TempDir Path folder;

  @Test
  void theClassPathNeedsNoneOfThem() throws Exception {
    Path classes = compiled("-cp", path(library()));

    assertThat(run("-cp", classes + File.pathSeparator + path(library()), "user.Program"))
        .isEqualTo("allowed\ndenied\napproval_required\n");
  }

  @Test
  void theModulePathNeedsNoneOfThem() throws Exception {
    Files.writeString(
        folder.resolve("module-info.java"), "module user { requires dev.alcada.core; }");
    Path classes = compiled("--module-path", path(library()), folder.resolve("module-info.java"));

    assertThat(
            run(
                "--module-path",
                classes + File.pathSeparator + path(library()),
                "--module",
                "user/user.Program"))
        .isEqualTo("allowed\ndenied\napproval_required\n");
  }

  private Path compiled(String pathOption, String path, Path... more) throws Exception {
    Path source = folder.resolve("Program.java");
    Files.writeString(source, PROGRAM);
    Path classes = folder.resolve("classes");
    List<String> arguments =
        new ArrayList<>(List.of("-d", classes.toString(), pathOption, path, source.toString()));
    Stream.of(more).map(Path::toString).forEach(arguments::add);
    int code =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(System.out, System.err, arguments.toArray(new String[0]));
    assertThat(code).isZero();
    return classes;
  }

  private static String run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (InputStream output = process.getInputStream()) {
      String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).isZero();
      return text;
    }
  }

  /** This module's classes, not its tests', and the libraries it always needs. */
  private static List<String> library() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(
            entry ->
                entry.endsWith(File.separator + "classes")
                    || NEEDED.stream()
                        .anyMatch(Path.of(entry).getFileName().toString()::startsWith))
        .toList();
  }

  private static String path(List<String> entries) {
    return entries.stream().collect(Collectors.joining(File.pathSeparator));
  }
}
