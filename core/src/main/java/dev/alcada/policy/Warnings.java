package dev.alcada.policy;

import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.Place;
import dev.alcada.policy.ToolRule.Action;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds what is legal in a document and probably wrong. */
final class Warnings {
  /** As many as anybody reads. */
  private static final int MAX = 1000;

  private final List<PolicyWarning> warnings = new ArrayList<>();
  private final NameWarnings names = new NameWarnings(this);
  private final PredicateWarnings predicates;
  private final LimitWarnings limits;

  /** Finds those about the rules for all tools, and where these stand. */
  Warnings(AllTools all, @Nullable Node node) {
    this.predicates = new PredicateWarnings(all, this);
    this.limits = new LimitWarnings(all, this);
    if (node != null) {
      predicates.allTools(node);
      limits.allTools(node);
    }
  }

  /** Finds those about a tool's rule. */
  void tool(String name, ToolRule rule, Node node) {
    predicates.tool(node, rule);
    limits.tool(node, rule);
    names.see(name, rule);
    if (rule.action() == Action.DENY) {
      behindDeny(rule, node);
    } else if (rule.action() == Action.ALLOW && rule.reason() != null) {
      add(
          "\"reason\" has no effect without \"action\": \"deny\" or \"require_approval\"",
          node,
          "reason");
    }
  }

  /** Finds those about the tools' names, once all are seen. */
  void names(Policy policy, Node tools) {
    names.find(policy, tools);
  }

  /** {@return what was found, in the text's order} */
  List<PolicyWarning> found() {
    warnings.sort(
        Comparator.comparingInt(PolicyWarning::line).thenComparingInt(PolicyWarning::column));
    return warnings;
  }

  private void behindDeny(ToolRule rule, Node node) {
    String message = "has no effect behind \"action\": \"deny\": remove one of them";
    if (!rule.approveIf().isEmpty()) {
      add("\"approve_if\" " + message, node, "approve_if");
    }
    if (rule.rateLimit() != null) {
      add("\"rate_limit\" " + message, node, "rate_limit");
    }
  }

  /** {@return whether another warning would not be kept, so that none need be looked for} */
  boolean isFull() {
    return warnings.size() == MAX;
  }

  /** Adds a warning about the node that names and indices lead to from another. */
  void add(String message, Node from, Object... steps) {
    if (warnings.size() < MAX) {
      Node node = from;
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
