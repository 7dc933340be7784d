package dev.alcada.internal.document;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What of a text means something elsewhere, and only its characters here: it was copied from a
 * page, a program or another language.
 */
public final class ForeignText {
  /** Longer texts are not looked at: nobody has typed them. */
  private static final int LONGEST = 1000;

  private static final Pattern ENTITY =
      Pattern.compile("&(?:amp|lt|gt|quot|apos|nbsp|#[0-9]{2,5}|#[xX][0-9a-fA-F]{2,5});");

  private static final Pattern ESCAPED = Pattern.compile("\\\\u[0-9a-fA-F]{4}|^(?:\\\\[nrt])+$");
  private static final Pattern TWO_BACKSLASHES = Pattern.compile("[\\w:]\\\\\\\\(?:\\w|$)");

  /** Of SQL; what stands behind one sign may be a byte of an address: %2e. */
  private static final Pattern LIKE =
      Pattern.compile(
          "%[^%]*[A-Za-z][^%]*%|[\\w ]*[A-Za-z_]%|%(?![0-9a-fA-F]{2})[A-Za-z_][\\w ]+",
          Pattern.DOTALL);

  private static final Pattern PATH =
      Pattern.compile(
          "[$#]?\\.?\\{{0,2}((?:args|context|time|marks)\\.[A-Za-z_][\\w.\\[\\]]*)\\}{0,2}");

  private static final Pattern VARIABLE =
      Pattern.compile(
          "(?:process\\.)?env\\.[A-Z_][A-Z0-9_]*|(?:secrets|vars)\\.[A-Z_][A-Z0-9_]*"
              + "|os\\.environ\\b.*|os\\.getenv\\(.*|System\\.getenv\\(.*|ENV\\[.*\\]"
              + "|\\{\\d\\}|%s|%d|%\\(\\w+\\)s|\\[\\[\\s*\\w+\\s*\\]\\]|\\{%.*%\\}"
              + "|(?i:your[-_](?:\\w+[-_])*(?:here|id|key|token|name|domain|tenant|host|value))");

  private static final Pattern COMPARISON =
      Pattern.compile("\\s*(?:[<>]=?|==|!=|\\u2265|\\u2264)\\s*-?[0-9.].*");

  private static final Pattern NOT = Pattern.compile("!=?[A-Za-z]\\w*");
  private static final Pattern SLASHES = Pattern.compile("/[^/]+/(?:i|g|gi|ig|im|is)");
  private static final Pattern DOMAIN = Pattern.compile("@[\\w-]+(?:\\.[\\w-]+)*\\.[A-Za-z]{2,24}");

  private static final String METHOD = "(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)";

  private static final Pattern SEVERAL =
      Pattern.compile(
          METHOD
              + "(?:(?:\\s+and|\\s+or|\\s*/|)\\s*\\b"
              + METHOD
              + ")+"
              + "|[A-Z_][A-Z0-9_]*(?:\\s*[,;|]\\s*[A-Z_][A-Z0-9_]*)+"
              + "|[a-z0-9_.@:-]+(?:\\s*[,;|]\\s+[a-z0-9_.@:-]+)+"
              + "|[\\w.@:-]+(?:\\s*[\\uff0c\\u3001\\uff1b\\uff5c]\\s*[\\w.@:-]+)+"
              + "|[\\w.@:-]+(?:\\r?\\n[\\w.@:-]+)+"
              + "|[\\[(]\\s*[\"']?[\\w.@:*-]+[\"']?(?:\\s*,\\s*[\"']?[\\w.@:*-]+[\"']?)+\\s*[\\])]"
              + "|[\\[(]\\s*[\"'][\\w.@:*-]+[\"']\\s*[\\])]");

  private static final String OPENING = "\u300c\u300e\u00ab\u2039`";
  private static final String CLOSING = "\u300d\u300f\u00bb\u203a`";

  private ForeignText() {}

  /** {@return what of a text is probably meant otherwise wherever it is looked for, or null} */
  public static @Nullable String part(String text) {
    if (text.length() > LONGEST) {
      return null;
    }
    Matcher entity = ENTITY.matcher(text);
    if (entity.find()) {
      return "holds "
          + entity.group()
          + ", which stands for a sign on web pages alone: write that sign";
    } else if (text.indexOf('\\') >= 0 && ESCAPED.matcher(text).find()) {
      return "holds a backslash and letters, and not the sign they stand for between double quotes:"
          + " write it so";
    } else if (text.indexOf('\\') >= 0 && TWO_BACKSLASHES.matcher(text).find()) {
      return "holds two backslashes: write one, and two only between the double quotes of JSON or"
          + " YAML";
    } else if (LIKE.matcher(text).matches()) {
      return "holds \"%\", which stands for nothing else here: for a pattern write \"regex\", with"
          + " .* for %";
    }
    return wide(text);
  }

  /** {@return the letter or digit of another width or style that a text holds, or null} */
  public static @Nullable String wide(String text) {
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int c = text.codePointAt(i);
      boolean full = c >= 0xff10 && c <= 0xff5a && Character.isLetterOrDigit(c);
      if (full || (c >= 0x1d400 && c <= 0x1d7ff)) {
        return "holds " + DoubtfulText.name(c) + ", which is not equal to the ordinary one";
      }
    }
    return null;
  }

  /** {@return what a text that is a path is taken for, or null} */
  public static @Nullable String path(String text) {
    Matcher path = PATH.matcher(text.length() <= 200 ? text : "");
    return path.matches()
        ? "is text here: another value of the call is \"value_from\": "
            + Spelling.quote(path.group(1))
        : null;
  }

  /** {@return what of a text that a whole value is compared with is probably meant otherwise} */
  public static @Nullable String whole(String text) {
    if (text.isEmpty() || text.length() > LONGEST) {
      return null;
    }
    String lower = text.length() < 10 ? text.toLowerCase(Locale.ROOT) : text;
    if (lower.equals("null") || lower.equals("undefined")) {
      return "is a text: write null without quotes, or \"exists\"";
    } else if (text.equals("...") || text.equals("\u2026")) {
      return "is a text, and stands for nothing else: write all of them";
    } else if (VARIABLE.matcher(text).matches()) {
      return "is a text that nothing has replaced: write what it stands for";
    } else if (SLASHES.matcher(text).matches()) {
      return "is compared with its slashes: for an expression write \"regex\", without them";
    }
    char last = text.charAt(text.length() - 1);
    boolean separated =
        text.length() > 1
            && ",;".indexOf(last) >= 0
            && Character.isLetterOrDigit(text.charAt(text.length() - 2));
    return separated
        ? "ends with \"" + last + "\", which is compared too: leave it out"
        : odd(text);
  }

  private static @Nullable String odd(String text) {
    int opening = OPENING.indexOf(text.charAt(0));
    if (text.length() > 2
        && opening >= 0
        && CLOSING.indexOf(text.charAt(text.length() - 1)) == opening) {
      return "begins and ends with quotes, which are compared too: leave them out";
    } else if (COMPARISON.matcher(text).matches()) {
      return "is a text: for an order of numbers write \"lt\", \"lte\", \"gt\" or \"gte\"";
    } else if (NOT.matcher(text).matches()) {
      return "is compared with its \"!\": for \"not\" write \"neq\" or \"not_in\"";
    }
    return DOMAIN.matcher(text).matches()
        ? "is compared with the whole of an address: write \"regex\" and "
            + text.replace(".", "\\.")
            + "$"
        : null;
  }

  /** {@return whether a text is evidently several values} */
  public static boolean isSeveral(String text) {
    return text.length() <= LONGEST && SEVERAL.matcher(text).matches();
  }
}
