package dev.alcada.policy;

import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.Spelling;
import dev.alcada.policy.Policy.DefaultAction;
import dev.alcada.policy.ToolRule.Action;
import dev.alcada.policy.ToolRule.Mode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds tools that are hidden or open though their author probably means otherwise. */
final class NameWarnings {
  private final Warnings warnings;
  private final Set<String> hiddenNames = new HashSet<>();
  private final List<NamePattern> hiddenPatterns = new ArrayList<>();

  /** The patterns of {@code tools} that deny or ask. */
  private final List<Guard> guarding = new ArrayList<>();

  /** The conditions of predicates seen so far, each with a number of its own. */
  private final Map<Set<Condition>, Integer> known = new HashMap<>();

  /** A rule and the numbers of its predicates. */
  private record Numbered(
      ToolRule rule, Set<Integer> require, Set<Integer> denyIf, Set<Integer> approveIf) {}

  /** A pattern and its rule. */
  private record Guard(NamePattern pattern, Numbered numbered) {}

  NameWarnings(Warnings warnings) {
    this.warnings = warnings;
  }

  /** Takes note of one key of {@code tools}; each before any is judged. */
  void see(String name, ToolRule rule) {
    if (NamePattern.isPattern(name) && guards(rule)) {
      guarding.add(new Guard(NamePattern.of(name), numbered(rule)));
    }
  }

  /** Finds those about the keys of {@code tools}. */
  void find(Policy policy, Node tools) {
    for (String name : policy.hide()) {
      if (NamePattern.isPattern(name)) {
        hiddenPatterns.add(NamePattern.of(name));
      } else {
        hiddenNames.add(name);
      }
    }
    boolean denied = policy.defaultAction() == DefaultAction.DENY;
    policy.tools().forEach((name, rule) -> find(name, rule, denied, tools));
  }

  private static boolean guards(ToolRule rule) {
    return rule.mode() == Mode.ENFORCE
        && (rule.action() != Action.ALLOW
            || !rule.require().isEmpty()
            || !rule.denyIf().isEmpty()
            || !rule.approveIf().isEmpty());
  }

  /** Finds those about one key of {@code tools}; of patterns, what matches their text is wider. */
  private void find(String name, ToolRule rule, boolean denied, Node tools) {
    if (warnings.isFull()) {
      return;
    }
    if (hiddenNames.contains(name)
        || hiddenPatterns.stream().anyMatch(pattern -> pattern.matches(name))) {
      warnings.add("is in \"hide\" as well: every call is denied", tools, name);
    }
    NamePattern wider = null;
    Numbered narrower = null;
    for (Guard guard : guarding) {
      NamePattern pattern = guard.pattern;
      if (pattern.matches(name)) {
        wider = pattern;
        narrower = narrower == null ? numbered(rule) : narrower;
        String dropped = rule.mode() == Mode.SHADOW ? null : dropped(narrower, guard.numbered);
        if (dropped != null) {
          warnings.add(
              "decides alone here, and drops "
                  + dropped
                  + " of the wider "
                  + Spelling.quote(pattern.toString()),
              tools,
              name);
        }
      }
    }
    if (rule.mode() == Mode.SHADOW && (denied || wider != null)) {
      warnings.add(
          "a shadow rule denies nothing: until its mode is \"enforce\" the tool is open",
          tools,
          name);
    }
  }

  private static @Nullable String dropped(Numbered narrower, Numbered wider) {
    Action action = narrower.rule.action();
    if (action == Action.DENY) {
      return null;
    } else if (wider.rule.action() == Action.DENY) {
      return "\"action\": \"deny\"";
    } else if (wider.rule.action() == Action.REQUIRE_APPROVAL
        && action != Action.REQUIRE_APPROVAL) {
      return "\"action\": \"require_approval\"";
    } else if (!narrower.require.containsAll(wider.require)) {
      return "a \"require\"";
    } else if (!narrower.denyIf.containsAll(wider.denyIf)) {
      return "a \"deny_if\"";
    } else if (action != Action.REQUIRE_APPROVAL
        && !narrower.approveIf.containsAll(wider.approveIf)) {
      return "an \"approve_if\"";
    }
    return null;
  }

  private Numbered numbered(ToolRule rule) {
    return new Numbered(
        rule, numbers(rule.require()), numbers(rule.denyIf()), numbers(rule.approveIf()));
  }

  /** Stands for predicates, so that those of a wide pattern are not compared for each name anew. */
  private Set<Integer> numbers(List<Conditions> predicates) {
    Set<Integer> numbers = new HashSet<>();
    for (Conditions predicate : predicates) {
      numbers.add(
          known.computeIfAbsent(Set.copyOf(predicate.conditions()), conditions -> known.size()));
    }
    return numbers;
  }
}
