package dev.alcada.decision;

import dev.alcada.internal.regex.Regex;
import dev.alcada.policy.Condition;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** The regular expressions of one policy, which has checked them: each compiled once. */
final class Expressions {
  private final Map<String, Regex> compiled = new ConcurrentHashMap<>();

  /** Returns the expression of a {@code regex} condition. */
  Regex of(Condition condition) {
    return compiled.computeIfAbsent((String) Objects.requireNonNull(condition.value()), Regex::of);
  }
}
