package dev.alcada.internal.regex;

import com.google.re2j.Pattern;

/**
 * A compiled expression, with a bound on the work of one search: RE2/J steps through each of its
 * instructions at each character. Immutable and safe for use by several threads.
 */
public final class Regex {
  /** No longer text is searched, however short the expression. */
  private static final int MAX_TEXT = 1 << 16;

  /** Characters times instructions: some ten milliseconds. */
  private static final int MAX_WORK = 2_000_000;

  private final Pattern pattern;

  Regex(Pattern pattern) {
    this.pattern = pattern;
  }

  /** {@return an expression, compiled, which the budget of a document has let through} */
  public static Regex of(String expression) {
    return new Regex(Pattern.compile(expression));
  }

  /** {@return the length of the longest text that may be searched} */
  public int longestText() {
    return Math.min(MAX_TEXT, MAX_WORK / pattern.programSize());
  }

  /** {@return whether the expression is found in a text, which is not longer than that} */
  public boolean finds(CharSequence text) {
    return pattern.matcher(text).find();
  }

  /** {@return whether a text may be searched, and the expression is found in it} */
  public boolean findsIn(CharSequence text) {
    return text.length() <= longestText() && finds(text);
  }

  /** {@return the expression} */
  @Override
  public String toString() {
    return pattern.pattern();
  }
}
