package dev.alcada.counter;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes identities and keys as texts of which no two are alike: each part with its length before
 * it, and in characters that every encoding keeps.
 */
final class CounterText {
  private static final char FIRST_PLAIN = ' ';
  private static final char LAST_PLAIN = '~';

  private CounterText() {}

  /** Appends {@code /}, the length of the text as it is written, {@code :} and the text. */
  static void append(StringBuilder out, String text) {
    String written = written(text);
    out.append('/').append(written.length()).append(':').append(written);
  }

  /** Spells a backslash, and all that is not printable ASCII, by code units: {@code \}00e9. */
  private static String written(String text) {
    StringBuilder spelt = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain = c >= FIRST_PLAIN && c <= LAST_PLAIN && c != '\\';
      if (!plain && spelt == null) {
        spelt = new StringBuilder(text.length() + 16).append(text, 0, i);
      }
      if (spelt != null) {
        if (plain) {
          spelt.append(c);
        } else {
          spelt.append('\\');
          for (int shift = 12; shift >= 0; shift -= 4) {
            spelt.append(Character.forDigit(c >>> shift & 0xf, 16));
          }
        }
      }
    }
    return spelt == null ? text : spelt.toString();
  }

  /**
   * Reads what was written after the number of the format; {@code null} stands for {@code /-}. It
   * is for the caller to see that the parts are written as the text again.
   *
   * @throws IllegalArgumentException if no parts are written so
   */
  static List<@Nullable String> parts(String text) {
    List<@Nullable String> parts = new ArrayList<>();
    int at = text.startsWith("1/") ? 1 : text.length() + 1;
    while (at < text.length()) {
      int colon = text.indexOf(':', at);
      if (text.startsWith("/-", at)) {
        parts.add(null);
        at += 2;
      } else if (text.charAt(at) == '/' && colon > at + 1 && colon < at + 8) {
        int length = Integer.parseInt(text, at + 1, colon, 10);
        if (length > text.length() - colon - 1) {
          throw new IllegalArgumentException("a part is cut off");
        }
        at = colon + 1 + length;
        parts.add(read(text.substring(colon + 1, at)));
      } else {
        throw new IllegalArgumentException("a part has no length");
      }
    }
    return parts;
  }

  private static String read(String written) {
    StringBuilder text = new StringBuilder(written.length());
    for (int i = 0; i < written.length(); i++) {
      char c = written.charAt(i);
      if (c == '\\') {
        text.append((char) Integer.parseInt(written, i + 1, Math.min(i + 5, written.length()), 16));
        i += 4;
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }
}
