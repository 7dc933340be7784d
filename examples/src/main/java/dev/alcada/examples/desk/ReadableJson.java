package dev.alcada.examples.desk;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * JSON for a person to read: indented, and with every character that shows nothing, or turns the
 * text around it, or pushes what follows out of sight, spelt out. Works on the text, so that no
 * digit of a number is lost.
 */
final class ReadableJson {
  /**
   * What is no character to see, a blank after a blank, and letters, marks and symbols that show
   * nothing (Unicode's default ignorable ones, and the empty Braille pattern).
   */
  private static final Pattern UNSEEN =
      Pattern.compile(
          "[\\p{C}\\p{Z}&&[^ ]]|(?<= ) |"
              + "[\\x{34f}\\x{115f}\\x{1160}\\x{17b4}\\x{17b5}\\x{180b}-\\x{180f}\\x{2800}"
              + "\\x{3164}\\x{fe00}-\\x{fe0f}\\x{ffa0}\\x{e0100}-\\x{e01ef}]");

  private ReadableJson() {}

  /**
   * Returns the text.
   *
   * @param json valid JSON without blanks between its tokens
   */
  static String of(String json) {
    return indented(UNSEEN.matcher(json).replaceAll(unseen -> spelt(unseen.group())));
  }

  private static String spelt(String unseen) {
    return unseen
        .chars()
        .mapToObj(unit -> "\\\\u%04x".formatted(unit))
        .collect(Collectors.joining());
  }

  private static String indented(String json) {
    StringBuilder out = new StringBuilder();
    int depth = 0;
    boolean inText = false;
    for (int i = 0; i < json.length(); ) {
      int c = json.codePointAt(i);
      i += Character.charCount(c);
      if (inText) {
        out.appendCodePoint(c);
        if (c == '\\') {
          out.append(json.charAt(i++));
        }
        inText = c != '"';
      } else if (c == '"') {
        out.append('"');
        inText = true;
      } else if (c == '{' || c == '[') {
        out.appendCodePoint(c);
        if (json.charAt(i) == '}' || json.charAt(i) == ']') {
          out.append(json.charAt(i++));
        } else {
          newLine(out, ++depth);
        }
      } else if (c == '}' || c == ']') {
        newLine(out, --depth);
        out.appendCodePoint(c);
      } else if (c == ',') {
        out.append(',');
        newLine(out, depth);
      } else {
        out.append(c == ':' ? ": " : Character.toString(c));
      }
    }
    return out.toString();
  }

  private static void newLine(StringBuilder out, int depth) {
    out.append('\n').append("  ".repeat(depth));
  }
}
