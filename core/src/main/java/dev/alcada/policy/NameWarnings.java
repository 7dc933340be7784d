package dev.alcada.policy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds tools that are hidden or open though their author probably means otherwise. */
final class NameWarnings {
  private final Policy policy;
  private final Warnings warnings;
  private final Set<String> hiddenNames = new HashSet<>();
  private final List<NamePattern> hiddenPatterns = new ArrayList<>();

  /** The patterns of {@code tools} that deny or ask. */
  private final Map<NamePattern, ToolRule> guarding = new HashMap<>();

  NameWarnings(Policy policy, Warnings warnings) {
    this.policy = policy;
    this.warnings = warnings;
    for (String name : policy.hide()) {
      if (NamePattern.isPattern(name)) {
        hiddenPatterns.add(NamePattern.of(name));
      } else {
        hiddenNames.add(name);
      }
    }
    policy
        .tools()
        .forEach(
            (name, rule) -> {
              if (NamePattern.isPattern(name) && guards(rule)) {
                guarding.put(NamePattern.of(name), rule);
              }
            });
  }

  private static boolean guards(ToolRule rule) {
    return rule.mode() == Mode.ENFORCE
        && (rule.action() != Action.ALLOW
            || !rule.require().isEmpty()
            || !rule.denyIf().isEmpty()
            || !rule.approveIf().isEmpty());
  }

  /** Finds those about one key of {@code tools}; of patterns, what matches their text is wider. */
  void tool(String name, ToolRule rule) {
    if (hiddenNames.contains(name)
        || hiddenPatterns.stream().anyMatch(pattern -> pattern.matches(name))) {
      warnings.add("is in \"hide\" as well: every call is denied", "tools", name);
    }
    NamePattern wider = null;
    for (Map.Entry<NamePattern, ToolRule> entry : guarding.entrySet()) {
      NamePattern pattern = entry.getKey();
      if (!pattern.toString().equals(name) && pattern.matches(name)) {
        wider = pattern;
        String dropped = rule.mode() == Mode.SHADOW ? null : dropped(rule, entry.getValue());
        if (dropped != null) {
          warnings.add(
              "decides alone here, and drops "
                  + dropped
                  + " of the wider "
                  + Spelling.quote(pattern.toString()),
              "tools",
              name);
        }
      }
    }
    if (rule.mode() == Mode.SHADOW
        && (policy.defaultAction() == DefaultAction.DENY || wider != null)) {
      warnings.add(
          "a shadow rule denies nothing: until its mode is \"enforce\" the tool is open",
          "tools",
          name);
    }
  }

  private static @Nullable String dropped(ToolRule narrower, ToolRule wider) {
    if (narrower.action() == Action.DENY) {
      return null;
    } else if (wider.action() == Action.DENY) {
      return "\"action\": \"deny\"";
    } else if (wider.action() == Action.REQUIRE_APPROVAL
        && narrower.action() != Action.REQUIRE_APPROVAL) {
      return "\"action\": \"require_approval\"";
    } else if (!holds(narrower.require(), wider.require())) {
      return "a \"require\"";
    } else if (!holds(narrower.denyIf(), wider.denyIf())) {
      return "a \"deny_if\"";
    } else if (narrower.action() != Action.REQUIRE_APPROVAL
        && !holds(narrower.approveIf(), wider.approveIf())) {
      return "an \"approve_if\"";
    }
    return null;
  }

  private static boolean holds(List<Predicate> some, List<Predicate> all) {
    return conditions(some).containsAll(conditions(all));
  }

  private static Set<Set<Condition>> conditions(List<Predicate> predicates) {
    return predicates.stream()
        .map(predicate -> Set.copyOf(predicate.conditions()))
        .collect(Collectors.toSet());
  }
}
