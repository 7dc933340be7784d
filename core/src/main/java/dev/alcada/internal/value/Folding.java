package dev.alcada.internal.value;

import java.text.Normalizer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The forms of Unicode in which texts that look or mean the same are the same. */
public final class Folding {
  /** Longer names are folded only if they are ASCII: a letter can stand for eighteen. */
  private static final int LONGEST_NAME = 1024;

  /** Marks in a row are put in order by comparing each with each. */
  private static final int MOST_MARKS = 128;

  private Folding() {}

  /** Returns whether the text is of ASCII alone, whose compatibility form is itself. */
  static boolean ascii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns the name in NFKC and without case, or {@code null} for one that would take too long.
   * Lower, upper and lower again reaches what single letters hide: ẞ, ß and SS are one.
   */
  static @Nullable String fold(String name) {
    if (ascii(name)) {
      return name.toLowerCase(Locale.ROOT);
    }
    if (name.length() > LONGEST_NAME || manyMarks(name)) {
      return null;
    }
    String compatible = Normalizer.normalize(name, Normalizer.Form.NFKC);
    String caseless =
        compatible.toLowerCase(Locale.ROOT).toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    return Normalizer.normalize(caseless, Normalizer.Form.NFKC);
  }

  /**
   * Returns whether two names are one to whoever reads them: equal but for case, compatibility
   * forms, what is not seen, and white space around them. Returns true as well where that would
   * take too long to tell, so whoever asks must be safe with a yes.
   */
  public static boolean alike(String one, String other) {
    if (one.equals(other)) {
      return true;
    }
    String folded = fold(seen(one));
    String otherFolded = fold(seen(other));
    return folded == null || otherFolded == null || folded.strip().equals(otherFolded.strip());
  }

  private static String seen(String name) {
    return name.codePoints()
        .filter(point -> !unseen(point))
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** Controls, and what Unicode lets a display leave out ({@code Default_Ignorable_Code_Point}). */
  private static boolean unseen(int point) {
    return switch (point) {
      case 0x34F,
          0x115F,
          0x1160,
          0x17B4,
          0x17B5,
          0x180B,
          0x180C,
          0x180D,
          0x180F,
          0x2065,
          0x3164,
          0xFFA0 ->
          true;
      default ->
          Character.getType(point) == Character.FORMAT
              || Character.isISOControl(point)
              || (point >= 0xFE00 && point <= 0xFE0F)
              || (point >= 0xFFF0 && point <= 0xFFF8)
              || (point >= 0xE0000 && point <= 0xE0FFF);
    };
  }

  /** Returns the text in NFC, or {@code null} for one that would take too long. */
  public static @Nullable String compose(String text) {
    if (ascii(text)) {
      return text;
    }
    return manyMarks(text) ? null : Normalizer.normalize(text, Normalizer.Form.NFC);
  }

  private static boolean manyMarks(String text) {
    int marks = 0;
    for (int i = 0; i < text.length(); ) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      marks = mark(point) ? marks + 1 : 0;
      if (marks > MOST_MARKS) {
        return true;
      }
    }
    return false;
  }

  private static boolean mark(int point) {
    int type = Character.getType(point);
    return type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK
        || type == Character.ENCLOSING_MARK;
  }
}
