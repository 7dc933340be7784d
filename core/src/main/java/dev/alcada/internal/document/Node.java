package dev.alcada.internal.document;

import dev.alcada.internal.value.NumberSpelling;
import java.util.List;
import java.util.Map;

/** A document as a tree, whatever it is written in, each node with its place. */
public sealed interface Node {
  Place place();

  /** An object; members in document order. */
  record Mapping(Place place, Map<String, Member> members) implements Node {}

  record Sequence(Place place, List<Node> elements) implements Node {}

  record Text(Place place, String value) implements Node {}

  /** A number as JSON spells it, within the bounds of {@link NumberSpelling}. */
  record Num(Place place, String text) implements Node {}

  record Bool(Place place, boolean value) implements Node {}

  record Null(Place place) implements Node {}

  /** Stands for something already reported as a problem. */
  record Broken(Place place) implements Node {}

  /** What remains of something that was read as soon as its text ended. */
  record Read(Place place, Object value) implements Node {}

  /** A member of an object: its value, and the line and column of its name. */
  record Member(Node value, int line, int column) {
    public Member(Place name, Node value) {
      this(value, name.line(), name.column());
    }

    /** {@return the place of the name} */
    public Place name() {
      return value.place().at(line, column);
    }
  }

  /** {@return what the node is, for messages} */
  default String describe() {
    if (this instanceof Mapping mapping) {
      return mapping.members().isEmpty() ? "an empty object" : "an object";
    } else if (this instanceof Sequence sequence) {
      return sequence.elements().isEmpty() ? "an empty list" : "a list";
    } else if (this instanceof Text text) {
      return Spelling.describe(text.value());
    } else if (this instanceof Num number) {
      return "the number " + Spelling.shorten(number.text());
    } else if (this instanceof Bool bool) {
      return Boolean.toString(bool.value());
    } else {
      return "null";
    }
  }
}
