package dev.alcada.internal.regex;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Pattern;

/**
 * Finds, without compiling it, what would make an expression's compilation long: how deeply it
 * nests groups, how far its counted repeats multiply ({@code ((a{100}){100}){100}} is short and
 * compiles to a million copies), Unicode's classes, and ranges in which case is ignored character
 * by character.
 */
final class RegexCost {
  private static final int MAX_DEPTH = 100;
  private static final int MAX_REPEATS = 1000;
  private static final int STEPS_OF_A_CLASS = 1000;
  private static final int CHARACTERS_A_STEP = 10;

  /** No character above has another case. */
  private static final int LAST_CASED = 0x1FFFF;

  /**
   * Letters of which RE2/J 1.8 does not know what they are without case: the JVM says that each is
   * a form of a usual letter, which is not a form of it, and RE2/J looks for a way back for ever.
   */
  private static final int FIRST_WITHOUT_END = 0x1C80;

  private static final int LAST_WITHOUT_END = 0x1C88;

  private static final Pattern IGNORES_CASE = Pattern.compile("\\(\\?[a-zA-Z]*-?[a-zA-Z]*i");

  private final String expression;
  private final Deque<Long> groups = new ArrayDeque<>(4);

  /** Whether case is ignored anywhere; where, does not matter. */
  private final boolean ignoresCase;

  private int at;
  private long steps;

  /** The largest product within the group that is open. */
  private long inGroup = 1;

  /** The largest product within what stands last, which a repeat would multiply. */
  private long last = 1;

  RegexCost(String expression) {
    this.expression = expression;
    this.ignoresCase = expression.contains("(?") && IGNORES_CASE.matcher(expression).find();
  }

  /**
   * Returns the steps that the expression's compilation takes for its classes and ranges, roughly.
   *
   * @throws RefusedRegex if it is over a bound; the message says what was expected
   */
  long steps() {
    while (at < expression.length()) {
      char c = expression.charAt(at);
      switch (c) {
        case '\\' -> escape();
        case '[' -> characterClass();
        case '(' -> {
          if (groups.size() == MAX_DEPTH) {
            throw new RefusedRegex("an expression of at most " + MAX_DEPTH + " levels of groups");
          }
          groups.push(inGroup);
          inGroup = 1;
          last = 1;
          at++;
        }
        case ')' -> {
          last = inGroup;
          inGroup = groups.isEmpty() ? inGroup : Math.max(groups.pop(), last);
          at++;
        }
        case '{' -> repeat();
        case '*', '+', '?' -> at++;
        default -> {
          last = 1;
          range(c, c);
          at++;
        }
      }
    }
    return steps;
  }

  private void repeat() {
    int digits = ++at;
    long count = number();
    boolean counted = at > digits;
    if (counted && at < expression.length() && expression.charAt(at) == ',') {
      at++;
      count = Math.max(count, number());
    }
    if (!counted || at == expression.length() || expression.charAt(at) != '}') {
      // A brace that begins no count stands for itself; what follows it is read again.
      at = digits;
      last = 1;
      return;
    }
    at++;
    last *= Math.max(1, count);
    inGroup = Math.max(inGroup, last);
    if (last > MAX_REPEATS) {
      throw new RefusedRegex("an expression whose counted repeats multiply to at most 1,000");
    }
  }

  /** Reads digits; a number beyond what matters stays there. */
  private long number() {
    long number = 0;
    while (at < expression.length()
        && expression.charAt(at) >= '0'
        && expression.charAt(at) <= '9') {
      number = Math.min(1_000_000, number * 10 + expression.charAt(at) - '0');
      at++;
    }
    return number;
  }

  private void escape() {
    last = 1;
    if (!expression.startsWith("\\Q", at)) {
      int c = escaped();
      range(c, c);
      return;
    }
    int end = expression.indexOf("\\E", at + 2);
    end = end < 0 ? expression.length() : end;
    for (at += 2; at < end; at++) {
      range(expression.charAt(at), expression.charAt(at));
    }
    at += 2;
  }

  private void characterClass() {
    last = 1;
    at++;
    if (expression.startsWith("^", at)) {
      at++;
    }
    // A bracket that comes first stands for itself.
    for (boolean first = true; at < expression.length(); first = false) {
      if (expression.charAt(at) == ']' && !first) {
        at++;
        return;
      } else if (expression.startsWith("[:", at) && expression.indexOf(":]", at + 2) > 0) {
        at = expression.indexOf(":]", at + 2) + 2;
        continue;
      }
      int low = character();
      int high = low;
      if (expression.startsWith("-", at) && !expression.startsWith("-]", at)) {
        at++;
        high = at < expression.length() ? character() : low;
      }
      range(low, high);
    }
  }

  private int character() {
    if (expression.charAt(at) == '\\') {
      return escaped();
    }
    int c = expression.codePointAt(at);
    at += Character.charCount(c);
    return c;
  }

  /** Reads an escape: the character it is, or 0 for one of the first ones or a class. */
  private int escaped() {
    char kind = at + 1 < expression.length() ? expression.charAt(at + 1) : ' ';
    boolean named = kind == 'p' || kind == 'P';
    if (named) {
      steps += STEPS_OF_A_CLASS;
    }
    int end =
        (named || kind == 'x') && expression.startsWith("{", at + 2)
            ? expression.indexOf('}', at + 3)
            : -1;
    if (end < 0) {
      at = Math.min(at + 2, expression.length());
      return 0;
    }
    String digits = expression.substring(at + 3, end);
    at = end + 1;
    try {
      return named ? 0 : Integer.parseInt(digits, 16);
    } catch (NumberFormatException e) {
      // Not an expression, as its compilation will say.
      return 0;
    }
  }

  private void range(int low, int high) {
    if (!ignoresCase) {
      return;
    } else if (low <= LAST_WITHOUT_END && high >= FIRST_WITHOUT_END) {
      throw new RefusedRegex(
          "an expression that ignores case without the characters U+1C80 to U+1C88, which RE2/J"
              + " cannot compile then");
    }
    steps += Math.max(0, Math.min(high, LAST_CASED) - low) / CHARACTERS_A_STEP;
  }
}
