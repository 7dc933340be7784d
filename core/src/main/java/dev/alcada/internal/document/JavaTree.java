package dev.alcada.internal.document;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.NumberOutput;

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

  private static String number(Number number) {
    if (number instanceof Double || number instanceof Float) {
      if (!Double.isFinite(number.doubleValue())) {
        throw new IllegalArgumentException("A policy cannot hold the number " + number);
      }
      // The shortest that reads back as it, as calls are judged: toString was not until JDK 19.
      return number instanceof Double
          ? NumberOutput.toString(number.doubleValue(), true)
          : NumberOutput.toString(number.floatValue(), true);
    } else if (number instanceof BigDecimal decimal) {
      return NumberSpelling.spell(decimal);
    } else if (number instanceof Integer
        || number instanceof Long
        || number instanceof Short
        || number instanceof Byte
        || number instanceof BigInteger) {
      return number.toString();
    }
    throw new IllegalArgumentException("A policy cannot hold a " + number.getClass().getName());
  }
}
