package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Keeps true what the repository's pages show: snippets are compiled code, links lead somewhere.
 */
class ReadmeTest {
  private static final Path ROOT = Path.of("..");
  private static final Path README = ROOT.resolve("README.md");
  private static final Set<String> NOT_OURS = Set.of(".git", "target", "node_modules");
  private static final Pattern BLOCK =
      Pattern.compile("^```(\\w*)\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern HEADING = Pattern.compile("^#+ (.+)$", Pattern.MULTILINE);

  /** Not one whose address has a scheme. */
  private static final Pattern LINK =
      Pattern.compile("\\]\\((?!\\w+:)([^)#\\s]*)(?:#([^)\\s]+))?\\)");

  record Snippet(Path page, String text) {
    @Override
    public String toString() {
      return page + ": " + text.strip().lines().findFirst().orElse("");
    }
  }

  record Link(Path from, String file, String heading) {
    Path target() {
      return file.isEmpty() ? from : from.resolveSibling(file).normalize();
    }

    @Override
    public String toString() {
      return "%s: %s%s".formatted(from, file, heading == null ? "" : "#" + heading);
    }
  }

  static Stream<Snippet> javaSnippets() {
    return pages().stream()
        .flatMap(page -> blocks(page, "java").stream().map(text -> new Snippet(page, text)));
  }

  static Stream<Link> links() {
    return pages().stream().flatMap(ReadmeTest::linksOf);
  }

  @ParameterizedTest
  @MethodSource("javaSnippets")
  void everyJavaSnippetIsCompiled(Snippet snippet) {
    String wanted = withoutIndent(snippet.text());
    Stream<Path> sources =
        Stream.of("src", "spring/src", "../core/src/test", "../pluggy-client/src/test")
            .map(Path::of)
            .flatMap(folder -> files(folder, ".java").stream());

    assertThat(sources.anyMatch(source -> withoutIndent(read(source)).contains(wanted)))
        .as("no compiled source file holds:%n%s", snippet.text())
        .isTrue();
  }

  @Test
  void theFirstProgramPrintsWhatTheReadmeSays() throws Exception {
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
    String shown =
        blocks(README, "").stream()
            .filter(block -> block.contains("[POLICY DENIED] The"))
            .findFirst()
            .orElseThrow();
    assertThat(withoutSeconds(shown).lines())
        .containsExactly(lines.get(29), withoutSeconds(lines.get(30)));
  }

  @Test
  void thePolicyShownIsTheFileItNames() {
    assertThat(blocks(README, "yaml").get(0)).isEqualTo(read(Path.of("policies/payments.yaml")));
  }

  @ParameterizedTest
  @MethodSource("links")
  void everyLinkLeadsToAFileAndAHeading(Link link) {
    assertThat(link.target()).exists();
    if (link.heading() != null) {
      assertThat(headings(link.target())).contains(link.heading());
    }
  }

  @Test
  void everyPageIsReachedFromTheReadme() {
    Set<Path> reached = new TreeSet<>(Set.of(README));
    Deque<Path> left = new ArrayDeque<>(reached);
    while (!left.isEmpty()) {
      linksOf(left.remove())
          .map(Link::target)
          .filter(target -> target.toString().endsWith(".md") && Files.exists(target))
          .filter(reached::add)
          .forEach(left::add);
    }

    assertThat(reached).containsExactlyElementsOf(pages());
  }

  private static Stream<Link> linksOf(Path page) {
    return LINK.matcher(BLOCK.matcher(read(page)).replaceAll(""))
        .results()
        .map(link -> new Link(page, link.group(1), link.group(2)));
  }

  /** {@return the anchors that GitHub gives a page's headings} */
  private static List<String> headings(Path page) {
    return HEADING
        .matcher(BLOCK.matcher(read(page)).replaceAll(""))
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N}_ -]", "").replace(' ', '-'))
        .toList();
  }

  private static List<String> blocks(Path page, String language) {
    return BLOCK
        .matcher(read(page))
        .results()
        .filter(block -> block.group(1).equals(language))
        .map(block -> block.group(2))
        .toList();
  }

  private static List<Path> pages() {
    return files(ROOT, ".md");
  }

  /** {@return the files below a folder, without what is built or fetched} */
  private static List<Path> files(Path folder, String ending) {
    List<Path> files = new ArrayList<>();
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path entered, BasicFileAttributes attributes) {
              return NOT_OURS.contains(entered.getFileName().toString())
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (file.toString().endsWith(ending)) {
                files.add(file);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Collections.sort(files);
    return files;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String withoutSeconds(String text) {
    return text.replaceAll("\\d+ s\\b", "… s");
  }

  private static String withoutIndent(String text) {
    return text.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .collect(Collectors.joining("\n"));
  }
}
