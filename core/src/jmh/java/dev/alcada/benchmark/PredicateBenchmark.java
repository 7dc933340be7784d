package dev.alcada.benchmark;

import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.casbin.jcasbin.main.Enforcer;
import org.casbin.jcasbin.model.Model;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * One tool's three predicates on a call's arguments, compiled beforehand: a list of currencies, a
 * greatest amount, a blocked recipient.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PredicateBenchmark {
  private static final String TOOL = "create_charge";
  private static final Map<String, Object> ARGUMENTS =
      Map.of("currency", "BRL", "amount", 250L, "recipient", "ana@example.com");

  private static final String RULE =
      """
      {"require": [{"conditions": [
         {"path": "args.currency", "op": "in", "value": ["USD", "EUR", "BRL"]}]}],
       "deny_if": [
         {"conditions": [{"path": "args.amount", "op": "gt", "value": 1000}]},
         {"conditions": [
           {"path": "args.recipient", "op": "eq", "value": "mallory@example.com"}]}]}
      """;

  private static final String EXPRESSION =
      """
      args.currency in ["USD", "EUR", "BRL"]
        && !(args.amount > 1000) && !(args.recipient == "mallory@example.com")
      """;

  private static final String MODEL =
      """
      [request_definition]
      r = tool, args
      [policy_definition]
      p = tool
      [policy_effect]
      e = some(where (p.eft == allow))
      [matchers]
      m = r.tool == p.tool && (r.args.currency == "USD" || r.args.currency == "EUR"       || r.args.currency == "BRL") && !(r.args.amount > 1000)       && !(r.args.recipient == "mallory@example.com")
      """;

  private final ToolCall call = ToolCall.of(TOOL, ARGUMENTS, Caller.grant("agent-7"));
  private final ToolGuard guard = guard(1);
  private final ToolGuard ten = guard(10);
  private final ToolGuard tenThousand = guard(10_000);
  private final CelRuntime.Program program = program();
  private final Enforcer enforcer = enforcer();

  /** Compiles all of it, and makes sure that all agree. */
  public PredicateBenchmark() {
    if (check().code() != null || !cel() || !jCasbin()) {
      throw new IllegalStateException("they do not agree that the call is allowed");
    }
  }

  private static ToolGuard guard(int tools) {
    StringBuilder document = new StringBuilder("{\"version\": \"1\", \"default\": \"deny\"");
    document.append(", \"tools\": {\"").append(TOOL).append("\": ").append(RULE);
    for (int i = 1; i < tools; i++) {
      document.append(", \"tool_").append(i).append("\": ").append(RULE);
    }
    return ToolGuard.builder(Policy.parse(document.append("}}").toString())).build();
  }

  private static CelRuntime.Program program() {
    try {
      CelCompiler compiler =
          CelCompilerFactory.standardCelCompilerBuilder()
              .addVar("args", MapType.create(SimpleType.STRING, SimpleType.DYN))
              .build();
      return CelRuntimeFactory.plannerRuntimeBuilder()
          .build()
          .createProgram(compiler.compile(EXPRESSION).getAst());
    } catch (CelValidationException | CelEvaluationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Enforcer enforcer() {
    Model model = new Model();
    model.loadModelFromText(MODEL);
    Enforcer enforcer = new Enforcer(model);
    enforcer.enableLog(false);
    enforcer.addPolicy(TOOL);
    return enforcer;
  }

  /** {@return our decision} */
  @Benchmark
  public Decision check() {
    return guard.check(call);
  }

  /** {@return CEL's} */
  @Benchmark
  public boolean cel() {
    try {
      return (Boolean) program.eval(Map.of("args", ARGUMENTS));
    } catch (CelEvaluationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** {@return jCasbin's} */
  @Benchmark
  public boolean jCasbin() {
    return enforcer.enforce(TOOL, ARGUMENTS);
  }

  /** {@return our decision under a policy of ten tools} */
  @Benchmark
  public Decision amongTenTools() {
    return ten.check(call);
  }

  /** {@return our decision under a policy of ten thousand tools} */
  @Benchmark
  public Decision amongTenThousandTools() {
    return tenThousand.check(call);
  }
}
