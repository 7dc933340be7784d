package dev.alcada.advice;

import dev.alcada.advice.PolicyCheck.Level;
import dev.alcada.advice.Risk.Category;
import dev.alcada.internal.document.Spelling;
import dev.alcada.internal.value.LookAlikes;
import dev.alcada.policy.NamePattern;
import dev.alcada.policy.Policy;
import dev.alcada.policy.Policy.DefaultAction;
import dev.alcada.policy.ToolRule;
import dev.alcada.policy.ToolRule.Action;
import dev.alcada.tool.ToolDefinition;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds names that match no tool, or not the tools that they seem to, and tools without a rule. */
final class NameFindings {
  private static final RiskClassifier CLASSIFIER = RiskClassifier.standard();

  private final Policy policy;
  private final ToolIndex index;
  private final Findings findings;
  private final boolean open;
  private final Map<String, Category> categories = new HashMap<>();

  NameFindings(Policy policy, ToolIndex index, Findings findings) {
    this.policy = policy;
    this.index = index;
    this.findings = findings;
    this.open = policy.defaultAction() == DefaultAction.ALLOW;
  }

  void find() {
    for (int i = 0; i < policy.hide().size(); i++) {
      unmatched("hide", policy.hide().get(i), Findings.pointer("/hide", Integer.toString(i)));
    }
    policy
        .tools()
        .forEach(
            (name, rule) -> {
              String pointer = Findings.pointer("/tools", name);
              unmatched("tools", name, pointer);
              if (NamePattern.isPattern(name) && !index.matched(name).isEmpty()) {
                undecided(name, pointer);
                wide(name, rule, pointer);
              }
            });
  }

  private void unmatched(String field, String name, String pointer) {
    if (!index.matched(name).isEmpty() || name.equals("*")) {
      return;
    }
    String problem = Spelling.quote(name) + " in " + field + " matches no tool";
    if (NamePattern.isPattern(name)) {
      findings.add(Level.WARNING, "unused-pattern", pointer, problem);
      return;
    }
    String alike = index.alike(name);
    String meant = alike == null ? index.nearest(name) : alike;
    findings.add(
        // Under "default": "allow" the tool that is meant is open.
        alike != null && open ? Level.ERROR : Level.WARNING,
        "unknown-tool",
        pointer,
        problem + (meant == null ? "" : "; did you mean " + Spelling.quote(meant) + "?"));
  }

  private void undecided(String pattern, String pointer) {
    if (index.decided(pattern).isEmpty()
        && index.matched(pattern).stream().anyMatch(index::isShown)) {
      findings.add(
          Level.WARNING,
          "unused-pattern",
          pointer,
          Spelling.quote(pattern) + " decides about no tool: each has a narrower rule of its own");
    }
  }

  private void wide(String pattern, ToolRule rule, String pointer) {
    List<ToolDefinition> decided = index.decided(pattern);
    List<ToolDefinition> within =
        decided.stream().filter(tool -> cutsWord(pattern, tool.name())).toList();
    if (!within.isEmpty()) {
      findings.add(
          Level.WARNING,
          "wide-pattern",
          pointer,
          Spelling.quote(pattern)
              + " matches "
              + Findings.names(within)
              + " in the middle of a word");
    }
    if (asks(rule)) {
      return;
    }
    Category seems = seems(pattern);
    Map<Category, List<ToolDefinition>> graver =
        decided.stream()
            .filter(tool -> category(tool).compareTo(seems) > 0)
            .filter(tool -> category(tool) != Category.EXECUTE || !counts(rule))
            .filter(tool -> category(tool) != Category.WRITE)
            .collect(
                Collectors.groupingBy(
                    this::category, () -> new EnumMap<>(Category.class), Collectors.toList()));
    graver.forEach(
        (category, tools) ->
            findings.add(
                Level.WARNING,
                "wide-pattern",
                pointer,
                Spelling.quote(pattern)
                    + " lets "
                    + Findings.names(tools)
                    + " through as well, "
                    + (tools.size() == 1 ? "which is " : "which are ")
                    + category.text()));
  }

  private static boolean asks(ToolRule rule) {
    return rule.action() != Action.ALLOW
        || !rule.require().isEmpty()
        || !rule.denyIf().isEmpty()
        || !rule.approveIf().isEmpty();
  }

  private static boolean counts(ToolRule rule) {
    return rule.rateLimit() != null || !rule.limits().isEmpty();
  }

  private Category category(ToolDefinition tool) {
    return categories.computeIfAbsent(tool.name(), name -> CLASSIFIER.classify(tool).category());
  }

  /** What the pattern's own words say that its tools do. */
  private static Category seems(String pattern) {
    String words = pattern.replace("*", " ").strip();
    return words.isEmpty()
        ? Category.READ
        : CLASSIFIER.classify(ToolDefinition.builder(words).build()).category();
  }

  /** Whether a star begins or ends within a word: "list*" matches "listen_all". */
  private static boolean cutsWord(String pattern, String name) {
    int first = pattern.indexOf('*');
    int last = pattern.lastIndexOf('*');
    int tail = name.length() - (pattern.length() - last - 1);
    return (cuts(name, first) && !plural(name, first))
        || (cuts(name, tail) && pattern.length() - last > 1);
  }

  private static boolean cuts(String name, int at) {
    return at > 0
        && at < name.length()
        && Character.isLetter(name.charAt(at - 1))
        && Character.isLowerCase(name.charAt(at));
  }

  /** Whether no more than an ending follows: "user*" matches "users_list". */
  private static boolean plural(String name, int at) {
    int end = at;
    while (end < name.length() && Character.isLowerCase(name.charAt(end))) {
      end++;
    }
    return Set.of("s", "es").contains(name.substring(at, end));
  }

  /** Finds those about tools without a rule: there can be many, and others matter more. */
  void findUnlisted() {
    for (String name : index.repeated()) {
      findings.add(
          Level.WARNING,
          "repeated-tool",
          "",
          "More than one tool is called " + Spelling.quote(name) + ": one rule decides for all");
    }
    LookAlikes listed =
        LookAlikes.of(
            Stream.concat(policy.tools().keySet().stream(), policy.hide().stream())
                .filter(name -> !NamePattern.isPattern(name))
                .toList());
    List<ToolDefinition> denied = new ArrayList<>();
    for (ToolDefinition tool : index.unlisted()) {
      String like = first(listed.like(tool.name()));
      if (NamePattern.isPattern(tool.name())) {
        findings.add(
            open ? Level.WARNING : Level.NOTE,
            "unrulable-tool",
            "",
            Spelling.quote(tool.name())
                + " is a tool's name: a rule for it would be one for all that match it");
      } else if (open) {
        open(tool, like);
      } else if (like == null) {
        denied.add(tool);
      } else {
        findings.add(
            Level.NOTE,
            "unlisted-tool",
            "",
            Spelling.quote(tool.name())
                + " is not listed, and so denied; it looks like "
                + Spelling.quote(like));
      }
    }
    if (!denied.isEmpty()) {
      findings.add(
          Level.NOTE,
          "unlisted-tool",
          "",
          Findings.names(denied)
              + (denied.size() == 1 ? " is" : " are")
              + " not listed, and so denied");
    }
  }

  private void open(ToolDefinition tool, @Nullable String like) {
    Risk risk = CLASSIFIER.classify(tool);
    boolean grave = risk.category().compareTo(Category.WRITE) > 0;
    findings.add(
        grave || like != null ? Level.WARNING : Level.NOTE,
        "unlisted-tool",
        "",
        Spelling.quote(tool.name())
            + " is not listed, and so open; it is "
            + risk.category().text()
            + (like == null ? "" : ", and looks like " + Spelling.quote(like)));
  }

  private static @Nullable String first(List<String> names) {
    return names.isEmpty() ? null : names.get(0);
  }
}
