package dev.alcada.tool;

import dev.alcada.internal.document.Spelling;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds characters that are not seen, or that change how others are seen. */
final class HiddenCharacters {
  private static final int SHOWN = 4;
  private static final int JOINER = 0x200d;
  private static final int FIRST_TAG = 0xe0000;
  private static final int LAST_TAG = 0xe007f;

  private HiddenCharacters() {}

  /** {@return what is hidden in a text, in words, or null if nothing is} */
  static @Nullable String in(String text) {
    Set<Integer> hidden = new LinkedHashSet<>();
    StringBuilder tagged = new StringBuilder();
    int before = -1;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (hidden(c) && !(c == JOINER && joins(before))) {
        hidden.add(c);
        if (c > FIRST_TAG && c <= LAST_TAG && tagged.length() < 200) {
          tagged.append((char) (c - FIRST_TAG));
        }
      }
      before = c;
    }
    if (hidden.isEmpty()) {
      return null;
    }
    List<String> names = hidden.stream().limit(SHOWN).map(HiddenCharacters::name).toList();
    return "it has characters that are not seen: "
        + String.join(", ", names)
        + (hidden.size() > SHOWN ? " and more" : "")
        + (tagged.isEmpty() ? "" : "; they spell " + Spelling.quote(tagged.toString()));
  }

  private static boolean hidden(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL -> c != '\n' && c != '\r' && c != '\t';
      case Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      // The selectors of variants that no emoji has, and letters that are blank.
      default ->
          (c >= 0xe0100 && c <= 0xe01ef)
              || c == 0x3164
              || c == 0x115f
              || c == 0x1160
              || c == 0xffa0;
    };
  }

  /** Whether a joiner stands behind a picture, to make one of two. */
  private static boolean joins(int before) {
    return before > 0x2000
        && (Character.getType(before) == Character.OTHER_SYMBOL
            || Character.getType(before) == Character.MODIFIER_SYMBOL
            || before == 0xfe0f);
  }

  private static String name(int c) {
    String name = Character.getName(c);
    return String.format(Locale.ROOT, "U+%04X", c)
        + (name == null ? "" : " " + name.toLowerCase(Locale.ROOT));
  }
}
