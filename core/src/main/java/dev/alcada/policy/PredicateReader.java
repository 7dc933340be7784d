package dev.alcada.policy;

import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.ObjectReader;
import dev.alcada.internal.document.Place;
import dev.alcada.internal.document.Problems;
import dev.alcada.internal.document.Spelling;
import dev.alcada.internal.regex.RefusedRegex;
import dev.alcada.internal.regex.Regex;
import dev.alcada.internal.regex.RegexBudget;
import dev.alcada.internal.value.NumberSpelling;
import dev.alcada.policy.Condition.Operator;
import dev.alcada.policy.ValuePath.Root;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads predicates and their conditions. */
final class PredicateReader {
  private static final Set<String> FIELDS =
      ObjectReader.names("conditions", "on_deny", "message", "name");
  private static final Set<String> CONDITION_FIELDS =
      ObjectReader.names("path", "op", "value", "value_from", "scope");
  private static final Map<String, Operator> OPERATORS = new LinkedHashMap<>();

  static {
    for (Operator operator : Operator.values()) {
      OPERATORS.put(operator.text(), operator);
    }
  }

  private static final String ONE_OPERATOR = "one of " + String.join(", ", OPERATORS.keySet());

  private static final Set<Root> OTHER_SIDES =
      EnumSet.of(
          Root.ARGS, Root.CONTEXT, Root.GRANT, Root.SESSION, Root.CLIENT, Root.TOOL, Root.TIME);
  private static final Set<Root> RESULTS = EnumSet.copyOf(OTHER_SIDES);

  static {
    RESULTS.add(Root.RESULT);
  }

  private static final Set<Root> OF_PREDICATES =
      EnumSet.complementOf(EnumSet.of(Root.RESULT, Root.CALL));
  private static final Set<Root> OF_LIMITS =
      EnumSet.complementOf(EnumSet.of(Root.RESULT, Root.CALL, Root.MARKS));

  /** What conditions are for, and with it what they may look at. */
  @SuppressWarnings("ImmutableEnumChecker") // the sets are never changed
  enum Where {
    PREDICATE(
        "a path that starts with args., context., grant, session, client, tool, time. or marks."),
    LIMIT("a path that starts with args., context., grant, session, client, tool or time."),
    RESULT("a path that starts with result.");

    private final String expected;

    Where(String expected) {
      this.expected = expected;
    }

    private Set<Root> roots() {
      return switch (this) {
        case PREDICATE -> OF_PREDICATES;
        case LIMIT -> OF_LIMITS;
        case RESULT -> Set.of(Root.RESULT);
      };
    }
  }

  private final Problems problems;

  /** What the document's paths spell: most occur many times. */
  private final Map<String, ValuePath> paths = new HashMap<>();

  /** The conditions that look for marks, by the place of their path. */
  private final Map<Place, Condition> marked = new LinkedHashMap<>();

  private @Nullable Place clock;
  private final RegexBudget expressions = new RegexBudget();

  PredicateReader(Problems problems) {
    this.problems = problems;
  }

  List<Conditions> predicates(ObjectReader rule, String field) {
    List<Conditions> predicates = new ArrayList<>();
    if (rule.get(field) instanceof Node.Text text) {
      String meant = Mends.comparison(text.value());
      ObjectReader.wrong(
          text,
          "a list of predicates",
          meant == null ? null : "write [{\"conditions\": [" + meant + "]}]",
          problems);
      return predicates;
    }
    rule.each(
        field,
        "predicates",
        RuleReader.MAX_ENTRIES,
        node -> {
          Conditions predicate = predicate(node);
          if (predicate != null) {
            predicates.add(predicate);
          }
        });
    return predicates;
  }

  private @Nullable Conditions predicate(Node node) {
    if (node instanceof Node.Mapping mapping
        && !mapping.members().isEmpty()
        && CONDITION_FIELDS.containsAll(mapping.members().keySet())) {
      problems.add(node.place(), "a condition", "a predicate", "wrap it: {\"conditions\": [{…}]}");
      return null;
    } else if (node instanceof Node.Text text) {
      String meant = Mends.comparison(text.value());
      ObjectReader.wrong(
          node,
          "a predicate",
          meant == null ? null : "write {\"conditions\": [" + meant + "]}",
          problems);
      return null;
    }
    ObjectReader fields =
        ObjectReader.of(
            node, "a predicate", FIELDS, (field, value) -> Mends.ofPredicate(field), problems);
    if (fields == null) {
      return null;
    }
    fields.required("conditions", "a list of conditions");
    List<Condition> conditions = conditions(fields, "conditions", Where.PREDICATE);
    if (fields.has("on_deny") && fields.has("message")) {
      problems.add(
          fields.name("message"),
          "\"message\" beside \"on_deny\"",
          "one of them: they mean the same");
    }
    String onDeny = fields.text("on_deny");
    String message = fields.text("message");
    Node name = fields.get("name");
    return new Conditions(
        conditions,
        onDeny == null ? message : onDeny,
        name == null ? null : ObjectReader.nonEmpty(name, "a name", problems));
  }

  /**
   * Reads the conditions of a field that is a list of them; those that are none are problems.
   *
   * @param where what the conditions are for
   */
  List<Condition> conditions(ObjectReader fields, String field, Where where) {
    List<Condition> conditions = new ArrayList<>();
    fields.each(
        field,
        "conditions",
        where == Where.PREDICATE ? Integer.MAX_VALUE : RuleReader.MAX_ENTRIES,
        node -> {
          Condition read = condition(node, where);
          if (read != null) {
            conditions.add(read);
          }
        });
    return conditions;
  }

  private @Nullable Condition condition(Node node, Where where) {
    if (node instanceof Node.Text text) {
      String meant = Mends.comparison(text.value());
      ObjectReader.wrong(node, "a condition", meant == null ? null : "write " + meant, problems);
      return null;
    }
    ObjectReader fields =
        ObjectReader.of(
            node,
            "a condition",
            CONDITION_FIELDS,
            (field, value) -> Mends.ofCondition(field),
            problems);
    if (fields == null) {
      return null;
    }
    Node spelt = fields.required("path", "a path such as \"args.amount\"");
    ValuePath path = spelt == null ? null : path(spelt, where.roots(), where.expected);
    Node op = fields.required("op", ONE_OPERATOR);
    Operator operator = op == null ? null : operator(op);
    Node from = fields.get("value_from");
    Node value =
        from != null
            ? fields.get("value")
            : fields.required(
                "value",
                operator == Operator.EXISTS
                    ? "true or false"
                    : "what the argument is compared with");
    Scope scope = scope(fields, path);
    if (operator == null || (value == null && from == null)) {
      return null;
    }
    if (from != null) {
      ValuePath other = valueFrom(fields, from, operator, path, where);
      return path == null || other == null
          ? null
          : new Condition(path, operator, null, other, null, null);
    } else if (value == null) {
      return null;
    }
    if (path != null && path.root() == Root.TIME) {
      new PathParser.ClockValues(problems).check(path, operator, op == null ? value : op, value);
    } else if (path != null && path.root() == Root.MARKS && operator != Operator.EXISTS) {
      problems.add(
          op == null ? node.place() : op.place(),
          "\"" + operator + "\" with a mark",
          "\"exists\", since a mark is there or is not");
      return null;
    } else {
      check(operator, value);
    }
    Regex expression = operator == Operator.REGEX ? expression(value) : null;
    if (path == null) {
      return null;
    }
    Condition read = new Condition(path, operator, value(value), null, scope, expression);
    if (path.root() == Root.MARKS && spelt != null) {
      marked.put(spelt.place(), read);
    }
    return read;
  }

  private @Nullable Scope scope(ObjectReader fields, @Nullable ValuePath path) {
    Node node = fields.get("scope");
    if (node == null) {
      return null;
    } else if (path != null && path.root() != Root.MARKS) {
      problems.add(
          fields.name("scope"), "\"scope\" with " + path, "a scope with a path of marks only");
      return null;
    }
    return new ScopeReader(problems, this).scope(node, true);
  }

  /** Reads the other side of a condition. */
  private @Nullable ValuePath valueFrom(
      ObjectReader fields, Node node, Operator operator, @Nullable ValuePath path, Where where) {
    if (fields.has("value")) {
      problems.add(
          fields.name("value_from"),
          "\"value_from\" beside \"value\"",
          "one of them: a value of the document, or another of the call");
      return null;
    } else if (operator == Operator.EXISTS || operator == Operator.REGEX) {
      problems.add(
          fields.name("value_from"),
          "\"value_from\" with \"" + operator + "\"",
          operator == Operator.EXISTS
              ? "\"value\": true or false"
              : "\"value\": an expression of the document, for a call must not choose it");
      return null;
    } else if (path != null && path.root() == Root.MARKS) {
      problems.add(
          fields.name("value_from"),
          "\"value_from\" with a mark",
          "\"exists\" and \"value\", since a mark is there or is not");
      return null;
    }
    ValuePath other =
        path(
            node,
            where == Where.RESULT ? RESULTS : OTHER_SIDES,
            "a path such as \"context.user\", and no mark");
    boolean ordered =
        operator == Operator.LT
            || operator == Operator.LTE
            || operator == Operator.GT
            || operator == Operator.GTE;
    if (other != null
        && ordered
        && (PathParser.ClockValues.isText(other) || PathParser.ClockValues.isText(path))) {
      ObjectReader.wrong(
          node,
          "two numbers for \"" + operator + "\"",
          "a date is compared in order with a \"value\" alone: \"2026-11-28\"",
          problems);
      return null;
    }
    return other;
  }

  private @Nullable Regex expression(Node node) {
    if (node instanceof Node.Text text) {
      try {
        return expressions.compiled(text.value());
      } catch (RefusedRegex e) {
        ObjectReader.wrong(node, String.valueOf(e.getMessage()), e.mend(), problems);
        return null;
      }
    }
    ObjectReader.wrong(node, "an expression for \"regex\"", problems);
    return null;
  }

  /** {@return the path that a node spells, or null if it spells none, which is a problem} */
  @Nullable ValuePath path(Node node) {
    return anyPath(node);
  }

  /** As {@link #path(Node)}, of a path that starts from one of some roots. */
  @Nullable ValuePath path(Node node, Set<Root> roots, String expected) {
    ValuePath path = anyPath(node);
    if (path == null || roots.contains(path.root())) {
      if (path != null && path.root() == Root.TIME && clock == null) {
        clock = node.place();
      }
      return path;
    }
    ObjectReader.wrong(node, expected, problems);
    return null;
  }

  private @Nullable ValuePath anyPath(Node node) {
    if (node instanceof Node.Text text) {
      try {
        return paths.computeIfAbsent(text.value(), path -> new PathParser(path).path());
      } catch (IllegalArgumentException e) {
        ObjectReader.wrong(
            node, String.valueOf(e.getMessage()), PathParser.suggestion(text.value()), problems);
        return null;
      }
    }
    ObjectReader.wrong(node, "a path such as \"args.amount\"", problems);
    return null;
  }

  /**
   * {@return the conditions since the last time that look for marks, by the place of their path}
   */
  Map<Place, Condition> takeMarked() {
    Map<Place, Condition> taken = new LinkedHashMap<>(marked);
    marked.clear();
    return taken;
  }

  /** {@return where the clock is first read, or null if it is not} */
  @Nullable Place clock() {
    return clock;
  }

  private @Nullable Operator operator(Node node) {
    if (node instanceof Node.Text text) {
      Operator operator = OPERATORS.get(text.value());
      if (operator != null) {
        return operator;
      }
      String meant = operator(text.value());
      String mend = meant == null ? Mends.ofOperator(text.value()) : "write \"" + meant + "\"";
      ObjectReader.wrong(
          node,
          ONE_OPERATOR,
          mend == null ? Spelling.didYouMean(text.value(), OPERATORS.keySet()) : mend,
          problems);
    } else {
      ObjectReader.wrong(node, ONE_OPERATOR, problems);
    }
    return null;
  }

  /** {@return the operator that a word is, here or elsewhere, or null} */
  static @Nullable String operator(String word) {
    return OPERATORS.containsKey(word) ? word : Spelling.operator(word);
  }

  /** What an operator is compared with must be of its kind: nothing else could ever be true. */
  private void check(Operator operator, Node value) {
    switch (operator) {
      case IN, NOT_IN -> {
        if (!(value instanceof Node.Sequence)) {
          ObjectReader.wrong(
              value,
              "a list of values for \"" + operator + "\"",
              value instanceof Node.Text text && !text.value().isEmpty()
                  ? "write [" + listed(text.value()) + "]"
                  : null,
              problems);
        }
      }
      case LT, LTE, GT, GTE -> {
        if (!(value instanceof Node.Num)) {
          ObjectReader.notNumber(
              value, "a number for \"" + operator + "\"", Mends.ofNumber(value), problems);
        }
      }
      case EXISTS -> {
        if (!(value instanceof Node.Bool)) {
          boolean quoted = value instanceof Node.Text text && text.value().matches("true|false");
          ObjectReader.wrong(
              value,
              "true or false for \"exists\"",
              quoted ? ObjectReader.UNQUOTED : null,
              problems);
        }
      }
      default -> {}
    }
  }

  /** {@return a text that may be several with commas between them, each in quotes} */
  private static String listed(String text) {
    return Arrays.stream(text.replaceAll("^\\[|\\]$", "").split(",", 5))
        .map(part -> Spelling.quote(part.strip().replaceAll("^['\"]|['\"]$", "")))
        .collect(Collectors.joining(", "));
  }

  /** {@return what a condition is compared with, as Java has it} */
  static @Nullable Object value(Node node) {
    if (node instanceof Node.Text text) {
      return text.value();
    } else if (node instanceof Node.Num number) {
      return NumberSpelling.exact(number.text());
    } else if (node instanceof Node.Bool bool) {
      return bool.value();
    } else if (node instanceof Node.Sequence list) {
      List<@Nullable Object> values = new ArrayList<>(list.elements().size());
      list.elements().forEach(element -> values.add(value(element)));
      return Collections.unmodifiableList(values);
    } else if (node instanceof Node.Mapping object) {
      Map<String, @Nullable Object> values = new LinkedHashMap<>();
      object.members().forEach((name, member) -> values.put(name, value(member.value())));
      return Collections.unmodifiableMap(values);
    }
    return null;
  }
}
