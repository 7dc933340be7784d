package dev.alcada.advice;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Texts as words: without case, accents and whatever else does not change what they say. */
final class Words {
  /** Marks that stand between words. */
  private static final String MARKS = ".!?;:,()[]{}/&|\n•—–";

  /** Longer than any word or permitted value that says something. */
  private static final int LONGEST_FOLDED = 200;

  private Words() {}

  /**
   * A word or a mark of a text.
   *
   * @param word folded; a mark is itself
   * @param start where it begins in the text
   * @param end where it ends
   */
  record Token(String word, int start, int end) {
    boolean isMark() {
      return word.length() == 1 && MARKS.indexOf(word.charAt(0)) >= 0;
    }
  }

  /** {@return a word or a few in lower case and without accents; of more, the beginning} */
  static String fold(String text) {
    boolean ascii = text.chars().allMatch(c -> c < 0x80);
    if (ascii) {
      return text.toLowerCase(Locale.ROOT);
    }
    // Marks in a row are put in order by comparing each with each.
    String word = text.length() > LONGEST_FOLDED ? text.substring(0, LONGEST_FOLDED) : text;
    String apart = Normalizer.normalize(word, Normalizer.Form.NFKD);
    StringBuilder kept = new StringBuilder(apart.length());
    apart
        .codePoints()
        .filter(c -> Character.getType(c) != Character.NON_SPACING_MARK && !hidden(c))
        .forEach(kept::appendCodePoint);
    return kept.toString().toLowerCase(Locale.ROOT);
  }

  private static boolean hidden(int c) {
    return Character.getType(c) == Character.FORMAT;
  }

  /** {@return the words of a name, wherever case, digits or punctuation part them} */
  static List<String> ofName(String name) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = Character.isLetter(c) || Character.getType(c) == Character.NON_SPACING_MARK;
      boolean begins =
          Character.isUpperCase(c)
              && i > 0
              && (Character.isLowerCase(name.charAt(i - 1))
                  || (i + 1 < name.length()
                      && Character.isUpperCase(name.charAt(i - 1))
                      && Character.isLowerCase(name.charAt(i + 1))));
      if (!letter || begins) {
        end(word, words);
      }
      if (letter) {
        word.append(c);
      }
    }
    end(word, words);
    return words;
  }

  private static void end(StringBuilder word, List<String> words) {
    if (word.length() > 0) {
      words.add(fold(word.toString()));
      word.setLength(0);
    }
  }

  /** {@return the words and marks of a text} */
  static List<Token> ofText(String text) {
    List<Token> tokens = new ArrayList<>();
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (partOfWord(text, i)) {
        int start = i;
        while (i < text.length() && partOfWord(text, i)) {
          i++;
        }
        tokens.add(new Token(fold(text.substring(start, i)), start, i));
      } else {
        if (MARKS.indexOf(c) >= 0) {
          tokens.add(new Token(String.valueOf(c), i, i + 1));
        } else if (c == '-' && i > 0 && text.charAt(i - 1) == ' ') {
          tokens.add(new Token("—", i, i + 1));
        }
        i++;
      }
    }
    return tokens;
  }

  /** A point, a hyphen or an apostrophe is part of the word that goes on behind it. */
  private static boolean partOfWord(String text, int i) {
    char c = text.charAt(i);
    if (Character.isLetterOrDigit(c)
        || c == '_'
        || Character.getType(c) == Character.NON_SPACING_MARK
        || Character.getType(c) == Character.FORMAT) {
      return true;
    }
    return (c == '.' || c == '-' || c == '\'' || c == '’')
        && i > 0
        && i + 1 < text.length()
        && Character.isLetterOrDigit(text.charAt(i - 1))
        && Character.isLetterOrDigit(text.charAt(i + 1));
  }

  /** {@return the words that a hyphen or an underscore joins} */
  static List<String> parts(String word) {
    if (word.indexOf('_') < 0 && word.indexOf('-') < 0) {
      return List.of(word);
    }
    return List.of(word.split("[_-]+", -1));
  }

  /** {@return the plural and singular forms that a noun may stand in} */
  static List<String> numbers(String noun) {
    List<String> forms = new ArrayList<>(List.of(noun, noun + "s"));
    if (noun.endsWith("y")) {
      forms.add(noun.substring(0, noun.length() - 1) + "ies");
    }
    if (noun.endsWith("cao") || noun.endsWith("sao")) {
      forms.add(noun.substring(0, noun.length() - 2) + "oes");
    }
    if (noun.endsWith("l") && noun.length() > 3) {
      forms.add(noun.substring(0, noun.length() - 1) + "is");
    }
    if (noun.endsWith("m")) {
      forms.add(noun.substring(0, noun.length() - 1) + "ns");
    }
    forms.add(noun + "es");
    return forms;
  }
}
