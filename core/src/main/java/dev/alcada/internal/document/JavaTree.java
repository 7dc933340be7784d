package dev.alcada.internal.document;

import dev.alcada.internal.value.Decimals;
import dev.alcada.internal.value.JsonType;
import dev.alcada.internal.value.NumberSpelling;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a document's tree of Java values, so that a policy built in Java is checked like a text.
 */
public final class JavaTree {
  private final TreeBuilder tree;

  private JavaTree(Problems problems) {
    this.tree = new TreeBuilder(problems);
  }

  public static Node read(Map<String, ?> document, Problems problems) {
    Place root = Place.root(0, 0);
    try {
      return new JavaTree(problems).node(root, document, 1);
    } catch (TreeBuilder.Stopped e) {
      return new Node.Broken(root);
    }
  }

  private Node node(Place place, @Nullable Object value, int depth) {
    tree.count(place);
    if (value == null) {
      return new Node.Null(place);
    } else if (value instanceof String text) {
      return tree.text(place, text);
    } else if (value instanceof Boolean bool) {
      return new Node.Bool(place, bool);
    } else if (value instanceof Number number) {
      return tree.number(place, number(number));
    } else if (value instanceof List<?> list) {
      tree.checkDepth(place, depth);
      List<Node> elements = new ArrayList<>(list.size());
      for (Object element : list) {
        elements.add(node(place.element(elements.size(), 0, 0), element, depth + 1));
      }
      return new Node.Sequence(place, elements);
    } else if (value instanceof Map<?, ?> object) {
      tree.checkDepth(place, depth);
      Map<String, Node.Member> members = new LinkedHashMap<>(TreeBuilder.FEW);
      object.forEach(
          (name, member) -> {
            if (!(name instanceof String text)) {
              throw new IllegalArgumentException("A name is no text: " + name);
            }
            Place named = place.member(text, 0, 0);
            tree.add(members, text, new Node.Member(named, node(named, member, depth + 1)));
          });
      return new Node.Mapping(place, members);
    }
    throw new IllegalArgumentException("A policy cannot hold a " + value.getClass().getName());
  }

  /** As calls are judged: a double is the shortest decimal that reads back as it. */
  private static String number(Number number) {
    if (JsonType.of(number) != JsonType.NUMBER) {
      throw new IllegalArgumentException(
          number instanceof Double || number instanceof Float
              ? "A policy cannot hold the number " + number
              : "A policy cannot hold a " + number.getClass().getName());
    }
    return NumberSpelling.spell(Decimals.decimal(number));
  }
}
