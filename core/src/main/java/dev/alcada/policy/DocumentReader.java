package dev.alcada.policy;

import dev.alcada.internal.document.DocumentText;
import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.ObjectReader;
import dev.alcada.internal.document.Problems;
import dev.alcada.internal.document.Spelling;
import dev.alcada.policy.Policy.DefaultAction;
import dev.alcada.policy.Policy.Hidden;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a policy of a document's tree, or notes all that keeps it from being one. */
final class DocumentReader {
  private static final int MAX_TOOLS = 100_000;

  /** Stands for the list of hidden tools. */
  static final String UNLISTED = "unlisted";

  private static final Set<String> FIELDS =
      ObjectReader.names(
          "$schema", "version", "description", "default", "hide", "all_tools", "tools");

  private static final Policy EMPTY =
      new Policy(null, DefaultAction.DENY, Hidden.NOTHING, AllTools.NONE, Map.of());

  private final Problems problems;
  private final RuleReader rules;
  private AllTools allTools = AllTools.NONE;

  /** What is found about the rules, from the first of them on; null before. */
  private @Nullable Warnings warnings;

  DocumentReader(Problems problems) {
    this.problems = problems;
    this.rules = new RuleReader(problems);
  }

  /**
   * Returns the policy that a text spells.
   *
   * @param text the document
   * @param document what messages call the document
   * @throws PolicyException if anything is wrong with it
   */
  static Policy read(String text, String document) {
    Policy policy = RuleByRule.read(text);
    if (policy != null) {
      return policy.withName(document);
    }
    Problems problems = new Problems();
    Node root = OlderDialect.translated(DocumentText.tree(text, problems), problems);
    return read(root, document, problems);
  }

  /** As {@link #read(String, String)}, of a tree whose own problems are noted already. */
  static Policy read(Node root, String document, Problems problems) {
    Policy policy = new DocumentReader(problems).policy(root);
    if (!problems.isEmpty()) {
      throw PolicyException.of(document, problems.inOrder(), null);
    }
    return policy.withName(document);
  }

  /** Makes the policy of a document's root. */
  Policy policy(Node root) {
    if (root instanceof Node.Mapping mapping && isTools(mapping)) {
      problems.add(
          root.place(),
          "an object of tools and rules",
          "a policy, with \"version\" and \"default\"",
          "wrap it: {\"version\": \"1\", \"default\": \"deny\", \"tools\": {…}}");
      return EMPTY;
    } else if (root instanceof Node.Text text && text.value().matches(".*\\.(?:json|ya?ml)")) {
      ObjectReader.wrong(root, "a policy", "Policy.load reads a file", problems);
      return EMPTY;
    }
    ObjectReader fields =
        ObjectReader.of(root, "a policy", FIELDS, DocumentReader::misplaced, problems);
    if (fields == null) {
      return EMPTY;
    }
    fields.text("$schema");
    version(fields);
    Node byDefault = fields.required("default", "\"allow\" or \"deny\"");
    DefaultAction defaultAction =
        byDefault == null
            ? DefaultAction.DENY
            : ObjectReader.constant(
                byDefault,
                DefaultAction.values(),
                DefaultAction.DENY,
                DocumentReader::otherDefault,
                problems);
    ToolNames names = new ToolNames(defaultAction, problems);
    Hidden hidden = hidden(fields, names, defaultAction);
    Warnings found = begun(fields.get("all_tools"));
    Node tools = fields.get("tools");
    Map<String, ToolRule> read = tools == null ? Map.of() : tools(tools, names, found);
    names.check();
    rules.check();
    Policy policy = new Policy(fields.text("description"), defaultAction, hidden, allTools, read);
    if (problems.isEmpty()) {
      found.document(policy, root);
    }
    return policy.withWarnings(found.found());
  }

  /**
   * Reads the rules for all tools, unless that is done: those of each tool are seen beside them.
   */
  Warnings begun(@Nullable Node all) {
    if (warnings == null) {
      allTools = all == null ? AllTools.NONE : rules.allTools(all);
      warnings = new Warnings(allTools, all);
    }
    return warnings;
  }

  /** {@return whether a top level is evidently the value of {@code tools}} */
  private static boolean isTools(Node.Mapping root) {
    return !root.members().isEmpty()
        && root.members().keySet().stream().noneMatch(FIELDS::contains)
        && root.members().values().stream().allMatch(member -> isRule(member.value(), true));
  }

  /** {@return where a field belongs that is none of a policy, or null} */
  private static @Nullable String misplaced(String field, Node value) {
    if (isRule(value, false)) {
      return "a tool's rule belongs into \"tools\"";
    }
    return RuleReader.ALL_TOOLS_FIELDS.contains(field)
        ? "rules for every call belong into \"all_tools\""
        : Mends.ofDocument(field);
  }

  private static boolean isRule(Node node, boolean orEmpty) {
    return node instanceof Node.Mapping rule
        && (orEmpty || !rule.members().isEmpty())
        && RuleReader.FIELDS.containsAll(rule.members().keySet());
  }

  /** {@return how a default says what a word in its place means, which is neither, or null} */
  private static @Nullable String otherDefault(String word) {
    String bare = Spelling.bare(word);
    return bare.equals("requireapproval") || Spelling.action(bare).equals("require_approval")
        ? "to ask about what is not listed, write \"default\": \"allow\" and \"tools\": {\"*\":"
            + " {\"action\": \"require_approval\"}}"
        : null;
  }

  private void version(ObjectReader fields) {
    Node version = fields.required("version", "the text \"1\"");
    if (version != null && !(version instanceof Node.Text text && text.value().equals("1"))) {
      boolean meant =
          version instanceof Node.Num number
              ? number.text().matches("1(?:\\.0)?")
              : version instanceof Node.Text text && text.value().matches("v?1(?:\\.0)*");
      ObjectReader.wrong(version, "the text \"1\"", meant ? "write \"1\"" : null, problems);
    }
  }

  private Hidden hidden(ObjectReader fields, ToolNames names, DefaultAction defaultAction) {
    if (fields.get("hide") instanceof Node.Text text) {
      return new Hidden(List.of(), unlisted(text, defaultAction));
    }
    List<String> hide = new ArrayList<>();
    fields.each(
        "hide",
        "tool names",
        MAX_TOOLS,
        node -> {
          String name = ObjectReader.nonEmpty(node, "a tool's name or a pattern", problems);
          if (name != null) {
            names.hidden(name, node.place());
            hide.add(name);
          }
        });
    return new Hidden(hide, false);
  }

  private boolean unlisted(Node.Text text, DefaultAction defaultAction) {
    boolean unlisted = text.value().equals(UNLISTED);
    if (!unlisted) {
      ObjectReader.wrong(
          text,
          "a list of tool names, or \"unlisted\"",
          text.value().isEmpty() ? null : "write [" + Spelling.quote(text.value()) + "]",
          problems);
    } else if (defaultAction != DefaultAction.DENY) {
      ObjectReader.wrong(
          text,
          "a list of tool names, since what \"tools\" does not list may be called",
          "write \"default\": \"deny\" to deny and hide what is not listed",
          problems);
    }
    return unlisted;
  }

  private Map<String, ToolRule> tools(Node node, ToolNames names, Warnings found) {
    Map<String, ToolRule> tools = new LinkedHashMap<>();
    if (!(node instanceof Node.Mapping mapping)) {
      ObjectReader.wrong(
          node,
          "an object of tool names and rules, such as {\"pay\": {}}",
          node instanceof Node.Sequence ? "each tool's name is a key: {\"<name>\": {…}}" : null,
          problems);
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
              tools.put(name, tool(name, member.value(), found));
            });
    return tools;
  }

  /** {@return whether the rules for all tools are read, or known to be missing} */
  boolean hasBegun() {
    return warnings != null;
  }

  /** Reads a tool's rule, unless that is done. */
  ToolRule tool(String name, Node node, Warnings found) {
    if (node instanceof Node.Read read && read.value() instanceof ToolRule rule) {
      return rule;
    }
    ToolRule rule = rules.tool(node);
    if (problems.isEmpty()) {
      found.tool(name, rule, node);
    }
    return rule;
  }
}
