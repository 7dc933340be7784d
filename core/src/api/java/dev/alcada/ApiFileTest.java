package dev.alcada;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What users can see of a module changes only with its {@code api.txt}. Run in each library. */
class ApiFileTest {
  private static final Path FILE = Path.of("api.txt");

  private static final String ADVICE =
      """
      The public API of %s is not the one in its api.txt; + is new, - is gone.
      Hide what need not be public. If the change is meant, take it over with
        ./mvnw test -Dtest=ApiFileTest -Dsurefire.failIfNoSpecifiedTests=false -Dalcada.api=accept
      and tell users of it in CHANGELOG.md.""";

  @Test
  void thePublicApiIsTheOneOfTheFile() throws IOException {
    List<String> present = PublicApi.of(Path.of("target", "classes"));
    if ("accept".equals(System.getProperty("alcada.api"))) {
      Files.writeString(FILE, String.join("\n", present) + "\n");
    }
    List<String> known = Files.exists(FILE) ? Files.readAllLines(FILE) : List.of();
    assertThat(difference(known, present))
        .as(ADVICE, Path.of("").toAbsolutePath().getFileName())
        .isEmpty();
    assertThat(present).hasSizeGreaterThan(50);
  }

  /** {@return what is only in one of two files, each line with its sign, sorted by the line} */
  static List<String> difference(List<String> before, List<String> after) {
    TreeSet<String> gone = new TreeSet<>(before);
    after.forEach(gone::remove);
    TreeSet<String> added = new TreeSet<>(after);
    before.forEach(added::remove);
    return Stream.concat(gone.stream().map("- "::concat), added.stream().map("+ "::concat))
        .sorted((one, other) -> one.substring(2).compareTo(other.substring(2)))
        .toList();
  }
}
