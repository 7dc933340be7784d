package dev.alcada.internal.document;

import dev.alcada.internal.value.NumberSpelling;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The rules that hold for a document's tree, whatever it is written in. */
public final class TreeBuilder {
  private static final int MAX_DEPTH = 100;

  /** Room for the members or elements that most objects and lists of a policy have. */
  static final int FEW = 4;

  /** As many texts as are worth to be looked for, and as long. */
  private static final int MOST_SHARED = 1000;

  private static final int LONGEST_SHARED = 32;

  /** A small text can hold millions of values, each of which takes a hundred times its memory. */
  private static final int MAX_VALUES = 1_000_000;

  private final Problems problems;
  private final UnaryOperator<Node> early;
  private int values;

  /**
   * The document's first texts: the names of fields, the operators and the paths stand all over.
   */
  private final Map<String, String> shared = new HashMap<>();

  public TreeBuilder(Problems problems) {
    this(problems, UnaryOperator.identity());
  }

  /**
   * Builds a tree whose uppermost members, and theirs, are handed over as soon as their text ends.
   *
   * @param early returns what the tree is to keep of such a value
   */
  public TreeBuilder(Problems problems, UnaryOperator<Node> early) {
    this.problems = problems;
    this.early = early;
  }

  /** Ends the reading of a document; the problem, if that is why, is already noted. */
  public static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1;

    public Stopped() {
      super(null, null, false, false);
    }
  }

  /** Counts a value, of any kind, before it is read. */
  void count(Place place) {
    values++;
    if (values > MAX_VALUES) {
      problems.add(place, "more than 1,000,000 values", "at most 1,000,000 in a document");
      throw new Stopped();
    }
  }

  void checkDepth(Place place, int depth) {
    if (depth > MAX_DEPTH) {
      // The pointer of something this deep says less than its line.
      problems.add(
          Place.root(place.line(), place.column()),
          "objects and lists more than 100 deep",
          "at most 100 levels");
      throw new Stopped();
    }
  }

  Node text(Place place, String value) {
    if (!wellFormed(value)) {
      problems.add(
          place, "half of a surrogate pair, " + Spelling.quote(value), "text of whole characters");
      return new Node.Broken(place);
    }
    return new Node.Text(place, shared(value));
  }

  Node number(Place place, String text) {
    String expected = NumberSpelling.beyondBounds(text);
    if (expected != null) {
      problems.add(place, "the number " + Spelling.shorten(text), expected);
      return new Node.Broken(place);
    }
    return new Node.Num(place, text);
  }

  /** {@return an equal text, which is one object however often the document has it} */
  String shared(String text) {
    if (text.length() > LONGEST_SHARED) {
      return text;
    }
    String first = shared.size() < MOST_SHARED ? shared.putIfAbsent(text, text) : shared.get(text);
    return first == null ? text : first;
  }

  /** Adds a member; the first of several with one name stays. */
  void add(Map<String, Node.Member> members, String name, Node.Member member) {
    if (!wellFormed(name)) {
      text(member.name(), name);
      return;
    }
    Node value = member.value();
    Place object = value.place().parent();
    boolean upper = object != null && (object.parent() == null || object.parent().parent() == null);
    Node.Member kept =
        upper ? new Node.Member(early.apply(value), member.line(), member.column()) : member;
    Node.Member first = members.putIfAbsent(name, kept);
    if (first != null && !problems.isFull()) {
      problems.add(
          member.name(),
          "the name " + Spelling.quote(name) + " a second time",
          "each name once (the first is on line " + first.line() + ")");
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
