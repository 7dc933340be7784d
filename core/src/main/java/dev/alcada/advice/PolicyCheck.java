package dev.alcada.advice;

import dev.alcada.internal.document.DocumentText;
import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.Place;
import dev.alcada.internal.document.Problems;
import dev.alcada.policy.Policy;
import dev.alcada.policy.PolicyException;
import dev.alcada.tool.ToolDefinition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Says what of a policy does not fit the tools that it is put on: names that match nothing, tools
 * that it forgets, arguments that a tool has not, comparisons that cannot be true, limits that are
 * never reached.
 *
 * <p>What a schema leaves open, or says in a way that cannot be followed, is taken to be possible,
 * so that what is found is wrong by the schema. Nothing is called; the same policy and tools always
 * give the same findings. Immutable and safe for use by several threads.
 */
public final class PolicyCheck {

  /** How bad a finding is. */
  public enum Level {
    /** A tool is open that the policy's author surely meant to rule. */
    ERROR,
    /** The policy probably does not do what its author means. */
    WARNING,
    /** Nothing is wrong, but worth to be known. */
    NOTE;

    /** {@return the level as reports spell it} */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Something of a policy that does not fit.
   *
   * @param level how bad it is
   * @param rule which kind of misfit it is, such as {@code unknown-tool}; kinds keep their names
   * @param pointer where in the document, as a JSON Pointer (RFC 6901); empty for the whole
   *     document
   * @param line the line in the document's text, from 1; 0 where there is no text
   * @param column the column in that line, from 1; 0 where there is no text
   * @param message what does not fit, and what comes of it; nothing in it disturbs a terminal
   */
  public record Finding(
      Level level, String rule, String pointer, int line, int column, String message) {

    /** {@return level, place and message, for people} */
    @Override
    public String toString() {
      return level.text() + ": " + Place.describe(pointer, line, column) + ": " + message;
    }
  }

  private final List<Finding> findings;

  private PolicyCheck(List<Finding> findings) {
    this.findings = findings;
  }

  /**
   * Compares a policy with tools.
   *
   * @param policy the policy
   * @param tools the tools, as their server lists them
   */
  public static PolicyCheck against(Policy policy, Collection<ToolDefinition> tools) {
    Objects.requireNonNull(policy, "policy");
    ToolIndex index = new ToolIndex(policy, tools);
    Findings findings = new Findings();
    NameFindings names = new NameFindings(policy, index, findings);
    names.find();
    new RuleFindings(policy, index, findings).find();
    new LimitFindings(policy, index, findings).find();
    names.findUnlisted();
    List<Finding> found = new ArrayList<>(findings.found());
    found.sort(Comparator.comparing(Finding::level));
    return new PolicyCheck(List.copyOf(found));
  }

  /**
   * Compares a policy's document with tools; what is found has its line.
   *
   * @param document the policy's text, in JSON or YAML
   * @param tools the tools, as their server lists them
   * @throws PolicyException if anything is wrong with the document; it names every problem
   */
  public static PolicyCheck against(String document, Collection<ToolDefinition> tools) {
    PolicyCheck check = against(Policy.parse(document), tools);
    Node root = DocumentText.tree(document, new Problems());
    return new PolicyCheck(check.findings.stream().map(finding -> placed(finding, root)).toList());
  }

  /** As far as the document has the pointer's steps; one of the older dialect has other fields. */
  private static Finding placed(Finding finding, Node root) {
    Node node = root;
    Place place = root.place();
    for (String step : finding.pointer().split("/", -1)) {
      String name = step.replace("~1", "/").replace("~0", "~");
      if (node instanceof Node.Mapping mapping && mapping.members().get(name) != null) {
        Node.Member member = mapping.members().get(name);
        node = member.value();
        place = member.name();
      } else if (node instanceof Node.Sequence list
          && name.matches("[0-9]{1,6}")
          && Integer.parseInt(name) < list.elements().size()) {
        node = list.elements().get(Integer.parseInt(name));
        place = node.place();
      }
    }
    return new Finding(
        finding.level(),
        finding.rule(),
        finding.pointer(),
        place.line(),
        place.column(),
        finding.message());
  }

  /** {@return what was found, errors first, at most 1,000} */
  public List<Finding> findings() {
    return findings;
  }

  /** {@return whether nothing was found that is worse than a note} */
  public boolean passes() {
    return findings.stream().allMatch(finding -> finding.level() == Level.NOTE);
  }

  /** {@return a line for each finding; empty if there is none} */
  public String toText() {
    StringBuilder text = new StringBuilder();
    findings.forEach(
        finding -> text.append(finding).append(" [").append(finding.rule()).append("]\n"));
    return text.toString();
  }

  /** {@return the findings as a JSON document, an object whose {@code findings} are a list} */
  public String toJson() {
    return CheckReport.json(this);
  }

  /**
   * Returns the findings as a SARIF 2.1.0 log, which code hosts show beside the document's lines.
   *
   * @param uri where the document is, relative to the repository
   */
  public String toSarif(String uri) {
    return CheckReport.sarif(this, Objects.requireNonNull(uri, "uri"));
  }

  /** {@return {@link #toText}} */
  @Override
  public String toString() {
    return toText();
  }
}
