package dev.alcada.decision;

import dev.alcada.counter.CounterId;
import dev.alcada.decision.Explanation.LimitTrace;
import dev.alcada.policy.NamePattern;
import dev.alcada.policy.Policy;
import dev.alcada.policy.Policy.DefaultAction;
import dev.alcada.policy.ToolRule;
import dev.alcada.policy.ValuePath;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The plans of a policy's tools, by name and by pattern. */
final class ToolPlans {
  /** A pattern and the plan of what it matches. */
  private record Matched(NamePattern pattern, ToolPlan plan) {}

  private final Map<String, ToolPlan> byName = new HashMap<>();

  /** Patterns that hide, then those of tools with the narrowest first: the first match decides. */
  private final List<Matched> byPattern = new ArrayList<>();

  private final ToolPlan unlisted;
  private final Set<ValuePath.Root> mentioned;
  private final Map<String, CounterId> counters;

  private ToolPlans(Policy policy) {
    PlanMaker maker = new PlanMaker(policy);
    this.unlisted =
        policy.hidesUnlisted()
            ? ToolPlan.denying(Denials.hidden())
            : policy.defaultAction() == DefaultAction.DENY
                ? ToolPlan.denying(Denials.NOT_LISTED)
                : maker.unlisted();
    addHidden(policy.hide());
    addTools(policy.tools(), maker);
    this.mentioned = Collections.unmodifiableSet(maker.mentioned());
    this.counters = maker.counters();
  }

  static ToolPlans of(Policy policy) {
    return new ToolPlans(policy);
  }

  private void addHidden(List<String> hide) {
    for (int i = 0; i < hide.size(); i++) {
      ToolPlan plan = ToolPlan.denying(Denials.hidden(i));
      if (NamePattern.isPattern(hide.get(i))) {
        byPattern.add(new Matched(NamePattern.of(hide.get(i)), plan));
      } else {
        byName.putIfAbsent(hide.get(i), plan);
      }
    }
  }

  private void addTools(Map<String, ToolRule> tools, PlanMaker maker) {
    List<Matched> hiding = List.copyOf(byPattern);
    List<Matched> patterns = new ArrayList<>();
    tools.forEach(
        (name, rule) -> {
          ToolPlan plan = maker.plan(name, rule);
          if (NamePattern.isPattern(name)) {
            patterns.add(new Matched(NamePattern.of(name), plan));
          } else {
            ToolPlan hidden = first(hiding, name);
            byName.putIfAbsent(name, hidden == null ? plan : hidden);
          }
        });
    byPattern.addAll(narrowestFirst(patterns));
  }

  /** What a narrower pattern is covered by, its wider one is too, and by one less: itself. */
  private static List<Matched> narrowestFirst(List<Matched> patterns) {
    Map<Matched, Long> covered = new HashMap<>();
    for (Matched one : patterns) {
      covered.put(
          one, patterns.stream().filter(other -> one.pattern().within(other.pattern())).count());
    }
    List<Matched> sorted = new ArrayList<>(patterns);
    sorted.sort((one, other) -> Long.compare(count(covered, other), count(covered, one)));
    return sorted;
  }

  private static long count(Map<Matched, Long> covered, Matched pattern) {
    return covered.getOrDefault(pattern, 0L);
  }

  private static @Nullable ToolPlan first(List<Matched> patterns, String tool) {
    for (Matched matched : patterns) {
      if (matched.pattern().matches(tool)) {
        return matched.plan();
      }
    }
    return null;
  }

  /** Returns the plan of a tool that the policy lists or hides by that very name, else null. */
  @Nullable ToolPlan byName(String tool) {
    return byName.get(tool);
  }

  boolean hasPatterns() {
    return !byPattern.isEmpty();
  }

  /** Returns the plan of a tool that the policy does not name. */
  ToolPlan byPattern(String tool) {
    ToolPlan plan = first(byPattern, tool);
    return plan == null ? unlisted : plan.forTool(tool);
  }

  /**
   * Returns the limits of all tools whose value is the caller's alone, each once. The shorthand of
   * a pattern counts each tool apart, and is left out.
   */
  List<LimitTrace> limits(Caller caller) {
    Map<String, LimitTrace> all = new LinkedHashMap<>();
    byName.values().forEach(plan -> plan.limits(caller, all));
    for (Matched matched : byPattern) {
      if (!matched.plan().countsByTool()) {
        matched.plan().limits(caller, all);
      }
    }
    unlisted.limits(caller, all);
    return List.copyOf(all.values());
  }

  ToolPlan unlisted() {
    return unlisted;
  }

  /** {@return what the rules read of a call} */
  Set<ValuePath.Root> mentioned() {
    return mentioned;
  }

  Map<String, CounterId> counters() {
    return counters;
  }
}
