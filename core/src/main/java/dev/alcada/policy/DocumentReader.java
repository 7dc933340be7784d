package dev.alcada.policy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** Makes a policy of a document's tree, or notes all that keeps it from being one. */
final class DocumentReader {
  private static final int MAX_TOOLS = 100_000;

  private static final Set<String> FIELDS =
      Fields.names("$schema", "version", "description", "default", "hide", "all_tools", "tools");

  private static final Policy EMPTY =
      new Policy(null, DefaultAction.DENY, List.of(), AllTools.NONE, Map.of());

  private final Problems problems;
  private final RuleReader rules;
  private final Node root;
  private final Warnings warnings;

  private DocumentReader(Node root, Problems problems) {
    this.problems = problems;
    this.rules = new RuleReader(problems);
    this.root = root;
    this.warnings = new Warnings(root);
  }

  /**
   * Returns the policy that a text spells.
   *
   * @param text the document
   * @param document what messages call the document
   * @throws PolicyException if anything is wrong with it
   */
  static Policy read(String text, String document) {
    Problems problems = new Problems();
    Node root = OlderDialect.translated(Source.tree(text, problems), problems);
    return read(root, document, problems);
  }

  /** As {@link #read(String, String)}, of a tree whose own problems are noted already. */
  static Policy read(Node root, String document, Problems problems) {
    DocumentReader reader = new DocumentReader(root, problems);
    Policy policy = reader.policy();
    problems.throwIfAny(document);
    return policy.withWarnings(reader.warnings.found());
  }

  private Policy policy() {
    if (root instanceof Node.Mapping mapping && isTools(mapping)) {
      problems.add(
          root.place(),
          "an object of tools and rules",
          "a policy, with \"version\" and \"default\"",
          "wrap it: {\"version\": \"1\", \"default\": \"deny\", \"tools\": {…}}");
      return EMPTY;
    }
    Fields fields =
        Fields.of(
            root,
            "a policy",
            FIELDS,
            value -> isRule(value, false) ? "a tool's rule belongs into \"tools\"" : null,
            problems);
    if (fields == null) {
      return EMPTY;
    }
    fields.text("$schema");
    version(fields);
    Node byDefault = fields.required("default", "\"allow\" or \"deny\"");
    DefaultAction defaultAction =
        byDefault == null
            ? DefaultAction.DENY
            : Fields.constant(byDefault, DefaultAction.values(), DefaultAction.DENY, problems);
    Names names = new Names(problems);
    List<String> hide = hide(fields, names);
    Node all = fields.get("all_tools");
    AllTools allTools = all == null ? AllTools.NONE : rules.allTools(all);
    NameWarnings nameWarnings = new NameWarnings(defaultAction, hide, warnings);
    Map<String, ToolRule> tools = tools(fields, names, warnings.ofRules(allTools, nameWarnings));
    names.check();
    rules.check();
    if (problems.isEmpty()) {
      nameWarnings.find(tools);
    }
    return new Policy(fields.text("description"), defaultAction, hide, allTools, tools);
  }

  /** {@return whether a top level is evidently the value of {@code tools}} */
  private static boolean isTools(Node.Mapping root) {
    return !root.members().isEmpty()
        && root.members().keySet().stream().noneMatch(FIELDS::contains)
        && root.members().values().stream().allMatch(member -> isRule(member.value(), true));
  }

  private static boolean isRule(Node node, boolean orEmpty) {
    return node instanceof Node.Mapping rule
        && (orEmpty || !rule.members().isEmpty())
        && RuleReader.FIELDS.containsAll(rule.members().keySet());
  }

  private void version(Fields fields) {
    Node version = fields.required("version", "the text \"1\"");
    if (version != null && !(version instanceof Node.Text text && text.value().equals("1"))) {
      boolean unquoted = version instanceof Node.Num number && number.text().matches("1(?:\\.0)?");
      Fields.wrong(version, "the text \"1\"", unquoted ? "quote it: \"1\"" : null, problems);
    }
  }

  private List<String> hide(Fields fields, Names names) {
    List<String> hide = new ArrayList<>();
    fields.each(
        "hide",
        "tool names",
        MAX_TOOLS,
        node -> {
          String name = Fields.nonEmpty(node, "a tool's name or a pattern", problems);
          if (name != null) {
            names.hidden(name, node.place());
            hide.add(name);
          }
        });
    return hide;
  }

  private Map<String, ToolRule> tools(
      Fields fields, Names names, BiConsumer<String, ToolRule> eachRead) {
    Map<String, ToolRule> tools = new LinkedHashMap<>();
    Node node = fields.get("tools");
    Node.Mapping mapping =
        node == null ? null : Fields.mapping(node, "an object of tool names and rules", problems);
    if (mapping == null) {
      return tools;
    } else if (mapping.members().size() > MAX_TOOLS) {
      problems.add(mapping.place(), mapping.members().size() + " tools", "at most 100,000");
      return tools;
    }
    mapping
        .members()
        .forEach(
            (name, member) -> {
              names.listed(name, member.name());
              ToolRule rule = rules.tool(member.value());
              tools.put(name, rule);
              if (problems.isEmpty()) {
                eachRead.accept(name, rule);
              }
            });
    return tools;
  }
}
