package dev.alcada.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.alcada.internal.document.DocumentText;
import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.Problems;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rules are read while the text still is, if they can be; what comes of it is what the whole
 * document says, in whatever order it says it.
 */
class FieldOrderTest {
  private static final List<String> FIELDS =
      List.of(
          "\"version\": \"1\"",
          "\"default\": \"deny\"",
          "\"hide\": [\"wipe*\"]",
          """
          "all_tools": {
            "require": [{"conditions": [{"path": "args.a", "op": "exists", "value": true}]}],
            "limits": [{"counter": "c", "window": "hour", "max": 9, "scope": "global"}]}\
          """,
          """
          "tools": {
            "wipe_all": {"action": "deny", "rate_limit": "5/minute"},
            "wipe_log": {},
            "open": {"mode": "shadow"},
            "pay": {
              "deny_if": [
                {"conditions": [{"path": "args.a", "op": "gt", "value": 1}]},
                {"conditions": [{"path": "args.b", "op": "gt", "value": 1}]}],
              "limits": [{"counter": "c", "window": "hour", "max": 9, "scope": "global"}]}}\
          """);

  /** The only predicate that a call can avoid: {@code all_tools} requires the other's argument. */
  private static final String PAY = "/tools/pay/deny_if/1";

  @Test
  void noOrderOfTheFieldsChangesThePolicyOrItsWarnings() {
    Policy first = Policy.parse(document(FIELDS));

    assertThat(warnings(first))
        .extracting(warning -> warning.substring(0, warning.indexOf(' ')))
        .containsExactlyInAnyOrder(
            "/tools/open", "/tools/wipe_log", "/tools/wipe_all/rate_limit", PAY + "/conditions/0");
    assertThat(orders(FIELDS))
        .hasSize(120)
        .map(order -> Policy.parse(document(order)))
        .allSatisfy(
            policy -> {
              assertThat(policy).isEqualTo(first);
              assertThat(warnings(policy)).containsExactlyInAnyOrderElementsOf(warnings(first));
            });
  }

  @Test
  void noOrderOfTheFieldsHidesALimitThatAllToolsCountsOtherwise() {
    List<String> fields =
        FIELDS.stream()
            .map(field -> field.replace("\"global\"}]}}", "\"global\", \"increment\": 2}]}}"))
            .toList();

    assertThat(orders(fields))
        .allSatisfy(
            order ->
                assertThat(problems(document(order)))
                    .singleElement()
                    .satisfies(
                        problem -> {
                          assertThat(problem.pointer()).isEqualTo("/tools/pay/limits/0");
                          assertThat(problem.found()).contains("than in \"all_tools\"");
                        }));
  }

  @Test
  void noOrderOfTheFieldsHidesAnyOfSeveralProblems() {
    List<String> fields =
        List.of(
            "\"version\": 1",
            "\"all_tools\": {\"require\": 5}",
            "\"tools\": {\"a\": {\"action\": \"alow\"}, \"b\": {}, \"c\": {\"mode\": 1}}");

    assertThat(orders(fields))
        .allSatisfy(
            order ->
                assertThat(problems(document(order)))
                    .extracting(PolicyProblem::pointer)
                    .containsExactlyInAnyOrder(
                        "", "/version", "/all_tools/require", "/tools/a/action", "/tools/c/mode"));
  }

  @Test
  void rulesAreReadWhileTheTextIsIfThoseForAllToolsComeFirst() {
    assertThat(orders(FIELDS))
        .allSatisfy(
            order ->
                assertThat(DocumentReader.RuleByRule.read(document(order)) != null)
                    .isEqualTo(order.indexOf(FIELDS.get(3)) < order.indexOf(FIELDS.get(4))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        {"version": "1", "default": "deny"}
        """,
        """
        {"version": "1", "default": "deny", "tools": {}, "all_tools": {}}
        """,
        """
        {"version": "1", "default": "deny", "tools": {"all_tools": {}, "tools": {"require": [
          {"conditions": [{"path": "args.a", "op": "eq", "value":
            {"tools": {"a": 5}, "all_tools": 5}}]}]}}}
        """
      })
  void rulesAreReadWhileTheTextIsWhateverTheyAreCalled(String document) {
    assertThat(DocumentReader.RuleByRule.read(document)).isEqualTo(ofWholeTree(document));
  }

  @ParameterizedTest
  @MethodSource("dev.alcada.policy.DoubtfulDocumentTest#documents")
  void aTextAndItsWholeTreeAreOnePolicyWithTheSameWarnings(String file) {
    String text = Corpus.text(Corpus.path("doubtful").resolve(file));

    Policy expected = ofWholeTree(text);

    assertThat(Policy.parse(text)).isEqualTo(expected);
    assertThat(Policy.parse(text).warnings()).isEqualTo(expected.warnings());
  }

  static Policy ofWholeTree(String text) {
    Problems problems = new Problems();
    Node tree = OlderDialect.translated(DocumentText.tree(text, problems), problems);
    return DocumentReader.read(tree, "The policy", problems);
  }

  private static List<String> warnings(Policy policy) {
    return policy.warnings().stream()
        .map(warning -> warning.pointer() + " " + warning.message())
        .toList();
  }

  private static List<PolicyProblem> problems(String document) {
    return catchThrowableOfType(PolicyException.class, () -> Policy.parse(document)).problems();
  }

  private static String document(List<String> fields) {
    return "{" + String.join(",\n", fields) + "}";
  }

  /** Every order of a list's elements. */
  private static Stream<List<String>> orders(List<String> elements) {
    if (elements.isEmpty()) {
      return Stream.of(List.of());
    }
    return elements.stream()
        .flatMap(
            first -> {
              List<String> others = new ArrayList<>(elements);
              others.remove(first);
              return orders(others)
                  .map(rest -> Stream.concat(Stream.of(first), rest.stream()).toList());
            });
  }
}
