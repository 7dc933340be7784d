package dev.alcada.decision;

import dev.alcada.policy.Condition;

/** The names of rules: paths in JSON Pointer syntax (RFC 6901). */
final class RuleNames {
  private RuleNames() {}

  /** Returns a segment of a pointer with its escapes. */
  static String escaped(String segment) {
    return segment.indexOf('~') < 0 && segment.indexOf('/') < 0
        ? segment
        : segment.replace("~", "~0").replace("/", "~1");
  }

  /** Returns the last segment of a predicate without a name that this condition decides. */
  static String of(Condition condition) {
    return condition.path() + "-" + condition.op().text();
  }
}
