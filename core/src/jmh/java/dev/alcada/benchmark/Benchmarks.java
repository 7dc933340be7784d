package dev.alcada.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Runs the comparisons, prints what they say, and writes it down.
 *
 * <p>Ours and the peer take turns: a round is one run of each, in a JVM of its own, one right after
 * the other, and who is first changes from round to round. So a machine that is disturbed spoils
 * both alike, and a ratio is of two runs that had the same neighbours. What is told is the median
 * of the rounds' ratios, with the lowest and the highest.
 */
public final class Benchmarks {
  private static final String ROW = "%-58s | %9s | %9s | %6s | %s%n";

  private Benchmarks() {}

  /**
   * Runs the comparisons.
   *
   * @param args a directory for the results, a regular expression to be found in the name of a
   *     comparison or of one of its benchmarks, and how many rounds
   * @throws IOException if the results cannot be written
   * @throws RunnerException if a benchmark fails
   */
  public static void main(String[] args) throws IOException, RunnerException {
    Path directory = Files.createDirectories(Path.of(args[0]));
    Pattern wanted = Pattern.compile(args[1]);
    List<Rounds> all =
        Comparison.ALL.stream()
            .filter(comparison -> comparison.isMeantBy(wanted))
            .map(Rounds::new)
            .toList();
    int rounds = Integer.parseInt(args[2]);
    for (int round = 1; round <= rounds; round++) {
      Runs runs = new Runs();
      for (Rounds comparison : all) {
        System.out.printf("round %d of %d: %s%n", round, rounds, comparison.name());
        comparison.addRound(runs, round % 2 == 1);
      }
    }
    System.out.print(table(all));
    Files.writeString(directory.resolve("rounds.json"), json(all));
  }

  private static String table(List<Rounds> all) {
    StringBuilder table = new StringBuilder();
    table.append(String.format(Locale.ROOT, ROW, "name", "ours", "peer", "ratio", "by round"));
    for (Rounds rounds : all) {
      boolean compared = rounds.hasPeer();
      table.append(
          String.format(
              Locale.ROOT,
              ROW,
              rounds.name(),
              number(Rounds.median(rounds.ours())),
              compared ? number(Rounds.median(rounds.peers())) : "",
              compared ? number(Rounds.median(rounds.figures())) : "",
              spread(rounds.figures())));
    }
    return table.toString();
  }

  private static String spread(List<Double> figures) {
    List<Double> sorted = figures.stream().sorted().toList();
    return number(sorted.get(0)) + " to " + number(sorted.get(sorted.size() - 1));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
  }

  private static String json(List<Rounds> all) {
    List<String> members = new ArrayList<>();
    for (Rounds rounds : all) {
      members.add(
          String.format(
              Locale.ROOT,
              "  \"%s\": {\"median\": %.4f, \"rounds\": %s, \"ours\": %s, \"peer\": %s}",
              rounds.name(),
              Rounds.median(rounds.figures()),
              rounds.figures(),
              rounds.ours(),
              rounds.peers()));
    }
    return "{\n" + String.join(",\n", members) + "\n}\n";
  }
}
