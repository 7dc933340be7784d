package dev.alcada.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.internal.document.Spelling;
import dev.alcada.policy.Corpus.Case;
import dev.alcada.policy.Corpus.Expectation;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Documents whose author believes that something is denied, asked or limited, and it is not. Each
 * of {@code mistakes/} loads with a warning at every place that it lists, which says what it means
 * and what mends it, and with no other.
 */
class MistakenDocumentTest {
  @ParameterizedTest
  @MethodSource("cases")
  void loadsWithAWarningAtEachPlace(Case mistake) {
    List<PolicyWarning> warnings = Policy.parse(mistake.document()).warnings();

    assertThat(warnings)
        .as(mistake.document())
        .map(warning -> Spelling.visible(warning.pointer()))
        .containsExactlyElementsOf(mistake.expected().stream().map(Expectation::pointer).toList());
    for (int i = 0; i < warnings.size(); i++) {
      assertThat(warnings.get(i).message()).containsPattern(mistake.expected().get(i).pattern());
      assertThat(warnings.get(i).line()).isPositive();
    }
  }

  @Test
  void thereAreManyOfEachKind() {
    Map<String, Long> byKind =
        cases().stream().collect(Collectors.groupingBy(Case::file, Collectors.counting()));

    assertThat(byKind).hasSize(9);
    assertThat(byKind.values()).allMatch(count -> count >= 10);
  }

  static List<Case> cases() {
    return Corpus.cases("mistakes");
  }
}
