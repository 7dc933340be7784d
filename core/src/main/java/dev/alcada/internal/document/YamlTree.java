package dev.alcada.internal.document;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Reads YAML into a tree, as much of it as means the same to everybody: the events of the parser,
 * before any of YAML's own ideas of types, references and merging.
 */
final class YamlTree {
  private final ParserImpl parser;
  private final Problems problems;
  private final TreeBuilder tree;
  private Optional<Mark> last = Optional.empty();

  private YamlTree(ParserImpl parser, TreeBuilder tree, Problems problems) {
    this.parser = parser;
    this.problems = problems;
    this.tree = tree;
  }

  /** {@return the tree, or null if the text is not YAML, which is then a problem} */
  static @Nullable Node read(String text, TreeBuilder tree, Problems problems) {
    try {
      // A buffer that grows by steps is copied at each: a single long word would cost its square.
      LoadSettings settings =
          LoadSettings.builder()
              .setUseMarks(true)
              .setCodePointLimit(Integer.MAX_VALUE)
              .setBufferSize(Math.max(1024, text.length()))
              .build();
      ParserImpl parser = new ParserImpl(settings, new StreamReader(settings, text));
      return new YamlTree(parser, tree, problems).document();
    } catch (MarkedYamlEngineException e) {
      Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
      problems.add(
          root(mark),
          "text that is not YAML (" + Spelling.shorten(e.getProblem(), 160) + ")",
          EXPECTED,
          mend(text, e, mark));
    } catch (ReaderException e) {
      problems.add(
          at(text, e.getPosition()),
          String.format("the character U+%04X, which YAML does not have", e.getCodePoint()),
          "printable characters");
    } catch (YamlEngineException e) {
      problems.add(
          Place.root(1, 1),
          "text that is not YAML (" + Spelling.shorten(String.valueOf(e.getMessage())) + ")",
          EXPECTED);
    } catch (Unreadable e) {
      problems.add(
          e.after,
          "an escape or a character that cannot be read, after this",
          EXPECTED,
          SyntaxMends.ofEscape());
    } catch (TreeBuilder.Stopped e) {
      // Already noted.
    }
    return null;
  }

  private static final String EXPECTED = "a JSON or YAML document";

  private static @Nullable String mend(
      String text, MarkedYamlEngineException e, Optional<Mark> mark) {
    String sign =
        e.getContextMark().map(YamlTree::quote).or(() -> mark.map(YamlTree::quote)).orElse(null);
    if (sign != null || mark.isEmpty()) {
      return sign;
    }
    if (text.startsWith("<<<<<<< ") || text.contains("\n<<<<<<< ")) {
      return SyntaxMends.UNMERGED;
    }
    String line = text.lines().skip(mark.get().getLine()).findFirst().orElse("");
    return SyntaxMends.ofYaml(line, mark.get().getColumn() + 1, e.getProblem());
  }

  private Node document() {
    next();
    Event first = next();
    if (first.getEventId() == Event.ID.StreamEnd) {
      problems.add(Place.root(1, 1), "nothing", EXPECTED);
      return new Node.Broken(Place.root(1, 1));
    }
    Event event = next();
    Node root = value(event, root(event.getStartMark()), 1);
    next();
    Event after = next();
    if (after.getEventId() != Event.ID.StreamEnd) {
      problems.add(root(after.getStartMark()), "a second document", "one document");
    }
    return root;
  }

  private static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Place after;

    Unreadable(Place after, RuntimeException cause) {
      super(cause);
      this.after = after;
    }
  }

  /** The library's scanner trips over some broken escapes with exceptions it does not declare. */
  private Event next() {
    try {
      Event event = parser.next();
      last = event.getEndMark();
      return event;
    } catch (YamlEngineException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new Unreadable(root(last), e);
    }
  }

  private Node value(Event event, Place place, int depth) {
    tree.count(place);
    if (event instanceof AliasEvent alias) {
      problems.add(
          place,
          "the alias *" + alias.getAlias(),
          "a value, written out",
          "quote a text that begins with \"*\"");
      return new Node.Broken(place);
    }
    if (event instanceof NodeEvent node && node.getAnchor().isPresent()) {
      problems.add(place, "the anchor &" + node.getAnchor().get(), "a value without an anchor");
    }
    if (event instanceof ScalarEvent scalar) {
      return scalar(scalar, place);
    }
    CollectionStartEvent start = (CollectionStartEvent) event;
    start.getTag().ifPresent(tag -> tagged(tag, place));
    tree.checkDepth(place, depth);
    return event.getEventId() == Event.ID.MappingStart ? object(place, depth) : list(place, depth);
  }

  private Node object(Place place, int depth) {
    Map<String, Node.Member> members = new LinkedHashMap<>(TreeBuilder.FEW);
    for (Event key = next(); key.getEventId() != Event.ID.MappingEnd; key = next()) {
      Place named = name(key, place, depth);
      boolean merge =
          key instanceof ScalarEvent scalar && scalar.isPlain() && scalar.getValue().equals("<<");
      Event event = next();
      Mark mark = mark(event.getStartMark());
      Place valued = place.member(named.name(), mark.getLine() + 1, mark.getColumn() + 1);
      Node value = value(event, valued, depth + 1);
      if (key instanceof ScalarEvent && !merge) {
        tree.add(members, named.name(), new Node.Member(named, value));
      }
    }
    return new Node.Mapping(place, members);
  }

  /** The place of a member's name; whatever is wrong with the name is noted. */
  private Place name(Event key, Place object, int depth) {
    Mark mark = mark(key.getStartMark());
    int line = mark.getLine() + 1;
    int column = mark.getColumn() + 1;
    if (!(key instanceof ScalarEvent scalar)) {
      Place place = object.member("?", line, column);
      if (key instanceof AliasEvent) {
        value(key, place, depth + 1);
      } else {
        problems.add(place, "a list or an object for a name", "text");
        value(key, place, depth + 1);
      }
      return place;
    }
    Place place = object.member(scalar.getValue(), line, column);
    if (scalar.getAnchor().isPresent()) {
      problems.add(place, "the anchor &" + scalar.getAnchor().get(), "a name without an anchor");
    }
    if (scalar.getTag().isPresent()) {
      tagged(scalar.getTag().get(), place);
    } else if (scalar.isPlain()) {
      if (scalar.getValue().equals("<<")) {
        problems.add(place, "the merge key <<", "names and values, written out");
      } else if (!(PlainScalar.of(scalar.getValue()) instanceof PlainScalar.Text)) {
        problems.add(
            place,
            "the name "
                + Spelling.shorten(scalar.getValue())
                + ", which YAML may not take for text",
            "text",
            "quote it: \"" + Spelling.shorten(scalar.getValue()) + "\"");
      }
    }
    return place;
  }

  private Node list(Place place, int depth) {
    List<Node> elements = new ArrayList<>(TreeBuilder.FEW);
    for (Event event = next(); event.getEventId() != Event.ID.SequenceEnd; event = next()) {
      Mark mark = mark(event.getStartMark());
      elements.add(
          value(
              event,
              place.element(elements.size(), mark.getLine() + 1, mark.getColumn() + 1),
              depth + 1));
    }
    return new Node.Sequence(place, elements);
  }

  private Node scalar(ScalarEvent scalar, Place place) {
    String value = scalar.getValue();
    if (scalar.getTag().isPresent()) {
      tagged(scalar.getTag().get(), place);
      return new Node.Broken(place);
    }
    if (!scalar.isPlain()) {
      return tree.text(place, value);
    }
    PlainScalar plain = PlainScalar.of(value);
    if (plain instanceof PlainScalar.Text) {
      return tree.text(place, value);
    } else if (plain instanceof PlainScalar.JsonNumber) {
      return tree.number(place, value);
    } else if (plain instanceof PlainScalar.JsonBoolean bool) {
      return new Node.Bool(place, bool.value());
    } else if (plain instanceof PlainScalar.JsonNull) {
      return new Node.Null(place);
    } else {
      PlainScalar.Ambiguous ambiguous = (PlainScalar.Ambiguous) plain;
      problems.add(
          place,
          ambiguous.found(),
          "a value that every reader of YAML takes alike",
          ambiguous.fix());
      return new Node.Broken(place);
    }
  }

  private void tagged(String tag, Place place) {
    problems.add(
        place,
        "the tag " + Spelling.shorten(tag),
        "a value without a tag",
        tag.startsWith("!") ? "quote a text that begins with \"!\"" : null);
  }

  /** {@return what mends a text that begins with a character which YAML takes for its own} */
  private static @Nullable String quote(Mark mark) {
    int[] text = mark.getBuffer();
    int at = mark.getPointer();
    return at < text.length && "*&!|>%@`".indexOf(text[at]) >= 0
        ? "quote a text that begins with \"" + Character.toString(text[at]) + "\""
        : null;
  }

  private static Place root(Optional<Mark> mark) {
    return mark.map(m -> Place.root(m.getLine() + 1, m.getColumn() + 1))
        .orElseGet(() -> Place.root(1, 1));
  }

  private static Mark mark(Optional<Mark> mark) {
    return mark.orElseThrow();
  }

  private static Place at(String text, int position) {
    int line = 1;
    int column = 1;
    int end = Math.min(position, text.length());
    for (int i = 0; i < end; i++) {
      if (text.charAt(i) == '\n') {
        line++;
        column = 1;
      } else {
        column++;
      }
    }
    return Place.root(line, column);
  }
}
