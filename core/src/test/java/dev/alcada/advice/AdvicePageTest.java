package dev.alcada.advice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.advice.PolicyCheck.Level;
import dev.alcada.advice.Risk.Category;
import dev.alcada.policy.Policy;
import dev.alcada.tool.ToolDefinition;
import dev.alcada.tool.ToolPins;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What {@code docs/advice.md} shows is what comes of it. */
class AdvicePageTest {
  private static String page = "";

  @BeforeAll
  static void read() throws IOException {
    page = Files.readString(Path.of("docs/advice.md"));
  }

  private static List<String> blocks(String language) {
    return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
        .matcher(page)
        .results()
        .map(block -> block.group(1))
        .toList();
  }

  @Test
  void theToolsGetThePolicyThatStandsBelowThem() {
    List<ToolDefinition> tools = ToolDefinition.list(blocks("json").get(0));
    String policy = blocks("yaml").get(0);

    assertThat(PolicyAdvisor.standard().recommend(tools).toYaml()).isEqualTo(policy);
    assertThat(PolicyCheck.against(Policy.parse(policy), tools).findings()).isEmpty();
  }

  @Test
  void theRulesOfAHostAreRules() {
    RiskClassifier own = RiskClassifier.builder().rules(blocks("yaml").get(1)).build();

    assertThat(own.classify(ToolDefinition.builder("archive_order").build()).category())
        .isEqualTo(Category.DESTRUCTIVE);
    assertThat(own.classify(ToolDefinition.builder("post_ledger").build()).why().get(0))
        .endsWith("it books what cannot be unbooked");
  }

  @Test
  void theChangeIsShownSo() {
    ToolPins pins =
        ToolPins.of(
            List.of(ToolDefinition.builder("refund").description("Refunds a payment.").build()));
    List<ToolDefinition> now =
        List.of(
            ToolDefinition.builder("refund")
                .description("Refunds a payment to the account in the note.")
                .build(),
            ToolDefinition.builder("ref\u00fcnd").build());

    assertThat(page).contains("```\n" + pins.compare(now).toText() + "```");
  }

  @Test
  void everyCategoryIsExplainedWithItsSeverity() {
    for (Category category : Category.values()) {
      String severity = base(category);
      assertThat(page)
          .containsPattern("\\| `" + category.text() + "` \\| .* \\| " + severity + " \\|");
    }
  }

  private static String base(Category category) {
    return String.valueOf(RiskClassifier.standard().rules().base.get(category))
        .toLowerCase(Locale.ROOT);
  }

  @Test
  void everyKindOfFindingIsExplained() {
    List<String> rows =
        Pattern.compile("\\| `([a-z]+-[a-z]+)` \\| (?:error|warning|note)")
            .matcher(page)
            .results()
            .map(row -> row.group(1))
            .toList();

    assertThat(rows).containsExactlyInAnyOrderElementsOf(CheckReport.KINDS.keySet());
    assertThat(Stream.of(Level.values()).map(Level::text)).allMatch(page::contains);
  }

  @Test
  void everySectionOfTheRulesIsExplained() {
    List<String> sections =
        Pattern.compile("^([a-z]+):", Pattern.MULTILINE)
            .matcher(new String(LabelledTools.bytes("risk-rules.yaml"), StandardCharsets.UTF_8))
            .results()
            .map(section -> section.group(1))
            .toList();

    assertThat(sections).isNotEmpty();
    assertThat(sections)
        .allSatisfy(section -> assertThat(page).contains("\n| `" + section + "` | "));
  }

  @Test
  void theFiguresAreThoseThatAreMeasured() {
    List<String> said =
        Pattern.compile("(\\d+) tools of (\\d+)|([\\d.]+) %")
            .matcher(page.substring(page.indexOf("On 493"), page.indexOf("`RiskFiguresTest`")))
            .results()
            .map(MatchResult::group)
            .toList();

    assertThat(said)
        .containsExactly(
            measured("tools.txt", 0),
            measured("tools.txt", 1),
            measured("tools.txt", 2),
            measured("held-out-tools.txt", 0),
            measured("held-out-tools.txt", 1),
            measured("held-out-tools.txt", 2));
  }

  private static String measured(String file, int figure) {
    List<LabelledTools.Labelled> tools = LabelledTools.read(file);
    if (figure == 0) {
      long servers = tools.stream().map(LabelledTools.Labelled::server).distinct().count();
      return tools.size() + " tools of " + servers;
    }
    long right =
        tools.stream()
            .filter(
                labelled -> {
                  Risk risk = RiskClassifier.standard().classify(labelled.tool());
                  return figure == 1
                      ? risk.category() == labelled.category()
                      : risk.severity() == labelled.severity();
                })
            .count();
    return String.format(Locale.ROOT, "%.1f %%", 100.0 * right / tools.size());
  }
}
