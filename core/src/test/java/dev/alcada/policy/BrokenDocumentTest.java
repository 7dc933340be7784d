package dev.alcada.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.alcada.internal.document.Spelling;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every document in {@code broken/} is refused with exactly the problems that {@code problems.tsv}
 * lists for it: file, pointer, line, column and message.
 */
class BrokenDocumentTest {
  private static final Map<String, List<String>> EXPECTED = Corpus.table("problems.tsv");

  @ParameterizedTest
  @MethodSource("documents")
  void isRefusedWithEveryProblemAndItsPlace(String file) {
    PolicyException refused =
        catchThrowableOfType(
            PolicyException.class, () -> Policy.load(Corpus.path("broken").resolve(file)));

    assertThat(refused).as("%s is refused", file).isNotNull();
    assertThat(refused.problems())
        .map(BrokenDocumentTest::row)
        .containsExactlyElementsOf(EXPECTED.getOrDefault(file, List.of()));
    assertThat(refused.problems())
        .allSatisfy(problem -> assertThat(refused).hasMessageContaining(problem.toString()))
        .allSatisfy(problem -> assertThat(refused).hasMessageContaining(file));
  }

  @Test
  void thereAreManyAndNoneIsMissing() {
    assertThat(documents())
        .hasSizeGreaterThanOrEqualTo(60)
        .containsExactlyElementsOf(EXPECTED.keySet());
  }

  private static String row(PolicyProblem problem) {
    return String.join(
        "\t",
        Spelling.visible(problem.pointer()),
        Integer.toString(problem.line()),
        Integer.toString(problem.column()),
        problem.message());
  }

  static List<String> documents() {
    return Corpus.files("broken");
  }
}
