package dev.alcada.internal.regex;

import dev.alcada.internal.document.DoubtfulText;
import dev.alcada.internal.document.ForeignText;
import dev.alcada.internal.document.Spelling;
import dev.alcada.internal.regex.RegexTokens.Kind;
import dev.alcada.internal.regex.RegexTokens.Token;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is probably wrong with the spelling of an expression, wherever it is looked for. */
public final class RegexDoubts {
  /** Texts so unlike each other that what is found in all of them is found everywhere. */
  private static final List<String> ANYTHING =
      List.of("", " ", "a", "Z", "0", "_", "\n", "~", "\u00e9", "x1-y2", "../a", "\u4e2d, b\nc");

  /** Behind the second slash of what other languages take for an expression. */
  private static final Set<String> FLAGS =
      Set.of("i", "g", "gi", "ig", "im", "is", "iu", "gm", "gim", "giu");

  private static final Pattern LETTERS = Pattern.compile("[A-Za-z]*");

  /** What other dialects take for the intersection of classes, or for a count. */
  private static final Pattern OTHER_DIALECT = Pattern.compile("\\[[^\\]\\\\]*&&\\[|\\{,\\d+\\}");

  private static final Pattern COPIED =
      Pattern.compile(
          "^(?:r(['\"]).*\\1|(?:new )?RegExp\\(.*|re\\.\\w+\\(.*|preg_\\w+\\(.*|Pattern\\.compile\\(.*"
              + "|[=!]~ ?.*|~\\*? .*)$",
          Pattern.DOTALL);

  /** Bars, stars and the like that are not those of expressions. */
  private static final String LIKE_SIGNS = "\uff5c\u00a6\u2223\u2502\uff0a\uff3e\uff04";

  private static final Pattern WORDS =
      Pattern.compile(
          "[({]?[A-Za-z_]\\w*(?:, ?[A-Za-z_]\\w*)+[)}]?|[\\w -]*\\w(?:\\r?\\n\\w[\\w -]*)+");

  private static final Pattern WORDS_IN_CLASS =
      Pattern.compile("\\[\\^?[A-Za-z]{2,}(?:\\|[A-Za-z]{2,})+\\]");

  private final String expression;
  private final List<Token> tokens;

  private RegexDoubts(String expression) {
    this.expression = expression;
    this.tokens = RegexTokens.of(expression);
  }

  /** {@return whether an expression is found in every text} */
  public static boolean isFoundEverywhere(Regex regex) {
    return ANYTHING.stream().allMatch(regex::finds);
  }

  /** {@return what is wrong, what it means and what mends it; or null} */
  public static @Nullable String of(Regex regex) {
    RegexDoubts doubts = new RegexDoubts(regex.toString());
    return Stream.<Supplier<@Nullable String>>of(
            doubts::template,
            doubts::unseen,
            doubts::edges,
            doubts::delimited,
            doubts::foreign,
            doubts::copied,
            doubts::several,
            doubts::classes,
            doubts::escapedTwice,
            doubts::neverFound,
            doubts::glob,
            doubts::halfAnchored)
        .map(Supplier::get)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  private @Nullable String template() {
    String placeholder = DoubtfulText.template(expression);
    return placeholder == null
        ? null
        : "nothing has replaced " + Spelling.quote(placeholder) + ": write what it stands for";
  }

  /** In brackets such characters are meant: there they are what is looked for. */
  private @Nullable String unseen() {
    for (Token token : tokens) {
      if (token.kind() == Kind.LITERAL && isBare(token)) {
        int c = token.character();
        if (c == '\b') {
          return "a \\b between double quotes is a backspace: write \\\\b, or single quotes in YAML";
        } else if (DoubtfulText.isInvisible(c) && (c < '\t' || c > '\r')) {
          return "holds "
              + DoubtfulText.name(c)
              + ", which nobody sees and is looked for too: leave it out, or write "
              + String.format("\\x{%x}", c);
        }
      }
    }
    return null;
  }

  /** {@return whether a part is spelt without a backslash} */
  private boolean isBare(Token token) {
    return expression.charAt(token.from()) != '\\';
  }

  private @Nullable String edges() {
    if (tokens.stream().allMatch(this::isSpace)) {
      return null;
    }
    for (int i = 0; i < tokens.size(); i++) {
      if (!isSpace(tokens.get(i))) {
        continue;
      }
      boolean last = i == tokens.size() - 1;
      if (last && "\r\n".indexOf(tokens.get(i).character()) >= 0) {
        return "ends with a line break, which is looked for too: in YAML write |- for | and >- for"
            + " >";
      } else if (last || i == 0) {
        return (last ? "ends" : "begins")
            + " with a space, which is looked for too: leave it out, or write \\s";
      } else if (tokens.get(i - 1).kind() == Kind.BAR || tokens.get(i + 1).kind() == Kind.BAR) {
        return "a space or line break beside | is looked for too: leave it out, or write \\s";
      }
    }
    return null;
  }

  private boolean isSpace(Token token) {
    return token.kind() == Kind.LITERAL
        && isBare(token)
        && (Character.isWhitespace(token.character()) || Character.isSpaceChar(token.character()));
  }

  private @Nullable String delimited() {
    int end = expression.lastIndexOf('/');
    if (end < 2 || !expression.startsWith("/")) {
      return null;
    }
    String body = expression.substring(1, end);
    String flags = expression.substring(end + 1);
    boolean anchored = body.startsWith("^") || (body.endsWith("$") && !body.endsWith("\\$"));
    // Anchored, it is never found behind a slash or before one; else it may be a part of a path.
    if ((anchored && LETTERS.matcher(flags).matches())
        || (FLAGS.contains(flags) && body.indexOf('/') < 0)) {
      String kept = flags.replaceAll("[^ims]", "");
      return "slashes around an expression, and letters behind them, are looked for in the argument"
          + " like the rest of it: leave them out"
          + (kept.isEmpty() ? "" : ", and begin with (?" + kept + ")");
    }
    return null;
  }

  private @Nullable String foreign() {
    for (Token token : tokens) {
      String part = expression.substring(token.from(), token.to());
      if (part.equals("\\<") || part.equals("\\>")) {
        return part + " is the sign itself here: write \\b for the edge of a word";
      }
    }
    return OTHER_DIALECT.matcher(expression).find()
        ? "&& within brackets, and {,n}, are the signs themselves here: write the class out, and"
            + " {0,n}"
        : null;
  }

  /** What stands around an expression in a program, and what stands for a sign on a page. */
  private @Nullable String copied() {
    if (COPIED.matcher(expression).find()) {
      return "holds what a program writes around an expression: write what stands between its"
          + " quotes alone";
    }
    for (Token token : tokens) {
      int c = token.character();
      if (token.kind() == Kind.LITERAL && isBare(token) && c > 0x7e && LIKE_SIGNS.indexOf(c) >= 0) {
        return "holds "
            + DoubtfulText.name(c)
            + ", which is looked for: the sign of expressions is"
            + " another";
      }
    }
    String foreign = ForeignText.part(expression);
    return foreign == null || expression.indexOf('\\') >= 0 ? null : foreign;
  }

  /** Several words with commas, or on several lines, are looked for with these between them. */
  private @Nullable String several() {
    return WORDS.matcher(expression).matches()
        ? "commas, braces and line breaks are looked for too: write (?:a|b) for one of several"
        : null;
  }

  private @Nullable String classes() {
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      String part = expression.substring(token.from(), token.to());
      if (token.kind() == Kind.FLAGS && i > 0 && i == tokens.size() - 1) {
        return part + " holds for what follows it, and nothing does: write it at the beginning";
      }
      String doubt = token.kind() == Kind.CLASS ? ofClass(part) : null;
      if (doubt != null) {
        return doubt;
      }
    }
    return null;
  }

  private static @Nullable String ofClass(String part) {
    if (WORDS_IN_CLASS.matcher(part).matches()) {
      return part + " is one character of these: write parentheses for one of several words";
    } else if (part.startsWith("[:") && part.endsWith(":]")) {
      return part + " is one of these characters: write [" + part + "]";
    }
    return part.contains("A-z") ? "A-z holds [ \\ ] ^ _ and ` as well: write A-Za-z" : null;
  }

  /** In YAML's single quotes, and without quotes, a backslash is written once. */
  private @Nullable String escapedTwice() {
    for (int i = 0; i + 1 < tokens.size(); i++) {
      Token next = tokens.get(i + 1);
      boolean backslash = tokens.get(i).kind() == Kind.LITERAL && tokens.get(i).character() == '\\';
      boolean repeated = i + 2 < tokens.size() && tokens.get(i + 2).kind() == Kind.REPEAT;
      boolean edge = i == 0 || i + 2 == tokens.size();
      if (backslash
          && ((next.kind() == Kind.ANY && !repeated && i > 0)
              || (next.character() == 'b' && edge)
              || (repeated && next.character() > 0 && "dwsDWS".indexOf(next.character()) >= 0))) {
        return "two backslashes look for a backslash: write one, and two only between the double"
            + " quotes of JSON or YAML";
      }
    }
    return null;
  }

  private @Nullable String neverFound() {
    if (ofLines(expression)) {
      return null;
    }
    for (List<Token> alternative : RegexTokens.alternatives(tokens)) {
      for (int i = 0; i < alternative.size(); i++) {
        Kind kind = alternative.get(i).kind();
        boolean before = i > 0 && takes(alternative, i - 1) && !isRepeat(alternative, i);
        boolean after = i + 1 < alternative.size() && takes(alternative, i + 1);
        if ((kind == Kind.START && before)
            || (kind == Kind.END && after && !mayLack(alternative, i + 1))) {
          return "is never found: ^ is the beginning of the text and $ its end; write \\^ or \\$ for"
              + " the sign itself";
        }
      }
    }
    return null;
  }

  private static boolean takes(List<Token> parts, int at) {
    Kind kind = parts.get(at).kind();
    return kind == Kind.LITERAL || kind == Kind.CLASS || kind == Kind.ANY;
  }

  private static boolean isRepeat(List<Token> parts, int at) {
    return at < parts.size() && parts.get(at).kind() == Kind.REPEAT;
  }

  private boolean mayLack(List<Token> parts, int at) {
    return isRepeat(parts, at + 1)
        && "*?{".indexOf(expression.charAt(parts.get(at + 1).from())) >= 0;
  }

  /** {@return whether (?m) makes ^ and $ the ends of a line} */
  static boolean ofLines(String expression) {
    int flags = expression.indexOf("(?");
    while (flags >= 0) {
      int end = flags + 2;
      while (end < expression.length() && Character.isLetter(expression.charAt(end))) {
        if (expression.charAt(end) == 'm') {
          return true;
        }
        end++;
      }
      flags = expression.indexOf("(?", flags + 2);
    }
    return false;
  }

  private @Nullable String glob() {
    for (List<Token> alternative : RegexTokens.alternatives(tokens)) {
      int last = alternative.size() - 1;
      boolean anchored = last >= 0 && alternative.get(last).kind() == Kind.END;
      int star = anchored ? last - 1 : last;
      if (star > 1
          && expression
              .substring(alternative.get(star).from(), alternative.get(star).to())
              .equals("*")
          && alternative.get(star - 1).kind() == Kind.LITERAL
          && alternative.get(star - 2).kind() == Kind.LITERAL
          && isNamePart(alternative.get(star - 1).character())) {
        String sign = Character.toString(alternative.get(star - 1).character());
        return sign + "* is \"" + sign + "\" any number of times: for anything write .*";
      }
    }
    return null;
  }

  private static boolean isNamePart(int c) {
    return c == '_' || c == '-' || c == '/' || c == ':' || Character.isLetterOrDigit(c);
  }

  private @Nullable String halfAnchored() {
    List<List<Token>> alternatives = RegexTokens.alternatives(tokens);
    if (alternatives.size() < 2) {
      return null;
    }
    List<Token> first = alternatives.get(0);
    List<Token> last = alternatives.get(alternatives.size() - 1);
    return startsAnchored(first)
            && !endsAnchored(first)
            && endsAnchored(last)
            && !startsAnchored(last)
        ? HALF_ANCHORED
        : null;
  }

  static final String HALF_ANCHORED =
      "^ and $ hold for the alternatives beside them alone, the others are found anywhere: write"
          + " ^(?:a|b)$";

  static boolean startsAnchored(List<Token> parts) {
    int first = !parts.isEmpty() && parts.get(0).kind() == Kind.FLAGS ? 1 : 0;
    return parts.size() > first && parts.get(first).kind() == Kind.START;
  }

  static boolean endsAnchored(List<Token> parts) {
    return !parts.isEmpty() && parts.get(parts.size() - 1).kind() == Kind.END;
  }
}
