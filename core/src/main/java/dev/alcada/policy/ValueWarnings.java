package dev.alcada.policy;

import dev.alcada.internal.document.DoubtfulText;
import dev.alcada.internal.document.ForeignText;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds values that are probably not what their author wants to compare arguments with. */
final class ValueWarnings {
  /** A host or a file's name, which is a part of many others. */
  private static final Pattern DOMAIN =
      Pattern.compile("(?:[a-z]+://)?[\\w-]+(?:\\.[\\w-]+)*\\.[A-Za-z]{2,24}(?::\\d+)?/?");

  private static final Pattern FILE = Pattern.compile("(?i).*(?:path|file|dir|folder).*");

  private static final Pattern EXTENSION =
      Pattern.compile(
          "\\.(?:pem|key|p12|pfx|jks|exe|dll|sh|bat|cmd|ps1|zip|tar|gz|csv|json|ya?ml|xml|sql|db|pdf"
              + "|docx?|xlsx?|js|ts|py|rb|java|php|html?)");

  private static final Pattern ADDRESS =
      Pattern.compile("(?i)(?!.*(?:cidr|range|net|block|prefix)).*(?:ip|host|addr|url|server).*");

  private static final Pattern RANGE = Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}/\\d{1,2}");

  /** A step of a path that is the name of a member, and probably meant as an element. */
  private static final Pattern NUMBERED = Pattern.compile("\\.[0-9]+(?=[.\\[]|$)");

  /** What of a path has a meaning in other languages alone. */
  private static final Pattern ODD = Pattern.compile("[\\Q" + PathParser.FOREIGN + "\\E]+");

  private static final Pattern GLOB_OF_CONTAINS = Pattern.compile("\\*\\..+|.*[\\w/-]\\*");

  private static final Pattern CONSENT =
      Pattern.compile(
          "(?i)(?:is_?|(?:user|human|manager|admin|owner)_?(?:has_?)?)?(?:approved|authori[sz]ed)(?:_?by(?:_\\w+)?)?"
              + "|(?:user|human)_?(?:confirmed|consent(?:ed)?)|confirmed_?by_?\\w+");

  private static final Pattern CALLER =
      Pattern.compile(
          "(?i)(?:caller|requester|current_?user|acting_?user)(?:_?(?:id|role|name|email))?");

  private final Warnings warnings;

  /** What is said of the expressions seen so far: most occur many times. */
  private final Map<String, Optional<String>> said = new HashMap<>();

  /** Where a condition stands: the rule's node, the steps from it, and what stands beside it. */
  private record Spot(Node at, List<Object> steps, String field, Predicate<String> passes) {
    boolean requires() {
      return field.equals("require");
    }

    /** Whether a call is caught that is equal to something, and others pass. */
    boolean catches(Condition condition) {
      return condition.op() == (requires() ? Operator.NEQ : Operator.EQ);
    }

    /** The same, of one of several. */
    boolean lists(Condition condition) {
      return catches(condition) || condition.op() == (requires() ? Operator.NOT_IN : Operator.IN);
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
        } else if (value instanceof List<?> list && !list.isEmpty() && spot.catches(condition)) {
          add(
              "compares the whole list: a call with one value more or in another order passes; write"
                  + " \"contains\" for each",
              spot,
              "value");
        }
      }
      default -> {}
    }
  }

  /** Finds those of a path, where there is one. */
  void path(Node at, Object... steps) {
    if (!(Warnings.at(at, steps) instanceof Node.Text text) || text.value().indexOf('.') < 0) {
      return;
    }
    String path = text.value();
    String doubt = NUMBERED.matcher(path).find() ? numbered(path) : twice(path);
    if (doubt == null && (!DoubtfulText.isPlain(path) || path.indexOf('/') >= 0)) {
      String placeholder = DoubtfulText.template(path);
      String characters = DoubtfulText.characters(path);
      Matcher odd = ODD.matcher(path.replaceAll("\\[\"[^\"]*\"]", ""));
      if (placeholder != null) {
        doubt =
            "nothing has replaced " + Spelling.quote(placeholder) + ": write what it stands for";
      } else if (characters != null) {
        doubt = "the path " + Spelling.quote(path) + " " + characters;
      } else if (odd.find()) {
        doubt =
            "a path leads to one value: "
                + Spelling.quote(odd.group())
                + " is taken for a part of a name here, and no argument has it; where one does, write"
                + " [\"so\"]";
      }
    }
    if (doubt != null) {
      warnings.add(doubt, at, steps);
    }
  }

  private static @Nullable String twice(String path) {
    return path.startsWith("args.args.")
            || path.matches("args\\.context\\.(?:role|tenant|user|\\w+_id)")
        ? "is a member of the argument called "
            + Spelling.quote(path.split("\\.", 3)[1])
            + ": leave the first \"args.\" out"
        : null;
  }

  private static String numbered(String path) {
    return "a number after a dot is the name of a member: write "
        + NUMBERED.matcher(path).replaceAll(step -> "[" + step.group().substring(1) + "]")
        + " for an element of a list";
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
      doubt = LooseRegex.of(regex, last(condition.path()), spot.passes);
    }
    if (doubt != null) {
      add(doubt, spot, "value");
    }
  }

  /** The name that a path ends with. */
  private static String last(ValuePath path) {
    int last = path.steps().size() - 1;
    return last >= 0 && path.steps().get(last) instanceof ValuePath.Key key ? key.name() : "";
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
    boolean whole = condition.op() != Operator.CONTAINS;
    String doubt =
        DoubtfulText.isPlain(text) ? null : doubt(condition.op(), condition.path(), text);
    if (doubt == null && DoubtfulText.isPlaceholder(text) && whole) {
      doubt = "nothing has replaced " + Spelling.quote(text) + ": write what it stands for";
    }
    String foreign = doubt == null ? ForeignText.path(text) : null;
    foreign = doubt == null && foreign == null && whole ? ForeignText.whole(text) : foreign;
    if (doubt == null && foreign == null && !DoubtfulText.isPlain(text)) {
      foreign = ForeignText.part(text);
    } else if (doubt == null && foreign == null && whole && spot.lists(condition)) {
      foreign = ofPath(condition.path(), text);
    }
    doubt = foreign == null ? doubt : Spelling.quote(text) + " " + foreign;
    if (doubt == null
        && (DoubtfulText.isList(text) || ForeignText.isSeveral(text))
        && (spot.catches(condition)
            || (!spot.requires() && !whole)
            || condition.op() == Operator.IN
            || condition.op() == Operator.NOT_IN)) {
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

  /** What only a person or the host can say, and the model says of itself. */
  static @Nullable String claim(Condition condition, boolean required) {
    ValuePath path = condition.path();
    if (path.root() != ValuePath.Root.ARGS) {
      return null;
    }
    String key = last(path);
    boolean yes =
        required
            ? (condition.op() == Operator.EXISTS && Boolean.TRUE.equals(condition.value()))
                || (condition.op() == Operator.EQ && Boolean.TRUE.equals(condition.value()))
            : (condition.op() == Operator.NEQ && Boolean.TRUE.equals(condition.value()))
                || (condition.op() == Operator.EQ && Boolean.FALSE.equals(condition.value()));
    if (yes && CONSENT.matcher(key).matches()) {
      return "the model writes "
          + path
          + ", and asks nobody: write \"action\": \"require_approval\"";
    }
    return required && condition.op() != Operator.EXISTS && CALLER.matcher(key).matches()
        ? "the model writes "
            + path
            + ": what the host knows of the caller is \"context.\" and a name, or \"grant\""
        : null;
  }

  /** A folder, an ending or a range of addresses, which no path and no address is equal to. */
  private static @Nullable String ofPath(ValuePath path, String text) {
    String key = last(path);
    if (FILE.matcher(key).matches() && text.length() > 2 && text.matches("/.+/")) {
      return "is compared with the whole path, and what lies in it passes: write \"regex\", ^"
          + text.substring(0, text.length() - 1)
          + "(?:/|$)";
    } else if (FILE.matcher(key).matches() && EXTENSION.matcher(text).matches()) {
      return "is compared with the whole path: write \"regex\", \\" + text + "$";
    }
    return ADDRESS.matcher(key).matches() && RANGE.matcher(text).matches()
        ? "is compared as it stands, and no address is equal to it: write \"regex\", ^10\\. for"
            + " 10.0.0.0/8"
        : null;
  }

  /** What must be in a text is in others too, which whoever makes the call may write. */
  private static @Nullable String part(String text, Spot spot) {
    boolean address = text.startsWith("@") && DOMAIN.matcher(text.substring(1)).matches();
    boolean part = address || DOMAIN.matcher(text).matches() || text.matches("/.+");
    String other =
        address
            ? "ana" + text + ".evil.example"
            : (text.startsWith("/") ? "/tmp" : "https://evil.example/?") + text;
    return part && spot.passes.test(other)
        ? "also lets "
            + Spelling.quote(other)
            + " through: write \"regex\", with ^ for the beginning and $ for the end"
        : null;
  }
}
