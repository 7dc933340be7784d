package dev.alcada.policy;

import dev.alcada.internal.document.DocumentText;
import dev.alcada.internal.document.JavaTree;
import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.Problems;
import dev.alcada.internal.document.Spelling;
import dev.alcada.internal.document.UnreadableException;
import dev.alcada.internal.value.Once;
import java.net.URL;
import java.nio.file.Path;
import java.time.ZoneId;
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

  /** What messages call a document that has no name of its own. */
  static final String UNNAMED = "The policy";

  private final String name;
  private final @Nullable String description;
  private final DefaultAction defaultAction;
  private final Hidden hidden;
  private final Stands stands;
  private final AllTools allTools;
  private final Map<String, ToolRule> tools;
  private final List<PolicyWarning> warnings;

  /** Made when it is asked for; several threads may make the same. */
  private volatile @Nullable String revision;

  /** The names and patterns of hidden tools, and whether what is not listed is hidden too. */
  record Hidden(List<String> names, boolean unlisted) {
    static final Hidden NOTHING = new Hidden(List.of(), false);
  }

  /**
   * What holds for the document as a whole: its time zone, and the text with which everything is
   * denied.
   */
  record Stands(@Nullable ZoneId timezone, @Nullable String halted) {
    static final Stands NOTHING = new Stands(null, null);
  }

  /** Takes the list and the map as they are: nobody else may change them from here on. */
  Policy(
      @Nullable String description,
      DefaultAction defaultAction,
      Hidden hidden,
      Stands stands,
      AllTools allTools,
      Map<String, ToolRule> tools) {
    this(
        UNNAMED,
        description,
        defaultAction,
        new Hidden(Collections.unmodifiableList(hidden.names), hidden.unlisted),
        stands,
        allTools,
        Collections.unmodifiableMap(tools),
        List.of());
  }

  private Policy(
      String name,
      @Nullable String description,
      DefaultAction defaultAction,
      Hidden hidden,
      Stands stands,
      AllTools allTools,
      Map<String, ToolRule> tools,
      List<PolicyWarning> warnings) {
    this.name = name;
    this.description = description;
    this.defaultAction = defaultAction;
    this.hidden = hidden;
    this.stands = stands;
    this.allTools = allTools;
    this.tools = tools;
    this.warnings = warnings;
  }

  Policy withWarnings(List<PolicyWarning> found) {
    return new Policy(
        name, description, defaultAction, hidden, stands, allTools, tools, List.copyOf(found));
  }

  Policy withName(String document) {
    return new Policy(
        document, description, defaultAction, hidden, stands, allTools, tools, warnings);
  }

  /**
   * Returns this policy, halted: it denies every call, and lists and hides tools as before.
   *
   * @param text what the agent is told
   */
  public Policy withHalt(String text) {
    return new Policy(
        name,
        description,
        defaultAction,
        hidden,
        new Stands(stands.timezone, Objects.requireNonNull(text, "text")),
        allTools,
        tools,
        warnings);
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
    return parse(document, UNNAMED);
  }

  /**
   * Returns the policy that a text spells, in JSON if it begins with a brace, else in YAML.
   *
   * @param document the document's text
   * @param name what messages call the document, for example where its text is from
   * @throws PolicyException if anything is wrong with the document; its message begins with the
   *     name and has every problem
   */
  public static Policy parse(String document, String name) {
    Objects.requireNonNull(name, "name");
    return DocumentReader.read(Objects.requireNonNull(document, "document"), name);
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
    String name = file.toString();
    String text;
    try {
      text = DocumentText.text(file);
    } catch (UnreadableException e) {
      throw PolicyException.of(name, e);
    }
    return DocumentReader.read(text, name);
  }

  /**
   * Returns the policy that a resource holds, in UTF-8, in JSON if it begins with a brace, else in
   * YAML:
   *
   * <pre>{@code
   * Policy policy = Policy.load(Main.class.getResource("/policy.yaml"));
   * }</pre>
   *
   * @param resource a resource of the class path, or any other that can be read within 10 seconds
   * @throws PolicyException if the resource cannot be read, or anything is wrong with the document;
   *     it names every problem
   * @throws NullPointerException if there is no resource, as {@code getResource} tells
   */
  public static Policy load(@Nullable URL resource) {
    Objects.requireNonNull(resource, "no such resource: is the document on the class path?");
    String name = resource.toString();
    String text;
    try {
      text = DocumentText.text(resource);
    } catch (UnreadableException e) {
      throw PolicyException.of(name, e);
    }
    return DocumentReader.read(text, name);
  }

  /**
   * Returns what messages call the document: the file or resource it was loaded from, or the name
   * it was given. It is no part of what the policy says.
   */
  public String name() {
    return name;
  }

  /**
   * Returns the revision of what the policy says: the SHA-256 of its canonical JSON, in 64
   * hexadecimal digits. Documents that say the same, however they are spelt, have the same.
   */
  public String revision() {
    String known = revision;
    if (known == null) {
      known = DocumentWriter.revision(this);
      revision = known;
    }
    return known;
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
    return hidden.names;
  }

  /** {@return the time zone of its clock and its calendars, or {@code null} if it has none} */
  public @Nullable ZoneId timezone() {
    return stands.timezone;
  }

  /**
   * {@return what the agent is told of every call, since all are denied; {@code null} if not so}
   */
  public @Nullable String halted() {
    return stands.halted;
  }

  Stands stands() {
    return stands;
  }

  /** {@return whether every tool that {@link #tools} does not list is hidden} */
  public boolean hidesUnlisted() {
    return hidden.unlisted;
  }

  Hidden hidden() {
    return hidden;
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
        && hidden.equals(policy.hidden)
        && stands.equals(policy.stands)
        && allTools.equals(policy.allTools)
        && tools.equals(policy.tools);
  }

  @Override
  public int hashCode() {
    return Objects.hash(description, defaultAction, hidden, stands, allTools, tools);
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
    private boolean hideUnlisted;
    private @Nullable ZoneId timezone;
    private @Nullable String halt;
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
     * @throws IllegalStateException if {@link #hideUnlisted} is set
     */
    public Builder hide(String... names) {
      if (hideUnlisted) {
        throw new IllegalStateException("hideUnlisted is set: no names can be hidden beside it");
      }
      hide.addAll(List.of(names));
      return this;
    }

    /**
     * Hides every tool that is not listed; wants a default of {@link DefaultAction#DENY}.
     *
     * @throws IllegalStateException if {@link #hide} has hidden tools by name
     */
    public Builder hideUnlisted() {
      if (!hide.isEmpty()) {
        throw new IllegalStateException("hide is set: what is unlisted cannot be hidden beside it");
      }
      hideUnlisted = true;
      return this;
    }

    /**
     * Sets the time zone of paths such as {@code time.hour}, which need one.
     *
     * @param zone the time zone
     * @throws IllegalStateException if it was set before
     */
    public Builder timezone(ZoneId zone) {
      this.timezone = Once.set("timezone", timezone, zone);
      return this;
    }

    /**
     * Denies every call.
     *
     * @param text what the agent is told
     * @throws IllegalStateException if it was set before
     */
    public Builder halt(String text) {
      this.halt = Once.set("halt", halt, text);
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
      Policy unchecked =
          new Policy(
              description,
              defaultAction,
              new Hidden(hide, hideUnlisted),
              new Stands(timezone, halt),
              all,
              tools);
      Problems problems = new Problems();
      Node root = JavaTree.read(DocumentWriter.document(unchecked), problems);
      return DocumentReader.read(root, UNNAMED, problems);
    }
  }
}
