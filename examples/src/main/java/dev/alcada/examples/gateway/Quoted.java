package dev.alcada.examples.gateway;

import org.jspecify.annotations.Nullable;

/**
 * Text that another side wrote, fit for a line of a log: nothing in it can end the line, turn it
 * around, or look like what the gateway itself says.
 */
public final class Quoted {
  private static final int LONGEST = 300;
  private static final int LONGEST_LINE = 2_000;

  private Quoted() {}

  /** {@return the text in quotes, cut after some hundred characters} */
  public static String of(@Nullable Object text) {
    StringBuilder quoted = new StringBuilder("\"");
    append(quoted, String.valueOf(text), LONGEST, true);
    return quoted.append('"').toString();
  }

  /** {@return what was thrown: its kind, and its message in quotes} */
  static String of(Throwable thrown) {
    String kind = thrown.getClass().getSimpleName();
    return thrown.getMessage() == null ? kind : kind + " " + of(thrown.getMessage());
  }

  /** {@return a sentence of ours that has foreign names in it} */
  public static String line(@Nullable String text) {
    StringBuilder line = new StringBuilder();
    append(line, String.valueOf(text), LONGEST_LINE, false);
    return line.toString();
  }

  private static void append(StringBuilder to, String text, int most, boolean inQuotes) {
    for (int i = 0; i < text.length(); ) {
      if (i >= most) {
        to.append('…');
        return;
      }
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      if (inQuotes && (point == '"' || point == '\\')) {
        to.append('\\').append((char) point);
      } else if (visible(point)) {
        to.appendCodePoint(point);
      } else {
        to.append(point < 0x10000 ? "\\u%04x".formatted(point) : "\\u{%x}".formatted(point));
      }
    }
  }

  private static boolean visible(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
