package dev.alcada.advice;

import dev.alcada.advice.RuleAdvice.Binding;
import dev.alcada.advice.RuleAdvice.Place;
import dev.alcada.internal.document.ShownJson;
import dev.alcada.internal.document.Spelling;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Writes rules as YAML, with what is to be said of them in comments. */
final class AdviceText {
  private static final int WIDTH = 100;
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_./-]*");

  /** What YAML takes for null or a boolean. */
  private static final Set<String> WORDS =
      Set.of("y", "n", "yes", "no", "on", "off", "true", "false", "null");

  private AdviceText() {}

  /** {@return a tool's rule in lines, each beginning with the indentation} */
  static List<String> listed(RuleAdvice advice, String indent) {
    List<String> lines = comments(advice.comments(), indent);
    if (advice.rule().isEmpty()) {
      lines.add(indent + scalar(advice.tool()) + ": {}");
    } else {
      lines.add(indent + scalar(advice.tool()) + ":");
    }
    if (!advice.bindings().isEmpty()) {
      lines.add(indent + "  # If these arguments are the caller's own, let them be nothing else:");
      lines.add(indent + "  # require:");
      for (Binding binding : advice.bindings()) {
        lines.add(
            "%s  #   - conditions: [{path: %s, op: eq, value_from: %s}]"
                .formatted(indent, scalar(binding.path()), binding.from()));
      }
    }
    advice
        .rule()
        .forEach(
            (field, value) -> {
              if (value instanceof List<?> limits) {
                lines.add(indent + "  " + field + ":");
                limits.forEach(limit -> lines.add(indent + "    - " + flow((Map<?, ?>) limit)));
              } else {
                lines.add(indent + "  " + field + ": " + value);
              }
            });
    return lines;
  }

  /** {@return an element of {@code hide} in lines, each beginning with the indentation} */
  static List<String> hidden(RuleAdvice advice, String indent) {
    List<String> lines = comments(advice.comments(), indent);
    lines.add(indent + "- " + scalar(advice.tool()));
    return lines;
  }

  /** {@return comments for the tools that have no rule} */
  static List<String> leftOut(List<RuleAdvice> rules, String indent) {
    List<String> lines = new ArrayList<>();
    for (RuleAdvice advice : rules) {
      if (advice.place() == Place.LEFT_OUT) {
        lines.addAll(
            comments(
                List.of("Left out: " + Spelling.quote(advice.tool()) + ", " + advice.why()),
                indent));
      }
    }
    return lines;
  }

  /** {@return texts as comments, broken where the line gets too long} */
  static List<String> comments(List<String> texts, String indent) {
    List<String> lines = new ArrayList<>();
    for (String text : texts) {
      StringBuilder line = new StringBuilder(indent + "#");
      for (String word : Spelling.visible(text).split(" ", -1)) {
        if (line.length() + 1 + word.length() > WIDTH && line.length() > indent.length() + 2) {
          lines.add(line.toString());
          line = new StringBuilder(indent + "#");
        }
        line.append(' ').append(word);
      }
      lines.add(line.toString());
    }
    return lines;
  }

  static String flow(Map<?, ?> object) {
    List<String> members = new ArrayList<>();
    object.forEach(
        (name, value) ->
            members.add(name + ": " + (value instanceof String text ? scalar(text) : value)));
    return "{" + String.join(", ", members) + "}";
  }

  /** {@return a text as every reader of YAML takes it} */
  static String scalar(String text) {
    boolean plain = PLAIN.matcher(text).matches() && !WORDS.contains(text.toLowerCase(Locale.ROOT));
    return plain ? text : ShownJson.line(text);
  }
}
