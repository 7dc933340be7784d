package dev.alcada.advice;

import dev.alcada.advice.RuleAdvice.Place;
import dev.alcada.internal.document.ShownJson;
import dev.alcada.policy.Policy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A policy to start from, and what it is made from. Immutable and safe for use by several threads.
 */
public final class Recommendation {
  /** Less than the slowest rate of a tool comes to, so that it is ever reached. */
  private static final int CALLS_AN_HOUR = 500;

  /** As many as anybody reads in one text. */
  private static final int MOST_DESCRIBED = 500;

  private final List<Risk> risks;
  private final List<RuleAdvice> rules;
  private final String sharedCounter;
  private final Policy policy;

  Recommendation(List<Risk> risks, List<RuleAdvice> rules, String sharedCounter) {
    this.risks = risks;
    this.rules = rules;
    this.sharedCounter = sharedCounter;
    this.policy = Policy.parse(toJson());
  }

  /** {@return the risk of each tool, in the order of the list} */
  public List<Risk> risks() {
    return risks;
  }

  /** {@return the policy} */
  public Policy policy() {
    return policy;
  }

  /**
   * Returns the policy as a JSON document. Its {@code description} says of each tool why its rule
   * is as it is.
   */
  public String toJson() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("version", "1");
    document.put("description", description());
    document.put("default", "deny");
    List<String> hidden = of(Place.HIDDEN).stream().map(RuleAdvice::tool).toList();
    if (!hidden.isEmpty()) {
      document.put("hide", hidden);
    }
    if (hasSharedLimit()) {
      document.put("all_tools", Map.of("limits", List.of(sharedLimit())));
    }
    Map<String, Object> listed = new LinkedHashMap<>();
    of(Place.LISTED).forEach(advice -> listed.put(advice.tool(), advice.rule()));
    if (!listed.isEmpty()) {
      document.put("tools", listed);
    }
    return ShownJson.indented(document) + "\n";
  }

  /** {@return the policy as a YAML document, whose comments say why each rule is as it is} */
  public String toYaml() {
    List<String> lines = new ArrayList<>(AdviceText.comments(List.of(origin()), ""));
    lines.add("version: \"1\"");
    lines.add("default: deny");
    List<RuleAdvice> hidden = of(Place.HIDDEN);
    if (!hidden.isEmpty()) {
      lines.add("hide:");
      hidden.forEach(advice -> lines.addAll(AdviceText.hidden(advice, "  ")));
    }
    if (hasSharedLimit()) {
      lines.add("all_tools:");
      lines.add("  limits:");
      lines.add("    - " + AdviceText.flow(sharedLimit()));
    }
    List<RuleAdvice> listed = of(Place.LISTED);
    if (!listed.isEmpty()) {
      lines.add("tools:");
      listed.forEach(advice -> lines.addAll(AdviceText.listed(advice, "  ")));
    }
    lines.addAll(AdviceText.leftOut(rules, ""));
    return String.join("\n", lines) + "\n";
  }

  private String origin() {
    return "Made from what "
        + (risks.size() == 1 ? "1 tool says" : risks.size() + " tools say")
        + " of themselves: read it before it is put in force. What is not listed is denied.";
  }

  private String description() {
    List<String> lines = new ArrayList<>(List.of(origin()));
    for (RuleAdvice advice : rules) {
      if (lines.size() > MOST_DESCRIBED) {
        lines.add("And " + (rules.size() - MOST_DESCRIBED) + " more.");
        break;
      }
      StringBuilder line = new StringBuilder();
      if (advice.place() == Place.LEFT_OUT) {
        line.append("Left out: ");
      }
      line.append(advice.tool()).append(": ");
      line.append(String.join(". ", advice.comments())).append('.');
      if (!advice.bindings().isEmpty()) {
        line.append(" If they are the caller's own, let these be nothing else: ")
            .append(String.join(", ", advice.bindings().stream().map(Object::toString).toList()))
            .append('.');
      }
      lines.add(line.toString());
    }
    return String.join("\n", lines);
  }

  private boolean hasSharedLimit() {
    return risks.size() > 1 && !of(Place.LISTED).isEmpty();
  }

  private Map<String, Object> sharedLimit() {
    return RuleAdvice.limit(sharedCounter, "hour", CALLS_AN_HOUR);
  }

  private List<RuleAdvice> of(Place place) {
    return rules.stream().filter(advice -> advice.place() == place).toList();
  }

  /** {@return the YAML document} */
  @Override
  public String toString() {
    return toYaml();
  }
}
