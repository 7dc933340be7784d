package dev.alcada.benchmark;

import com.google.re2j.Pattern;
import dev.alcada.policy.Policy;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reading a policy whose tools have five rules each, beside what its parts cost by themselves. The
 * heap is the same for both, touched beforehand, and its young generation holds several large
 * policies: what is measured is the reading, not where a collection happens to fall.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(jvmArgs = {"-Xms6g", "-Xmx6g", "-Xmn5g", "-XX:+UseParallelGC", "-XX:+AlwaysPreTouch"})
public class ParseBenchmark {
  private static final String EXPRESSION = "^[a-z]+-%d@(example|invalid)\\.com$";

  /** How many tools the document has. */
  @Param({"100", "10000"})
  public int tools;

  private final JsonMapper mapper = JsonMapper.builder().build();
  private String document = "";

  /** Writes the document. */
  @Setup
  public void write() {
    StringBuilder text =
        new StringBuilder("{\"version\": \"1\", \"default\": \"deny\", \"tools\": {");
    for (int i = 0; i < tools; i++) {
      text.append(i == 0 ? "" : ",")
          .append(
              """

              "tool_%d": {
                "require": [{"conditions": [
                  {"path": "args.currency", "op": "in", "value": ["USD", "EUR", "BRL"]},
                  {"path": "args.recipient", "op": "regex", "value": "%s"}]}],
                "deny_if": [
                  {"conditions": [{"path": "args.currency", "op": "eq", "value": "USD"}]},
                  {"conditions": [{"path": "args.currency", "op": "eq", "value": "EUR"}]}],
                "approve_if": [{"conditions": [
                  {"path": "args.recipient", "op": "contains", "value": "+"}]}],
                "limits": [{"counter": "rate_%d", "window": "minute", "max": 30}]}"""
                  .formatted(i, expression(i).replace("\\", "\\\\"), i));
    }
    document = text.append("}}").toString();
  }

  private static String expression(int tool) {
    return EXPRESSION.formatted(tool);
  }

  /** {@return our policy} */
  @Benchmark
  public Policy parse() {
    return Policy.parse(document);
  }

  /** {@return something, so that all of it is done} */
  @Benchmark
  public int treeAndExpressions() {
    JsonNode tree = mapper.readTree(document);
    int groups = tree.size();
    for (int i = 0; i < tools; i++) {
      groups += Pattern.compile(expression(i)).groupCount();
    }
    return groups;
  }
}
