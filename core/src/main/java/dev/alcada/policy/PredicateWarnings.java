package dev.alcada.policy;

import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.Spelling;
import dev.alcada.policy.Condition.Operator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Finds predicates that probably do not judge what their author means. */
final class PredicateWarnings {
  /** Behind the second slash of what other languages take for an expression. */
  private static final Set<String> FLAGS =
      Set.of("i", "g", "gi", "ig", "im", "is", "iu", "gm", "gim", "giu");

  private static final Pattern LETTERS = Pattern.compile("[A-Za-z]*");

  private final AllTools all;
  private final Warnings warnings;

  /** The paths, and those above them, that every call has which {@code all_tools} lets through. */
  private final Set<ValuePath> always = new HashSet<>();

  PredicateWarnings(AllTools all, Warnings warnings) {
    this.all = all;
    this.warnings = warnings;
    addPresent(all.require(), all.denyIf(), always);
  }

  void allTools(Node at) {
    require(all.require(), at);
    fires("deny_if", all.denyIf(), always, at);
    Set<ValuePath> askedWithout = new HashSet<>();
    addDemanded(all.approveIf(), askedWithout);
    fires("approve_if", all.approveIf(), askedWithout, at);
  }

  void tool(Node at, ToolRule rule) {
    require(rule.require(), at);
    if (rule.denyIf().isEmpty() && rule.approveIf().isEmpty()) {
      return;
    }
    Set<ValuePath> present = new HashSet<>();
    addPresent(rule.require(), rule.denyIf(), present);
    fires("deny_if", rule.denyIf(), present, at);
    addDemanded(rule.approveIf(), present);
    addDemanded(all.approveIf(), present);
    fires("approve_if", rule.approveIf(), present, at);
  }

  /** Adds the paths, and those above them, that a call has which these let through. */
  private static void addPresent(
      List<Conditions> require, List<Conditions> denyIf, Set<ValuePath> present) {
    for (Conditions predicate : require) {
      for (Condition condition : predicate.conditions()) {
        if (!isExists(condition, false)) {
          addWithParents(condition.path(), present);
        }
      }
    }
    addDemanded(denyIf, present);
  }

  /**
   * Adds the paths, and those above them, that no call leaves out without making one of these true.
   */
  private static void addDemanded(List<Conditions> firing, Set<ValuePath> demanded) {
    for (Conditions predicate : firing) {
      if (predicate.conditions().size() == 1 && isExists(predicate.conditions().get(0), false)) {
        addWithParents(predicate.conditions().get(0).path(), demanded);
      }
    }
  }

  private static boolean isExists(Condition condition, boolean value) {
    return condition.op() == Operator.EXISTS && Boolean.valueOf(value).equals(condition.value());
  }

  private static void addWithParents(ValuePath path, Set<ValuePath> paths) {
    paths.add(path);
    for (int length = path.steps().size() - 1; length > 0; length--) {
      paths.add(new ValuePath(path.root(), path.steps().subList(0, length)));
    }
  }

  private void require(List<Conditions> predicates, Node at) {
    for (int i = 0; i < predicates.size(); i++) {
      Conditions predicate = predicates.get(i);
      if (predicate.conditions().isEmpty()) {
        warnings.add(
            "a predicate without conditions is always true: it requires nothing", at, "require", i);
      }
      for (int j = 0; j < predicate.conditions().size(); j++) {
        value(predicate.conditions().get(j), at, "require", i, "conditions", j);
      }
    }
  }

  private void fires(String field, List<Conditions> predicates, Set<ValuePath> present, Node at) {
    for (int i = 0; i < predicates.size(); i++) {
      List<Condition> conditions = predicates.get(i).conditions();
      for (int j = 0; j < conditions.size(); j++) {
        Condition condition = conditions.get(j);
        value(condition, at, field, i, "conditions", j);
        if (condition.path().root() == ValuePath.Root.ARGS) {
          argument(field, condition, present, at, i, j);
        }
      }
    }
  }

  private void argument(
      String field, Condition condition, Set<ValuePath> present, Node at, int i, int j) {
    ValuePath path = condition.path();
    if (condition.op() != Operator.EXISTS && !present.contains(path) && !always.contains(path)) {
      warnings.add(
          "a call that leaves "
              + path
              + " out is not caught by \""
              + field
              + "\": add a"
              + " \"require\" with {\"path\": "
              + Spelling.quote(path.toString())
              + ", \"op\": \"exists\", \"value\": true}",
          at,
          field,
          i,
          "conditions",
          j);
    }
    if (condition.op() == Operator.NEQ || condition.op() == Operator.NOT_IN) {
      String positive = condition.op() == Operator.NEQ ? "eq" : "in";
      warnings.add(
          "\""
              + condition.op()
              + "\" in \""
              + field
              + "\" is easier to get wrong than \"require\""
              + " with \""
              + positive
              + "\", which also denies a call without "
              + path,
          at,
          field,
          i,
          "conditions",
          j);
    }
    if (hasIndex(path)) {
      warnings.add(
          "judges one element only: the others of the list may hold anything",
          at,
          field,
          i,
          "conditions",
          j);
    }
  }

  private void value(Condition condition, Node at, Object... steps) {
    if (condition.op() == Operator.IN
        && condition.value() instanceof List<?> values
        && values.isEmpty()) {
      warnings.add("\"in\" with an empty list is never true", at, steps);
    } else if (condition.op() == Operator.REGEX && condition.value() instanceof String expression) {
      delimited(expression, at, steps);
    }
  }

  private void delimited(String expression, Node at, Object... steps) {
    int end = expression.lastIndexOf('/');
    if (end < 2 || !expression.startsWith("/")) {
      return;
    }
    String body = expression.substring(1, end);
    String flags = expression.substring(end + 1);
    boolean anchored = body.startsWith("^") || (body.endsWith("$") && !body.endsWith("\\$"));
    // Anchored, it is never found behind a slash or before one; else it may be a part of a path.
    if ((anchored && LETTERS.matcher(flags).matches())
        || (FLAGS.contains(flags) && body.indexOf('/') < 0)) {
      String kept = flags.replaceAll("[^ims]", "");
      warnings.add(
          "slashes around an expression, and letters behind them, are looked for in the argument"
              + " like the rest of it: leave them out"
              + (kept.isEmpty() ? "" : ", and begin with (?" + kept + ")"),
          at,
          steps);
    }
  }

  static boolean hasIndex(ValuePath path) {
    for (ValuePath.Step step : path.steps()) {
      if (step instanceof ValuePath.Index) {
        return true;
      }
    }
    return false;
  }
}
