package dev.alcada.policy;

import dev.alcada.internal.document.Place;
import dev.alcada.internal.document.Problems;
import dev.alcada.internal.document.Spelling;
import dev.alcada.policy.Policy.DefaultAction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tool name in which each {@code *} stands for any run of characters. Compared exactly, by code
 * point; immutable.
 */
public final class NamePattern {
  private final String text;

  /** The literal runs before, between and after the stars; at least two. */
  private final List<String> literals;

  private NamePattern(String text) {
    this.text = text;
    List<String> runs = new ArrayList<>();
    int start = 0;
    for (int star = text.indexOf('*'); star >= 0; star = text.indexOf('*', start)) {
      runs.add(text.substring(start, star));
      start = star + 1;
    }
    runs.add(text.substring(start));
    this.literals = List.copyOf(runs);
  }

  /** {@return whether a name of a document is a pattern, that is, has a {@code *}} */
  public static boolean isPattern(String name) {
    return name.indexOf('*') >= 0;
  }

  /**
   * Returns the pattern that a text spells.
   *
   * @param text a name with at least one {@code *}
   * @throws IllegalArgumentException if the text has no {@code *}
   */
  public static NamePattern of(String text) {
    if (!isPattern(text)) {
      throw new IllegalArgumentException("no * in " + Spelling.quote(text));
    }
    return new NamePattern(text);
  }

  /**
   * Returns whether the whole name is matched. Takes time proportional to the name's length times
   * the pattern's.
   *
   * @param name a tool's name
   */
  public boolean matches(String name) {
    String prefix = literals.get(0);
    String suffix = literals.get(literals.size() - 1);
    int end = name.length() - suffix.length();
    if (prefix.length() > end || !name.startsWith(prefix) || !name.endsWith(suffix)) {
      return false;
    }
    int at = prefix.length();
    for (int i = 1; i < literals.size() - 1; i++) {
      String literal = literals.get(i);
      int found = name.indexOf(literal, at);
      if (found < 0 || found + literal.length() > end) {
        return false;
      }
      at = found + literal.length();
    }
    return true;
  }

  /**
   * Returns whether this pattern matches only names that the other matches too; true of equal
   * patterns.
   *
   * @param other another pattern
   */
  public boolean within(NamePattern other) {
    // There are more characters than the other pattern has: what matches a star as if it were one
    // of the rest can only be inside one of the other's stars, where anything matches.
    return other.matches(text);
  }

  /** {@return whether every name is matched} */
  boolean matchesAll() {
    return literals.stream().allMatch(String::isEmpty);
  }

  int stars() {
    return literals.size() - 1;
  }

  /** {@return a name that both patterns match, or null if there is none} */
  @Nullable String overlap(NamePattern other) {
    String prefix = longer(literals.get(0), other.literals.get(0), true);
    String suffix = longer(last(), other.last(), false);
    if (prefix == null || suffix == null) {
      return null;
    }
    String middle =
        String.join("", literals.subList(1, literals.size() - 1))
            + String.join("", other.literals.subList(1, other.literals.size() - 1));
    String start = prefix + middle;
    // The shortest reads best: create_* and *_token share create_token.
    for (int shared = Math.min(start.length(), suffix.length()); shared > 0; shared--) {
      if (start.endsWith(suffix.substring(0, shared))) {
        String name = start + suffix.substring(shared);
        if (matches(name) && other.matches(name)) {
          return name;
        }
      }
    }
    return start + suffix;
  }

  private String last() {
    return literals.get(literals.size() - 1);
  }

  /** The longer of two that can both begin (or end) one name, or null if they cannot. */
  private static @Nullable String longer(String one, String other, boolean atStart) {
    String longer = one.length() >= other.length() ? one : other;
    String shorter = one.length() >= other.length() ? other : one;
    return (atStart ? longer.startsWith(shorter) : longer.endsWith(shorter)) ? longer : null;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NamePattern pattern && text.equals(pattern.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** {@return the pattern as documents spell it} */
  @Override
  public String toString() {
    return text;
  }

  /** Checks the tool names and patterns of one document. */
  static final class Names {
    private static final int MAX_PATTERNS = 200;
    private static final int MAX_STARS = 8;
    private static final int MAX_LENGTH = 200;

    private final DefaultAction defaultAction;
    private final Problems problems;
    private final List<Listed> listed = new ArrayList<>();
    private int patterns;

    private record Listed(NamePattern pattern, Place place) {}

    Names(DefaultAction defaultAction, Problems problems) {
      this.defaultAction = defaultAction;
      this.problems = problems;
    }

    /** Checks an entry of {@code hide}, which is not empty. */
    void hidden(String name, Place place) {
      if (NamePattern.isPattern(name)) {
        pattern(name, place);
      }
    }

    /** Checks a key of {@code tools}. */
    void listed(String name, Place place) {
      if (name.isEmpty()) {
        problems.add(place, "an empty name", "a tool's name or a pattern");
      } else if (NamePattern.isPattern(name) && pattern(name, place)) {
        NamePattern pattern = NamePattern.of(name);
        if (pattern.matchesAll() && defaultAction == DefaultAction.ALLOW && pattern.stars() > 1) {
          problems.add(
              place,
              "the key " + Spelling.quote(name),
              "a tool's name or a pattern",
              "one star matches every tool that no other key does: write \"*\"");
        } else if (pattern.matchesAll() && defaultAction == DefaultAction.DENY) {
          problems.add(
              place,
              "the key " + Spelling.quote(name),
              "a tool's name or a narrower pattern",
              "rules for every call belong into \"all_tools\"; whether unlisted tools may be called,"
                  + " says \"default\"");
        } else {
          listed.add(new Listed(pattern, place));
        }
      }
    }

    private boolean pattern(String name, Place place) {
      patterns++;
      if (patterns > MAX_PATTERNS) {
        if (patterns == MAX_PATTERNS + 1) {
          problems.add(place, "more than 200 patterns", "at most 200 in a document");
        }
        return false;
      } else if (name.codePointCount(0, name.length()) > MAX_LENGTH) {
        problems.add(
            place, "a pattern of " + name.length() + " characters", "at most 200 characters");
        return false;
      } else if (NamePattern.of(name).stars() > MAX_STARS) {
        problems.add(place, "the pattern " + Spelling.quote(name), "at most 8 \"*\" in a pattern");
        return false;
      }
      return true;
    }

    /** Checks that of all patterns which match one name, one is the narrowest. */
    void check() {
      for (int i = 0; i < listed.size(); i++) {
        for (int j = 0; j < i; j++) {
          check(listed.get(i), listed.get(j));
        }
      }
    }

    private void check(Listed later, Listed earlier) {
      String both = later.pattern.overlap(earlier.pattern);
      if (both == null
          || later.pattern.within(earlier.pattern) != earlier.pattern.within(later.pattern)) {
        return;
      }
      problems.add(
          later.place,
          "the pattern "
              + Spelling.quote(later.pattern.toString())
              + " beside "
              + Spelling.quote(earlier.pattern.toString())
              + ", which both match "
              + Spelling.quote(both),
          "that one of two such patterns matches all that the other does and more, so that it is clear"
              + " which decides",
          "name such tools, and make the patterns narrower");
    }
  }
}
