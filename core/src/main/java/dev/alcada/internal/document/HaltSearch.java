package dev.alcada.internal.document;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/*
 * Who stops everything does so in haste. A comma left out in the same edit, a comment, a file that
 * an editor or a shell has written in another encoding: no reader gets as far as the halt, and calls
 * would go on. So a text that is no document is searched for a halt where a person sees one at the
 * top. It is never searched where a document was read to its end.
 */

/** Looks for a halt in a text that cannot be read as a document. */
public final class HaltSearch {
  /** Between quotes of whatever kind, as word processors put other ones. */
  private static final Pattern NAME =
      Pattern.compile("[\"'`\u2018-\u201e\u00ab\u00bb]?halt[\"'`\u2018-\u201e\u00ab\u00bb]?");

  private static final Pattern BLOCK_NAME = Pattern.compile(NAME.pattern() + "[ \\t]*:(.*)");
  private static final Pattern COMMENT = Pattern.compile("(?:^|[ \\t])#.*$");

  /** Where a document begins behind whatever stands before it: in a fence of Markdown, a brace. */
  private static final Pattern BEGINS =
      Pattern.compile(
          "(?m)\\A\\s*(?:```|~~~)[^{\n]*|^(?:```|~~~)[^{\n]*|^(?=\\{)|^---(?=[ \\t]*\\{)");

  private final String text;
  private int at;
  private int depth;
  private int lineStart;

  /** Whether nothing but space has stood in the line so far. */
  private boolean lineBegins = true;

  /** The column of the first name at the top that begins a line, or -1. */
  private int column = -1;

  private HaltSearch(String text) {
    this.text = text;
  }

  /**
   * Returns what the text says of a halt: {@code null} for nothing, false or null; an empty text
   * for a halt without a text of its own.
   *
   * @param text the document, as far as it can be had
   */
  public static @Nullable String in(String text) {
    String seen = seen(text);
    HaltSearch whole = new HaltSearch(seen);
    if (whole.isBraced()) {
      return whole.inBraces();
    }
    Matcher begins = BEGINS.matcher(seen);
    for (int from = 0; ; from = begins.end()) {
      boolean more = begins.find();
      String part = seen.substring(from, more ? begins.start() : seen.length());
      if (new HaltSearch(part).isBraced()) {
        return new HaltSearch(seen.substring(from)).inBraces();
      }
      String said = inLines(part);
      if (said != null || !more) {
        return said;
      }
    }
  }

  /** {@return the text as a person sees it, without what is left of another encoding too} */
  private static String seen(String text) {
    StringBuilder seen = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\r') {
        seen.append('\n');
      } else if (Character.isSpaceChar(c)) {
        seen.append(' ');
      } else if (c == '\n'
          || c == '\t'
          || Character.isSurrogate(c)
          || !DoubtfulText.isInvisible(c)
          || DoubtfulText.joins(text, i)) {
        seen.append(c);
      }
    }
    return seen.toString();
  }

  private boolean isBraced() {
    skipSpace();
    boolean braced = at < text.length() && (text.charAt(at) == '{' || text.charAt(at) == '[');
    at = 0;
    lineStart = 0;
    lineBegins = true;
    return braced;
  }

  // JSON, and what is nearly so.

  private @Nullable String inBraces() {
    for (skipSpace(); at < text.length(); skipSpace()) {
      char c = text.charAt(at);
      if (c == '{' || c == '[') {
        depth++;
        pass();
      } else if (c == '}' || c == ']') {
        depth--;
        pass();
      } else if (c == ',' || c == ':') {
        pass();
      } else {
        boolean top = isTop();
        String word = word();
        skipSpace();
        if (top && NAME.matcher(word).matches() && at < text.length() && text.charAt(at) == ':') {
          pass();
          String said = value();
          if (said != null) {
            return said;
          }
        }
      }
    }
    return null;
  }

  /** By the braces; where some are missing, by where it stands in its line. */
  private boolean isTop() {
    if (lineBegins && depth == 1 && column < 0) {
      column = at - lineStart;
    }
    return depth <= 1 || (lineBegins && at - lineStart == column);
  }

  private void pass() {
    at++;
    lineBegins = false;
  }

  private @Nullable String value() {
    skipSpace();
    if (at >= text.length()) {
      return null; // still being written
    }
    char c = text.charAt(at);
    if (c == '{' || c == '[') {
      return "";
    } else if (c == ',' || c == '}' || c == ']') {
      return null;
    }
    boolean quoted = c == '"' || c == '\'';
    String word = word();
    if (at >= text.length() && !(quoted && text.charAt(at - 1) == c)) {
      return null;
    }
    return quoted ? word.strip() : word.equals("false") || word.equals("null") ? null : "";
  }

  /** A text within quotes, which ends with its line at the latest, or all up to the next sign. */
  private String word() {
    char quote = text.charAt(at);
    lineBegins = false;
    StringBuilder word = new StringBuilder();
    if (quote != '"' && quote != '\'') {
      while (at < text.length() && " \t\r\n,:{}[]\"'".indexOf(text.charAt(at)) < 0) {
        word.append(text.charAt(at++));
      }
      return word.toString();
    }
    at++;
    while (at < text.length() && text.charAt(at) != quote && text.charAt(at) != '\n') {
      if (text.charAt(at) == '\\' && at + 1 < text.length()) {
        at++;
      }
      word.append(text.charAt(at++));
    }
    if (at < text.length() && text.charAt(at) == quote) {
      at++;
    }
    return word.toString();
  }

  private void skipSpace() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (Character.isWhitespace(c)) {
        at++;
        if (c == '\n') {
          lineStart = at;
          lineBegins = true;
        }
      } else if (c == '#' || text.startsWith("//", at)) {
        at = after("\n");
        lineStart = at;
        lineBegins = true;
      } else if (text.startsWith("/*", at)) {
        at = after("*/");
      } else {
        return;
      }
    }
  }

  private int after(String end) {
    int found = text.indexOf(end, at);
    return found < 0 ? text.length() : found + end.length();
  }

  // YAML, and what is nearly so.

  private static @Nullable String inLines(String text) {
    String indent = null;
    boolean halts = false;
    for (String line : (Iterable<String>) text.lines()::iterator) {
      String content = line.strip();
      if (content.isEmpty()
          || content.startsWith("#")
          || content.startsWith("%")
          || content.startsWith("---")) {
        continue;
      }
      String before = line.substring(0, line.indexOf(content));
      indent = indent == null ? before : indent;
      if (halts
          && (before.length() > indent.length() || content.startsWith("- "))
          && !isNothing(withoutComment(content))) {
        return "";
      }
      halts = false;
      if (before.equals(indent)) {
        Matcher name = BLOCK_NAME.matcher(content);
        String value = name.matches() ? withoutComment(name.group(1)) : null;
        // A value on the lines that follow, or none.
        halts = value != null && value.isEmpty();
        String said = content.startsWith("\"") ? inMembers(content) : said(value);
        if (said != null) {
          return said;
        }
      }
    }
    return null;
  }

  /** A line of names between quotes may be JSON whose first brace is missing. */
  private static @Nullable String inMembers(String line) {
    HaltSearch members = new HaltSearch(line + "\n");
    members.depth = 1;
    return members.inBraces();
  }

  private static String withoutComment(String value) {
    return COMMENT.matcher(value).replaceFirst("").strip();
  }

  private static boolean isNothing(String value) {
    PlainScalar scalar = PlainScalar.of(value);
    return scalar instanceof PlainScalar.JsonNull
        || (scalar instanceof PlainScalar.JsonBoolean bool && !bool.value());
  }

  private static @Nullable String said(@Nullable String plain) {
    if (plain == null || plain.isEmpty() || isNothing(plain)) {
      return null;
    }
    char first = plain.charAt(0);
    if (first == '"' || first == '\'') {
      int end = plain.indexOf(first, 1);
      return plain.substring(1, end < 0 ? plain.length() : end).strip();
    }
    return PlainScalar.of(plain) instanceof PlainScalar.Text && "|>&!*{[".indexOf(first) < 0
        ? plain
        : "";
  }
}
