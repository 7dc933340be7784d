package dev.alcada.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.policy.Policy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every combination of what conditions say, as {@code predicates.tsv} has it. */
class PredicateTableTest {

  static List<List<String>> rows() {
    return Table.rows("predicates.tsv");
  }

  @ParameterizedTest
  @MethodSource("rows")
  void decidesAsTheTableSays(List<String> row) {
    String use = row.get(0);
    String truths = row.get(1).equals("-") ? "" : row.get(1);
    String conditions =
        IntStream.range(0, truths.length())
            .mapToObj("{\"path\": \"args.c%s\", \"op\": \"eq\", \"value\": 1}"::formatted)
            .collect(Collectors.joining(","));
    Map<String, @Nullable Object> arguments = new LinkedHashMap<>();
    for (int i = 0; i < truths.length(); i++) {
      arguments.put(
          "c" + i,
          switch (truths.charAt(i)) {
            case 'T' -> 1;
            case 'F' -> 2;
            default -> "one";
          });
    }

    Judgement judgement =
        CompiledPolicy.of(
                Policy.parse(
                    """
                    {"version": "1", "default": "deny",
                     "tools": {"t": {"%s": [{"conditions": [%s]}]}}}"""
                        .formatted(use, conditions)))
            .judge(ToolCall.of("t", arguments, Caller.grant("g")));

    String segment = row.get(4).equals("-") ? "0" : "args.c" + row.get(4) + "-eq";
    Decision.Denied denied = judgement.denied();
    switch (row.get(2)) {
      case "denied" -> {
        assertThat(denied).isNotNull();
        if (denied != null) {
          assertThat(denied.code()).hasToString(row.get(3));
          assertThat(denied.rule()).isEqualTo("/tools/t/" + use + "/" + segment);
          assertThat(denied.location()).isEqualTo("/tools/t/" + use + "/0");
        }
      }
      case "approval_required" -> {
        assertThat(denied).isNull();
        assertThat(judgement.asks())
            .extracting(AskingRule::rule)
            .containsExactly("/tools/t/approve_if/" + segment);
      }
      default -> {
        assertThat(denied).isNull();
        assertThat(judgement.asks()).isEmpty();
      }
    }
  }
}
