package dev.alcada.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Finds what is legal in a document and probably wrong. */
final class Warnings {
  /** As many as anybody reads. */
  private static final int MAX = 1000;

  private final Policy policy;
  private final Node root;
  private final List<PolicyWarning> warnings = new ArrayList<>();

  private Warnings(Policy policy, Node root) {
    this.policy = policy;
    this.root = root;
  }

  /** {@return the warnings about a policy, in the order of its tree} */
  static List<PolicyWarning> of(Policy policy, Node root) {
    Warnings warnings = new Warnings(policy, root);
    warnings.find();
    warnings.warnings.sort(
        Comparator.comparingInt(PolicyWarning::line).thenComparingInt(PolicyWarning::column));
    return warnings.warnings;
  }

  private void find() {
    AllTools all = policy.allTools();
    PredicateWarnings predicates = new PredicateWarnings(all, this);
    LimitWarnings limits = new LimitWarnings(all, this);
    NameWarnings names = new NameWarnings(policy, this);
    predicates.allTools();
    limits.allTools();
    for (Map.Entry<String, ToolRule> entry : policy.tools().entrySet()) {
      String name = entry.getKey();
      ToolRule rule = entry.getValue();
      predicates.tool(name, rule);
      limits.tool(name, rule);
      names.tool(name, rule);
      if (rule.action() == Action.DENY) {
        behindDeny(name, rule);
      }
    }
  }

  private void behindDeny(String name, ToolRule rule) {
    String message = "has no effect behind \"action\": \"deny\": remove one of them";
    if (!rule.approveIf().isEmpty()) {
      add("\"approve_if\" " + message, "tools", name, "approve_if");
    }
    if (rule.rateLimit() != null) {
      add("\"rate_limit\" " + message, "tools", name, "rate_limit");
    }
  }

  /** Adds a warning about the node that the names and indices lead to. */
  void add(String message, Object... steps) {
    if (warnings.size() < MAX) {
      Node node = root;
      for (Object step : steps) {
        node = child(node, step);
      }
      Place place = node.place();
      warnings.add(new PolicyWarning(place.pointer(), place.line(), place.column(), message));
    }
  }

  private static Node child(Node node, Object step) {
    if (node instanceof Node.Mapping mapping && step instanceof String name) {
      Node.Member member = mapping.members().get(name);
      return member == null ? node : member.value();
    } else if (node instanceof Node.Sequence list && step instanceof Integer index) {
      return list.elements().get(index);
    }
    return node;
  }
}
