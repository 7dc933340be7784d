package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Keeps what the READMEs show true: every Java snippet stands, to the letter, in compiled code. */
class ReadmeTest {
  private static final Pattern BLOCK = Pattern.compile("```(\\w+)\\n(.*?)```", Pattern.DOTALL);

  private static final List<Path> READMES =
      Stream.of(
              "../README.md",
              "../core/README.md",
              "../core/docs/langchain4j.md",
              "../core/docs/mcp.md",
              "../core/docs/quarkus.md",
              "../pluggy-client/README.md",
              "README.md")
          .map(Path::of)
          .toList();

  record Snippet(Path readme, String text) {
    @Override
    public String toString() {
      return readme + ": " + text.strip().lines().findFirst().orElse("");
    }
  }

  static Stream<Snippet> javaSnippets() throws IOException {
    return READMES.stream()
        .flatMap(readme -> blocks(readme, "java").stream().map(text -> new Snippet(readme, text)));
  }

  private static List<String> blocks(Path readme, String language) {
    try {
      return BLOCK
          .matcher(Files.readString(readme))
          .results()
          .filter(block -> block.group(1).equals(language))
          .map(block -> block.group(2))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("javaSnippets")
  void everyJavaSnippetIsCompiled(Snippet snippet) throws IOException {
    String wanted = withoutIndent(snippet.text());
    try (Stream<Path> sources =
        Stream.of("src", "../core/src/test", "../pluggy-client/src/test")
            .map(Path::of)
            .flatMap(ReadmeTest::javaFiles)) {
      assertThat(sources.anyMatch(source -> withoutIndent(read(source)).contains(wanted)))
          .as("no compiled source file holds:%n%s", snippet.text())
          .isTrue();
    }
  }

  @Test
  void theFirstSnippetDoesWhatTheReadmeSays() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      demo.FirstCall.main(new String[0]);
    } finally {
      System.setOut(before);
    }

    List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).hasSize(31);
    assertThat(lines.subList(0, 30)).allMatch(line -> line.endsWith(": a token for user-42"));
    assertThat(lines.get(30)).startsWith("31: [POLICY DENIED]").containsPattern("\\d+ s");
  }

  @Test
  void thePolicyShownIsTheFileItNames() throws IOException {
    assertThat(blocks(Path.of("../README.md"), "json").get(0).strip())
        .isEqualTo(Files.readString(Path.of("policies/create_connect_token.json")).strip());
  }

  @Test
  void everyFileThatAReadmeLinksToExists() throws IOException {
    for (Path readme : READMES) {
      Matcher link =
          Pattern.compile("\\]\\((?!https?:|#)([^)#]+)").matcher(Files.readString(readme));
      while (link.find()) {
        assertThat(readme.resolveSibling(link.group(1))).as("linked from %s", readme).exists();
      }
    }
  }

  private static Stream<Path> javaFiles(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .collect(Collectors.toList())
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String withoutIndent(String text) {
    return text.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .collect(Collectors.joining("\n"));
  }
}
