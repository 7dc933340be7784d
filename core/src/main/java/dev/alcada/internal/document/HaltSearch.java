package dev.alcada.internal.document;

import java.util.Iterator;
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
  private static final String HALT = "halt";
  private static final Pattern BLOCK_NAME =
      Pattern.compile("(?:halt|\"halt\"|'halt')[ \\t]*:(?:[ \\t]+(.*))?");
  private static final Pattern COMMENT = Pattern.compile("(?:^|[ \\t])#.*$");

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
    // Without what is left of another encoding.
    HaltSearch search = new HaltSearch(text.replace("\0", "").replace("\uFEFF", ""));
    return search.isBraced() ? search.inBraces() : search.inLines();
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
        if (top && word.equals(HALT) && at < text.length() && text.charAt(at) == ':') {
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

  private @Nullable String inLines() {
    String indent = null;
    Iterator<String> lines = text.lines().iterator();
    String next = lines.hasNext() ? lines.next() : null;
    while (next != null) {
      String line = next;
      next = lines.hasNext() ? lines.next() : null;
      String content = line.strip();
      if (content.isEmpty()
          || content.startsWith("#")
          || content.startsWith("%")
          || content.startsWith("---")) {
        continue;
      }
      String before = line.substring(0, line.indexOf(content));
      indent = indent == null ? before : indent;
      Matcher name = BLOCK_NAME.matcher(content);
      if (before.equals(indent) && name.matches()) {
        String said = said(name.group(1), before, next == null ? "" : next);
        if (said != null) {
          return said;
        }
      }
    }
    return null;
  }

  private static @Nullable String said(@Nullable String value, String indent, String next) {
    String plain = value == null ? "" : COMMENT.matcher(value).replaceFirst("").strip();
    if (plain.isEmpty()) {
      // A value on the lines that follow, or none.
      boolean more = !next.isBlank() && next.startsWith(indent + " ");
      return more ? "" : null;
    }
    PlainScalar scalar = PlainScalar.of(plain);
    if (scalar instanceof PlainScalar.JsonNull
        || (scalar instanceof PlainScalar.JsonBoolean bool && !bool.value())) {
      return null;
    }
    char first = plain.charAt(0);
    if (first == '"' || first == '\'') {
      int end = plain.indexOf(first, 1);
      return plain.substring(1, end < 0 ? plain.length() : end).strip();
    }
    return scalar instanceof PlainScalar.Text && "|>&!*{[".indexOf(first) < 0 ? plain : "";
  }
}
