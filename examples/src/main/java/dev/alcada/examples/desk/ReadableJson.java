package dev.alcada.examples.desk;

/**
 * JSON for a person to read: indented, and with every character that shows nothing, or turns the
 * text around it, spelt out. Works on the text, so that no digit of a number is lost.
 */
final class ReadableJson {
  private ReadableJson() {}

  /**
   * Returns the text.
   *
   * @param json valid JSON without blanks between its tokens
   */
  static String of(String json) {
    StringBuilder out = new StringBuilder();
    int depth = 0;
    boolean inText = false;
    for (int i = 0; i < json.length(); ) {
      int c = json.codePointAt(i);
      i += Character.charCount(c);
      if (inText) {
        append(out, c);
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

  private static void append(StringBuilder out, int c) {
    switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.UNASSIGNED -> {
        for (char unit : Character.toChars(c)) {
          out.append(String.format("\\u%04x", (int) unit));
        }
      }
      case Character.SPACE_SEPARATOR -> out.append(c == ' ' ? " " : String.format("\\u%04x", c));
      default -> out.appendCodePoint(c);
    }
  }

  private static void newLine(StringBuilder out, int depth) {
    out.append('\n').append("  ".repeat(depth));
  }
}
