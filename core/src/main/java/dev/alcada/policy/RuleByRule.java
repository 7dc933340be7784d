package dev.alcada.policy;

import dev.alcada.internal.document.DocumentText;
import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.Place;
import dev.alcada.internal.document.Problems;
import dev.alcada.internal.document.TreeBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Reads each rule as soon as its text ends, so that the tree of a large document never stands in
 * memory as a whole: of a tool's rule the tree keeps what was read.
 *
 * <p>Where that will not do, because of a problem, the older dialect or rules for all tools that
 * come after those of one, nothing is said, and the document is read anew with all of it at hand.
 */
final class RuleByRule {
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
    } else if (place.name().equals("all_tools")) {
      if (reader.hasBegun()) {
        throw new TreeBuilder.Stopped();
      }
      reader.begun(node);
    }
    return node;
  }
}
