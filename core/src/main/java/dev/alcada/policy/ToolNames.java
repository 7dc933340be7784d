package dev.alcada.policy;

import dev.alcada.internal.document.Place;
import dev.alcada.internal.document.Problems;
import dev.alcada.internal.document.Spelling;
import dev.alcada.policy.Policy.DefaultAction;
import java.util.ArrayList;
import java.util.List;

/** Checks the tool names and patterns of one document. */
final class ToolNames {
  private static final int MAX_PATTERNS = 200;
  private static final int MAX_STARS = 8;
  private static final int MAX_LENGTH = 200;

  private final DefaultAction defaultAction;
  private final Problems problems;
  private final List<Listed> listed = new ArrayList<>();
  private int patterns;

  private record Listed(NamePattern pattern, Place place) {}

  ToolNames(DefaultAction defaultAction, Problems problems) {
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
