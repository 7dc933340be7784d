package dev.alcada.approval;

import java.lang.Character.UnicodeBlock;
import java.lang.Character.UnicodeScript;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A text that a model may have written, as a person may read it: nothing in it hides, turns or
 * overprints its neighbours, and what could be taken for something else is said.
 */
final class ShownText {
  private static final int MARKS_IN_A_ROW = 2;
  private static final int DIGEST_BYTES = 16;
  private static final int LONGEST_ESCAPE = "\\u{10ffff}".length();

  /** Letters of Cyrillic, Greek and Armenian, of both cases, that look like Latin ones. */
  private static final String LOOK_LATIN =
      "асԁеһіјӏорԛѕԝхуАВСЕНІЈКМОРЅТХУ" + "αινορυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ" + "ազգիլհղյոռսցւքօԼՈՍՏՕ";

  /**
   * What languages of today are commonly written in, as Unicode recommends for identifiers. The
   * letters of the others, Lisu or Cherokee for one, many a reader has never seen but as Latin.
   */
  private static final Set<UnicodeScript> COMMON =
      EnumSet.of(
          UnicodeScript.ARABIC,
          UnicodeScript.ARMENIAN,
          UnicodeScript.BENGALI,
          UnicodeScript.BOPOMOFO,
          UnicodeScript.CYRILLIC,
          UnicodeScript.DEVANAGARI,
          UnicodeScript.ETHIOPIC,
          UnicodeScript.GEORGIAN,
          UnicodeScript.GREEK,
          UnicodeScript.GUJARATI,
          UnicodeScript.GURMUKHI,
          UnicodeScript.HAN,
          UnicodeScript.HANGUL,
          UnicodeScript.HEBREW,
          UnicodeScript.HIRAGANA,
          UnicodeScript.KANNADA,
          UnicodeScript.KATAKANA,
          UnicodeScript.KHMER,
          UnicodeScript.LAO,
          UnicodeScript.LATIN,
          UnicodeScript.MALAYALAM,
          UnicodeScript.MYANMAR,
          UnicodeScript.ORIYA,
          UnicodeScript.SINHALA,
          UnicodeScript.TAMIL,
          UnicodeScript.TELUGU,
          UnicodeScript.THAANA,
          UnicodeScript.THAI,
          UnicodeScript.TIBETAN);

  /** Latin letters of phonetics and old books, many of which look like those of every day. */
  private static final Set<UnicodeBlock> RARE_LATIN =
      Set.of(
          UnicodeBlock.IPA_EXTENSIONS,
          UnicodeBlock.PHONETIC_EXTENSIONS,
          UnicodeBlock.PHONETIC_EXTENSIONS_SUPPLEMENT,
          UnicodeBlock.LATIN_EXTENDED_C,
          UnicodeBlock.LATIN_EXTENDED_D,
          UnicodeBlock.LATIN_EXTENDED_E);

  /** What is written with several scripts at once is no mixture. */
  private static final List<Set<UnicodeScript>> TOGETHER =
      List.of(
          Set.of(UnicodeScript.HAN, UnicodeScript.HIRAGANA, UnicodeScript.KATAKANA),
          Set.of(UnicodeScript.HAN, UnicodeScript.HANGUL),
          Set.of(UnicodeScript.HAN, UnicodeScript.BOPOMOFO));

  private ShownText() {}

  /**
   * Returns a text with every character spelt out, such as <code>\&#117;{202e}</code>, that shows
   * nothing, turns the text around it, or stands upon another too often.
   */
  static String spelt(String text) {
    return spelt(text, "");
  }

  /** As {@link #spelt(String)}, within quotation marks. */
  static String quoted(String text) {
    return spelt(text, "\"");
  }

  private static String spelt(String text, String around) {
    StringBuilder out = new StringBuilder(text.length() + 16).append(around);
    int previous = ' ';
    boolean afterLetter = false;
    int marks = 0;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      boolean seen;
      if (mark(c)) {
        seen = afterLetter && ++marks <= MARKS_IN_A_ROW && !showsNothing(c);
      } else {
        seen = c == ' ' ? previous != ' ' && i < text.length() : !showsNothing(c);
        afterLetter = seen && Character.isLetter(c);
        marks = 0;
      }
      if (!seen) {
        out.append("\\u{").append(Integer.toHexString(c)).append('}');
      } else if (c == '\\' || (c == '"' && !around.isEmpty())) {
        out.append('\\').append((char) c);
      } else {
        out.appendCodePoint(c);
      }
      previous = c;
    }
    return out.append(around).toString();
  }

  private static boolean mark(int c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK ->
          true;
      default -> false;
    };
  }

  /** Also the letters, marks and symbols that show nothing, the empty Braille pattern for one. */
  private static boolean showsNothing(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SPACE_SEPARATOR ->
          true;
      default ->
          switch (c) {
            case 0x34f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x2800, 0x3164, 0xffa0, 0x16fe4, 0x1d159 ->
                true;
            default ->
                (c >= 0x180b && c <= 0x180f)
                    || (c >= 0xfe00 && c <= 0xfe0f)
                    || (c >= 0xe0100 && c <= 0xe01ef);
          };
    };
  }

  /** Returns where a spelt text of more than so many characters may be cut. */
  static int cut(String spelt, int most) {
    int end = most;
    int open = spelt.lastIndexOf("\\u{", end);
    if (open > end - LONGEST_ESCAPE && spelt.indexOf('}', open) >= end) {
      end = open; // no character is half spelt out
    }
    while (end > 0 && (mark(spelt.codePointAt(end)) || within(spelt, end))) {
      end--;
    }
    return end == 0 ? most : end;
  }

  private static boolean within(String text, int index) {
    return Character.isLowSurrogate(text.charAt(index))
        && Character.isHighSurrogate(text.charAt(index - 1));
  }

  /** {@return a text's SHA-256, as many digits of it as nobody finds two texts for} */
  static String digest(String text) {
    try {
      byte[] whole =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(whole, 0, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** {@return what a reader could be mistaken about, each in a few words} */
  static List<String> notes(String text) {
    if (text.chars().allMatch(unit -> unit < 0x80)) {
      return List.of();
    }
    List<String> notes = new ArrayList<>();
    Map<UnicodeScript, Integer> letters = new EnumMap<>(UnicodeScript.class);
    text.codePoints()
        .filter(c -> Character.isLetter(c) && !showsNothing(c))
        .forEach(c -> count(letters, c));
    if (letters.size() > 1
        && TOGETHER.stream().noneMatch(together -> together.containsAll(letters.keySet()))) {
      notes.add("mixes scripts: " + named(letters) + first(text, ofFewest(letters)));
    } else if (looksLatin(text, letters)) {
      notes.add("looks Latin but is " + named(letters));
    } else if (letters.size() == 1 && !COMMON.containsAll(letters.keySet())) {
      notes.add("is written in " + named(letters) + first(text, ofFewest(letters)));
    }
    int unusual = text.codePoints().filter(ShownText::unusual).findFirst().orElse(0);
    if (unusual != 0) {
      notes.add("has letters or digits of an unusual form (" + described(unusual) + ")");
    }
    if (text.codePoints().anyMatch(ShownText::fromTheRight)) {
      notes.add("has text that runs from right to left");
    }
    return List.copyOf(notes);
  }

  private static void count(Map<UnicodeScript, Integer> letters, int c) {
    UnicodeScript script = UnicodeScript.of(c);
    switch (script) {
      case COMMON, INHERITED, UNKNOWN -> {}
      default -> letters.merge(script, 1, Integer::sum);
    }
  }

  private static String named(Map<UnicodeScript, Integer> letters) {
    return letters.keySet().stream()
        .map(ShownText::name)
        .sorted()
        .collect(Collectors.joining(", "));
  }

  private static String name(UnicodeScript script) {
    String name = script.name().replace('_', ' ');
    return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
  }

  private static UnicodeScript ofFewest(Map<UnicodeScript, Integer> letters) {
    return letters.entrySet().stream()
        .min(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElse(UnicodeScript.UNKNOWN);
  }

  private static String first(String text, UnicodeScript script) {
    return text.codePoints()
        .filter(c -> Character.isLetter(c) && UnicodeScript.of(c) == script)
        .mapToObj(c -> " (" + described(c) + ")")
        .findFirst()
        .orElse("");
  }

  private static String described(int c) {
    return spelt(Character.toString(c)) + " is U+%04X".formatted(c);
  }

  private static boolean looksLatin(String text, Map<UnicodeScript, Integer> letters) {
    return letters.size() == 1
        && (letters.containsKey(UnicodeScript.CYRILLIC)
            || letters.containsKey(UnicodeScript.GREEK)
            || letters.containsKey(UnicodeScript.ARMENIAN))
        && text.codePoints()
            .filter(Character::isLetter)
            .allMatch(c -> LOOK_LATIN.indexOf(c) >= 0 || c < 0x80);
  }

  /** A digit that is not 0 to 9, or a letter that may pass for another, such as a bold one. */
  private static boolean unusual(int c) {
    if (c < 0x80 || c == 'ª' || c == 'º') {
      return false;
    }
    if (Character.isDigit(c)) {
      return true;
    }
    if (!Character.isLetter(c) && Character.getType(c) != Character.LETTER_NUMBER) {
      return false;
    }
    UnicodeBlock block = UnicodeBlock.of(c);
    if ((block != null && RARE_LATIN.contains(block)) || (c >= 'ǀ' && c <= 'ǃ')) {
      return true;
    }
    return Normalizer.normalize(Character.toString(c), Normalizer.Form.NFKC)
        .chars()
        .allMatch(unit -> unit < 0x80);
  }

  private static boolean fromTheRight(int c) {
    byte direction = Character.getDirectionality(c);
    return direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT
        || direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC;
  }
}
