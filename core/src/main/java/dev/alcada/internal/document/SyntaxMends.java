package dev.alcada.internal.document;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What mends a text that is neither JSON nor YAML, by what stands where its reader stopped. */
final class SyntaxMends {
  private static final String ESCAPE =
      "between double quotes a backslash begins an escape: write two for one, or put the text"
          + " between single quotes";
  private static final String NO_COMMENTS =
      "JSON has no comments: leave them out, or write YAML, whose comments begin with #";
  static final String UNMERGED = "a merge has left its marks: keep one of the two versions";
  private static final String FENCE = "leave out the lines with ``` around the document";

  private static final Pattern NO_TOKEN =
      Pattern.compile("(?i)(?:true|false|null|none|nil|yes|no|undefined)\\b.*", Pattern.DOTALL);

  private SyntaxMends() {}

  /** {@return what mends a document that begins with what no document begins with, or null} */
  static @Nullable String atBeginning(String text) {
    int at = 0;
    while (at < text.length() && (text.charAt(at) <= ' ' || isComment(text, at))) {
      at = text.charAt(at) <= ' ' ? at + 1 : endOfComment(text, at);
    }
    boolean json = at < text.length() && (text.charAt(at) == '{' || text.charAt(at) == '[');
    if (json) {
      return NO_COMMENTS;
    }
    return text.stripLeading().startsWith("```") ? FENCE : null;
  }

  private static boolean isComment(String text, int at) {
    return text.startsWith("//", at) || text.startsWith("/*", at);
  }

  private static int endOfComment(String text, int at) {
    boolean line = text.startsWith("//", at);
    int end = text.indexOf(line ? "\n" : "*/", at);
    return end < 0 ? text.length() : end + (line ? 1 : 2);
  }

  /**
   * {@return what mends a text that is not JSON, or null}
   *
   * @param line the line at which its reader stopped
   * @param column the column in it
   * @param message what its reader says
   */
  static @Nullable String ofJson(String text, int line, int column, String message) {
    if (message.contains("close marker")) {
      return "there is a brace or bracket too many";
    } else if (message.contains("character escape")) {
      return "a backslash begins an escape: write two for one, as in \"\\\\d\"";
    } else if (message.contains("Illegal unquoted")) {
      return "a text ends on its line: write \\n for a line break";
    } else if (message.contains("Non-standard token")) {
      return "leave out what is to have no bound";
    } else if (message.contains("umeric value") || message.contains("hexadecimal")) {
      return "write numbers as 5, -5 and 0.5";
    }
    int at = offset(text, line, column);
    char c = at < text.length() ? text.charAt(at) : ' ';
    char before = before(text, at, 0);
    if (isComment(text, at) || c == '#') {
      return NO_COMMENTS;
    } else if ("'`\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb".indexOf(c) >= 0) {
      return "write straight double quotes";
    } else if (DoubtfulText.isInvisible(c)) {
      return "leave out " + DoubtfulText.name(c);
    } else if ((c == '}' || c == ']') && before == ',') {
      return "leave out the comma before it";
    } else if (Character.isDigit(c) && before == ',' && Character.isDigit(before(text, at, 1))) {
      return "write numbers without commas";
    } else if (message.contains("property name")
        && (Character.isLetter(c) || c == '_' || c == '$')) {
      return "names stand between double quotes";
    } else if (message.contains("expecting comma")) {
      return c == ';' ? "write a comma" : "a comma is missing before it";
    } else if (message.contains("expecting a colon")) {
      return "a name is followed by a colon";
    } else if (NO_TOKEN.matcher(text.substring(at, Math.min(text.length(), at + 20))).matches()) {
      return "write true, false or null";
    } else if (c == '$' || c == '<' || c == '{') {
      return "nothing has replaced a placeholder: write what it stands for";
    } else if (c == '.' || c == '+') {
      return "write numbers as 5, -5 and 0.5";
    }
    return message.contains("token") ? "a text stands between double quotes" : null;
  }

  private static int offset(String text, int line, int column) {
    int at = 0;
    for (int i = 1; i < line && at >= 0; i++) {
      at = text.indexOf('\n', at) + 1;
    }
    return Math.min(text.length(), at + column - 1);
  }

  /** The character before a place, spaces left out and so many others. */
  private static char before(String text, int at, int others) {
    int skip = others;
    for (int i = at - 1; i >= 0; i--) {
      if (text.charAt(i) > ' ' && skip-- == 0) {
        return text.charAt(i);
      }
    }
    return ' ';
  }

  /**
   * {@return what mends a text that is not YAML, or null}
   *
   * @param text the line at which its reader stopped
   * @param column the column in it
   * @param problem what its reader says
   */
  static @Nullable String ofYaml(String text, int column, String problem) {
    if (problem.contains("escape")) {
      return ESCAPE;
    } else if (problem.contains("TAB")) {
      return "indent with spaces";
    } else if (problem.contains("mapping values")) {
      int colon = text.indexOf(": ");
      return colon >= 0 && colon < column - 1
          ? "put a text that holds a colon and a space between quotes"
          : "indent alike what belongs together";
    } else if (problem.contains("unexpected end of stream")) {
      return "close the quotes";
    } else if (problem.contains("expected ','")) {
      return "close the bracket; a text that begins with one stands between quotes";
    } else if (problem.contains("<block end>")) {
      return text.matches(".*: *[\\[{'\"].*")
          ? "put the whole of a text that begins with a bracket or a quote between quotes"
          : "indent alike what belongs together";
    } else if (problem.contains("node content")) {
      return "put a text that begins with such a sign between quotes";
    }
    return null;
  }

  /** {@return what mends an escape that cannot be read} */
  static String ofEscape() {
    return ESCAPE;
  }
}
