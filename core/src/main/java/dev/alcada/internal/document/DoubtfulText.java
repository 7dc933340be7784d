package dev.alcada.internal.document;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is probably wrong with a text that a document compares values with or calls something by:
 * characters that nobody sees or that look like others, a placeholder that nothing replaced, and
 * the spellings of other languages.
 */
public final class DoubtfulText {
  /** Longer texts are not looked at: nobody has typed them. */
  private static final int LONGEST = 1000;

  private static final Pattern TEMPLATE =
      Pattern.compile(
          "\\$\\{\\{?\\s*[A-Za-z_][\\w.:?=+/-]{0,99}\\s*\\}"
              + "|\\{\\{-?\\s*[A-Za-z_.$][\\w.$]{0,99}\\s*(?:\\|[^}]{0,99})?-?\\}\\}"
              + "|<%[=-]?[^%]{1,99}%>"
              + "|#\\{[A-Za-z_][\\w.]{0,99}\\}");

  /** Placeholders that stand for a whole value; within one they may be meant. */
  private static final Pattern PLACEHOLDER =
      Pattern.compile(
          "\\$[A-Z_][A-Z0-9_]+|\\$\\([A-Z_][A-Za-z0-9_.]+\\)|%[A-Z_][A-Z0-9_]+%"
              + "|@[A-Za-z]\\w*(?:[.-]\\w+)*@|\\{[A-Za-z_]\\w*\\}|__[A-Z][A-Z0-9_]*__"
              + "|<(?:[A-Z0-9]+_)+[A-Z0-9]+>|<(?:your|YOUR)[ _-][\\w -]+>"
              + "|(?i:CHANGE[_-]?ME|REPLACE[_-]?ME|YOUR_[A-Z_]+)");

  private static final Pattern TOKENS = Pattern.compile("[\\w.@/:*-]+(?:[,;][\\w.@/:*-]+)+");
  private static final Pattern NUMBERS = Pattern.compile("[-\\d.,;:/]+");
  private static final Pattern EXPRESSION =
      Pattern.compile(
          "^\\^.|^\\(\\?[a-zA-Z]+[):]|^\\\\b\\w|^\\.[*+]\\S|\\w\\.[*+]|\\w\\\\b$"
              + "|\\[\\^?\\w-\\w[^\\s\\]]{0,99}\\][*+{$]|\\\\[dw][*+{]",
          Pattern.DOTALL);
  private static final Pattern ALTERNATIVES = Pattern.compile("\\w[\\w-]*(?:\\|\\w[\\w-]*)+");

  private DoubtfulText() {}

  /** {@return whether a text is of letters, digits and the signs of names, as most are} */
  public static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '-' && c <= '9')
              || (c == '_' && i > 0);
      if (!plain) {
        return false;
      }
    }
    return true;
  }

  /** {@return whether a character shows nothing, or as much of a space as an ordinary one} */
  public static boolean isInvisible(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED ->
          true;
      case Character.SPACE_SEPARATOR -> c != ' ';
      default ->
          (c >= 0xfe00 && c <= 0xfe0f)
              || (c >= 0xe0100 && c <= 0xe01ef)
              || (c >= 0x180b && c <= 0x180f)
              || c == 0x34f
              || c == 0x115f
              || c == 0x1160
              || c == 0x17b4
              || c == 0x17b5
              || c == 0x2800
              || c == 0x3164
              || c == 0xffa0;
    };
  }

  /** {@return a character's code and name, for messages: U+00A0 NO-BREAK SPACE} */
  public static String name(int c) {
    String name = Character.getName(c);
    return String.format(Locale.ROOT, "U+%04X", c) + (name == null ? "" : " " + name);
  }

  /** {@return what of a text cannot be seen, or looks like something else; or null} */
  public static @Nullable String characters(String text) {
    if (text.length() > LONGEST) {
      return null;
    }
    String edge = edge(text);
    String unseen = edge == null ? unseen(text) : edge;
    return unseen == null ? lookAlike(text) : unseen;
  }

  /** {@return what space or line break a text begins or ends with, beside others; or null} */
  public static @Nullable String edge(String text) {
    int first = text.isEmpty() ? 'a' : text.codePointAt(0);
    int last = text.isEmpty() ? 'a' : text.codePointBefore(text.length());
    if ((!isSpace(first) && !isSpace(last)) || text.codePoints().allMatch(DoubtfulText::isSpace)) {
      return null;
    } else if (last == '\n' || last == '\r') {
      return "ends with a line break, which is compared too: in YAML write |- for | and >- for >";
    }
    return (isSpace(last) ? "ends with " : "begins with ")
        + space(isSpace(last) ? last : first)
        + ", which is compared too: leave it out";
  }

  private static boolean isSpace(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }

  private static String space(int c) {
    return switch (c) {
      case ' ' -> "a space";
      case '\n', '\r' -> "a line break";
      case '\t' -> "a tab";
      default -> name(c);
    };
  }

  private static @Nullable String unseen(String text) {
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int c = text.codePointAt(i);
      boolean spacing = c == '\t' || c == '\n' || c == '\r' || c == '\f';
      if (isInvisible(c) && !spacing && !joins(text, i)) {
        return "holds " + name(c) + ", which nobody sees and is compared too: leave it out";
      }
    }
    return null;
  }

  /** What joins or parts letters of some scripts, and the parts of a sign. */
  static boolean joins(String text, int at) {
    char c = text.charAt(at);
    return (c == '\u200d' || c == '\u200c' || c == '\ufe0f')
        && at > 0
        && text.codePointBefore(at) > 0x2ff;
  }

  private static @Nullable String lookAlike(String text) {
    boolean words = text.chars().anyMatch(Character::isWhitespace);
    UnicodeScript script = UnicodeScript.COMMON;
    int before = ' ';
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int c = text.codePointAt(i);
      int after = i + 1 < text.length() ? text.charAt(i + 1) : ' ';
      if (isDash(c)
          && Character.isLetter(after)
          && (words ? isSpace(before) : i == 0 || Character.isLetterOrDigit(before))) {
        return "holds " + name(c) + ", which looks like \"-\" and is another character";
      }
      UnicodeScript next = Character.isLetter(c) ? UnicodeScript.of(c) : UnicodeScript.COMMON;
      if (looksAlike(script, next) || looksAlike(next, script)) {
        return "holds "
            + name(next == UnicodeScript.LATIN ? before : c)
            + " in a word of other letters, which it looks like";
      }
      script = next;
      before = c;
    }
    if (text.length() > 2 && isQuoted(text)) {
      return "begins and ends with quotes, which are compared too: leave them out";
    }
    return Normalizer.isNormalized(text, Normalizer.Form.NFC)
        ? null
        : "holds a letter and its accent as two characters, which is not equal to the usual one:"
            + " type it anew";
  }

  private static boolean isDash(int c) {
    return (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xfe63 || c == 0xff0d;
  }

  private static boolean looksAlike(UnicodeScript one, UnicodeScript other) {
    return one == UnicodeScript.LATIN
        && (other == UnicodeScript.CYRILLIC
            || other == UnicodeScript.GREEK
            || other == UnicodeScript.ARMENIAN
            || other == UnicodeScript.CHEROKEE);
  }

  private static boolean isQuoted(String text) {
    char first = text.charAt(0);
    char last = text.charAt(text.length() - 1);
    boolean pair =
        (first == last && (first == '"' || first == '\''))
            || (first == '\u201c' && last == '\u201d')
            || (first == '\u2018' && last == '\u2019')
            || (first == '\u201e' && last == '\u201c');
    String inner = text.substring(1, text.length() - 1);
    return pair && inner.indexOf(first) < 0 && inner.chars().allMatch(c -> c > ' ' && c != '=');
  }

  /** {@return the placeholder of a template that a text holds, or null} */
  public static @Nullable String template(String text) {
    if (text.length() > LONGEST) {
      return null;
    }
    Matcher matcher = TEMPLATE.matcher(text);
    return matcher.find() ? matcher.group() : null;
  }

  /** {@return whether a text is nothing but a placeholder} */
  public static boolean isPlaceholder(String text) {
    return text.length() <= LONGEST && PLACEHOLDER.matcher(text).matches();
  }

  /** {@return whether a text is one word with a star in it, which elsewhere stands for others} */
  public static boolean isGlob(String text) {
    return text.indexOf('*') >= 0
        && text.length() <= LONGEST
        && text.chars().noneMatch(c -> c <= ' ' || c == '(' || c == '|' || c == '\\')
        && text.chars().anyMatch(Character::isLetterOrDigit);
  }

  /** {@return whether a text is several words with commas between them} */
  public static boolean isList(String text) {
    return text.length() <= LONGEST
        && TOKENS.matcher(text).matches()
        && !NUMBERS.matcher(text).matches();
  }

  /** {@return whether a text is evidently a regular expression} */
  public static boolean isExpression(String text) {
    return text.length() <= LONGEST
        && (EXPRESSION.matcher(text).find() || ALTERNATIVES.matcher(text).matches());
  }
}
