package dev.alcada.internal.document;

import dev.alcada.internal.value.NumberSpelling;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the members of one object of a known kind, and reports those that the kind has not. */
public final class ObjectReader {
  public static final String UNQUOTED = "write it without quotes";

  private final Node.Mapping mapping;
  private final String kind;
  private final Problems problems;

  private ObjectReader(Node.Mapping mapping, String kind, Problems problems) {
    this.mapping = mapping;
    this.kind = kind;
    this.problems = problems;
  }

  /** {@return names of fields, in the order in which messages list them} */
  public static Set<String> names(String... names) {
    return Collections.unmodifiableSet(new LinkedHashSet<>(List.of(names)));
  }

  /** {@return the fields of an object, or null if the node is no object, which is a problem} */
  public static @Nullable ObjectReader of(
      Node node, String kind, Set<String> known, Problems problems) {
    return of(node, kind, known, (name, value) -> null, problems);
  }

  /** As {@link #of}, with a suggestion of what else an unknown field may be. */
  public static @Nullable ObjectReader of(
      Node node,
      String kind,
      Set<String> known,
      BiFunction<String, Node, @Nullable String> suggestion,
      Problems problems) {
    Node.Mapping mapping = mapping(node, kind, problems);
    if (mapping == null) {
      return null;
    }
    for (Map.Entry<String, Node.Member> member : mapping.members().entrySet()) {
      if (!known.contains(member.getKey()) && !problems.isFull()) {
        String other = suggestion.apply(member.getKey(), member.getValue().value());
        problems.add(
            member.getValue().name(),
            "the unknown field " + Spelling.quote(member.getKey()) + " in " + kind,
            "one of " + String.join(", ", known),
            other == null ? Spelling.didYouMean(member.getKey(), known) : other);
      }
    }
    return new ObjectReader(mapping, kind, problems);
  }

  public static Node.@Nullable Mapping mapping(Node node, String kind, Problems problems) {
    if (node instanceof Node.Mapping mapping) {
      return mapping;
    }
    boolean joined =
        node instanceof Node.Text text && text.value().matches("[\"']?[a-z_$]+[\"']?:.*");
    wrong(node, kind, joined ? "write a space after the colon" : null, problems);
    return null;
  }

  /** Reports a node that is not what was expected, unless it was reported already. */
  public static void wrong(Node node, String expected, Problems problems) {
    wrong(node, expected, null, problems);
  }

  public static void wrong(
      Node node, String expected, @Nullable String suggestion, Problems problems) {
    if (!(node instanceof Node.Broken)) {
      problems.add(node.place(), node.describe(), expected, suggestion);
    }
  }

  /** Reports a node that is no number, though its text may be one, or may mean one. */
  public static void notNumber(
      Node node, String expected, @Nullable String mend, Problems problems) {
    boolean quoted = node instanceof Node.Text text && NumberSpelling.isJson(text.value());
    wrong(node, expected, quoted ? UNQUOTED : mend, problems);
  }

  public Place place() {
    return mapping.place();
  }

  public boolean has(String name) {
    return mapping.members().containsKey(name);
  }

  /** The place of a field's name, which is there. */
  public Place name(String name) {
    Node.Member member = mapping.members().get(name);
    return member == null ? place() : member.name();
  }

  public Node.@Nullable Member member(String name) {
    return mapping.members().get(name);
  }

  public @Nullable Node get(String name) {
    Node.Member member = mapping.members().get(name);
    return member == null ? null : member.value();
  }

  /** {@return a field that must be there, or null if it is not, which is a problem} */
  public @Nullable Node required(String name, String expected) {
    Node node = get(name);
    if (node == null) {
      problems.add(place(), kind + " without \"" + name + "\"", "\"" + name + "\": " + expected);
    }
    return node;
  }

  public @Nullable String text(String name) {
    Node node = get(name);
    if (node == null) {
      return null;
    } else if (node instanceof Node.Text text) {
      return text.value();
    }
    wrong(node, "text", problems);
    return null;
  }

  /** {@return a text that must not be empty, or null} */
  public @Nullable String nonEmpty(Node node, String what) {
    return nonEmpty(node, what, problems);
  }

  public static @Nullable String nonEmpty(Node node, String what, Problems problems) {
    if (node instanceof Node.Text text && !text.value().isEmpty()) {
      return text.value();
    }
    wrong(node, what, problems);
    return null;
  }

  /** {@return a constant by its spelling in documents, or the fallback} */
  public <E extends Enum<E>> E constant(String name, E[] constants, E fallback) {
    return constant(name, constants, fallback, word -> null);
  }

  /** As {@link #constant}, with a suggestion of what else a word may mean. */
  public <E extends Enum<E>> E constant(
      String name, E[] constants, E fallback, Function<String, @Nullable String> suggestion) {
    Node node = get(name);
    return node == null ? fallback : constant(node, constants, fallback, suggestion, problems);
  }

  public static <E extends Enum<E>> E constant(
      Node node,
      E[] constants,
      E fallback,
      Function<String, @Nullable String> suggestion,
      Problems problems) {
    List<String> spellings = new ArrayList<>();
    for (E constant : constants) {
      String spelling = constant.name().toLowerCase(Locale.ROOT);
      if (node instanceof Node.Text text && text.value().equals(spelling)) {
        return constant;
      }
      spellings.add(spelling);
    }
    String other = node instanceof Node.Text text ? suggestion.apply(text.value()) : null;
    if (other == null && node instanceof Node.Text text) {
      other = Spelling.word(text.value(), spellings);
    }
    wrong(
        node,
        spellings.stream().map(Spelling::quote).collect(Collectors.joining(" or ")),
        other,
        problems);
    return fallback;
  }

  /** Hands over the elements of a list; a field that is no list is a problem. */
  public void each(String name, String what, int most, Consumer<Node> reader) {
    Node node = get(name);
    if (node == null) {
      return;
    } else if (!(node instanceof Node.Sequence list)) {
      wrong(
          node,
          "a list of " + what,
          node instanceof Node.Mapping ? "wrap it: [{…}]" : null,
          problems);
      return;
    } else if (list.elements().size() > most) {
      problems.add(
          node.place(),
          list.elements().size() + " " + what,
          String.format(Locale.ROOT, "at most %,d", most));
    } else {
      list.elements().forEach(reader);
    }
  }
}
