package dev.alcada.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every document in {@code doubtful/} loads with exactly the warnings that {@code warnings.tsv}
 * lists for it: file, pointer, line, column and message. Those called {@code nothing-…} have none.
 */
class DoubtfulDocumentTest {
  private static final Map<String, List<String>> EXPECTED = Corpus.table("warnings.tsv");

  @ParameterizedTest
  @MethodSource("documents")
  void loadsWithEveryWarningAndItsPlace(String file) {
    Policy policy = Policy.load(Corpus.path("doubtful").resolve(file));

    assertThat(policy.warnings())
        .map(DoubtfulDocumentTest::row)
        .containsExactlyElementsOf(EXPECTED.getOrDefault(file, List.of()));
  }

  @Test
  void everyFileSaysInItsNameWhetherThereIsAWarning() {
    assertThat(documents())
        .allSatisfy(
            file ->
                assertThat(EXPECTED.containsKey(file)).isNotEqualTo(file.startsWith("nothing-")));
  }

  private static String row(PolicyWarning warning) {
    return String.join(
        "\t",
        warning.pointer(),
        Integer.toString(warning.line()),
        Integer.toString(warning.column()),
        warning.message());
  }

  static List<String> documents() {
    return Corpus.files("doubtful");
  }
}
