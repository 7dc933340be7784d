package dev.alcada.policy;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Finds how deeply an expression nests groups and how far its counted repeats multiply, without
 * compiling it: {@code ((a{100}){100}){100}} is short and compiles to a million copies.
 */
final class RepeatCounter {
  private final String expression;
  private final Deque<Long> groups = new ArrayDeque<>();
  private int at;

  /** The largest product within the group that is open. */
  private long inGroup = 1;

  /** The largest product within what stands last, which a repeat would multiply. */
  private long last = 1;

  RepeatCounter(String expression) {
    this.expression = expression;
  }

  void check(int maxDepth, int maxProduct) {
    while (at < expression.length()) {
      char c = expression.charAt(at);
      switch (c) {
        case '\\' -> escape();
        case '[' -> characterClass();
        case '(' -> {
          if (groups.size() == maxDepth) {
            throw new IllegalArgumentException(
                "an expression of at most " + maxDepth + " levels of groups");
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
        case '{' -> repeat(maxProduct);
        case '*', '+', '?' -> at++;
        default -> {
          last = 1;
          at++;
        }
      }
    }
  }

  private void repeat(int maxProduct) {
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
    if (last > maxProduct) {
      throw new IllegalArgumentException(
          "an expression whose counted repeats multiply to at most 1,000");
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
    char escaped = at + 1 < expression.length() ? expression.charAt(at + 1) : ' ';
    int end;
    if (escaped == 'Q') {
      end = expression.indexOf("\\E", at + 2);
      at = end < 0 ? expression.length() : end + 2;
    } else if ((escaped == 'x' || escaped == 'p' || escaped == 'P')
        && expression.startsWith("{", at + 2)) {
      end = expression.indexOf('}', at + 3);
      at = end < 0 ? expression.length() : end + 1;
    } else {
      at += 2;
    }
  }

  private void characterClass() {
    last = 1;
    at++;
    if (expression.startsWith("^", at)) {
      at++;
    }
    // A bracket that comes first stands for itself.
    for (boolean first = true; at < expression.length(); first = false) {
      char c = expression.charAt(at);
      if (c == ']' && !first) {
        at++;
        return;
      } else if (expression.startsWith("[:", at) && expression.indexOf(":]", at + 2) > 0) {
        at = expression.indexOf(":]", at + 2) + 2;
      } else {
        at += c == '\\' ? 2 : 1;
      }
    }
  }
}
