package dev.alcada.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;

/** Finds what is legal in a document and probably wrong. */
final class Warnings {
  /** As many as anybody reads. */
  private static final int MAX = 1000;

  private final Node root;
  private final List<PolicyWarning> warnings = new ArrayList<>();

  Warnings(Node root) {
    this.root = root;
  }

  /**
   * Finds those about the rules for all tools, and those about each tool's rule as it is read:
   * later a large document's rules would have to be fetched from memory once more.
   */
  BiConsumer<String, ToolRule> ofRules(AllTools all, NameWarnings names) {
    PredicateWarnings predicates = new PredicateWarnings(all, this);
    LimitWarnings limits = new LimitWarnings(all, this);
    predicates.allTools();
    limits.allTools();
    return (name, rule) -> {
      predicates.tool(name, rule);
      limits.tool(name, rule);
      names.see(name, rule);
      if (rule.action() == Action.DENY) {
        behindDeny(name, rule);
      }
    };
  }

  /** {@return what was found, in the text's order} */
  List<PolicyWarning> found() {
    warnings.sort(
        Comparator.comparingInt(PolicyWarning::line).thenComparingInt(PolicyWarning::column));
    return warnings;
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
