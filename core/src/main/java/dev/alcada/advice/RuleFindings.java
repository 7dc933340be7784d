package dev.alcada.advice;

import dev.alcada.advice.JudgedCondition.Field;
import dev.alcada.policy.AllTools;
import dev.alcada.policy.Condition;
import dev.alcada.policy.Condition.Operator;
import dev.alcada.policy.Conditions;
import dev.alcada.policy.Limit;
import dev.alcada.policy.Policy;
import dev.alcada.policy.Scope;
import dev.alcada.policy.ToolRule;
import dev.alcada.policy.ToolRule.Action;
import dev.alcada.policy.ValuePath;
import dev.alcada.policy.ValuePath.Root;
import dev.alcada.tool.ToolDefinition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Finds rules that judge what their tools' schemas do not have, or have otherwise. */
final class RuleFindings {
  /** How many schemas are joined to follow those of all tools. */
  private static final long MAX_WORK = 10_000_000;

  private final Policy policy;
  private final ToolIndex index;
  private final Findings findings;
  private final Schemas.Work work = new Schemas.Work(MAX_WORK);

  RuleFindings(Policy policy, ToolIndex index, Findings findings) {
    this.policy = policy;
    this.index = index;
    this.findings = findings;
  }

  void find() {
    AllTools all = policy.allTools();
    Set<ValuePath> always = new HashSet<>();
    addPresent(all.require(), all.denyIf(), always);
    policy.tools().forEach((name, rule) -> tool(name, rule, always));
    Judged judged = new Judged("/all_tools");
    judged.predicates(Field.REQUIRE, all.require(), always);
    judged.predicates(Field.DENY_IF, all.denyIf(), always);
    Set<ValuePath> asked = new HashSet<>(always);
    addDemanded(all.approveIf(), asked);
    judged.predicates(Field.APPROVE_IF, all.approveIf(), asked);
    judged.limits(all.limits());
    judged.see(callable());
  }

  /** The tools whose calls get as far as the rules for all tools. */
  private List<ToolDefinition> callable() {
    Set<String> denied = new HashSet<>();
    policy
        .tools()
        .forEach(
            (name, rule) -> {
              if (rule.action() == Action.DENY) {
                index.decided(name).forEach(tool -> denied.add(tool.name()));
              }
            });
    if (policy.defaultAction() == Policy.DefaultAction.DENY) {
      index.unlisted().forEach(tool -> denied.add(tool.name()));
    }
    return index.shown().stream().filter(tool -> !denied.contains(tool.name())).toList();
  }

  private void tool(String name, ToolRule rule, Set<ValuePath> always) {
    if (rule.action() == Action.DENY || findings.isFull()) {
      return;
    }
    Judged judged = new Judged(Findings.pointer("/tools", name));
    Set<ValuePath> present = new HashSet<>(always);
    addPresent(rule.require(), rule.denyIf(), present);
    judged.predicates(Field.REQUIRE, rule.require(), present);
    judged.predicates(Field.DENY_IF, rule.denyIf(), present);
    Set<ValuePath> asked = new HashSet<>(present);
    addDemanded(rule.approveIf(), asked);
    addDemanded(policy.allTools().approveIf(), asked);
    judged.predicates(Field.APPROVE_IF, rule.approveIf(), asked);
    if (rule.rateLimit() != null) {
      judged.scope(rule.rateLimit().scope(), "/rate_limit");
    }
    judged.limits(rule.limits());
    if (rule.once() != null) {
      rule.once().by().forEach(path -> judged.key(path, "/once"));
    }
    judged.see(index.decided(name));
  }

  /** Adds the paths, and those above them, that a call has which these let through. */
  private static void addPresent(
      List<Conditions> require, List<Conditions> denyIf, Set<ValuePath> present) {
    for (Conditions predicate : require) {
      for (Condition condition : predicate.conditions()) {
        if (!isAbsence(condition)) {
          addWithParents(condition.path(), present);
        }
      }
    }
    addDemanded(denyIf, present);
  }

  /** Adds the paths, and those above them, that no call leaves out without making one true. */
  private static void addDemanded(List<Conditions> firing, Set<ValuePath> demanded) {
    for (Conditions predicate : firing) {
      if (predicate.conditions().size() == 1 && isAbsence(predicate.conditions().get(0))) {
        addWithParents(predicate.conditions().get(0).path(), demanded);
      }
    }
  }

  private static boolean isAbsence(Condition condition) {
    return condition.op() == Operator.EXISTS && Boolean.FALSE.equals(condition.value());
  }

  private static void addWithParents(ValuePath path, Set<ValuePath> paths) {
    paths.add(path);
    for (int length = path.steps().size() - 1; length > 0; length--) {
      paths.add(new ValuePath(path.root(), path.steps().subList(0, length)));
    }
  }

  /** All that one rule judges of a call's arguments. */
  private final class Judged {
    private final String pointer;
    private final List<JudgedArgument> arguments = new ArrayList<>();

    Judged(String pointer) {
      this.pointer = pointer;
    }

    void predicates(Field field, List<Conditions> predicates, Set<ValuePath> demanded) {
      String name = field.name().toLowerCase(Locale.ROOT);
      for (int i = 0; i < predicates.size(); i++) {
        List<Condition> conditions = predicates.get(i).conditions();
        for (int j = 0; j < conditions.size(); j++) {
          Condition condition = conditions.get(j);
          if (condition.path().root() == Root.ARGS) {
            arguments.add(
                new JudgedCondition(
                    pointer + "/" + name + "/" + i + "/conditions/" + j,
                    field,
                    condition,
                    conditions.size() == 1,
                    demanded.contains(condition.path())));
          }
          ValuePath from = condition.valueFrom();
          if (from != null) {
            argument(pointer + "/" + name + "/" + i + "/conditions/" + j, from, field.always());
          }
        }
      }
    }

    void limits(List<Limit> limits) {
      for (int i = 0; i < limits.size(); i++) {
        int at = i;
        Limit limit = limits.get(i);
        scope(limit.scope(), "/limits/" + i);
        limit.distinct().forEach(path -> key(path, "/limits/" + at));
        for (Condition condition : limit.appliesIf()) {
          argument(pointer + "/limits/" + i, condition.path(), "the limit counts every call");
        }
        ValuePath amount = limit.incrementFrom();
        if (amount != null && amount.root() == Root.ARGS) {
          arguments.add(JudgedKey.amount(pointer + "/limits/" + i, amount, limit));
        }
      }
    }

    void scope(Scope scope, String at) {
      if (scope instanceof Scope.OfValue value) {
        key(value.path(), at);
      } else if (scope instanceof Scope.OfParts parts) {
        parts.parts().forEach(part -> key(part.path(), at));
      }
    }

    void key(ValuePath path, String at) {
      if (path.root() == Root.ARGS && !path.steps().isEmpty()) {
        arguments.add(JudgedKey.scope(pointer + at, path));
      }
    }

    /** An argument of which no more is asked than that it is there. */
    void argument(String at, ValuePath path, String ifAbsent) {
      if (path.root() == Root.ARGS) {
        arguments.add(
            new JudgedArgument(at, path, ifAbsent, true) {
              @Override
              void described(ToolDefinition tool, SchemaPlace place) {}
            });
      }
    }

    void see(List<ToolDefinition> tools) {
      if (arguments.isEmpty()) {
        return;
      }
      for (ToolDefinition tool : tools) {
        Schemas schemas = new Schemas(tool.inputSchema(), work);
        arguments.forEach(argument -> argument.see(tool, schemas));
      }
      arguments.forEach(argument -> argument.report(findings));
    }
  }
}
