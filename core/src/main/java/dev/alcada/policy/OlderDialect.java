package dev.alcada.policy;

import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.ObjectReader;
import dev.alcada.internal.document.Place;
import dev.alcada.internal.document.Problems;
import dev.alcada.internal.document.Spelling;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns a document of the older rule dialect (PolicyLayer Intercept: {@code tools} that hold {@code
 * rules}) into a document of this language. Places stay those of the text that was read, so that
 * whatever is wrong is reported where its author wrote it.
 */
final class OlderDialect {
  private static final String ALL_TOOLS = "*";
  private static final Set<String> FIELDS =
      ObjectReader.names("version", "description", "default", "hide", "tools");

  private static final Set<String> RULES = Set.of("rules");

  private final Problems problems;

  private OlderDialect(Problems problems) {
    this.problems = problems;
  }

  /** {@return the tree as it is, or turned into this language if it is of the older dialect} */
  static Node translated(Node root, Problems problems) {
    return root instanceof Node.Mapping document && isOlder(document)
        ? new OlderDialect(problems).document(document)
        : root;
  }

  private static boolean isOlder(Node.Mapping document) {
    return value(document, "tools") instanceof Node.Mapping tools
        && tools.members().values().stream()
            .anyMatch(
                tool ->
                    tool.value() instanceof Node.Mapping rule
                        && rule.members().containsKey("rules"));
  }

  private Node document(Node.Mapping document) {
    ObjectReader.of(document, "a document of the older rule dialect", FIELDS, problems);
    Map<String, Node.Member> members = new LinkedHashMap<>();
    for (String field : FIELDS) {
      Node.Member member = document.members().get(field);
      if (member != null) {
        members.put(field, member);
      }
    }
    // What is not listed may be called, unless the document says otherwise.
    members.computeIfAbsent("default", name -> text(document.place(), "allow"));
    if (value(document, "tools") instanceof Node.Mapping tools) {
      Node all = value(tools, ALL_TOOLS);
      if (all != null) {
        members.put("all_tools", member(rule(ALL_TOOLS, all)));
      }
      members.put("tools", member(tools(tools)));
    }
    return new Node.Mapping(document.place(), members);
  }

  private Node tools(Node.Mapping tools) {
    Map<String, Node.Member> rules = new LinkedHashMap<>();
    tools
        .members()
        .forEach(
            (name, member) -> {
              if (name.equals(ALL_TOOLS)) {
                return;
              } else if (NamePattern.isPattern(name)) {
                problems.add(
                    member.name(),
                    "the tool name " + Spelling.quote(name),
                    "a name without \"*\": the older dialect takes it for the name itself, this"
                        + " language for a pattern");
              }
              rules.put(name, new Node.Member(member.name(), rule(name, member.value())));
            });
    return new Node.Mapping(tools.place(), rules);
  }

  private Node rule(String tool, Node node) {
    ObjectReader fields =
        ObjectReader.of(
            node, "a tool beside others with \"rules\" (the older dialect)", RULES, problems);
    if (fields == null) {
      return new Node.Broken(node.place());
    }
    OlderRules rules = new OlderRules(tool.equals(ALL_TOOLS) ? null : tool, problems);
    fields.each("rules", "rules", Integer.MAX_VALUE, rules::add);
    return rules.translated(node.place());
  }

  static @Nullable Node value(Node.Mapping mapping, String name) {
    Node.Member member = mapping.members().get(name);
    return member == null ? null : member.value();
  }

  static Node.Member text(Place place, String text) {
    return member(new Node.Text(place, text));
  }

  /** {@return a member that its author did not write; its name has the place of its value} */
  static Node.Member member(Node value) {
    return new Node.Member(value.place(), value);
  }
}
