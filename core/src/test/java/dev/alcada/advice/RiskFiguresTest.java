package dev.alcada.advice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.advice.LabelledTools.Labelled;
import dev.alcada.advice.Risk.Category;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** How often the classifier is right, on tools of public servers. */
class RiskFiguresTest {
  private static final RiskClassifier CLASSIFIER = RiskClassifier.standard();

  @Test
  void theSetIsOfManyServersAndOfEveryCategory() {
    List<Labelled> tools = LabelledTools.read("tools.txt");

    assertThat(tools).hasSizeGreaterThanOrEqualTo(400);
    assertThat(tools.stream().map(Labelled::server).distinct()).hasSizeGreaterThanOrEqualTo(25);
    assertThat(tools.stream().collect(Collectors.groupingBy(Labelled::category)).values())
        .hasSize(Category.values().length)
        .allMatch(of -> of.size() >= 40);
    assertThat(LabelledTools.read("held-out-tools.txt")).hasSizeGreaterThanOrEqualTo(150);
  }

  @Test
  void mostToolsAreGivenTheCategoryAndSeverityThatAPersonGaveThem() {
    Figures figures = new Figures(LabelledTools.read("tools.txt"));
    figures.print("tools.txt");

    assertThat(figures.categories()).as("%s", figures.wrong).isGreaterThanOrEqualTo(0.93);
    assertThat(figures.severities()).isGreaterThanOrEqualTo(0.85);
    assertThat(figures.takenForReads).isEmpty();
  }

  /** The second set is reported, not striven for: it was there before the rules were. */
  @Test
  void theFiguresOfASecondSetStandBesideThem() throws IOException {
    Properties provenance = provenance();
    System.out.printf(
        Locale.ROOT,
        "held-out-tools.txt, committed as %s (%s); rules last changed in %s (%s)%n",
        provenance.getProperty("held-out.commit"),
        provenance.getProperty("held-out.title"),
        provenance.getProperty("rules.commit"),
        provenance.getProperty("rules.title"));
    Figures figures = new Figures(LabelledTools.read("held-out-tools.txt"));
    figures.print("held-out-tools.txt");

    assertThat(figures.takenForReads).isEmpty();
  }

  @Test
  void whoChangesTheRulesOrTheSecondSetSaysSo() throws IOException {
    Properties provenance = provenance();

    assertThat(digest("held-out-tools.txt"))
        .as("the second set must stay as it was committed before the rules")
        .isEqualTo(provenance.getProperty("held-out.sha256"));
    assertThat(digest("risk-rules.yaml"))
        .as(
            "the rules have changed: commit them, then write their digest and that commit into"
                + " provenance.properties")
        .isEqualTo(provenance.getProperty("rules.sha256"));
  }

  private static Properties provenance() throws IOException {
    Properties provenance = new Properties();
    provenance.load(new ByteArrayInputStream(LabelledTools.bytes("provenance.properties")));
    return provenance;
  }

  private static String digest(String file) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(LabelledTools.bytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** What was found of a set beside what is right. */
  private static final class Figures {
    private final Map<Category, Map<Category, Integer>> confusion = new EnumMap<>(Category.class);
    private final List<String> wrong = new ArrayList<>();
    private final List<String> takenForReads = new ArrayList<>();
    private final int size;
    private int right;
    private int severe;

    Figures(List<Labelled> tools) {
      size = tools.size();
      for (Labelled labelled : tools) {
        Risk risk = CLASSIFIER.classify(labelled.tool());
        confusion
            .computeIfAbsent(labelled.category(), c -> new EnumMap<>(Category.class))
            .merge(risk.category(), 1, Integer::sum);
        if (risk.category() == labelled.category()) {
          right++;
        } else {
          wrong.add(labelled.tool().name() + " is " + risk);
        }
        if (risk.severity() == labelled.severity()) {
          severe++;
        }
        if (risk.category() == Category.READ
            && labelled.category().compareTo(Category.EXECUTE) > 0) {
          takenForReads.add(labelled.tool().name());
        }
      }
    }

    double categories() {
      return (double) right / size;
    }

    double severities() {
      return (double) severe / size;
    }

    void print(String name) {
      StringBuilder table = new StringBuilder();
      table.append(
          String.format(
              Locale.ROOT,
              "%s: %d tools, %.1f %% in the right category, %.1f %% of the right severity%n",
              name,
              size,
              100 * categories(),
              100 * severities()));
      table.append(String.format(Locale.ROOT, "%-12s", "found:"));
      for (Category found : Category.values()) {
        table.append(String.format(Locale.ROOT, "%12s", found.text()));
      }
      for (Category category : Category.values()) {
        table.append(String.format(Locale.ROOT, "%n%-12s", category.text()));
        for (Category found : Category.values()) {
          table.append(
              String.format(
                  Locale.ROOT,
                  "%12d",
                  confusion.getOrDefault(category, Map.of()).getOrDefault(found, 0)));
        }
      }
      System.out.println(table);
    }
  }
}
