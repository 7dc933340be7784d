package dev.alcada.decision;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.policy.Policy;
import dev.alcada.policy.PolicyException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Takes right documents, changes each as somebody might by mistake, and judges calls before and
 * after: a change that makes a denial, an ask or a limit of some call weaker is refused, warned of,
 * or of a kind in {@code silent-changes.tsv}, which says why nobody can know that it is a mistake.
 */
@Tag("any-jvm")
class SilentChangeTest {
  private static final int DOCUMENTS = 400;
  private static final int CALLS = 60;

  /** What came of each kind of change: how often it was refused, warned of, silent or harmless. */
  private static final Map<String, Map<Outcome, Integer>> SEEN = new TreeMap<>();

  /** For each kind that was silent, a document before and after. */
  private static final Map<String, String> EXAMPLES = new TreeMap<>();

  private enum Outcome {
    REFUSED,
    WARNED,
    SILENT,
    HARMLESS
  }

  @BeforeAll
  static void changeManyDocuments() {
    RightCases cases = new RightCases(11);
    Random random = new Random(12);
    for (int i = 0; i < DOCUMENTS; i++) {
      Map<String, @Nullable Object> document = cases.document();
      Policy before = Policy.parse(Json.write(document));
      assertThat(before.warnings()).as(Json.write(document)).isEmpty();
      for (Change change : Change.ALL) {
        String changed = change.apply(document, random);
        if (changed != null) {
          Outcome outcome = outcome(before, changed, cases);
          SEEN.computeIfAbsent(change.name(), name -> new TreeMap<>())
              .merge(outcome, 1, Integer::sum);
          if (outcome == Outcome.SILENT) {
            EXAMPLES.putIfAbsent(change.name(), Json.write(document) + "\n" + changed);
          }
        }
      }
    }
  }

  private static Outcome outcome(Policy before, String changed, RightCases cases) {
    Policy after;
    try {
      after = Policy.parse(changed);
    } catch (PolicyException e) {
      return Outcome.REFUSED;
    }
    if (!after.warnings().isEmpty()) {
      return Outcome.WARNED;
    }
    CompiledPolicy was = CompiledPolicy.of(before);
    CompiledPolicy is = CompiledPolicy.of(after);
    for (int i = 0; i < CALLS; i++) {
      ToolCall call = DifferentialTest.toolCall(cases.call());
      if (isWeaker(was.judge(call), is.judge(call))) {
        return Outcome.SILENT;
      }
    }
    return Outcome.HARMLESS;
  }

  private static boolean isWeaker(Judgement was, Judgement is) {
    int before = strength(was);
    int after = strength(is);
    return after < before
        || (after == before
            && after < 2
            && was.demand().charges().stream()
                .anyMatch(
                    charge ->
                        is.demand().charges().stream().noneMatch(other -> covers(other, charge))));
  }

  private static int strength(Judgement judgement) {
    return judgement.denied() != null ? 2 : judgement.asks().isEmpty() ? 0 : 1;
  }

  /** Whether a limit lets through no more than another does. */
  private static boolean covers(Charge some, Charge of) {
    Charge.Amount one = (Charge.Amount) some;
    Charge.Amount other = (Charge.Amount) of;
    CounterId counter = one.key().counter();
    CounterId covered = other.key().counter();
    return counter.scope().equals(covered.scope())
        && one.key().value().equals(other.key().value())
        && requireNonNull(counter.window())
                .length()
                .compareTo(requireNonNull(covered.window()).length())
            >= 0
        && requireNonNull(counter.window()).getClass()
            == requireNonNull(covered.window()).getClass()
        && one.decimals() == other.decimals()
        && one.max() <= other.max()
        && one.amount() >= other.amount();
  }

  @Test
  void whatIsSilentIsInTheTable() {
    Map<String, String> unknown = new TreeMap<>(EXAMPLES);
    unknown.keySet().removeAll(table().keySet());

    assertThat(unknown).as("silent, and not in the table").isEmpty();
    assertThat(table().keySet()).as("in the table").isSubsetOf(EXAMPLES.keySet());
  }

  @Test
  void everyRowOfTheTableHasItsReason() {
    assertThat(table().values()).allSatisfy(reason -> assertThat(reason).hasSizeGreaterThan(20));
  }

  @Test
  void everyKindOfChangeIsTriedOften() {
    assertThat(SEEN.keySet())
        .containsExactlyInAnyOrderElementsOf(Change.ALL.stream().map(Change::name).toList());
    assertThat(SEEN)
        .allSatisfy(
            (change, outcomes) ->
                assertThat(outcomes.values().stream().mapToInt(Integer::intValue).sum())
                    .as(change)
                    .isGreaterThan(20));
  }

  /** A change that weakens nothing proves nothing: most kinds are found out. */
  @Test
  void mostKindsAreRefusedOrWarnedOf() {
    assertThat(SEEN.values())
        .filteredOn(
            outcomes ->
                outcomes.containsKey(Outcome.REFUSED) || outcomes.containsKey(Outcome.WARNED))
        .hasSizeGreaterThan(Change.ALL.size() / 2);
  }

  /** The kinds of changes that nobody can tell from what is meant, and why. */
  private static Map<String, String> table() {
    Map<String, String> rows = new LinkedHashMap<>();
    Path table = Path.of("src/test/resources/dev/alcada/decision/silent-changes.tsv");
    try {
      for (String line : Files.readAllLines(table)) {
        String[] cells = line.split("\t", 2);
        rows.put(cells[0], cells[1]);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }

  /** Shows what came of each kind. */
  public static void main(String[] arguments) {
    changeManyDocuments();
    List<String> lines = new ArrayList<>();
    SEEN.forEach((change, outcomes) -> lines.add(change + " " + outcomes));
    EXAMPLES.forEach((change, example) -> lines.add("\n" + change + "\n" + example));
    lines.forEach(System.out::println);
  }
}
