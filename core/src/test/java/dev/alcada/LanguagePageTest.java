package dev.alcada;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.decision.Caller;
import dev.alcada.decision.CompiledPolicy;
import dev.alcada.decision.DecisionCode;
import dev.alcada.decision.Judgement;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.Policy;
import dev.alcada.testing.ManualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every policy of {@code docs/language.md}, and of the project's README, loads without a warning
 * and judges the calls that stand below it.
 */
class LanguagePageTest {
  private static final Path PAGE = Path.of("docs/language.md");
  private static final Path README = Path.of("../README.md");
  private static final Pattern POLICY =
      Pattern.compile(
          "```(?:json|yaml)\n(.*?)```\n(?:\n\\| call \\| outcome \\|\n(.*?)\n\n)?", Pattern.DOTALL);
  private static final Pattern ROW =
      Pattern.compile(
          "\\| `(\\S+) (\\{.*?\\})`(?: for (\\w+) `([\\w-]+)`)? \\| ([\\w, ]+?)(?:, `(.*)`)? \\|");

  /** When the pages' calls are made: a Friday at noon in São Paulo. */
  private static final Instant FRIDAY = Instant.parse("2026-11-27T15:00:00Z");

  record Case(
      String policy,
      String tool,
      String arguments,
      String attribute,
      String value,
      String outcome) {}

  static List<Case> cases() throws IOException {
    List<Case> cases = new ArrayList<>();
    for (Path page : List.of(PAGE, README)) {
      Matcher policy = POLICY.matcher(Files.readString(page));
      while (policy.find()) {
        assertThat(policy.group(2)).as("calls below %s", policy.group(1)).isNotNull();
        policy.group(2).lines().skip(1).forEach(line -> cases.add(row(policy.group(1), line)));
      }
    }
    return cases;
  }

  private static Case row(String policy, String line) {
    Matcher row = ROW.matcher(line);
    assertThat(row.matches()).as(line).isTrue();
    String attribute = row.group(3) == null ? "" : row.group(3);
    String value = row.group(4) == null ? "" : row.group(4);
    String outcome = row.group(6) == null ? row.group(5) : row.group(5) + " " + row.group(6);
    return new Case(policy, row.group(1), row.group(2), attribute, value, outcome);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void callsEndAsThePageSays(Case example) {
    Policy policy = Policy.parse(example.policy());
    assertThat(policy.warnings()).isEmpty();
    Caller caller = Caller.grant("agent-7").withSession("s-1");
    if (!example.attribute().isEmpty()) {
      caller = caller.withAttribute(example.attribute(), example.value());
    }

    Judgement judgement =
        CompiledPolicy.of(policy, new ManualTime(FRIDAY))
            .judge(ToolCall.ofJson(example.tool(), example.arguments(), caller));
    // The page's calls are the first: no mark is there.
    judgement = judgement.withMarks(judgement.demand().reads().stream().map(r -> false).toList());

    assertThat(outcome(judgement)).isEqualTo(example.outcome());
  }

  @Test
  void thereAreCasesForEveryTask() throws IOException {
    assertThat(cases().stream().map(Case::policy).distinct()).hasSizeGreaterThanOrEqualTo(7);
  }

  @Test
  void everyCodeIsExplained() throws IOException {
    assertThat(Pattern.compile("(?m)^\\| `(\\w+)` \\| ").matcher(Files.readString(PAGE)).results())
        .map(row -> row.group(1))
        .as("the table of codes in %s", PAGE)
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(DecisionCode.values()).map(DecisionCode::toString).toList());
  }

  private static String outcome(Judgement judgement) {
    var denied = judgement.denied();
    if (denied != null) {
      return "denied " + denied.rule();
    } else if (!judgement.asks().isEmpty()) {
      return "approval required";
    }
    return judgement.demand().charges().isEmpty() ? "allowed" : "allowed, counted";
  }
}
