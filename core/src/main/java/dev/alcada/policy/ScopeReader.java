package dev.alcada.policy;

import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.ObjectReader;
import dev.alcada.internal.document.Place;
import dev.alcada.internal.document.Problems;
import dev.alcada.internal.document.Spelling;
import dev.alcada.policy.Scope.OfParts;
import dev.alcada.policy.Scope.Part;
import dev.alcada.policy.ValuePath.Root;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what is counted, or marked, apart. */
final class ScopeReader {
  private static final int MOST_PARTS = 4;
  private static final List<String> WORDS = List.of("grant", "session", "global");
  private static final Set<String> RESERVED =
      Set.of(
          "grant", "session", "client", "tool", "call", "global", "args", "context", "marks",
          "time");
  private static final Set<Root> PARTS =
      EnumSet.of(
          Root.GRANT, Root.SESSION, Root.CLIENT, Root.TOOL, Root.CALL, Root.ARGS, Root.CONTEXT);
  private static final String ONE_PART =
      "\"grant\", \"session\", \"client\", \"tool\", \"call\", \"args.<path>\" or"
          + " \"context.<name>\"";
  private static final String ONE_PART_OF_MARK =
      "\"grant\", \"session\", \"client\", \"args.<path>\" or \"context.<name>\"";

  private final Problems problems;
  private final PredicateReader paths;

  ScopeReader(Problems problems, PredicateReader paths) {
    this.problems = problems;
    this.paths = paths;
  }

  /**
   * Returns the scope that a node spells, or null if it spells none, which is a problem.
   *
   * @param ofMark whether it is of a mark, which other tools must be able to read
   */
  @Nullable Scope scope(Node node, boolean ofMark) {
    if (node instanceof Node.Text text) {
      return alone(text, ofMark);
    } else if (node instanceof Node.Sequence list) {
      return list(list, ofMark);
    } else if (node instanceof Node.Mapping object) {
      return named(object, ofMark);
    }
    ObjectReader.wrong(node, expected(ofMark), problems);
    return null;
  }

  private static String expected(boolean ofMark) {
    return "\"grant\", \"session\", \"global\", "
        + (ofMark ? "" : "\"call\", ")
        + "\"args.<path>\", \"context.<name>\", a list of 2 to 4 parts, or an object of names and"
        + " parts";
  }

  private @Nullable Scope alone(Node.Text node, boolean ofMark) {
    String text = node.value();
    switch (text) {
      case "grant" -> {
        return Scope.GRANT;
      }
      case "session" -> {
        return Scope.SESSION;
      }
      case "global" -> {
        return Scope.GLOBAL;
      }
      case "call" -> {
        if (ofMark) {
          ObjectReader.wrong(node, expected(true), NOT_OF_MARKS, problems);
          return null;
        }
        return Scope.ofParts("grant", "call");
      }
      case "client", "tool" -> {
        ObjectReader.wrong(
            node,
            expected(ofMark),
            ofMark && text.equals("tool")
                ? NOT_OF_MARKS
                : "a " + text + " is counted with another part: [\"grant\", \"" + text + "\"]",
            problems);
        return null;
      }
      default -> {}
    }
    if (!text.startsWith("args") && !text.startsWith("context")) {
      ObjectReader.wrong(node, expected(ofMark), otherScope(text), problems);
      return null;
    }
    ValuePath path = paths.path(node);
    return path == null ? null : new Scope.OfValue(path);
  }

  private static final String NOT_OF_MARKS =
      "no other tool could read a mark that goes by the tool or the call";

  /** {@return what a text may mean that is no scope} */
  private static String otherScope(String text) {
    String near = Spelling.didYouMean(text, WORDS);
    return near != null
        ? near
        : text.contains(",")
            ? "several parts are a list: [\"grant\", \"args.<path>\"]"
            : "each caller apart is \"grant\"; by another value it is \"context.<name>\", which the"
                + " host supplies, or \"args.<path>\", an argument";
  }

  private @Nullable Scope list(Node.Sequence list, boolean ofMark) {
    int count = list.elements().size();
    if (count < 2 || count > MOST_PARTS) {
      problems.add(
          list.place(),
          count == 1 ? "a list of one part" : count == 0 ? "an empty list" : count + " parts",
          "2 to 4 parts",
          count == 1 && list.elements().get(0) instanceof Node.Text text
              ? "write " + Spelling.quote(text.value())
              : null);
      return null;
    }
    List<Part> parts = new ArrayList<>();
    for (Node element : list.elements()) {
      ValuePath path = part(element, ofMark);
      if (path != null) {
        add(parts, new Part(path.toString(), path), element.place());
      }
    }
    return parts.size() < count ? null : new OfParts(parts, false);
  }

  private @Nullable Scope named(Node.Mapping object, boolean ofMark) {
    int count = object.members().size();
    if (count < 1 || count > MOST_PARTS) {
      problems.add(
          object.place(),
          count == 0 ? "an empty object" : count + " parts",
          "1 to 4 names and parts");
      return null;
    }
    List<Part> parts = new ArrayList<>();
    object
        .members()
        .forEach(
            (name, member) -> {
              boolean reserved = RESERVED.contains(name);
              if (reserved || !name.matches("[A-Za-z_][A-Za-z0-9_-]{0,63}")) {
                problems.add(
                    member.name(),
                    "the name " + Spelling.quote(name),
                    "a part's name of letters, digits, \"_\" and \"-\", at most 64, and none of"
                        + " grant, session, client, tool, call, global, args, context, marks, time",
                    reserved
                        ? "a part without a name of its own stands in a list: [\"" + name + "\", …]"
                        : null);
                return;
              }
              ValuePath path = part(member.value(), ofMark);
              if (path != null) {
                add(parts, new Part(name, path), member.value().place());
              }
            });
    parts.sort(Comparator.comparing(Part::name));
    return parts.size() < count ? null : new OfParts(parts, true);
  }

  private void add(List<Part> parts, Part part, Place place) {
    if (parts.stream().anyMatch(other -> other.path().equals(part.path()))) {
      problems.add(
          place,
          "the part " + Spelling.quote(part.path().toString()) + " a second time",
          "each once");
    }
    parts.add(part);
  }

  private @Nullable ValuePath part(Node node, boolean ofMark) {
    String expected = ofMark ? ONE_PART_OF_MARK : ONE_PART;
    if (node instanceof Node.Text text && text.value().equals("global")) {
      ObjectReader.wrong(node, expected, "\"global\" stands alone", problems);
      return null;
    } else if (!(node instanceof Node.Text)) {
      ObjectReader.wrong(node, expected, problems);
      return null;
    }
    ValuePath path = paths.path(node);
    if (path == null) {
      return null;
    } else if (ofMark && (path.root() == Root.TOOL || path.root() == Root.CALL)) {
      ObjectReader.wrong(node, expected, NOT_OF_MARKS, problems);
      return null;
    } else if (!PARTS.contains(path.root())) {
      ObjectReader.wrong(node, expected, problems);
      return null;
    }
    return path;
  }
}
