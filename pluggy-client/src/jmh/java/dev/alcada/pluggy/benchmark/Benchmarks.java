package dev.alcada.pluggy.benchmark;

import java.util.Collection;
import java.util.Objects;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs the benchmark and prints the two ratios that the client is held to. */
public final class Benchmarks {
  private Benchmarks() {}

  /**
   * Runs the benchmark.
   *
   * @param args how many forks
   * @throws RunnerException if it fails
   */
  public static void main(String[] args) throws RunnerException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include(MintBenchmark.class.getName())
                    .forks(Integer.parseInt(args[0]))
                    .warmupIterations(4)
                    .warmupTime(TimeValue.seconds(1))
                    .measurementIterations(5)
                    .measurementTime(TimeValue.seconds(1))
                    .addProfiler(GCProfiler.class)
                    .shouldFailOnError(true)
                    .build())
            .run();
    double throughput = figure(results, "client", "") / figure(results, "bare", "");
    double allocation =
        figure(results, "client", "gc.alloc.rate.norm")
            / figure(results, "bare", "gc.alloc.rate.norm");
    System.out.printf("throughput, client to bare OkHttp: %.3f (0.95 or more)%n", throughput);
    System.out.printf("allocation, client to bare OkHttp: %.3f (1.20 or less)%n", allocation);
  }

  private static double figure(Collection<RunResult> results, String method, String secondary) {
    return results.stream()
        .filter(result -> result.getPrimaryResult().getLabel().equals(method))
        .mapToDouble(
            result ->
                secondary.isEmpty()
                    ? result.getPrimaryResult().getScore()
                    : Objects.requireNonNull(result.getSecondaryResults().get(secondary))
                        .getScore())
        .findFirst()
        .orElseThrow();
  }
}
