package dev.alcada.internal.regex;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compiles the regular expressions (RE2 syntax) of one document, each once, and refuses those that
 * would take long to compile, or the whole of them.
 */
public final class RegexBudget {
  private static final int MAX_LENGTH = 1000;
  private static final int MAX_INSTRUCTIONS = 10_000;

  /** Some seconds and some hundred megabytes at the most. */
  private static final long MAX_STEPS = 5_000_000;

  private final Map<String, Regex> compiled = new HashMap<>();
  private long steps;

  /**
   * Returns an expression, compiled; null once the document's expressions were found to be too
   * many, which is said once.
   *
   * @throws RefusedRegex if it is none or over a bound
   */
  public @Nullable Regex compiled(String expression) {
    Regex known = compiled.get(expression);
    if (known != null || steps > MAX_STEPS) {
      return known;
    }
    Regex regex = new Regex(compile(expression));
    compiled.put(expression, regex);
    return regex;
  }

  private Pattern compile(String expression) {
    if (expression.length() > MAX_LENGTH) {
      throw new RefusedRegex("an expression of at most 1,000 characters");
    }
    take(expression.length() + new RegexCost(expression).steps());
    Pattern pattern;
    try {
      pattern = Pattern.compile(expression);
    } catch (PatternSyntaxException e) {
      throw new RefusedRegex(
          "an expression in RE2 syntax (" + RegexMends.description(e) + ")", RegexMends.of(e), e);
    }
    take(pattern.programSize());
    if (pattern.programSize() > MAX_INSTRUCTIONS) {
      throw new RefusedRegex("an expression of at most 10,000 instructions");
    }
    return pattern;
  }

  private void take(long more) {
    steps += more;
    if (steps > MAX_STEPS) {
      throw new RefusedRegex("expressions that together take at most 5,000,000 steps to compile");
    }
  }
}
