package dev.alcada.policy;

import java.util.Map;

/** The rules that hold for a document's tree, whatever it is written in. */
final class TreeBuilder {
  private static final int MAX_DEPTH = 100;

  private final Problems problems;

  TreeBuilder(Problems problems) {
    this.problems = problems;
  }

  /** Ends the reading of a document that is nested too deeply; the problem is already noted. */
  static final class TooDeep extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooDeep() {
      super(null, null, false, false);
    }
  }

  void checkDepth(Place place, int depth) {
    if (depth > MAX_DEPTH) {
      // The pointer of something this deep says less than its line.
      problems.add(
          Place.root(place.line(), place.column()),
          "objects and lists more than 100 deep",
          "at most 100 levels");
      throw new TooDeep();
    }
  }

  Node text(Place place, String value) {
    if (!wellFormed(value)) {
      problems.add(
          place, "half of a surrogate pair, " + Spelling.quote(value), "text of whole characters");
      return new Node.Broken(place);
    }
    return new Node.Text(place, value);
  }

  Node number(Place place, String text) {
    String expected = Numbers.beyondBounds(text);
    if (expected != null) {
      problems.add(place, "the number " + Spelling.shorten(text), expected);
      return new Node.Broken(place);
    }
    return new Node.Num(place, text);
  }

  /** Adds a member; the first of several with one name stays. */
  void add(Map<String, Node.Member> members, Place name, Node value) {
    if (!wellFormed(name.name())) {
      text(name, name.name());
      return;
    }
    Node.Member first = members.putIfAbsent(name.name(), new Node.Member(name, value));
    if (first != null) {
      problems.add(
          name,
          "the name " + Spelling.quote(name.name()) + " a second time",
          "each name once (the first is on line " + first.name().line() + ")");
    }
  }

  private static boolean wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (Character.isLowSurrogate(c)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          return false;
        }
        i++;
      }
    }
    return true;
  }
}
