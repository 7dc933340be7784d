package dev.alcada.policy;

import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.Place;
import dev.alcada.internal.document.Spelling;
import dev.alcada.policy.Policy.DefaultAction;
import dev.alcada.policy.ToolRule.Action;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds what is legal in a document and probably wrong. */
final class Warnings {
  /** As many as anybody reads. */
  private static final int MAX = 1000;

  private final AllTools all;
  private final @Nullable Node allNode;
  private final List<PolicyWarning> warnings = new ArrayList<>();
  private final NameWarnings names = new NameWarnings(this);
  private final PredicateWarnings predicates;
  private final LimitWarnings limits;

  /** Whether a rule asks, so that what {@code all_tools} says of approvals has a meaning. */
  private boolean asks;

  /** Finds those about the rules for all tools, and where these stand. */
  Warnings(AllTools all, @Nullable Node node) {
    this.all = all;
    this.allNode = node;
    this.predicates = new PredicateWarnings(all, this);
    this.limits = new LimitWarnings(all, this);
    this.asks = !all.approveIf().isEmpty();
    if (node != null) {
      predicates.allTools(node);
      limits.allTools(node);
      emptyLists(node);
    }
  }

  /** Finds those about a tool's rule. */
  void tool(String name, ToolRule rule, Node node) {
    predicates.tool(name, node, rule);
    limits.tool(node, rule);
    names.see(name, rule);
    emptyLists(node);
    boolean asksItself = rule.action() == Action.REQUIRE_APPROVAL || !rule.approveIf().isEmpty();
    asks |= asksItself;
    if (rule.action() == Action.DENY) {
      behindDeny(rule, node);
    } else if (rule.action() == Action.ALLOW && rule.reason() != null) {
      add(
          "\"reason\" has no effect without \"action\": \"deny\" or \"require_approval\"",
          node,
          "reason");
    }
    if (rule.approval() != null
        && (rule.action() == Action.DENY || (!asksItself && all.approveIf().isEmpty()))) {
      add(
          "\"approval\" says how long, and nothing here asks: write \"action\":"
              + " \"require_approval\" or \"approve_if\" beside it",
          node,
          "approval");
    }
  }

  private void emptyLists(Node node) {
    for (String field : List.of("require", "deny_if", "approve_if", "limits")) {
      if (at(node, field) instanceof Node.Sequence list && list.elements().isEmpty()) {
        add(
            "an empty list "
                + switch (field) {
                  case "require" -> "requires nothing";
                  case "deny_if" -> "denies nothing";
                  case "approve_if" -> "asks nobody";
                  default -> "limits nothing";
                }
                + ": leave it out",
            node,
            field);
      }
    }
  }

  private void behindDeny(ToolRule rule, Node node) {
    String message = "has no effect behind \"action\": \"deny\": remove one of them";
    if (!rule.approveIf().isEmpty()) {
      add("\"approve_if\" " + message, node, "approve_if");
    }
    if (rule.rateLimit() != null) {
      add("\"rate_limit\" " + message, node, "rate_limit");
    }
    if (!rule.limits().isEmpty()) {
      add("\"limits\" " + message, node, "limits");
    }
  }

  /** Finds those about the whole document, once all of it is read. */
  void document(Policy policy, Node root) {
    Node hide = at(root, "hide");
    Node tools = at(root, "tools");
    names.find(policy, hide, tools);
    if (all.approval() != null && !asks && allNode != null) {
      add(
          "\"approval\" says how long, and nothing in the document asks: write \"action\":"
              + " \"require_approval\" or \"approve_if\"",
          allNode,
          "approval");
    }
    boolean open =
        policy.defaultAction() == DefaultAction.ALLOW
            && policy.hide().isEmpty()
            && all.require().isEmpty()
            && all.denyIf().isEmpty()
            && all.approveIf().isEmpty()
            && all.limits().isEmpty()
            && policy.tools().values().stream().allMatch(Warnings::isOpen);
    if (open) {
      add(
          "the document denies, asks and limits nothing: every call of every tool passes; write"
              + " \"default\": \"deny\" to allow the listed tools alone",
          root,
          "default");
    }
  }

  /** A shadow rule restricts nothing either, but says so. */
  private static boolean isOpen(ToolRule rule) {
    return rule.action() == Action.ALLOW
        && rule.require().isEmpty()
        && rule.denyIf().isEmpty()
        && rule.approveIf().isEmpty()
        && rule.limits().isEmpty()
        && rule.rateLimit() == null;
  }

  /** {@return what was found, in the text's order} */
  List<PolicyWarning> found() {
    warnings.sort(
        Comparator.comparingInt(PolicyWarning::line).thenComparingInt(PolicyWarning::column));
    return warnings;
  }

  /** {@return whether another warning would not be kept, so that none need be looked for} */
  boolean isFull() {
    return warnings.size() == MAX;
  }

  /** Adds a warning about the node that names and indices lead to from another. */
  void add(String message, Node from, Object... steps) {
    if (warnings.size() < MAX) {
      Place place = at(from, steps).place();
      warnings.add(
          new PolicyWarning(
              place.pointer(), place.line(), place.column(), Spelling.visible(message)));
    }
  }

  /** {@return the node that names and indices lead to, as far as there are any} */
  static Node at(Node from, Object... steps) {
    Node node = from;
    for (Object step : steps) {
      if (node instanceof Node.Mapping mapping && step instanceof String name) {
        Node.Member member = mapping.members().get(name);
        node = member == null ? node : member.value();
      } else if (node instanceof Node.Sequence list && step instanceof Integer index) {
        node = list.elements().get(index);
      }
    }
    return node;
  }

  /** {@return a value of a document as JSON spells it, cut short} */
  static String spelt(@Nullable Object value) {
    if (value instanceof String text) {
      return Spelling.quote(text);
    } else if (value instanceof List<?> list) {
      String first = list.isEmpty() ? "" : spelt(list.get(0));
      return list.size() > 1 ? "[" + first + ", …]" : "[" + first + "]";
    }
    return value instanceof Map<?, ?> ? "{…}" : Spelling.shorten(String.valueOf(value));
  }
}
