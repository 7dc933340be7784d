package dev.alcada.advice;

import dev.alcada.tool.ToolDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Tells from what a server says of a tool what the tool does and how much harm it can do.
 *
 * <p>Name, title, description and parameters are read by rules, in English, Portuguese and Spanish;
 * nothing is asked over a network, and the same tool always gets the same answer. The gravest
 * effect that is stated decides; what is not stated does not count. A server that lies of its tools
 * is not found out: the risk is that of what it says, and a lock of its tools tells when it says
 * something else.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class RiskClassifier {
  private final RiskRules rules;
  private final boolean trusting;

  private RiskClassifier(RiskRules rules, boolean trusting) {
    this.rules = rules;
    this.trusting = trusting;
  }

  /** {@return the classifier with the standard rules, which believes no annotation that calms} */
  public static RiskClassifier standard() {
    return Standard.CLASSIFIER;
  }

  /** {@return a builder of a classifier with more rules than the standard ones} */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns what a tool does and how much harm it can do. Takes time proportional to the length of
   * its description and schema.
   *
   * @param tool the tool
   */
  public Risk classify(ToolDefinition tool) {
    return new RiskReading(rules, trusting, Objects.requireNonNull(tool, "tool")).risk();
  }

  RiskRules rules() {
    return rules;
  }

  /** The rules are read when they are first needed. */
  private static final class Standard {
    static final RiskClassifier CLASSIFIER = builder().build();
  }

  /** Builds a classifier. Not safe for use by several threads. */
  public static final class Builder {
    private final List<String> documents = new ArrayList<>();
    private boolean trusting;

    private Builder() {}

    /**
     * Adds rules. They come before the standard ones and before those added earlier; words that
     * they add to a group are in it everywhere, and a verb that they have does what they say.
     *
     * @param document the rules' text, in YAML or JSON, as {@code risk-rules.yaml} has them
     */
    public Builder rules(String document) {
      documents.add(Objects.requireNonNull(document, "document"));
      return this;
    }

    /**
     * Believes annotations that make a tool less grave than its words do: {@code readOnlyHint:
     * true} and {@code destructiveHint: false}. Only for servers that are the host's own; a hostile
     * one says so of every tool.
     *
     * @throws IllegalStateException if it is set already
     */
    public Builder trustAnnotations() {
      if (trusting) {
        throw new IllegalStateException("trustAnnotations is set already");
      }
      this.trusting = true;
      return this;
    }

    /**
     * Returns the classifier.
     *
     * @throws IllegalArgumentException if anything is wrong with the rules; the message names every
     *     problem
     */
    public RiskClassifier build() {
      return new RiskClassifier(RiskRulesReader.read(documents), trusting);
    }
  }
}
