package dev.alcada.benchmark;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One line of the table: a figure of ours beside a peer's, or by itself.
 *
 * @param name what is compared, with its unit
 * @param ours the figure of ours, as {@link Runs} writes it
 * @param peer the peer's, or {@code null} where ours stands for itself
 * @param share what part of the ratio is meant, where the peer does a multiple of the work
 */
record Comparison(String name, String ours, @Nullable String peer, double share) {
  private Comparison(String name, String ours, @Nullable String peer) {
    this(name, ours, peer, 1);
  }

  private static final String ALLOCATED = "/gc.alloc.rate.norm";

  static final List<Comparison> ALL =
      List.of(
          new Comparison(
              "reserve, 1,024 grants, ns : Bucket4j in Caffeine",
              "ReserveBenchmark.alcada:ADMITTED",
              "ReserveBenchmark.bucket4j:ADMITTED"),
          new Comparison(
              "reserve, 1,024 grants, ns : Resilience4j in Caffeine",
              "ReserveBenchmark.alcada:ADMITTED",
              "ReserveBenchmark.resilience4j:ADMITTED"),
          new Comparison(
              "reserve, 1,024 grants refused, ns : Bucket4j in Caffeine",
              "ReserveBenchmark.alcada:REFUSED",
              "ReserveBenchmark.bucket4j:REFUSED"),
          new Comparison(
              "reserve, 1,024 grants, ns: refused : admitted",
              "ReserveBenchmark.alcada:REFUSED",
              "ReserveBenchmark.alcada:ADMITTED"),
          new Comparison(
              "reserve, 100,000 grants, ns : Bucket4j in Caffeine",
              "ReserveBenchmark.alcada:MANY_GRANTS",
              "ReserveBenchmark.bucket4j:MANY_GRANTS"),
          new Comparison(
              "reserve, 100,000 grants, ns : Resilience4j in Caffeine",
              "ReserveBenchmark.alcada:MANY_GRANTS",
              "ReserveBenchmark.resilience4j:MANY_GRANTS"),
          new Comparison(
              "reserve, two threads on one key, ns : Bucket4j in Caffeine",
              "OneLimitBenchmark.twoThreadsAlcada",
              "OneLimitBenchmark.twoThreadsBucket4j"),
          new Comparison(
              "bare limiter, ns : Bucket4j",
              "OneLimitBenchmark.bareAlcada",
              "OneLimitBenchmark.bareBucket4j"),
          new Comparison(
              "bare limiter, ns : Resilience4j",
              "OneLimitBenchmark.bareAlcada",
              "OneLimitBenchmark.bareResilience4j"),
          new Comparison(
              "guard.call, ns : Bucket4j in Caffeine",
              "GuardBenchmark.call",
              "ReserveBenchmark.bucket4j:ADMITTED"),
          new Comparison(
              "guard.call, mostly denied, ns : Bucket4j in Caffeine",
              "GuardBenchmark.callMostlyDenied",
              "ReserveBenchmark.bucket4j:REFUSED"),
          new Comparison(
              "guard.check, three predicates, ns : CEL",
              "PredicateBenchmark.check",
              "PredicateBenchmark.cel"),
          new Comparison(
              "guard.check, three predicates, ns : jCasbin",
              "PredicateBenchmark.check",
              "PredicateBenchmark.jCasbin"),
          new Comparison(
              "guard.check, ns: among 10,000 tools : among 10",
              "PredicateBenchmark.amongTenThousandTools",
              "PredicateBenchmark.amongTenTools"),
          new Comparison(
              "guard.call, ns: value_from : value",
              "LanguageBenchmark.valueFrom",
              "LanguageBenchmark.value"),
          new Comparison(
              "guard.call, ns: time : another condition",
              "LanguageBenchmark.time",
              "LanguageBenchmark.twoConditions"),
          new Comparison(
              "guard.call, ns: grant and argument : argument",
              "LanguageBenchmark.compositeScope",
              "LanguageBenchmark.argumentScope"),
          new Comparison(
              "guard.call, ns: scope call, one kilobyte",
              "LanguageBenchmark.callOfAKilobyte",
              null),
          new Comparison(
              "guard.call, ns: leaves a mark : has a limit",
              "LanguageBenchmark.leavesMark",
              "LanguageBenchmark.limit"),
          new Comparison("mark, ns: left : a limit", "MarkBenchmark.mark", "MarkBenchmark.limit"),
          new Comparison(
              "mark, ns: looked up : a limit", "MarkBenchmark.look", "MarkBenchmark.limit"),
          new Comparison(
              "mark, ns: needed beside a limit : a limit",
              "MarkBenchmark.limitAndMark",
              "MarkBenchmark.limit"),
          new Comparison(
              "parse, 100 tools, us : Jackson's tree and RE2/J",
              "ParseBenchmark.parse:100",
              "ParseBenchmark.treeAndExpressions:100"),
          new Comparison(
              "parse, 10,000 tools, us : Jackson's tree and RE2/J",
              "ParseBenchmark.parse:10000",
              "ParseBenchmark.treeAndExpressions:10000"),
          new Comparison(
              "parse, us a tool: of 10,000 : of 100",
              "ParseBenchmark.parse:10000",
              "ParseBenchmark.parse:100",
              0.01),
          new Comparison(
              "guard.call, ns: with audit and metrics : without",
              "AuditBenchmark.withAuditAndMetrics",
              "AuditBenchmark.without"),
          new Comparison("audit log at full load, ns a record", "AuditBenchmark.fullLoad", null),
          new Comparison("guarded MCP tool, ns", "GuardBenchmark.mcpTool", null),
          new Comparison(
              "MCP tool call in memory, us: guarded : bare",
              "EndToEndBenchmark.guarded",
              "EndToEndBenchmark.bare"),
          new Comparison("guard.call, bytes allocated", "GuardBenchmark.call" + ALLOCATED, null),
          new Comparison("reserve, bytes allocated", "OneLimitBenchmark.reserve" + ALLOCATED, null),
          new Comparison(
              "a million keys expired: longest call, ms",
              "CleanUpBenchmark.cleanUp/longestMillis",
              null));

  /** {@return whether an expression is found in the name or in that of a benchmark} */
  boolean isMeantBy(Pattern wanted) {
    return wanted.matcher(name).find()
        || wanted.matcher(ours).find()
        || (peer != null && wanted.matcher(peer).find());
  }
}
