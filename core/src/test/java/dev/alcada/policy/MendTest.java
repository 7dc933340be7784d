package dev.alcada.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.alcada.internal.document.Spelling;
import dev.alcada.policy.Corpus.Case;
import dev.alcada.policy.Corpus.Expectation;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Documents as those write them who know another language. Each of {@code mends/} is refused with a
 * problem at every place that it lists, which names the mend, and with no other.
 */
class MendTest {
  @ParameterizedTest
  @MethodSource("cases")
  void theMessageNamesTheMend(Case broken) {
    PolicyException refused =
        catchThrowableOfType(PolicyException.class, () -> Policy.parse(broken.document()));

    assertThat(refused).as(broken.document()).isNotNull();
    List<PolicyProblem> problems = refused.problems();
    assertThat(problems)
        .map(problem -> Spelling.visible(problem.pointer()))
        .containsExactlyElementsOf(broken.expected().stream().map(Expectation::pointer).toList());
    for (int i = 0; i < problems.size(); i++) {
      assertThat(problems.get(i).message()).containsPattern(broken.expected().get(i).pattern());
    }
  }

  @Test
  void thereAreHundreds() {
    assertThat(cases()).hasSizeGreaterThan(350);
  }

  static List<Case> cases() {
    return Corpus.cases("mends");
  }
}
