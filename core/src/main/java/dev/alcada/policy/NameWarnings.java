package dev.alcada.policy;

import dev.alcada.internal.document.DoubtfulText;
import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.Spelling;
import dev.alcada.policy.Policy.DefaultAction;
import dev.alcada.policy.ToolRule.Action;
import dev.alcada.policy.ToolRule.Mode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds tools that are hidden or open though their author probably means otherwise. */
final class NameWarnings {
  /** Names that belong a step or two further out, and what they are without their signs. */
  private static final Set<String> FIELDS =
      Set.of(
          "alltools",
          "default",
          "hide",
          "tools",
          "require",
          "denyif",
          "approveif",
          "ratelimit",
          "ondeny",
          "conditions",
          "$schema",
          "all",
          "any",
          "other",
          "others",
          "rest",
          "everything",
          "global",
          "defaults",
          "anytool",
          "everytool",
          "every",
          "anything",
          "else",
          "otherwise",
          "fallback",
          "wildcard",
          "catchall",
          "unlisted",
          "defaultrule",
          "defaulttool",
          "allothers",
          "anyother",
          "everythingelse",
          "todas",
          "todos",
          "alle",
          "tous",
          "toutes");

  /** Before a dot these are no name space: they begin the name of a tool. */
  private static final Pattern EXPRESSION =
      Pattern.compile(
          "(?:.*[_/.-]|(?:create|delete|destroy|drop|exec|execute|get|insert|remove|update|write))?"
              + "\\.\\*.*");

  /** What leads to a tool elsewhere, and what a slip of a finger leaves. */
  private static final Pattern EDGE =
      Pattern.compile("[./-](?!\\*).*|.*(?<!\\*)[./-]|(?:tools|functions)[./].*", Pattern.DOTALL);

  /** Of longer names only the characters are looked at. */
  private static final int LONGEST = 500;

  private final Warnings warnings;
  private final Set<String> hiddenNames = new HashSet<>();
  private final List<NamePattern> hiddenPatterns = new ArrayList<>();

  /** The patterns of {@code tools} that deny, ask or limit. */
  private final List<Guard> guarding = new ArrayList<>();

  /** The conditions of predicates seen so far, each with a number of its own. */
  private final Map<Set<Condition>, Integer> known = new HashMap<>();

  /** A rule, the numbers of its predicates, and whether it limits calls and amounts. */
  private record Numbered(
      ToolRule rule,
      Set<Integer> require,
      Set<Integer> denyIf,
      Set<Integer> approveIf,
      boolean calls,
      boolean amounts) {}

  /** A pattern and its rule. */
  private record Guard(NamePattern pattern, Numbered numbered) {}

  NameWarnings(Warnings warnings) {
    this.warnings = warnings;
  }

  /** Takes note of one key of {@code tools}; each before any is judged. */
  void see(String name, ToolRule rule) {
    if (NamePattern.isPattern(name) && guards(rule)) {
      guarding.add(new Guard(NamePattern.of(name), numbered(rule)));
    }
  }

  /** Finds those about the names of {@code hide} and the keys of {@code tools}. */
  void find(Policy policy, Node hide, Node tools) {
    Map<String, String> spellings = new HashMap<>();
    for (int i = 0; i < policy.hide().size(); i++) {
      String name = policy.hide().get(i);
      if (NamePattern.isPattern(name)) {
        hiddenPatterns.add(NamePattern.of(name));
      } else {
        hiddenNames.add(name);
        spellings.putIfAbsent(bare(name), name);
      }
      characters(name, "hides nothing", hide, i);
    }
    boolean denied = policy.defaultAction() == DefaultAction.DENY;
    policy
        .tools()
        .forEach(
            (name, rule) -> {
              if (!warnings.isFull()) {
                characters(name, "holds for no tool", tools, name);
                spelling(name, rule, policy, spellings, tools);
                find(name, rule, denied, tools);
              }
            });
  }

  private void characters(String name, String outcome, Node at, Object step) {
    String doubt = doubt(name, false);
    if (doubt != null) {
      warnings.add(
          "the name " + Spelling.quote(name) + " " + doubt + "; so it " + outcome, at, step);
    } else if (name.equals("unlisted") && step instanceof Integer) {
      warnings.add(
          "hides a tool called \"unlisted\" alone: write \"hide\": \"unlisted\", without a list, for"
              + " what \"tools\" does not list",
          at,
          step);
    } else if (FIELDS.contains(bare(name))) {
      warnings.add(
          "is taken for a tool called "
              + Spelling.quote(name)
              + ": a field of the document stands one step further out, and rules for every call in"
              + " \"all_tools\"",
          at,
          step);
    }
  }

  /**
   * {@return what a name has that no tool's has, or null}
   *
   * @param any whether it is of something that may be called by anything
   */
  static @Nullable String doubt(String name, boolean any) {
    if (DoubtfulText.template(name) != null || DoubtfulText.isPlaceholder(name)) {
      return "is a placeholder that nothing has replaced";
    } else if (any) {
      return DoubtfulText.isPlain(name)
          ? null
          : name.matches(".*[{<$].*")
              ? "is a text in which nothing is replaced: for a count of each write \"scope\""
              : DoubtfulText.characters(name);
    }
    int odd = name.codePoints().filter(c -> !isOfNames(c)).findFirst().orElse(-1);
    if (odd < 0 && EDGE.matcher(name).matches()) {
      return "begins or ends with a sign: write the tool's name alone, as it lists itself";
    } else if (odd < 0) {
      return name.contains(".*") && EXPRESSION.matcher(name).matches()
          ? "is no expression, in which .* is anything: write * alone for that"
          : null;
    } else if (name.startsWith("!") || name.startsWith("~")) {
      return "is one name, and no \"not\": write \"default\": \"deny\" and list what is allowed";
    } else if (name.length() <= LONGEST && name.matches(".*\\w\\(.*\\)")) {
      return "is no call: name the tool, and judge its arguments with \"deny_if\" or \"require\"";
    } else if (name.length() <= LONGEST && name.matches("[\\w./-]+(?:\\s*[,;|]\\s*[\\w./*-]+)+")) {
      return "is one name: write each tool's by itself";
    } else if (odd < 0x80 && odd > ' ' && "\\^$()[]{}+?|".indexOf(odd) >= 0) {
      return "is no expression: \"*\" alone stands for other characters";
    }
    return "holds "
        + (odd == ' '
            ? "a space"
            : odd < 0x80 && odd > ' '
                ? "\"" + Character.toString(odd) + "\""
                : DoubtfulText.name(odd))
        + ", which tools do not have: they have letters, digits, \"_\", \"-\", \".\" and \"/\"";
  }

  private static boolean isOfNames(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '-' && c <= '9')
        || c == '_'
        || c == '*';
  }

  /** {@return a name without what people spell in several ways} */
  static String bare(String name) {
    StringBuilder bare = new StringBuilder(name.length());
    name.codePoints()
        .filter(c -> Character.isLetterOrDigit(c) || "_-./ ".indexOf(c) < 0)
        .forEach(bare::appendCodePoint);
    return bare.toString().toLowerCase(Locale.ROOT);
  }

  /** Two names that people take for one; two patterns, or two of one rule, are meant. */
  private void spelling(
      String name, ToolRule rule, Policy policy, Map<String, String> spellings, Node tools) {
    if (NamePattern.isPattern(name)) {
      return;
    }
    String other = spellings.putIfAbsent(bare(name), name);
    if (other == null || other.equals(name)) {
      return;
    }
    boolean hidden = hiddenNames.contains(other);
    if (hidden ? rule.action() != Action.DENY : !rule.equals(policy.tools().get(other))) {
      warnings.add(
          "is another tool than "
              + Spelling.quote(other)
              + (hidden ? " in \"hide\"" : "")
              + ", and has another rule: spell them alike, or give them one",
          tools,
          name);
    }
  }

  private static boolean guards(ToolRule rule) {
    return rule.mode() == Mode.ENFORCE
        && (rule.action() != Action.ALLOW
            || !rule.require().isEmpty()
            || !rule.denyIf().isEmpty()
            || !rule.approveIf().isEmpty()
            || !rule.limits().isEmpty()
            || rule.rateLimit() != null
            || rule.once() != null
            || rule.marks().stream().anyMatch(NameWarnings::restricts));
  }

  /** Finds those about one key of {@code tools}; of patterns, what matches their text is wider. */
  private void find(String name, ToolRule rule, boolean denied, Node tools) {
    if (rule.action() != Action.DENY
        && (hiddenNames.contains(name)
            || hiddenPatterns.stream().anyMatch(pattern -> pattern.matches(name)))) {
      warnings.add("is in \"hide\" as well: every call is denied", tools, name);
    }
    NamePattern wider = null;
    Numbered narrower = null;
    for (Guard guard : guarding) {
      NamePattern pattern = guard.pattern;
      if (pattern.matches(name)) {
        wider = pattern;
        narrower = narrower == null ? numbered(rule) : narrower;
        dropped(name, narrower, guard, tools);
      }
    }
    if (rule.mode() == Mode.SHADOW && (denied || wider != null)) {
      warnings.add(
          "a shadow rule denies nothing: until its mode is \"enforce\" the tool is open",
          tools,
          name);
    }
  }

  private void dropped(String name, Numbered narrower, Guard guard, Node tools) {
    ToolRule rule = narrower.rule;
    boolean widest = guard.pattern.matchesAll();
    // What holds for all that have no rule of their own is left by giving them one.
    boolean exempted = widest && rule.equals(ToolRule.ALLOW);
    if (rule.mode() == Mode.SHADOW || rule.action() == Action.DENY || exempted) {
      return;
    }
    String dropped = dropped(narrower, guard.numbered, widest);
    if (dropped != null) {
      warnings.add(
          "decides alone here, and drops "
              + dropped
              + " of the wider "
              + Spelling.quote(guard.pattern.toString())
              + (NamePattern.isPattern(name)
                  ? ": a call that this matches"
                  : ": a call of " + Spelling.quote(name))
              + " passes without it; repeat it here, or put it into \"all_tools\"",
          tools,
          name);
    }
  }

  private static @Nullable String dropped(Numbered narrower, Numbered wider, boolean widest) {
    Action action = narrower.rule.action();
    if (wider.rule.action() == Action.DENY) {
      return widest ? null : "\"action\": \"deny\"";
    } else if (wider.rule.action() == Action.REQUIRE_APPROVAL
        && action != Action.REQUIRE_APPROVAL
        && !widest) {
      return "\"action\": \"require_approval\"";
    } else if (!narrower.require.containsAll(wider.require)) {
      return "a \"require\"";
    } else if (!narrower.denyIf.containsAll(wider.denyIf)) {
      return "a \"deny_if\"";
    } else if (action != Action.REQUIRE_APPROVAL
        && !narrower.approveIf.containsAll(wider.approveIf)) {
      return "an \"approve_if\"";
    } else if (wider.amounts && !narrower.amounts) {
      return "a limit of amounts";
    }
    if (wider.calls && !narrower.calls) {
      return "a limit";
    } else if (wider.rule.once() != null && narrower.rule.once() == null) {
      return "\"once\"";
    }
    boolean marks =
        wider.rule.marks().stream()
            .filter(NameWarnings::restricts)
            .allMatch(
                mark ->
                    narrower.rule.marks().stream()
                        .anyMatch(own -> own.name().equals(mark.name()) && restricts(own)));
    return marks ? null : "a mark that restricts";
  }

  private static boolean restricts(MarkRule mark) {
    return mark.when() == MarkRule.When.TRIED;
  }

  private Numbered numbered(ToolRule rule) {
    return new Numbered(
        rule,
        numbers(rule.require()),
        numbers(rule.denyIf()),
        numbers(rule.approveIf()),
        rule.rateLimit() != null
            || rule.limits().stream().anyMatch(limit -> limit.incrementFrom() == null),
        rule.limits().stream().anyMatch(limit -> limit.incrementFrom() != null));
  }

  /** Stands for predicates, so that those of a wide pattern are not compared for each name anew. */
  private Set<Integer> numbers(List<Conditions> predicates) {
    Set<Integer> numbers = new HashSet<>();
    for (Conditions predicate : predicates) {
      numbers.add(
          known.computeIfAbsent(Set.copyOf(predicate.conditions()), conditions -> known.size()));
    }
    return numbers;
  }
}
