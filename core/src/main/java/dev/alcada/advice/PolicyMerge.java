package dev.alcada.advice;

import dev.alcada.advice.DocumentSpots.Spot;
import dev.alcada.advice.PolicyAdvisor.Assessed;
import dev.alcada.advice.RuleAdvice.Place;
import dev.alcada.internal.document.ShownJson;
import dev.alcada.policy.Limit;
import dev.alcada.policy.NamePattern;
import dev.alcada.policy.Policy;
import dev.alcada.policy.Policy.DefaultAction;
import dev.alcada.policy.ToolRule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Adds rules to a document, and leaves every character that is in it where it is. */
final class PolicyMerge {
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final String before;
  private final RiskRules rules;
  private final Policy policy;
  private final String newLine;
  private String text;

  PolicyMerge(String document, RiskRules rules) {
    this.before = document.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : "";
    this.text = document.substring(before.length());
    this.rules = rules;
    this.policy = Policy.parse(document);
    this.newLine = document.contains("\r\n") ? "\r\n" : "\n";
  }

  String with(List<Assessed> tools) {
    RuleMaker maker = new RuleMaker(rules);
    counters().forEach(maker::counter);
    Stream.concat(policy.hide().stream(), policy.tools().keySet().stream()).forEach(maker::taken);
    Known known = new Known(policy);
    List<RuleAdvice> listed = new ArrayList<>();
    List<RuleAdvice> hidden = new ArrayList<>();
    boolean open = policy.defaultAction() == DefaultAction.ALLOW;
    for (Assessed tool : tools) {
      String name = tool.tool().name();
      if (!known.has(name)) {
        // What is left out under "default": "allow" is open.
        RuleAdvice advice =
            maker.rule(tool.tool(), tool.risk(), open && !NamePattern.isPattern(name));
        if (advice.place() == Place.LISTED) {
          listed.add(advice);
        } else if (advice.place() == Place.HIDDEN) {
          hidden.add(advice);
        }
      }
    }
    if (listed.isEmpty() && hidden.isEmpty()) {
      return before + text;
    }
    add("hide", hidden, false);
    add("tools", listed, true);
    check(listed, hidden);
    return before + text;
  }

  private Set<String> counters() {
    Set<String> counters = new LinkedHashSet<>();
    Stream.concat(
            Stream.of(policy.allTools().limits()),
            policy.tools().values().stream().map(ToolRule::limits))
        .forEach(limits -> limits.stream().map(Limit::counter).forEach(counters::add));
    return counters;
  }

  /** Which tools a policy says something of by name or pattern. */
  private static final class Known {
    private final Set<String> names = new HashSet<>();
    private final List<NamePattern> patterns = new ArrayList<>();

    Known(Policy policy) {
      Stream.concat(policy.hide().stream(), policy.tools().keySet().stream())
          .forEach(
              name -> {
                names.add(name);
                if (NamePattern.isPattern(name)) {
                  patterns.add(NamePattern.of(name));
                }
              });
    }

    boolean has(String tool) {
      return names.contains(tool) || patterns.stream().anyMatch(p -> p.matches(tool));
    }
  }

  private void add(String field, List<RuleAdvice> advice, boolean object) {
    if (advice.isEmpty()) {
      return;
    }
    DocumentSpots spots = DocumentSpots.of(text);
    Spot root = spots.root();
    Spot spot = spots.member(field);
    if (spot == null && root.flow()) {
      String opening = ShownJson.line(field) + ": " + (object ? "{" : "[");
      String inside = String.join(", ", advice.stream().map(a -> member(a, object)).toList());
      addInFlow(root, List.of(List.of(opening + inside + (object ? "}" : "]"))));
    } else if (spot == null) {
      String indent = " ".repeat(column(root.firstStart()));
      List<String> lines = new ArrayList<>(List.of(indent + field + ":"));
      advice.forEach(each -> lines.addAll(lines(each, indent + "  ", object)));
      addLines(root, lines);
    } else if (spot.flow() && spot.lastEnd() < 0 && !root.flow() && isEmpty(spot)) {
      // In place of {} or [], as whoever has no tools yet writes it.
      String name = text.substring(0, spot.start()).stripTrailing();
      text = name + text.substring(spot.end());
      String indent = " ".repeat(column(root.firstStart()) + 2);
      List<String> lines = new ArrayList<>();
      advice.forEach(each -> lines.addAll(lines(each, indent, object)));
      addLinesAt(nextLine(name.length()), lines);
    } else if (spot.flow()) {
      boolean comments = !isJson();
      addInFlow(
          spot,
          advice.stream()
              .map(
                  each -> {
                    List<String> lines =
                        comments
                            ? AdviceText.comments(each.comments(), "")
                            : new ArrayList<String>();
                    lines.add(member(each, object));
                    return lines;
                  })
              .toList());
    } else {
      String indent = " ".repeat(column(spot.start()));
      List<String> lines = new ArrayList<>();
      advice.forEach(each -> lines.addAll(lines(each, indent, object)));
      addLines(spot, lines);
    }
  }

  private boolean isJson() {
    return text.stripLeading().startsWith("{");
  }

  private static List<String> lines(RuleAdvice advice, String indent, boolean object) {
    return object ? AdviceText.listed(advice, indent) : AdviceText.hidden(advice, indent);
  }

  private static String member(RuleAdvice advice, boolean object) {
    String name = ShownJson.line(advice.tool());
    return object ? name + ": " + ShownJson.line(advice.rule()) : name;
  }

  /** Adds lines behind the last value of what stands in lines, and what is said beside it. */
  private void addLines(Spot spot, List<String> lines) {
    int column = column(spot.firstStart() < 0 ? spot.start() : spot.firstStart());
    int at = spot.end();
    if (column(at) > 0) {
      at = nextLine(at);
    }
    while (isComment(at, column)) {
      at = nextLine(at);
    }
    addLinesAt(at, lines);
  }

  private void addLinesAt(int at, List<String> lines) {
    boolean unfinished = at > 0 && text.charAt(at - 1) != '\n';
    String added = String.join(newLine, lines) + (unfinished ? "" : newLine);
    text = text.substring(0, at) + (unfinished ? newLine : "") + added + text.substring(at);
  }

  private boolean isEmpty(Spot spot) {
    return text.substring(spot.start() + 1, spot.end() - 1).isBlank();
  }

  private boolean isComment(int at, int column) {
    int first = at;
    while (first < text.length() && text.charAt(first) == ' ') {
      first++;
    }
    return first < text.length() && text.charAt(first) == '#' && first - at >= Math.max(1, column);
  }

  private int nextLine(int at) {
    int end = text.indexOf('\n', at);
    return end < 0 ? text.length() : end + 1;
  }

  private int column(int at) {
    return at - (text.lastIndexOf('\n', at - 1) + 1);
  }

  /**
   * Adds to what stands between braces or brackets: in lines of their own if its last value does.
   */
  private void addInFlow(Spot spot, List<List<String>> members) {
    int closing = spot.end() - 1;
    int last = spot.lastEnd() < 0 ? spot.start() + 1 : spot.lastEnd();
    int trailing = comma(last, closing);
    boolean comma = spot.lastEnd() >= 0 && trailing < 0;
    last = Math.max(last, trailing + 1);
    int lineOfClosing = closing - column(closing);
    boolean inLines = lineOfClosing > last && text.substring(lineOfClosing, closing).isBlank();
    if (!inLines) {
      List<String> values = members.stream().map(lines -> lines.get(lines.size() - 1)).toList();
      String added = (comma ? ", " : "") + String.join(", ", values);
      text = text.substring(0, last) + added + text.substring(last);
      return;
    }
    String indent =
        spot.firstStart() < 0
            ? text.substring(lineOfClosing, closing) + "  "
            : indent(spot.firstStart());
    StringBuilder added = new StringBuilder();
    for (int i = 0; i < members.size(); i++) {
      for (String line : members.get(i)) {
        added.append(indent).append(line);
        boolean value = line.equals(members.get(i).get(members.get(i).size() - 1));
        added.append(value && i + 1 < members.size() ? "," : "").append(newLine);
      }
    }
    text =
        text.substring(0, last)
            + (comma ? "," : "")
            + text.substring(last, lineOfClosing)
            + added
            + text.substring(lineOfClosing);
  }

  /** The spaces or tabs before what stands there, if it is the first in its line. */
  private String indent(int at) {
    String before = text.substring(at - column(at), at);
    return before.isBlank() ? before : "  ";
  }

  /** Where a comma, which YAML allows, stands behind the last value, or -1. */
  private int comma(int last, int closing) {
    boolean comment = false;
    for (int i = last; i < closing; i++) {
      char c = text.charAt(i);
      comment = c == '#' || (comment && c != '\n');
      if (c == ',' && !comment) {
        return i;
      }
    }
    return -1;
  }

  /** Holds the text to be the policy that was meant, whatever it was laid out like. */
  private void check(List<RuleAdvice> listed, List<RuleAdvice> hidden) {
    Policy merged;
    try {
      merged = Policy.parse(text);
    } catch (RuntimeException e) {
      throw unmergeable(e);
    }
    List<String> hide = new ArrayList<>(policy.hide());
    hidden.forEach(advice -> hide.add(advice.tool()));
    Map<String, @Nullable ToolRule> tools = new LinkedHashMap<>(policy.tools());
    listed.forEach(advice -> tools.put(advice.tool(), merged.tools().get(advice.tool())));
    boolean kept =
        merged.hide().equals(hide)
            && merged.tools().equals(tools)
            && merged.allTools().equals(policy.allTools())
            && merged.defaultAction() == policy.defaultAction();
    if (!kept) {
      throw unmergeable(null);
    }
  }

  private static IllegalArgumentException unmergeable(@Nullable Throwable cause) {
    return new IllegalArgumentException(
        "Nothing can be added to the document as it is written; write \"tools\" with a line for each"
            + " tool, in the form of version 1",
        cause);
  }
}
