package dev.alcada.policy;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A policy document: what may happen when an agent calls a tool. Immutable and safe for use by
 * several threads.
 */
public final class Policy {
  private final @Nullable String description;
  private final DefaultAction defaultAction;
  private final List<String> hide;
  private final AllTools allTools;
  private final Map<String, ToolRule> tools;
  private final List<PolicyWarning> warnings;

  Policy(
      @Nullable String description,
      DefaultAction defaultAction,
      List<String> hide,
      AllTools allTools,
      Map<String, ToolRule> tools) {
    this(
        description,
        defaultAction,
        List.copyOf(hide),
        allTools,
        Collections.unmodifiableMap(new LinkedHashMap<>(tools)),
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

  /**
   * Returns the policy that a text spells, in JSON if it begins with a brace, else in YAML.
   *
   * @param document the document's text
   * @throws PolicyException if anything is wrong with the document; it names every problem
   */
  public static Policy parse(String document) {
    return DocumentReader.read(document, "The policy");
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
    return DocumentReader.read(Source.text(file), file.toString());
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
}
