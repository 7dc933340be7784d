package dev.alcada.policy;

import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.ObjectReader;
import dev.alcada.internal.document.Problems;
import dev.alcada.internal.document.Spelling;
import dev.alcada.internal.regex.RefusedRegex;
import dev.alcada.internal.regex.Regex;
import dev.alcada.internal.regex.RegexBudget;
import dev.alcada.internal.value.NumberSpelling;
import dev.alcada.policy.Condition.Operator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
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
  private static final Set<String> CONDITION_FIELDS = ObjectReader.names("path", "op", "value");
  private static final Map<String, Operator> OPERATORS = new LinkedHashMap<>();

  static {
    for (Operator operator : Operator.values()) {
      OPERATORS.put(operator.text(), operator);
    }
  }

  private static final String ONE_OPERATOR = "one of " + String.join(", ", OPERATORS.keySet());

  private final Problems problems;

  /** What the document's paths spell: most occur many times. */
  private final Map<String, ValuePath> paths = new HashMap<>();

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
    List<Condition> conditions = new ArrayList<>();
    fields.required("conditions", "a list of conditions");
    fields.each(
        "conditions",
        "conditions",
        Integer.MAX_VALUE,
        condition -> {
          Condition read = condition(condition);
          if (read != null) {
            conditions.add(read);
          }
        });
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

  private @Nullable Condition condition(Node node) {
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
    ValuePath path = null;
    Node spelt = fields.required("path", "a path such as \"args.amount\"");
    if (spelt != null) {
      path = path(spelt);
    }
    Node op = fields.required("op", ONE_OPERATOR);
    Operator operator = op == null ? null : operator(op);
    Node value =
        fields.required(
            "value",
            operator == Operator.EXISTS ? "true or false" : "what the argument is compared with");
    if (operator == null || value == null) {
      return null;
    }
    check(operator, value);
    Regex expression = operator == Operator.REGEX ? expression(value) : null;
    return path == null ? null : new Condition(path, operator, value(value), expression);
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
