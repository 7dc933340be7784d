package dev.alcada.policy;

import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.Spelling;
import dev.alcada.policy.Condition.Operator;
import dev.alcada.policy.Contradictions.Conflict;
import dev.alcada.policy.Contradictions.Demand;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Finds predicates that probably do not judge what their author means. */
final class PredicateWarnings {
  /** As many predicates beside one are looked at: a hostile document may have many. */
  private static final int MOST_BESIDE = 50;

  private final AllTools all;
  private final Warnings warnings;
  private final ValueWarnings values;

  /** The paths, and those above them, that every call has which {@code all_tools} lets through. */
  private final Set<ValuePath> always = new HashSet<>();

  /** What every call must meet. */
  private final List<Demand> ofAllTools = new ArrayList<>();

  /** The predicates of one rule, which decide together with those of {@code all_tools}. */
  private record Rule(
      List<Conditions> require,
      List<Conditions> denyIf,
      List<Conditions> approveIf,
      @Nullable Condition itself,
      boolean ofAll,
      Node at) {}

  PredicateWarnings(AllTools all, Warnings warnings) {
    this.all = all;
    this.warnings = warnings;
    this.values = new ValueWarnings(warnings);
    addPresent(all.require(), all.denyIf(), always);
    for (Conditions predicate : first(all.require())) {
      first(predicate.conditions()).forEach(condition -> ofAllTools.add(Demand.of(condition)));
    }
    all.limits().forEach(limit -> addCharged(limit, always));
  }

  void allTools(Node at) {
    Rule rule = new Rule(all.require(), all.denyIf(), all.approveIf(), null, true, at);
    require(rule);
    fires("deny_if", rule, rule.denyIf, always);
    Set<ValuePath> askedWithout = new HashSet<>();
    addDemanded(all.approveIf(), askedWithout);
    fires("approve_if", rule, rule.approveIf, askedWithout);
  }

  void tool(String name, Node at, ToolRule tool) {
    if (tool.require().isEmpty() && tool.denyIf().isEmpty() && tool.approveIf().isEmpty()) {
      return;
    }
    Condition itself =
        NamePattern.isPattern(name)
            ? null
            : new Condition(new ValuePath(ValuePath.Root.TOOL, List.of()), Operator.EQ, name, null);
    Rule rule = new Rule(tool.require(), tool.denyIf(), tool.approveIf(), itself, false, at);
    require(rule);
    if (rule.denyIf.isEmpty() && rule.approveIf.isEmpty()) {
      return;
    }
    Set<ValuePath> present = new HashSet<>();
    addPresent(rule.require, rule.denyIf, present);
    tool.limits().forEach(limit -> addCharged(limit, present));
    RateLimit rate = tool.rateLimit();
    if (rate != null) {
      addScope(rate.scope(), present);
    }
    if (tool.once() != null) {
      tool.once().by().forEach(path -> addWithParents(path, present));
    }
    tool.marks().forEach(mark -> addScope(mark.scope(), present));
    fires("deny_if", rule, rule.denyIf, present);
    addDemanded(rule.approveIf, present);
    addDemanded(all.approveIf(), present);
    fires("approve_if", rule, rule.approveIf, present);
  }

  /** Adds the paths, and those above them, that a call has which these let through. */
  private static void addPresent(
      List<Conditions> require, List<Conditions> denyIf, Set<ValuePath> present) {
    for (Conditions predicate : require) {
      for (Condition condition : predicate.conditions()) {
        if (!isExists(condition, false)) {
          addWithParents(condition.path(), present);
        }
        if (condition.valueFrom() != null) {
          addWithParents(condition.valueFrom(), present);
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

  /** Adds what a call must have to be counted by a limit. */
  private static void addCharged(Limit limit, Set<ValuePath> present) {
    if (!limit.appliesIf().isEmpty()) {
      return;
    } else if (limit.incrementFrom() != null) {
      addWithParents(limit.incrementFrom(), present);
    }
    limit.distinct().forEach(path -> addWithParents(path, present));
    addScope(limit.scope(), present);
  }

  private static void addScope(Scope scope, Set<ValuePath> present) {
    scope.paths().forEach(path -> addWithParents(path, present));
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

  private void require(Rule rule) {
    List<Demand> demands = new ArrayList<>(rule.ofAll ? List.of() : ofAllTools);
    boolean found = false;
    for (int i = 0; i < rule.require.size(); i++) {
      List<Condition> conditions = rule.require.get(i).conditions();
      if (conditions.isEmpty()) {
        warnings.add(
            "a predicate without conditions is always true: it requires nothing",
            rule.at,
            "require",
            i);
      }
      found |= neverTrue("require", conditions, rule, i);
      for (int j = 0; j < conditions.size(); j++) {
        Condition condition = conditions.get(j);
        demands.add(Demand.of(condition));
        value(condition, "require", rule, i, j);
      }
    }
    if (!found) {
      together(demands, rule);
    }
  }

  /** Finds predicates that exclude each other: a call must meet what all of them require. */
  private void together(List<Demand> required, Rule rule) {
    Conflict conflict = required.size() < 2 ? null : Contradictions.conflict(required);
    if (conflict != null && place(rule.require, conflict.second()) < 0) {
      return;
    } else if (conflict != null) {
      warnings.add(
          "no call passes: "
              + described(conflict)
              + " are never true together, and all of \"require\" must be",
          rule.at,
          "require",
          place(rule.require, conflict.second()));
      return;
    }
    List<Demand> demands = new ArrayList<>(required);
    for (Conditions predicate : rule.denyIf) {
      Demand passed =
          predicate.conditions().size() == 1
              ? new Demand(predicate.conditions().get(0), false)
              : null;
      if (passed != null && Contradictions.conflict(List.of(passed)) == null) {
        demands.add(passed);
      }
    }
    conflict = demands.size() == required.size() ? null : Contradictions.conflict(demands);
    if (conflict != null) {
      boolean last = place(rule.denyIf, conflict.second()) >= 0;
      Condition denying = last || conflict.first() == null ? conflict.second() : conflict.first();
      warnings.add(
          "no call passes: what \"require\" and the rest of \"deny_if\" leave of "
              + denying.path()
              + " is denied by "
              + described(denying),
          rule.at,
          "deny_if",
          Math.max(0, place(rule.denyIf, denying)));
    }
  }

  private static int place(List<Conditions> predicates, Condition condition) {
    for (int i = 0; i < predicates.size(); i++) {
      for (Condition one : predicates.get(i).conditions()) {
        if (one.equals(condition)) {
          return i;
        }
      }
    }
    return -1;
  }

  /** Finds conditions of one predicate that cannot all be true; whether there are such. */
  private boolean neverTrue(String field, List<Condition> conditions, Rule rule, int i) {
    if (conditions.size() > Contradictions.MOST) {
      return false;
    }
    List<Demand> demands = new ArrayList<>();
    for (Condition condition : conditions) {
      if (rule.itself != null && condition.path().root() == ValuePath.Root.TOOL) {
        demands.add(Demand.of(rule.itself));
      }
      demands.add(Demand.of(condition));
    }
    Conflict conflict = Contradictions.conflict(demands);
    if (conflict == null || isEmptyIn(conflict.second())) {
      return conflict != null;
    }
    warnings.add(neverTrue(field, conflict, rule), rule.at, field, i);
    return true;
  }

  private static String neverTrue(String field, Conflict conflict, Rule rule) {
    Condition first = conflict.first();
    boolean alone = first == null || first.equals(rule.itself);
    String what =
        alone
            ? described(conflict.second())
                + " is never true"
                + (first == null ? "" : " of this tool")
            : described(conflict) + " are never true together";
    Object sample = first == null || isExists(first, false) ? null : sample(first);
    Condition other = sample == null ? first : conflict.second();
    Condition sampled = sample == null ? conflict.second() : first;
    sample = sample == null ? sample(conflict.second()) : sample;
    if (field.equals("require")) {
      return "no call passes: " + what;
    } else if (other == null || (sample != null && !Contradictions.canBeFalse(other, sample))) {
      // Not false, but of a type that nothing can be said of.
      return (alone ? "" : "never fires as it is meant: ")
          + what
          + ", and what cannot be judged "
          + (field.equals("deny_if") ? "is denied" : "asks")
          + (alone ? ": every call" : OR);
    }
    return "never fires: "
        + what
        + ", and a call with "
        + (sample == null || sampled == null
            ? "any " + conflict.second().path()
            : sampled.path() + " = " + Warnings.spelt(sample))
        + (field.equals("deny_if") ? " passes" : " asks nobody")
        + (alone ? "" : OR);
  }

  private static final String OR =
      "; several predicates are an \"or\", conditions of one are an \"and\": give each its own"
          + " {\"conditions\": […]}";

  private static boolean isEmptyIn(Condition condition) {
    return condition.op() == Operator.IN
        && condition.value() instanceof List<?> values
        && values.isEmpty();
  }

  /** {@return a value of which a condition is true, or null if none comes to mind} */
  private static @Nullable Object sample(Condition condition) {
    Object value = condition.value();
    return switch (condition.op()) {
      case EQ, CONTAINS, GTE, LTE -> value;
      case IN -> value instanceof List<?> list && !list.isEmpty() ? list.get(0) : null;
      case GT -> value instanceof BigDecimal number ? number.add(BigDecimal.ONE) : null;
      case LT -> value instanceof BigDecimal number ? number.subtract(BigDecimal.ONE) : null;
      default -> null;
    };
  }

  private static String described(Conflict conflict) {
    Condition first = conflict.first();
    return first == null
        ? described(conflict.second())
        : described(first) + " and " + described(conflict.second());
  }

  private static String described(Condition condition) {
    return condition.path()
        + " "
        + condition.op()
        + " "
        + (condition.valueFrom() == null
            ? Warnings.spelt(condition.value())
            : condition.valueFrom());
  }

  private void fires(String field, Rule rule, List<Conditions> predicates, Set<ValuePath> present) {
    for (int i = 0; i < predicates.size(); i++) {
      List<Condition> conditions = predicates.get(i).conditions();
      boolean never = neverTrue(field, conditions, rule, i);
      // Whoever asks for an argument beside what it judges has thought of its absence.
      Set<ValuePath> considered = new HashSet<>();
      for (Condition condition : conditions) {
        if (isExists(condition, true)) {
          considered.add(condition.path());
        }
      }
      for (int j = 0; j < conditions.size(); j++) {
        Condition condition = conditions.get(j);
        value(condition, field, rule, i, j);
        if (condition.path().root() == ValuePath.Root.ARGS && !never) {
          argument(field, condition, considered, present, rule.at, i, j);
        }
      }
    }
  }

  private void value(Condition condition, String field, Rule rule, int i, int j) {
    values.path(rule.at, field, i, "conditions", j, "path");
    values.path(rule.at, field, i, "conditions", j, "value_from");
    if (condition.valueFrom() != null) {
      otherSide(condition, condition.valueFrom(), rule.at, field, i, "conditions", j);
      return;
    }
    values.find(condition, field, beside(condition, rule), rule.at, field, i, "conditions", j);
    String claim = ValueWarnings.claim(condition, field.equals("require"));
    if (claim != null) {
      warnings.add(claim, rule.at, field, i, "conditions", j);
    }
  }

  private void otherSide(Condition condition, ValuePath other, Node at, Object... steps) {
    if (other.equals(condition.path())) {
      warnings.add("compares " + other + " with itself: name the path of another value", at, steps);
    }
  }

  /** Finds those about the conditions under which a limit applies. */
  void limits(List<Limit> limits, Node at) {
    for (int i = 0; i < limits.size(); i++) {
      List<Condition> conditions = limits.get(i).appliesIf();
      List<Demand> demands = new ArrayList<>();
      for (int j = 0; j < conditions.size(); j++) {
        Condition condition = conditions.get(j);
        demands.add(Demand.of(condition));
        values.path(at, "limits", i, "if", j, "path");
        values.path(at, "limits", i, "if", j, "value_from");
        if (condition.valueFrom() != null) {
          otherSide(condition, condition.valueFrom(), at, "limits", i, "if", j);
        } else {
          values.find(condition, "deny_if", text -> true, at, "limits", i, "if", j);
        }
      }
      Conflict conflict = Contradictions.conflict(demands);
      if (conflict != null) {
        warnings.add(
            "never applies: "
                + described(conflict)
                + (conflict.first() == null ? " is never true" : " are never true together"),
            at,
            "limits",
            i,
            "if");
      }
    }
  }

  /** Whether a text passes what the rule says of a condition's path beside it. */
  private Predicate<String> beside(Condition condition, Rule rule) {
    return text -> {
      List<Demand> demands = new ArrayList<>();
      for (List<Conditions> require : List.of(rule.require, all.require())) {
        for (Conditions predicate : first(require)) {
          for (Condition other : first(predicate.conditions())) {
            if (!other.equals(condition) && other.path().equals(condition.path())) {
              demands.add(Demand.of(other));
            }
          }
        }
      }
      for (List<Conditions> denyIf : List.of(rule.denyIf, all.denyIf())) {
        for (Conditions predicate : first(denyIf)) {
          if (predicate.conditions().size() == 1
              && predicate.conditions().get(0).path().equals(condition.path())) {
            demands.add(new Demand(predicate.conditions().get(0), false));
          }
        }
      }
      return Contradictions.meets(demands, text);
    };
  }

  private static <T> List<T> first(List<T> many) {
    return many.subList(0, Math.min(MOST_BESIDE, many.size()));
  }

  private void argument(
      String field,
      Condition condition,
      Set<ValuePath> considered,
      Set<ValuePath> present,
      Node at,
      int i,
      int j) {
    ValuePath path = condition.path();
    if (condition.op() != Operator.EXISTS
        && !present.contains(path)
        && !always.contains(path)
        && !considered.contains(path)) {
      String outcome = field.equals("deny_if") ? "passes" : "asks nobody";
      boolean negated = condition.op() == Operator.NEQ || condition.op() == Operator.NOT_IN;
      warnings.add(
          "a call that leaves "
              + path
              + " out "
              + outcome
              + ": add a \"require\" with "
              + (negated
                  ? "\"" + (condition.op() == Operator.NEQ ? "eq" : "in") + "\" in place of this"
                  : "{\"path\": "
                      + Spelling.quote(path.toString())
                      + ", \"op\": \"exists\", \"value\": true}; where that is meant, put it beside"
                      + " this condition"),
          at,
          field,
          i,
          "conditions",
          j);
    }
    if (hasIndex(path)) {
      warnings.add(
          "judges one element only: a call with anything in the others of the list "
              + (field.equals("deny_if") ? "passes" : "asks nobody"),
          at,
          field,
          i,
          "conditions",
          j);
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
