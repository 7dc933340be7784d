package dev.alcada.counter;

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
}
