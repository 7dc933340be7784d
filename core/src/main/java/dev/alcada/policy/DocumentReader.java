package dev.alcada.policy;

import dev.alcada.internal.document.DocumentText;
import dev.alcada.internal.document.HaltSearch;
import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.ObjectReader;
import dev.alcada.internal.document.Place;
import dev.alcada.internal.document.Problems;
import dev.alcada.internal.document.Spelling;
import dev.alcada.internal.document.TreeBuilder;
import dev.alcada.policy.Policy.DefaultAction;
import dev.alcada.policy.Policy.Hidden;
import dev.alcada.policy.Policy.Stands;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Makes a policy of a document's tree, or notes all that keeps it from being one. */
final class DocumentReader {
  private static final int MAX_TOOLS = 100_000;

  /** Stands for the list of hidden tools. */
  static final String UNLISTED = "unlisted";

  private static final Set<String> FIELDS =
      ObjectReader.names(
          "$schema",
          "version",
          "description",
          "default",
          "timezone",
          "halt",
          "hide",
          "all_tools",
          "tools");

  /** What the agent is told of a halt that has no text of its own. */
  static final String HALTED = "The operator has stopped every call. Wait until that is over.";

  private static final Policy EMPTY =
      new Policy(null, DefaultAction.DENY, Hidden.NOTHING, Stands.NOTHING, AllTools.NONE, Map.of());

  private final Problems problems;
  private final RuleReader rules;
  private AllTools allTools = AllTools.NONE;

  /** The document's own zone, or null. */
  private @Nullable ZoneId zone;

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
    HaltSeen halt = new HaltSeen();
    Node tree = DocumentText.tree(text, new TreeBuilder(problems, halt), problems);
    if (tree instanceof Node.Broken && halt.text == null) {
      halt.text = haltOfBroken(text);
    }
    return read(OlderDialect.translated(tree, problems), document, problems, halt);
  }

  /** {@return what a text that is no document says of a halt, where a person sees it at the top} */
  static @Nullable String haltOfBroken(String text) {
    String found = HaltSearch.in(text);
    return found != null && found.isEmpty() ? HALTED : found;
  }

  /** As {@link #read(String, String)}, of a tree whose own problems are noted already. */
  static Policy read(Node root, String document, Problems problems) {
    return read(root, document, problems, new HaltSeen());
  }

  private static Policy read(Node root, String document, Problems problems, HaltSeen halt) {
    Policy policy = new DocumentReader(problems).policy(root);
    if (!problems.isEmpty()) {
      throw PolicyException.of(document, problems.inOrder(), null, halt.text);
    }
    return policy.withName(document);
  }

  /** Keeps what the top level says of a halt, which holds even if the rest does not load. */
  private static final class HaltSeen implements UnaryOperator<Node> {
    private @Nullable String text;

    @Override
    public Node apply(Node node) {
      Place object = node.place().parent();
      if (text == null
          && object != null
          && object.parent() == null
          && node.place().name().equals("halt")) {
        text = halt(node);
      }
      return node;
    }

    /** {@return the text of whatever is neither false nor null, the spelling be it wrong or not} */
    private static @Nullable String halt(Node node) {
      if (node instanceof Node.Null || (node instanceof Node.Bool bool && !bool.value())) {
        return null;
      }
      return node instanceof Node.Text text && !text.value().isBlank() ? text.value() : HALTED;
    }
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
    NamePattern.Names names = new NamePattern.Names(defaultAction, problems);
    Hidden hidden = hidden(fields, names, defaultAction);
    Node named = fields.get("timezone");
    Stands stands =
        new Stands(named == null ? null : LimitReader.zone(named, problems), halt(fields));
    timezone(stands.timezone());
    Warnings found = begun(fields.get("all_tools"));
    Node tools = fields.get("tools");
    Map<String, ToolRule> read = tools == null ? Map.of() : tools(tools, names, found);
    names.check();
    rules.check();
    Place clock = rules.clock();
    if (clock != null && named == null) {
      problems.add(
          clock,
          "a path of the clock, and no \"timezone\" at the top",
          "whose hours these are: \"timezone\": \"America/Sao_Paulo\", or \"UTC\"");
    }
    Policy policy =
        new Policy(fields.text("description"), defaultAction, hidden, stands, allTools, read);
    if (problems.isEmpty()) {
      found.document(policy, root);
    }
    return policy.withWarnings(found.found());
  }

  private @Nullable String halt(ObjectReader fields) {
    Node node = fields.get("halt");
    if (node == null || (node instanceof Node.Bool bool && !bool.value())) {
      return null;
    } else if (node instanceof Node.Bool) {
      return HALTED;
    } else if (node instanceof Node.Text text && !text.value().isBlank()) {
      return text.value();
    }
    ObjectReader.wrong(node, "what the agent is told, or true", problems);
    return HALTED;
  }

  /** Takes the document's own time zone, or null, which the rules must know. */
  void timezone(@Nullable ZoneId ofDocument) {
    zone = ofDocument;
    rules.timezone(zone);
  }

  /**
   * Reads the rules for all tools, unless that is done: those of each tool are seen beside them.
   */
  Warnings begun(@Nullable Node all) {
    if (warnings == null) {
      allTools = all == null ? AllTools.NONE : rules.allTools(all);
      warnings = new Warnings(allTools, all, zone);
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

  private Hidden hidden(ObjectReader fields, NamePattern.Names names, DefaultAction defaultAction) {
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

  private Map<String, ToolRule> tools(Node node, NamePattern.Names names, Warnings found) {
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

  /**
   * Reads each rule as soon as its text ends, so that the tree of a large document never stands in
   * memory as a whole: of a tool's rule the tree keeps what was read.
   *
   * <p>Where that will not do, because of a problem, the older dialect or rules for all tools that
   * come after those of one, nothing is said, and the document is read anew with all of it at hand.
   */
  static final class RuleByRule {
    private final Problems problems = new Problems();
    private final DocumentReader reader = new DocumentReader(problems);

    private RuleByRule() {}

    /** {@return the policy that a text spells, or null where that will not do} */
    static @Nullable Policy read(String text) {
      return new RuleByRule().policy(text);
    }

    private @Nullable Policy policy(String text) {
      Node root = DocumentText.tree(text, new TreeBuilder(problems, this::early), problems);
      if (root instanceof Node.Broken) {
        return null;
      }
      Policy policy = reader.policy(root);
      return problems.isEmpty() ? policy : null;
    }

    /** Reads a tool's rule, or those for all tools, which each tool's is seen beside. */
    private Node early(Node node) {
      Place place = node.place();
      Place object = place.parent();
      if (object == null) {
        return node;
      } else if (object.name().equals("tools")) {
        ToolRule rule = reader.tool(place.name(), node, reader.begun(null));
        if (!problems.isEmpty()) {
          // All of it will be read anew: a hostile document must not cost twice as much.
          throw new TreeBuilder.Stopped();
        }
        return new Node.Read(place, rule);
      } else if (place.name().equals("timezone") && object.parent() == null) {
        if (reader.hasBegun()) {
          throw new TreeBuilder.Stopped();
        }
        reader.timezone(LimitReader.zone(node, problems));
      } else if (place.name().equals("all_tools")) {
        if (reader.hasBegun()) {
          throw new TreeBuilder.Stopped();
        }
        reader.begun(node);
      }
      return node;
    }
  }
}
