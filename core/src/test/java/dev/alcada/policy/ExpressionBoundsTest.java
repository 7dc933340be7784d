package dev.alcada.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What all expressions of a document may take together, and those that RE2/J never compiles. */
class ExpressionBoundsTest {
  private static final String STEPS = "together take at most 5,000,000 steps to compile";

  /** Each takes 997 steps for its characters, 332,000 for its classes, 335 for its instructions. */
  private static List<String> expensive(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\\pL".repeat(332) + (char) ('a' + i))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  @Test
  void fiveMillionSteps() {
    List<String> expressions = expensive(15);
    loads(expressions);
    expressions.add("ab");
    loads(expressions);
    expressions.add("abcdefghijk");
    assertThat(problems(expressions)).singleElement().asString().contains(STEPS);
  }

  @Test
  void tooManyAreSaidOnceAndNoMoreAreCompiled() {
    assertThat(problems(expensive(26)))
        .singleElement()
        .satisfies(problem -> assertThat(problem.pointer()).contains("/require/15/"));
  }

  @Test
  void equalExpressionsCountOnce() {
    loads(IntStream.range(0, 1000).mapToObj(i -> expensive(1).get(0)).toList());
  }

  @Test
  void classesWithinBracketsCount() {
    List<String> expressions =
        expensive(16).stream().map(expression -> "[" + expression.substring(3) + "x]").toList();
    assertThat(problems(expressions)).singleElement().asString().contains(STEPS);
  }

  @Test
  void rangesInWhichCaseIsIgnoredCount() {
    String ranges = "[" + "\u1c89-\ufbff".repeat(320) + "]";
    loads(List.of(ranges + 1, ranges + 2, ranges + 3, ranges + 4));
    assertThat(problems(List.of("(?i)" + ranges, "(?i)" + ranges + 2, "(?i)" + ranges + 3)))
        .singleElement()
        .asString()
        .contains(STEPS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(?i)\u1c80",
        "(?i)a\u1c88b",
        "(?i)\\x{1c80}",
        "(?i)\\Q\u1c84\\E",
        "a(?i:\u1c80)",
        "(?mi)\u1c80",
        "(?m-i)(?i)[\u1c80]",
        "(?i)[\\x{1C88}]",
        "(?i)[\u0400-\uffff]",
        "(?i)[^\u0400-\\x{10ffff}]",
        "(?i)[]-\uffff]",
        "(?i)[--\\x{2000}]",
        "(?i)[\\--\\x{ffff}]",
        "(?i)[[:alpha:]\\x41-\\x{1c80}]",
        "(?i)\\[[a]]\\][b-\u1c80]"
      })
  void lettersOfWhichRe2JFindsNoOtherCaseAreRefusedWhereCaseIsIgnored(String expression) {
    assertThat(problems(List.of(expression)))
        .singleElement()
        .asString()
        .contains("without the characters U+1C80 to U+1C88");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u1c80",
        "[\u0400-\uffff]",
        "(?i)[\u0400-\u1c7f\u1c89-\uffff]",
        "(?i)\u1c7f\u1c89",
        "(?i)[^a]",
        "(?i)[a-]\u0431-\uffff",
        "(?i)\\pL\\PL[\\pL\\p{Greek}][[:alpha:]]\\d\\W",
        "(?i)[\\x{0}-\\x{1c7f}]",
        "(?P<i>[\u0400-\uffff])"
      })
  void othersAreCompiled(String expression) {
    loads(List.of(expression));
  }

  private static List<PolicyProblem> problems(List<String> expressions) {
    List<PolicyProblem> problems = new ArrayList<>();
    assertThatExceptionOfType(PolicyException.class)
        .isThrownBy(() -> Policy.parse(document(expressions)))
        .satisfies(refused -> problems.addAll(refused.problems()));
    return problems;
  }

  private static void loads(List<String> expressions) {
    assertThatNoException().isThrownBy(() -> Policy.parse(document(expressions)));
  }

  private static String document(List<String> expressions) {
    return expressions.stream()
        .map(expression -> expression.replace("\\", "\\\\"))
        .map(
            "{\"conditions\": [{\"path\": \"tool\", \"op\": \"regex\", \"value\": \"%s\"}]}"
                ::formatted)
        .collect(
            Collectors.joining(
                ",",
                "{\"version\": \"1\", \"default\": \"deny\", \"tools\": {\"t\": {\"require\": [",
                "]}}}"));
  }
}
