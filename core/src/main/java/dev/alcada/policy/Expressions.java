package dev.alcada.policy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/** Checks regular expressions (RE2 syntax) before and by compiling them. */
final class Expressions {
  private static final int MAX_LENGTH = 1000;
  private static final int MAX_DEPTH = 100;
  private static final int MAX_REPEATS = 1000;
  private static final int MAX_INSTRUCTIONS = 10_000;

  private Expressions() {}

  /**
   * Returns the expression.
   *
   * @throws IllegalArgumentException if it is none or over a bound; the message says what was
   *     expected
   */
  static String checked(String expression) {
    if (expression.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("an expression of at most 1,000 characters");
    }
    new RepeatCounter(expression).check(MAX_DEPTH, MAX_REPEATS);
    Pattern pattern;
    try {
      pattern = Pattern.compile(expression);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "an expression in RE2 syntax (" + Spelling.shorten(e.getDescription()) + ")", e);
    }
    if (pattern.programSize() > MAX_INSTRUCTIONS) {
      throw new IllegalArgumentException("an expression of at most 10,000 instructions");
    }
    return expression;
  }
}
