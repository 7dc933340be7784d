package dev.alcada.benchmark;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs single benchmarks, each in a JVM of its own, and knows what has been run.
 *
 * <p>A figure is written {@code Type.method}, with {@code :value} of its parameter if it has one,
 * and {@code /label} for a secondary result.
 */
final class Runs {
  private final Map<String, BenchmarkResult> known = new HashMap<>();

  /** {@return a figure of the last run of its benchmark, which is run if it has not been} */
  double figure(String figure) throws RunnerException {
    BenchmarkResult result = known.get(benchmark(figure));
    return score(result == null ? run(benchmark(figure)) : result, figure);
  }

  /** {@return a figure of a new run} */
  double newFigure(String figure) throws RunnerException {
    return score(run(benchmark(figure)), figure);
  }

  private static String benchmark(String figure) {
    int label = figure.indexOf('/');
    return label < 0 ? figure : figure.substring(0, label);
  }

  private BenchmarkResult run(String benchmark) throws RunnerException {
    int value = benchmark.indexOf(':');
    String method = value < 0 ? benchmark : benchmark.substring(0, value);
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(Pattern.quote("." + method) + "$")
            .forks(1)
            .warmupIterations(3)
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(4)
            .measurementTime(TimeValue.milliseconds(500))
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .jvmArgsAppend("-Dorg.slf4j.simpleLogger.defaultLogLevel=error");
    if (value >= 0) {
      options.param(parameter(method), benchmark.substring(value + 1));
    }
    RunResult result = new Runner(options.build()).runSingle();
    BenchmarkResult fork = result.getBenchmarkResults().iterator().next();
    known.put(benchmark, fork);
    return fork;
  }

  private static String parameter(String method) {
    String type = method.substring(0, method.indexOf('.'));
    try {
      return Arrays.stream(Class.forName(Runs.class.getPackageName() + "." + type).getFields())
          .filter(field -> field.isAnnotationPresent(Param.class))
          .map(Field::getName)
          .findFirst()
          .orElseThrow();
    } catch (ClassNotFoundException e) {
      throw new LinkageError(type, e);
    }
  }

  /** Of what is the longest of each iteration the longest, which JMH would add up. */
  private static double score(BenchmarkResult fork, String figure) {
    int at = figure.indexOf('/');
    if (at < 0) {
      return fork.getPrimaryResult().getScore();
    }
    String label = figure.substring(at + 1);
    if (!label.startsWith("longest")) {
      return Objects.requireNonNull(fork.getSecondaryResults().get(label), label).getScore();
    }
    return fork.getIterationResults().stream()
        .map(iteration -> iteration.getSecondaryResults().get(label))
        .filter(Objects::nonNull)
        .mapToDouble(secondary -> secondary.getScore())
        .max()
        .orElseThrow();
  }
}
