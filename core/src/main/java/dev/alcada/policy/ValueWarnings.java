package dev.alcada.policy;

import dev.alcada.internal.document.DoubtfulText;
import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.Spelling;
import dev.alcada.internal.regex.LooseRegex;
import dev.alcada.internal.regex.Regex;
import dev.alcada.internal.regex.RegexDoubts;
import dev.alcada.policy.Condition.Operator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds values that are probably not what their author wants to compare arguments with. */
final class ValueWarnings {
  /** A host or a file's name, which is a part of many others. */
  private static final Pattern DOMAIN =
      Pattern.compile("(?:[a-z]+://)?[\\w-]+(?:\\.[\\w-]+)*\\.[A-Za-z]{2,24}(?::\\d+)?/?");

  /** A path where a value is expected. */
  private static final Pattern PATH =
      Pattern.compile("(?:args|context|time|marks)\\.[A-Za-z_][\\w.\\[\\]]*");

  private static final Pattern FILE = Pattern.compile("(?i).*(?:path|file|dir|folder).*");
  private static final Pattern GLOB_OF_CONTAINS = Pattern.compile("\\*\\..+|.*[\\w/-]\\*");

  private final Warnings warnings;

  /** What is said of the expressions seen so far: most occur many times. */
  private final Map<String, Optional<String>> said = new HashMap<>();

  /** Where a condition stands: the rule's node, the steps from it, and what stands beside it. */
  private record Spot(Node at, List<Object> steps, String field, Predicate<String> passes) {
    boolean requires() {
      return field.equals("require");
    }

    /** What becomes of a call that the condition is true of. */
    String outcome() {
      return switch (field) {
        case "require" -> "it requires nothing more";
        case "deny_if" -> "every such call is denied";
        default -> "every such call asks";
      };
    }
  }

  ValueWarnings(Warnings warnings) {
    this.warnings = warnings;
  }

  /**
   * Finds those of one condition.
   *
   * @param passes whether a text passes all else that the rule says of the same path
   */
  void find(Condition condition, String field, Predicate<String> passes, Node at, Object... steps) {
    Spot spot = new Spot(at, List.of(steps), field, passes);
    Object value = condition.value();
    switch (condition.op()) {
      case REGEX -> {
        Regex regex = condition.expression();
        if (regex != null) {
          regex(condition, regex, spot);
        }
      }
      case IN, NOT_IN -> in(condition, (List<?>) value, spot);
      case CONTAINS -> contains(condition, value, spot);
      case EQ, NEQ -> {
        if (value instanceof String text) {
          text(condition, text, spot, "value");
        }
      }
      default -> {}
    }
  }

  private void add(String message, Spot spot, Object... steps) {
    List<Object> all = new ArrayList<>(spot.steps);
    all.addAll(List.of(steps));
    warnings.add(message, spot.at, all.toArray());
  }

  private void regex(Condition condition, Regex regex, Spot spot) {
    String expression = regex.toString();
    if (expression.isEmpty() || (spot.requires() && RegexDoubts.isFoundEverywhere(regex))) {
      add("is found in every text: " + spot.outcome(), spot, "value");
      return;
    }
    String doubt =
        said.computeIfAbsent(expression, text -> Optional.ofNullable(RegexDoubts.of(regex)))
            .orElse(null);
    if (doubt == null && spot.requires()) {
      doubt = LooseRegex.of(regex, isFile(condition.path()), spot.passes);
    }
    if (doubt != null) {
      add(doubt, spot, "value");
    }
  }

  private static boolean isFile(ValuePath path) {
    int last = path.steps().size() - 1;
    return last >= 0
        && path.steps().get(last) instanceof ValuePath.Key key
        && FILE.matcher(key.name()).matches();
  }

  private void in(Condition condition, @Nullable List<?> values, Spot spot) {
    if (values == null || values.isEmpty()) {
      if (condition.op() == Operator.IN) {
        add(
            spot.requires()
                ? "\"in\" with an empty list is never true: every call is denied"
                : "\"in\" with an empty list is never true: no call is caught",
            spot);
      }
      return;
    }
    for (int i = 0; i < values.size() && !warnings.isFull(); i++) {
      Object value = values.get(i);
      if (value instanceof List<?>) {
        add(
            "a list within the list of \""
                + condition.op()
                + "\" is compared as a whole: leave its brackets out",
            spot,
            "value",
            i);
      } else if (value instanceof String text) {
        text(condition, text, spot, "value", i);
      }
    }
  }

  private void contains(Condition condition, @Nullable Object value, Spot spot) {
    if (value instanceof List<?>) {
      add(
          "\"contains\" looks for one value: a list is looked for as one element; write a predicate"
              + " for each of its values",
          spot,
          "value");
    } else if (value instanceof String text) {
      if (text.isEmpty()) {
        add("an empty text is in every text: " + spot.outcome(), spot, "value");
      } else {
        text(condition, text, spot, "value");
      }
    }
  }

  /** Finds what is wrong with a text, the first of it. */
  private void text(Condition condition, String text, Spot spot, Object... steps) {
    String doubt =
        DoubtfulText.isPlain(text) ? null : doubt(condition.op(), condition.path(), text);
    if (doubt == null && DoubtfulText.isPlaceholder(text) && condition.op() != Operator.CONTAINS) {
      doubt = "nothing has replaced " + Spelling.quote(text) + ": write what it stands for";
    }
    if (doubt == null && text.length() <= 200 && PATH.matcher(text).matches()) {
      doubt =
          Spelling.quote(text)
              + " is text here: another value of the call is \"value_from\": "
              + Spelling.quote(text);
    }
    boolean catches =
        spot.requires()
            ? condition.op() == Operator.NEQ
            : condition.op() == Operator.EQ || condition.op() == Operator.CONTAINS;
    if (doubt == null
        && DoubtfulText.isList(text)
        && (catches || condition.op() == Operator.IN || condition.op() == Operator.NOT_IN)) {
      doubt =
          Spelling.quote(text)
              + " is one text, and none of its parts is equal to it: write \"in\" and a list of"
              + " texts, each between its own quotes";
    }
    if (doubt == null && spot.requires() && condition.op() == Operator.CONTAINS) {
      doubt = part(text, spot);
    }
    if (doubt != null) {
      add(doubt, spot, steps);
    }
  }

  private static @Nullable String doubt(Operator op, ValuePath path, String text) {
    String placeholder = DoubtfulText.template(text);
    if (placeholder != null) {
      return "nothing has replaced " + Spelling.quote(placeholder) + ": write what it stands for";
    }
    String characters = DoubtfulText.characters(text);
    if (characters != null) {
      return Spelling.quote(text) + " " + characters;
    }
    boolean ofTool = path.root() == ValuePath.Root.TOOL;
    if (ofTool && text.indexOf('*') >= 0) {
      return "\""
          + op
          + "\" compares a tool's name as it stands, the * too: make "
          + Spelling.quote(text)
          + " a key of \"tools\", or write \"regex\" and ^ for what the name begins with";
    } else if (DoubtfulText.isExpression(text)) {
      return "\"" + op + "\" compares characters: for an expression write \"regex\"";
    }
    boolean glob =
        DoubtfulText.isGlob(text)
            && (op != Operator.CONTAINS || GLOB_OF_CONTAINS.matcher(text).matches());
    return glob
        ? "\""
            + op
            + "\" compares characters, the * too: for a pattern write \"regex\", with .* for *"
        : null;
  }

  /** What must be in a text is in others too, which whoever makes the call may write. */
  private static @Nullable String part(String text, Spot spot) {
    boolean part = DOMAIN.matcher(text).matches() || (text.startsWith("/") && text.length() > 1);
    String other = text.startsWith("/") ? "/tmp" + text : "https://evil.example/?" + text;
    return part && spot.passes.test(other)
        ? "also lets "
            + Spelling.quote(other)
            + " through: write \"regex\", with ^ for the beginning"
        : null;
  }
}
