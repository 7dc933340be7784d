package dev.alcada.policy;

import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.Place;
import dev.alcada.internal.document.Spelling;
import dev.alcada.policy.Policy.DefaultAction;
import dev.alcada.policy.ToolRule.Action;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  private final Marks marks = new Marks();

  /** Whether a rule asks, so that what {@code all_tools} says of approvals has a meaning. */
  private boolean asks;

  /** Finds those about the rules for all tools, and where these stand. */
  Warnings(AllTools all, @Nullable Node node, @Nullable ZoneId zone) {
    this.all = all;
    this.allNode = node;
    this.predicates = new PredicateWarnings(all, this);
    this.limits = new LimitWarnings(all, zone, this);
    this.asks = !all.approveIf().isEmpty();
    if (node != null) {
      predicates.allTools(node);
      limits.allTools(node);
      predicates.limits(all.limits(), node);
      marks.allTools(node);
      emptyLists(node);
    }
  }

  /** Finds those about a tool's rule. */
  void tool(String name, ToolRule rule, Node node) {
    predicates.tool(name, node, rule);
    limits.tool(node, rule);
    predicates.limits(rule.limits(), node);
    marks.tool(rule, node);
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
    for (String field : List.of("require", "deny_if", "approve_if", "limits", "marks")) {
      if (at(node, field) instanceof Node.Sequence list && list.elements().isEmpty()) {
        add(
            "an empty list "
                + switch (field) {
                  case "require" -> "requires nothing";
                  case "deny_if" -> "denies nothing";
                  case "approve_if" -> "asks nobody";
                  case "marks" -> "marks nothing";
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
    if (rule.once() != null) {
      add("\"once\" " + message, node, "once");
    }
    if (!rule.marks().isEmpty()) {
      add("\"marks\" " + message, node, "marks");
    }
  }

  /** Finds marks that do not do what their author means. */
  private final class Marks {
    /** A mark that a rule leaves, and where it stands. */
    private record Left(MarkRule mark, ToolRule.Mode mode, Node node) {}

    /** A condition's path to a mark. */
    private record Read(String name, ToolRule.Mode mode, Node node) {}

    private final List<Left> left = new ArrayList<>();
    private final List<Read> read = new ArrayList<>();

    /** The marks that permit where they are there, and those that restrict. */
    private final Set<String> permitting = new HashSet<>();

    private final Set<String> restricting = new HashSet<>();

    void tool(ToolRule rule, Node node) {
      for (int i = 0; i < rule.marks().size(); i++) {
        MarkRule mark = rule.marks().get(i);
        left.add(new Left(mark, rule.mode(), at(node, "marks", i)));
        if (mark.when() == MarkRule.When.TRIED && LimitWarnings.isSession(mark.scope())) {
          add(
              "a client that opens a new session leaves the mark behind: write \"scope\": \"grant\"",
              node,
              "marks",
              i);
        }
        String doubt = NameWarnings.doubt(mark.name(), true);
        if (doubt != null) {
          add("the mark's name " + doubt, node, "marks", i, "mark");
        }
      }
      reads(rule.require(), "require", rule.mode(), node);
      reads(rule.denyIf(), "deny_if", rule.mode(), node);
      reads(rule.approveIf(), "approve_if", rule.mode(), node);
    }

    void allTools(Node node) {
      reads(all.require(), "require", ToolRule.Mode.ENFORCE, node);
      reads(all.denyIf(), "deny_if", ToolRule.Mode.ENFORCE, node);
      reads(all.approveIf(), "approve_if", ToolRule.Mode.ENFORCE, node);
    }

    private void reads(List<Conditions> predicates, String field, ToolRule.Mode mode, Node node) {
      for (int i = 0; i < predicates.size(); i++) {
        List<Condition> conditions = predicates.get(i).conditions();
        for (int j = 0; j < conditions.size(); j++) {
          Condition condition = conditions.get(j);
          if (condition.path().root() == ValuePath.Root.MARKS) {
            String name = ((ValuePath.Key) condition.path().steps().get(0)).name();
            boolean wantsIt = Boolean.TRUE.equals(condition.value()) == field.equals("require");
            (wantsIt ? permitting : restricting).add(name);
            read.add(new Read(name, mode, at(node, field, i, "conditions", j, "path")));
          }
        }
      }
    }

    void document() {
      for (Left one : left) {
        String name = one.mark.name();
        boolean permits = permitting.contains(name);
        boolean restricts = restricting.contains(name);
        boolean tried = one.mark.when() == MarkRule.When.TRIED;
        if (!permits && !restricts) {
          add("no rule looks for the mark " + Spelling.quote(name) + ": it does nothing", one.node);
        } else if (tried && !restricts) {
          add(
              "the mark "
                  + Spelling.quote(name)
                  + " permits, and is left before the call has run: write \"when\": \"done\"",
              one.node);
        } else if (!tried && !permits) {
          add(
              "the mark "
                  + Spelling.quote(name)
                  + " restricts, and is left only after the call has succeeded: write \"when\":"
                  + " \"tried\"",
              one.node);
        } else if (one.mode == ToolRule.Mode.SHADOW && isReadInForce(name)) {
          add(
              "a rule in shadow leaves its marks apart: the rules in force that look for "
                  + Spelling.quote(name)
                  + " do not see this one",
              one.node);
        }
      }
      for (Read one : read) {
        if (one.mode == ToolRule.Mode.SHADOW && !isLeftInShadow(one.name)) {
          add(
              "a rule in shadow looks for marks that rules in shadow leave, and none leaves "
                  + Spelling.quote(one.name)
                  + ": to this rule it is never there; put what leaves it in shadow too, or this"
                  + " rule in force",
              one.node);
        }
      }
    }

    private boolean isReadInForce(String name) {
      return read.stream()
          .anyMatch(one -> one.mode == ToolRule.Mode.ENFORCE && one.name.equals(name));
    }

    private boolean isLeftInShadow(String name) {
      return left.stream()
          .anyMatch(one -> one.mode == ToolRule.Mode.SHADOW && one.mark.name().equals(name));
    }
  }

  /** Finds those about the whole document, once all of it is read. */
  void document(Policy policy, Node root) {
    Node hide = at(root, "hide");
    Node tools = at(root, "tools");
    names.find(policy, hide, tools);
    marks.document();
    if (policy.timezone() != null) {
      limits.turned(policy.timezone(), root, "timezone");
    }
    if (all.approval() != null && !asks && allNode != null) {
      add(
          "\"approval\" says how long, and nothing in the document asks: write \"action\":"
              + " \"require_approval\" or \"approve_if\"",
          allNode,
          "approval");
    }
    boolean open =
        policy.defaultAction() == DefaultAction.ALLOW
            && policy.halted() == null
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
        && rule.rateLimit() == null
        && rule.once() == null;
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
