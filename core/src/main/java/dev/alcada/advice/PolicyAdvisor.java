package dev.alcada.advice;

import dev.alcada.policy.PolicyException;
import dev.alcada.tool.ToolDefinition;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Recommends a policy to start from for the tools of a server.
 *
 * <p>What only reads is listed; what writes may be called 30 times a minute, what runs something 10
 * times; what moves money asks a person, and is capped by the day where its schema has an amount;
 * what destroys is hidden; whatever is not listed is denied. Each limit counts for a grant. A
 * person has to read the policy: it is made from what the server says of its tools.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class PolicyAdvisor {
  private static final int MAX_TOOLS = 10_000;

  private final RiskClassifier classifier;

  /** A tool and its risk. */
  record Assessed(ToolDefinition tool, Risk risk) {}

  private PolicyAdvisor(RiskClassifier classifier) {
    this.classifier = classifier;
  }

  /** {@return an advisor that goes by the standard rules} */
  public static PolicyAdvisor standard() {
    return using(RiskClassifier.standard());
  }

  /**
   * Returns an advisor that goes by a host's own rules.
   *
   * @param classifier tells what each tool does
   */
  public static PolicyAdvisor using(RiskClassifier classifier) {
    return new PolicyAdvisor(Objects.requireNonNull(classifier, "classifier"));
  }

  /**
   * Returns a policy for tools. Two tools of one name are taken for the graver of them; a tool
   * whose name no rule can be made for, or that is easily taken for another, is left out and so
   * denied.
   *
   * @param tools the tools, as their server lists them
   * @throws IllegalArgumentException if they are more than 10,000
   */
  public Recommendation recommend(Collection<ToolDefinition> tools) {
    List<Assessed> assessed = assessed(tools);
    RuleMaker maker = new RuleMaker(classifier.rules());
    String shared = maker.counter("all_tools_rate");
    return new Recommendation(
        assessed.stream().map(Assessed::risk).toList(),
        assessed.stream().map(each -> maker.rule(each.tool, each.risk, false)).toList(),
        shared);
  }

  /**
   * Returns a policy's document with rules added for tools that it does not know, and all that is
   * in it as it is, comments and layout included. A tool is known if {@code tools} or {@code hide}
   * has its name or a pattern that matches it. The document is returned as it is if all are known.
   *
   * @param document a policy's text, in JSON or YAML
   * @param tools the tools, as their server lists them
   * @throws PolicyException if anything is wrong with the document; it names every problem
   * @throws IllegalArgumentException if the document is of the older dialect, whose rules are spelt
   *     otherwise, or the tools are more than 10,000
   */
  public String merge(String document, Collection<ToolDefinition> tools) {
    return new PolicyMerge(Objects.requireNonNull(document, "document"), classifier.rules())
        .with(assessed(tools));
  }

  /** The gravest of each name, in the order of the list. */
  private List<Assessed> assessed(Collection<ToolDefinition> tools) {
    if (tools.size() > MAX_TOOLS) {
      throw new IllegalArgumentException(tools.size() + " tools; expected at most 10,000");
    }
    Map<String, Assessed> named = new LinkedHashMap<>();
    for (ToolDefinition tool : tools) {
      named.merge(
          tool.name(),
          new Assessed(tool, classifier.classify(tool)),
          (one, other) -> other.risk.category().compareTo(one.risk.category()) > 0 ? other : one);
    }
    return List.copyOf(named.values());
  }
}
