package dev.alcada.policy;

import dev.alcada.internal.value.JsonText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is counted, or marked, apart: a separate count for each value of its scope. */
public sealed interface Scope {
  /** A count for each grant. */
  Scope GRANT = new OfGrant();

  /** A count for each session of a grant. */
  Scope SESSION = new OfSession();

  /** One count for all calls. */
  Scope GLOBAL = new OfGlobal();

  /** A count for each grant. */
  record OfGrant() implements Scope {
    @Override
    public String toString() {
      return "grant";
    }

    @Override
    public String identity() {
      return toString();
    }

    @Override
    public List<ValuePath> paths() {
      return List.of();
    }
  }

  /** A count for each session of a grant. */
  record OfSession() implements Scope {
    @Override
    public String toString() {
      return "session";
    }

    @Override
    public String identity() {
      return toString();
    }

    @Override
    public List<ValuePath> paths() {
      return List.of();
    }
  }

  /** One count for all calls. */
  record OfGlobal() implements Scope {
    @Override
    public String toString() {
      return "global";
    }

    @Override
    public String identity() {
      return toString();
    }

    @Override
    public List<ValuePath> paths() {
      return List.of();
    }
  }

  /**
   * A count for each value found at a path, across all grants.
   *
   * @param path a path into {@code args} or {@code context}
   */
  record OfValue(ValuePath path) implements Scope {
    /** {@return the path, as documents spell the scope} */
    @Override
    public String toString() {
      return path.toString();
    }

    @Override
    public String identity() {
      return toString();
    }

    @Override
    public List<ValuePath> paths() {
      return List.of(path);
    }
  }

  /**
   * One part of several.
   *
   * @param name what the part is called; of a part without a name of its own, its path's spelling
   * @param path where its value is found: {@code grant}, {@code session}, {@code client}, {@code
   *     tool}, {@code call}, or a path into {@code args} or {@code context}
   */
  record Part(String name, ValuePath path) {}

  /**
   * A count for each combination of values. What tells such scopes apart are the names of their
   * parts: scopes of equal names share, wherever each tool has the values.
   */
  final class OfParts implements Scope {
    private final List<Part> parts;
    private final boolean named;
    private final List<String> names;

    OfParts(List<Part> parts, boolean named) {
      this.parts = List.copyOf(parts);
      this.named = named;
      this.names = parts.stream().map(Part::name).sorted().toList();
    }

    /** {@return the parts, in the order in which they are written; unmodifiable} */
    public List<Part> parts() {
      return parts;
    }

    /** {@return whether the parts have names of their own} */
    public boolean named() {
      return named;
    }

    /** {@return the names of the parts as one text, whatever the order and the paths} */
    @Override
    public String identity() {
      return JsonText.of(names);
    }

    @Override
    public List<ValuePath> paths() {
      return parts.stream().map(Part::path).toList();
    }

    /** {@return whether the other has the same names, and the same path for each} */
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof OfParts scope
          && named == scope.named
          && new HashSet<>(parts).equals(new HashSet<>(scope.parts));
    }

    @Override
    public int hashCode() {
      return new HashSet<>(parts).hashCode();
    }

    /** {@return the parts as documents spell them} */
    @Override
    public String toString() {
      return parts.stream()
          .map(part -> named ? part.name() + ": " + part.path() : part.name())
          .collect(Collectors.joining(", ", named ? "{" : "[", named ? "}" : "]"));
    }
  }

  // Not by default: that would let the constants above wait for their own classes.

  /** {@return a text that is equal for scopes which share: the names, not what they stand for} */
  String identity();

  /** {@return the paths whose values it needs of a call; none for grant, session and global} */
  List<ValuePath> paths();

  /**
   * Returns a scope of each value found at a path.
   *
   * @param path for example {@code args.account} or {@code context.tenant}
   * @throws IllegalArgumentException if the path is none
   */
  static Scope of(String path) {
    return new OfValue(ValuePath.parse(path));
  }

  /**
   * Returns a scope of each combination of several values.
   *
   * @param parts 2 to 4 different ones of {@code grant}, {@code session}, {@code client}, {@code
   *     tool}, {@code call}, and paths into {@code args} or {@code context}
   * @throws IllegalArgumentException if one of them is no path
   */
  static Scope ofParts(String... parts) {
    List<Part> read = new ArrayList<>();
    for (String part : parts) {
      ValuePath path = ValuePath.parse(part);
      read.add(new Part(path.toString(), path));
    }
    return new OfParts(read, false);
  }

  /**
   * Returns a scope of each combination of values that have names, so that tools whose arguments
   * are called differently share a count or a mark.
   *
   * @param parts 1 to 4 names, each with a part as {@link #ofParts} takes it
   * @throws IllegalArgumentException if one of the parts is no path
   */
  static Scope named(Map<String, String> parts) {
    List<Part> read = new ArrayList<>();
    parts.forEach((name, part) -> read.add(new Part(name, ValuePath.parse(part))));
    read.sort(Comparator.comparing(Part::name));
    return new OfParts(read, true);
  }
}
