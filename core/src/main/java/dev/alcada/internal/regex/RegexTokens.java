package dev.alcada.internal.regex;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parts of an expression that RE2/J takes, in their order: enough to see where it is anchored
 * and to make up a text that it is found in.
 */
final class RegexTokens {
  enum Kind {
    LITERAL,
    CLASS,
    ANY,
    START,
    END,
    EDGE,
    OPEN,
    CLOSE,
    BAR,
    REPEAT,
    FLAGS
  }

  /** A part, where it stands, and the character that a literal is. */
  record Token(Kind kind, int from, int to, int character) {}

  /** Tried in this order for a class: what reads best in a message. */
  private static final String SAMPLES = "aA0-_. /\n\t@:!\u00e9~";

  /** A made-up text is no longer. */
  private static final int LONGEST = 200;

  private final String expression;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  private RegexTokens(String expression) {
    this.expression = expression;
  }

  static List<Token> of(String expression) {
    RegexTokens tokens = new RegexTokens(expression);
    while (tokens.at < expression.length()) {
      tokens.next();
    }
    return tokens.tokens;
  }

  private void next() {
    int from = at;
    char c = expression.charAt(at);
    switch (c) {
      case '\\' -> escape();
      case '[' -> {
        skipClass();
        add(Kind.CLASS, from);
      }
      case '(' -> open();
      case ')' -> one(Kind.CLOSE);
      case '|' -> one(Kind.BAR);
      case '.' -> one(Kind.ANY);
      case '^' -> one(Kind.START);
      case '$' -> one(Kind.END);
      case '*', '+', '?' -> repeat(at + 1);
      case '{' -> {
        int end = endOfCount();
        if (end > 0) {
          repeat(end);
        } else {
          literal(c, at + 1);
        }
      }
      default -> {
        int character = expression.codePointAt(at);
        literal(character, at + Character.charCount(character));
      }
    }
  }

  private void one(Kind kind) {
    at++;
    add(kind, at - 1);
  }

  private void add(Kind kind, int from) {
    tokens.add(new Token(kind, from, at, 0));
  }

  private void literal(int character, int to) {
    tokens.add(new Token(Kind.LITERAL, at, to, character));
    at = to;
  }

  /** A question mark behind a repeat is of it. */
  private void repeat(int to) {
    int from = at;
    at = expression.startsWith("?", to) ? to + 1 : to;
    add(Kind.REPEAT, from);
  }

  private int endOfCount() {
    int end = at + 1;
    while (end < expression.length() && "0123456789,".indexOf(expression.charAt(end)) >= 0) {
      end++;
    }
    boolean counted =
        end > at + 1 && expression.charAt(at + 1) != ',' && expression.startsWith("}", end);
    return counted ? end + 1 : -1;
  }

  private void open() {
    int from = at;
    if (!expression.startsWith("(?", at)) {
      one(Kind.OPEN);
      return;
    }
    int end = at + 2;
    if (expression.startsWith("P<", end) || expression.startsWith("<", end)) {
      at = expression.indexOf('>', end) + 1;
      add(Kind.OPEN, from);
      return;
    }
    while (expression.charAt(end) != ':' && expression.charAt(end) != ')') {
      end++;
    }
    at = end + 1;
    add(expression.charAt(end) == ':' ? Kind.OPEN : Kind.FLAGS, from);
  }

  private void escape() {
    int from = at;
    char kind = expression.charAt(at + 1);
    switch (kind) {
      case 'A' -> edge(Kind.START);
      case 'z' -> edge(Kind.END);
      case 'b', 'B' -> edge(Kind.EDGE);
      case 'd', 'D', 's', 'S', 'w', 'W', 'C' -> edge(Kind.CLASS);
      case 'p', 'P' -> {
        at += 3;
        if (expression.charAt(from + 2) == '{') {
          at = expression.indexOf('}', from) + 1;
        }
        add(Kind.CLASS, from);
      }
      case 'Q' -> {
        int end = expression.indexOf("\\E", at);
        int to = end < 0 ? expression.length() : end;
        at += 2;
        while (at < to) {
          int character = expression.codePointAt(at);
          literal(character, at + Character.charCount(character));
        }
        at = end < 0 ? to : to + 2;
      }
      case 'x' -> {
        boolean braced = expression.startsWith("{", at + 2);
        int to = braced ? expression.indexOf('}', at) + 1 : at + 4;
        String digits = expression.substring(at + (braced ? 3 : 2), braced ? to - 1 : to);
        literal(Integer.parseInt(digits, 16), to);
      }
      case '0' -> {
        int to = at + 2;
        while (to < Math.min(at + 4, expression.length())
            && expression.charAt(to) >= '0'
            && expression.charAt(to) <= '7') {
          to++;
        }
        literal(Integer.parseInt(expression.substring(at + 1, to), 8), to);
      }
      case 'n' -> literal('\n', at + 2);
      case 't' -> literal('\t', at + 2);
      case 'r' -> literal('\r', at + 2);
      case 'f' -> literal('\f', at + 2);
      case 'v' -> literal('\u000b', at + 2);
      case 'a' -> literal('\u0007', at + 2);
      default -> {
        int character = expression.codePointAt(at + 1);
        literal(character, at + 1 + Character.charCount(character));
      }
    }
  }

  private void edge(Kind kind) {
    at += 2;
    add(kind, at - 2);
  }

  /** A bracket that comes first stands for itself, and {@code [:alpha:]} has its own. */
  private void skipClass() {
    at++;
    if (expression.startsWith("^", at)) {
      at++;
    }
    for (boolean first = true; at < expression.length(); first = false) {
      char c = expression.charAt(at);
      if (c == ']' && !first) {
        at++;
        return;
      } else if (c == '\\') {
        at += 2;
      } else if (expression.startsWith("[:", at) && expression.indexOf(":]", at + 2) > 0) {
        at = expression.indexOf(":]", at + 2) + 2;
      } else {
        at++;
      }
    }
  }

  /**
   * The alternatives between bars that are in no group; what one group is all of is that group's.
   */
  static List<List<Token>> alternatives(List<Token> tokens) {
    List<List<Token>> alternatives = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i < tokens.size(); i++) {
      Kind kind = tokens.get(i).kind;
      depth += kind == Kind.OPEN ? 1 : kind == Kind.CLOSE ? -1 : 0;
      if (kind == Kind.BAR && depth == 0) {
        alternatives.add(tokens.subList(start, i));
        start = i + 1;
      }
    }
    List<Token> last = tokens.subList(start, tokens.size());
    List<Token> bare =
        last.isEmpty() || last.get(0).kind != Kind.FLAGS ? last : last.subList(1, last.size());
    if (alternatives.isEmpty() && isOneGroup(bare)) {
      return alternatives(bare.subList(1, bare.size() - 1));
    }
    alternatives.add(alternatives.isEmpty() ? bare : last);
    return alternatives;
  }

  private static boolean isOneGroup(List<Token> tokens) {
    int depth = 0;
    for (int i = 0; i < tokens.size(); i++) {
      Kind kind = tokens.get(i).kind;
      depth += kind == Kind.OPEN ? 1 : kind == Kind.CLOSE ? -1 : 0;
      if (depth == 0) {
        return i > 0 && i == tokens.size() - 1;
      }
    }
    return false;
  }

  /** {@return a text that these parts of an expression match, or null if none comes to mind} */
  static @Nullable String sample(String expression, List<Token> tokens) {
    StringBuilder text = new StringBuilder();
    int skipped = 0;
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      switch (token.kind) {
        // Of a group's alternatives the first will do.
        case BAR -> skipped = Math.max(skipped, 1);
        case OPEN -> skipped += skipped > 0 ? 1 : 0;
        case CLOSE -> skipped -= skipped > 0 ? 1 : 0;
        default -> {
          if (skipped == 0 && !append(expression, token, text)) {
            return null;
          }
        }
      }
      if (text.length() > LONGEST) {
        return null;
      }
    }
    return text.toString();
  }

  private static boolean append(String expression, Token token, StringBuilder text) {
    switch (token.kind) {
      case LITERAL -> text.appendCodePoint(token.character);
      case ANY -> text.append('a');
      case CLASS -> {
        int c = sampleOf(expression.substring(token.from, token.to));
        if (c < 0) {
          return false;
        }
        text.append((char) c);
      }
      case REPEAT -> repeatLast(expression.substring(token.from, token.to), text);
      default -> {}
    }
    return true;
  }

  /** One of a repeat is there already; a group is not repeated, which the caller's search tells. */
  private static void repeatLast(String repeat, StringBuilder text) {
    if (repeat.charAt(0) == '{' && text.length() > 0) {
      int count = Integer.parseInt(repeat.substring(1).split("[,}]", 2)[0]);
      String last = text.substring(text.length() - 1);
      text.append(last.repeat(Math.min(LONGEST, Math.max(0, count - 1))));
    }
  }

  private static int sampleOf(String characterClass) {
    try {
      Pattern one = Pattern.compile(characterClass);
      return SAMPLES.chars().filter(c -> one.matches(Character.toString(c))).findFirst().orElse(-1);
    } catch (PatternSyntaxException e) {
      return -1;
    }
  }
}
