package dev.alcada.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs the benchmarks, prints what they say about each other, and writes it down. */
public final class Benchmarks {
  private Benchmarks() {}

  /**
   * Runs the benchmarks.
   *
   * @param args a directory for the results, a regular expression of the benchmarks to run, and how
   *     many forks of each
   * @throws IOException if the results cannot be written
   * @throws RunnerException if a benchmark fails
   */
  public static void main(String[] args) throws IOException, RunnerException {
    Path directory = Files.createDirectories(Path.of(args[0]));
    Options options =
        new OptionsBuilder()
            .include(args[1])
            .forks(Integer.parseInt(args[2]))
            .warmupIterations(3)
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(4)
            .measurementTime(TimeValue.milliseconds(500))
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .jvmArgsAppend("-Dorg.slf4j.simpleLogger.defaultLogLevel=error")
            .resultFormat(ResultFormatType.JSON)
            .result(directory.resolve("results.json").toString())
            .output(directory.resolve("jmh.log").toString())
            .build();
    Map<String, Double> figures = figures(new Runner(options).run());
    List<Comparison.Line> lines = new ArrayList<>();
    for (Comparison comparison : Comparison.ALL) {
      comparison.line(figures).ifPresent(lines::add);
    }
    System.out.print(table(lines));
    Files.writeString(directory.resolve("ratios.json"), json(lines));
  }

  /** By {@code Class.method}, parameters and secondary figure: the median over the forks. */
  private static Map<String, Double> figures(Collection<RunResult> results) {
    Map<String, Double> figures = new TreeMap<>();
    for (RunResult result : results) {
      String method = result.getParams().getBenchmark();
      int type = method.lastIndexOf('.', method.lastIndexOf('.') - 1);
      StringBuilder name = new StringBuilder(method.substring(type + 1));
      for (String parameter : result.getParams().getParamsKeys()) {
        name.append(':').append(result.getParams().getParam(parameter));
      }
      Map<String, List<Double>> byFork = new TreeMap<>();
      for (BenchmarkResult fork : result.getBenchmarkResults()) {
        add(byFork, name.toString(), fork.getPrimaryResult().getScore());
        fork.getSecondaryResults()
            .forEach(
                (label, secondary) ->
                    add(byFork, name + "/" + label, score(fork, label, secondary.getScore())));
      }
      byFork.forEach((figure, forks) -> figures.put(figure, median(forks)));
    }
    return figures;
  }

  /** A fork's figure; of what is the longest of each iteration the longest, which JMH adds up. */
  private static double score(BenchmarkResult fork, String label, double added) {
    return !label.startsWith("longest")
        ? added
        : fork.getIterationResults().stream()
            .map(iteration -> iteration.getSecondaryResults().get(label))
            .filter(Objects::nonNull)
            .mapToDouble(secondary -> secondary.getScore())
            .max()
            .orElseThrow();
  }

  private static void add(Map<String, List<Double>> byFork, String name, double score) {
    byFork.computeIfAbsent(name, key -> new ArrayList<>()).add(score);
  }

  private static double median(List<Double> figures) {
    List<Double> sorted = figures.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  private static String table(List<Comparison.Line> lines) {
    StringBuilder table = new StringBuilder();
    String row = "%-58s | %12s | %12s | %8s%n";
    table.append(String.format(Locale.ROOT, row, "name", "ours", "peer", "ratio"));
    for (Comparison.Line line : lines) {
      table.append(
          String.format(
              Locale.ROOT,
              row,
              line.name(),
              number(line.ours()),
              line.peer() == null ? "" : number(line.peer()),
              line.peer() == null ? "" : String.format(Locale.ROOT, "%.2f", line.figure())));
    }
    return table.toString();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
  }

  private static String json(List<Comparison.Line> lines) {
    StringBuilder json = new StringBuilder("{");
    String separator = "\n";
    for (Comparison.Line line : lines) {
      json.append(separator)
          .append(String.format(Locale.ROOT, "  \"%s\": %.4f", line.name(), line.figure()));
      separator = ",\n";
    }
    return json.append("\n}\n").toString();
  }
}
