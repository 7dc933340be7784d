package dev.alcada.benchmark;

import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.Outcome;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** One rule's call through the guard, with a construct of the language and without it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LanguageBenchmark {
  private static final String LIMITED =
      "\"limits\": [{\"counter\": \"rate\", \"window\": \"1ms\", \"max\": 1000000, \"scope\": %s}]";

  private static final String BY_GRANT = LIMITED.formatted("\"grant\"");

  private static final String REQUIRED = "\"require\": [{\"conditions\": [%s]}], " + BY_GRANT;

  private static final String OWN_VALUE =
      "{\"path\": \"args.user\", \"op\": \"eq\", \"value\": \"ana@example.com\"}";

  private final Caller caller =
      Caller.grant("agent-7").withSession("s-1").withAttribute("user", "ana@example.com");
  private final ToolCall call =
      ToolCall.of("pay", Map.of("user", "ana@example.com", "account", "a-1"), caller);
  private final ToolCall oneKilobyte = ToolCall.of("pay", kilobyte(), caller);

  private final ToolGuard limit = guard(BY_GRANT);
  private final ToolGuard compositeScope =
      guard(LIMITED.formatted("[\"grant\", \"args.account\"]"));
  private final ToolGuard argumentScope = guard(LIMITED.formatted("\"args.account\""));
  private final ToolGuard byCall = guard(LIMITED.formatted("\"call\""));
  private final ToolGuard value = guard(REQUIRED.formatted(OWN_VALUE));
  private final ToolGuard valueFrom =
      guard(
          REQUIRED.formatted(
              "{\"path\": \"args.user\", \"op\": \"eq\", \"value_from\": \"context.user\"}"));
  private final ToolGuard time =
      guard(
          REQUIRED.formatted(
              OWN_VALUE + ", {\"path\": \"time.hour\", \"op\": \"gte\", \"value\": 0}"));
  private final ToolGuard twoConditions =
      guard(
          REQUIRED.formatted(
              OWN_VALUE + ", {\"path\": \"args.account\", \"op\": \"exists\", \"value\": true}"));
  private final ToolGuard leavesMark =
      guard("\"marks\": [{\"mark\": \"seen\", \"for\": \"1h\", \"when\": \"tried\"}]");

  private static ToolGuard guard(String rule) {
    return ToolGuard.builder(
            Policy.parse(
                "{\"version\": \"1\", \"timezone\": \"UTC\", \"default\": \"deny\", \"tools\": {\"pay\": {"
                    + rule
                    + "}}}"))
        .build();
  }

  private static Map<String, Object> kilobyte() {
    Map<String, Object> arguments = new TreeMap<>();
    for (int i = 0; i < 20; i++) {
      arguments.put("argument_" + i, "a value of some length, " + i + " of 20");
    }
    return arguments;
  }

  private Outcome<String> called(ToolGuard guard, ToolCall which) throws Exception {
    Outcome<String> outcome = guard.call(which, judged -> "done");
    if (!(outcome instanceof Outcome.Completed)) {
      throw new IllegalStateException(outcome.toString());
    }
    return outcome;
  }

  /**
   * {@return what came of a call that is limited by its grant}
   *
   * @throws Exception never
   */
  @Benchmark
  public Outcome<String> limit() throws Exception {
    return called(limit, call);
  }

  /**
   * {@return what came of a call that is limited by an argument}
   *
   * @throws Exception never
   */
  @Benchmark
  public Outcome<String> argumentScope() throws Exception {
    return called(argumentScope, call);
  }

  /**
   * {@return what came of a call that is limited by its grant and an argument}
   *
   * @throws Exception never
   */
  @Benchmark
  public Outcome<String> compositeScope() throws Exception {
    return called(compositeScope, call);
  }

  /**
   * {@return what came of a call that is limited by all its arguments, of a kilobyte}
   *
   * @throws Exception never
   */
  @Benchmark
  public Outcome<String> callOfAKilobyte() throws Exception {
    // Made anew, since a call remembers its digest.
    return called(byCall, ToolCall.of("pay", oneKilobyte.arguments(), caller));
  }

  /**
   * {@return what came of a call whose argument is compared with a value}
   *
   * @throws Exception never
   */
  @Benchmark
  public Outcome<String> value() throws Exception {
    return called(value, call);
  }

  /**
   * {@return what came of a call whose argument is compared with the caller's own}
   *
   * @throws Exception never
   */
  @Benchmark
  public Outcome<String> valueFrom() throws Exception {
    return called(valueFrom, call);
  }

  /**
   * {@return what came of a call that two conditions on its arguments judge}
   *
   * @throws Exception never
   */
  @Benchmark
  public Outcome<String> twoConditions() throws Exception {
    return called(twoConditions, call);
  }

  /**
   * {@return what came of a call that a condition on an argument and one on the clock judge}
   *
   * @throws Exception never
   */
  @Benchmark
  public Outcome<String> time() throws Exception {
    return called(time, call);
  }

  /**
   * {@return what came of a call that leaves a mark}
   *
   * @throws Exception never
   */
  @Benchmark
  public Outcome<String> leavesMark() throws Exception {
    return called(leavesMark, call);
  }
}
