package dev.alcada.policy;

import dev.alcada.internal.document.DocumentText;
import dev.alcada.internal.document.JavaTree;
import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.Problems;
import dev.alcada.internal.document.Spelling;
import dev.alcada.internal.document.UnreadableException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A policy document: what may happen when an agent calls a tool. Immutable and safe for use by
 * several threads.
 */
public final class Policy {
  /** What happens to a tool that the document's {@code tools} does not list. */
  public enum DefaultAction {
    /** An unlisted tool may be called. */
    ALLOW,
    /** An unlisted tool is denied. */
    DENY
  }

  private final @Nullable String description;
  private final DefaultAction defaultAction;
  private final List<String> hide;
  private final AllTools allTools;
  private final Map<String, ToolRule> tools;
  private final List<PolicyWarning> warnings;

  /** Takes the list and the map as they are: nobody else may change them from here on. */
  Policy(
      @Nullable String description,
      DefaultAction defaultAction,
      List<String> hide,
      AllTools allTools,
      Map<String, ToolRule> tools) {
    this(
        description,
        defaultAction,
        Collections.unmodifiableList(hide),
        allTools,
        Collections.unmodifiableMap(tools),
        List.of());
  }

  private Policy(
      @Nullable String description,
      DefaultAction defaultAction,
      List<String> hide,
      AllTools allTools,
      Map<String, ToolRule> tools,
      List<PolicyWarning> warnings) {
    this.description = description;
    this.defaultAction = defaultAction;
    this.hide = hide;
    this.allTools = allTools;
    this.tools = tools;
    this.warnings = warnings;
  }

  Policy withWarnings(List<PolicyWarning> found) {
    return new Policy(description, defaultAction, hide, allTools, tools, List.copyOf(found));
  }

  /** {@return a builder of the same document in Java; it needs a default} */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the policy that a text spells, in JSON if it begins with a brace, else in YAML.
   *
   * @param document the document's text
   * @throws PolicyException if anything is wrong with the document; it names every problem
   */
  public static Policy parse(String document) {
    return DocumentReader.read(Objects.requireNonNull(document, "document"), "The policy");
  }

  /**
   * Returns the policy that a file holds, in UTF-8, in JSON if it begins with a brace, else in
   * YAML.
   *
   * @param file the document's file
   * @throws PolicyException if the file cannot be read, or anything is wrong with the document; it
   *     names every problem
   */
  public static Policy load(Path file) {
    String text;
    try {
      text = DocumentText.text(Objects.requireNonNull(file, "file"));
    } catch (UnreadableException e) {
      throw PolicyException.of(file, e);
    }
    return DocumentReader.read(text, file.toString());
  }

  /** {@return the document's own description of itself, or {@code null} if it has none} */
  public @Nullable String description() {
    return description;
  }

  /** {@return what happens to a tool that {@link #tools} does not list} */
  public DefaultAction defaultAction() {
    return defaultAction;
  }

  /** {@return the names and patterns of hidden tools, in document order} */
  public List<String> hide() {
    return hide;
  }

  /** {@return the rules for every call} */
  public AllTools allTools() {
    return allTools;
  }

  /** {@return the rules by tool name or pattern, in document order} */
  public Map<String, ToolRule> tools() {
    return tools;
  }

  /** {@return what is legal in the document and probably not what its author means} */
  public List<PolicyWarning> warnings() {
    return warnings;
  }

  /** {@return the policy as a JSON document, which {@link #parse} reads as an equal policy} */
  public String toJson() {
    return DocumentWriter.json(this);
  }

  /** {@return whether the other is a policy that says the same; its warnings do not count} */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Policy policy
        && Objects.equals(description, policy.description)
        && defaultAction == policy.defaultAction
        && hide.equals(policy.hide)
        && allTools.equals(policy.allTools)
        && tools.equals(policy.tools);
  }

  @Override
  public int hashCode() {
    return Objects.hash(description, defaultAction, hide, allTools, tools);
  }

  /** {@return {@link #toJson}} */
  @Override
  public String toString() {
    return toJson();
  }

  /** Builds a policy in Java. Not safe for use by several threads. */
  public static final class Builder {
    private @Nullable String description;
    private @Nullable DefaultAction defaultAction;
    private final List<String> hide = new ArrayList<>();
    private @Nullable AllTools allTools;
    private final Map<String, ToolRule> tools = new LinkedHashMap<>();

    private Builder() {}

    /**
     * Sets what happens to a tool that is not listed. Required.
     *
     * @param action allow or deny
     * @throws IllegalStateException if it was set before
     */
    public Builder defaultAction(DefaultAction action) {
      this.defaultAction = Once.set("defaultAction", defaultAction, action);
      return this;
    }

    /**
     * Sets the policy's description of itself.
     *
     * @param text for people
     * @throws IllegalStateException if it was set before
     */
    public Builder description(String text) {
      this.description = Once.set("description", description, text);
      return this;
    }

    /**
     * Hides tools: they are not listed to agents, and denied when called.
     *
     * @param names tool names or patterns; {@code *} hides all
     */
    public Builder hide(String... names) {
      hide.addAll(List.of(names));
      return this;
    }

    /**
     * Sets the rules for every call.
     *
     * @param rules the rules
     * @throws IllegalStateException if it was set before
     */
    public Builder allTools(AllTools rules) {
      this.allTools = Once.set("allTools", allTools, rules);
      return this;
    }

    /**
     * Lists a tool, or the tools that a pattern matches.
     *
     * @param name a tool's name, or a pattern
     * @param rule what holds for it
     * @throws IllegalArgumentException if the name is listed already
     */
    public Builder tool(String name, ToolRule rule) {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(rule, "rule");
      if (tools.putIfAbsent(name, rule) != null) {
        throw new IllegalArgumentException(Spelling.quote(name) + " is listed already");
      }
      return this;
    }

    /**
     * Returns the policy, checked like a document.
     *
     * @throws PolicyException if anything is wrong with it; it names every problem
     * @throws IllegalStateException if no default is set
     * @throws IllegalArgumentException if a condition compares with a value that JSON has not
     */
    public Policy build() {
      if (defaultAction == null) {
        throw new IllegalStateException("defaultAction is not set");
      }
      AllTools all = Objects.requireNonNullElse(allTools, AllTools.NONE);
      Policy unchecked = new Policy(description, defaultAction, hide, all, tools);
      Problems problems = new Problems();
      Node root = JavaTree.read(DocumentWriter.document(unchecked), problems);
      return DocumentReader.read(root, "The policy", problems);
    }
  }
}
