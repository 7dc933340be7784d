package dev.alcada.pluggy.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the benchmark and prints the two ratios that the client is held to. The client and bare
 * OkHttp take turns, each in a JVM of its own, and who is first changes from round to round: what
 * disturbs the machine spoils both alike.
 */
public final class Benchmarks {
  private static final String BYTES = "gc.alloc.rate.norm";

  private Benchmarks() {}

  /**
   * Runs the benchmark.
   *
   * @param args a directory, which is not used here; a regular expression that must be found in the
   *     benchmark's name, or it is not run; and how many rounds
   * @throws RunnerException if it fails
   */
  public static void main(String[] args) throws RunnerException {
    if (!Pattern.compile(args[1]).matcher(MintBenchmark.class.getSimpleName()).find()) {
      return;
    }
    List<RunResult> client = new ArrayList<>();
    List<RunResult> bare = new ArrayList<>();
    int rounds = Integer.parseInt(args[2]);
    for (int round = 0; round < rounds; round++) {
      System.out.printf("round %d of %d%n", round + 1, rounds);
      if (round % 2 == 0) {
        client.add(run("client"));
        bare.add(run("bare"));
      } else {
        bare.add(run("bare"));
        client.add(run("client"));
      }
    }
    print(
        "throughput, client to bare OkHttp (0.95 or more)",
        ratios(client, bare, result -> result.getPrimaryResult().getScore()));
    print(
        "allocation, client to bare OkHttp (1.20 or less)",
        ratios(
            client,
            bare,
            result -> Objects.requireNonNull(result.getSecondaryResults().get(BYTES)).getScore()));
  }

  private static RunResult run(String method) throws RunnerException {
    return new Runner(
            new OptionsBuilder()
                .include("\\." + MintBenchmark.class.getSimpleName() + "\\." + method + "$")
                .forks(1)
                .warmupIterations(4)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(5)
                .measurementTime(TimeValue.seconds(1))
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .jvmArgsAppend("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")
                .build())
        .runSingle();
  }

  /** {@return the ratio of each round, sorted} */
  private static List<Double> ratios(
      List<RunResult> ours, List<RunResult> peers, ToDoubleFunction<RunResult> figure) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      ratios.add(figure.applyAsDouble(ours.get(i)) / figure.applyAsDouble(peers.get(i)));
    }
    return ratios.stream().sorted().toList();
  }

  private static void print(String name, List<Double> sorted) {
    int last = sorted.size() - 1;
    double median = (sorted.get(last / 2) + sorted.get((last + 1) / 2)) / 2;
    System.out.printf(
        "%s: %.3f, by round %.3f to %.3f%n", name, median, sorted.get(0), sorted.get(last));
  }
}
