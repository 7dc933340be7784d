package dev.alcada.tool;

import dev.alcada.internal.value.LookAlikes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * Phrases that are meant for a model, and where a text has them. The text is read once, word by
 * word, with the phrases that have begun.
 */
final class Phrases {
  private static final String GAP = "…";
  private static final int LONGEST_GAP = 4;
  private static final int MOST_FOUND = 5;

  private static final Phrases STANDARD = new Phrases(lines());

  /** The words of each phrase, by the first of them. */
  private final Map<String, List<List<String>>> byFirst = new HashMap<>();

  private Phrases(List<String> phrases) {
    for (String phrase : phrases) {
      List<String> words = new ArrayList<>();
      for (String word : phrase.split(" ", -1)) {
        if (word.equals(GAP)) {
          words.add(GAP);
        } else {
          new Reader(word).forEachWord((w, start, end) -> words.add(w));
        }
      }
      byFirst.computeIfAbsent(words.get(0), first -> new ArrayList<>()).add(List.copyOf(words));
    }
  }

  private static List<String> lines() {
    try (InputStream in = Phrases.class.getResourceAsStream("suspicious-phrases.txt")) {
      if (in == null) {
        throw new IllegalStateException("suspicious-phrases.txt is missing beside its reader");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@return the first phrases that a text has, as it has them} */
  static Collection<String> in(String text) {
    return STANDARD.found(text);
  }

  private Collection<String> found(String text) {
    Collection<String> found = new LinkedHashSet<>();
    List<Begun> begun = new ArrayList<>();
    new Reader(text)
        .forEachWord(
            (word, start, end) -> {
              if (found.size() == MOST_FOUND) {
                return;
              }
              for (Iterator<Begun> each = begun.iterator(); each.hasNext(); ) {
                Begun phrase = each.next();
                if (!phrase.goesOn(word)) {
                  each.remove();
                } else if (phrase.isWhole()) {
                  found.add(text.substring(phrase.start, end));
                  each.remove();
                }
              }
              for (List<String> words : byFirst.getOrDefault(word, List.of())) {
                if (words.size() == 1) {
                  found.add(text.substring(start, end));
                } else {
                  begun.add(new Begun(words, start));
                }
              }
            });
    return found;
  }

  /** A phrase of which the text has had the first words. */
  private static final class Begun {
    private final List<String> words;
    private final int start;
    private int next = 1;
    private int skipped;

    Begun(List<String> words, int start) {
      this.words = words;
      this.start = start;
    }

    boolean goesOn(String word) {
      boolean gap = words.get(next).equals(GAP);
      if (words.get(gap ? next + 1 : next).equals(word)) {
        next += gap ? 2 : 1;
        skipped = 0;
        return true;
      }
      return gap && ++skipped <= LONGEST_GAP;
    }

    boolean isWhole() {
      return next == words.size();
    }
  }

  /** Takes a word of a text: what it looks like in small letters, and where it stands. */
  interface WordTaker {
    void take(String word, int start, int end);
  }

  /** Reads a text word by word. */
  private static final class Reader {
    /** Longer than any word of a phrase. */
    private static final int LONGEST = 40;

    private final String text;

    Reader(String text) {
      this.text = text;
    }

    void forEachWord(WordTaker taker) {
      StringBuilder word = new StringBuilder();
      int start = 0;
      for (int i = 0; i <= text.length(); i++) {
        char c = i == text.length() ? ' ' : text.charAt(i);
        if (Character.isLetterOrDigit(c) || c == '_') {
          start = word.isEmpty() ? i : start;
          if (word.length() < LONGEST) {
            append(c, word);
          }
        } else if (!joins(c) && !word.isEmpty()) {
          taker.take(word.toString(), start, i);
          word.setLength(0);
        }
      }
    }

    /** What does not end a word: "don't", and what is not seen. */
    private static boolean joins(char c) {
      int type = Character.getType(c);
      return c == '\''
          || c == '\u2019'
          || type == Character.FORMAT
          || type == Character.SURROGATE
          || type == Character.NON_SPACING_MARK;
    }

    private static void append(char c, StringBuilder word) {
      if (c < 0x80) {
        word.append(LookAlikes.letter(Character.toLowerCase(c)));
        return;
      }
      String apart = Normalizer.normalize(String.valueOf(c), Normalizer.Form.NFKD);
      for (int i = 0; i < apart.length(); i++) {
        char part = Character.toLowerCase(apart.charAt(i));
        if (Character.isLetterOrDigit(part)) {
          word.append(LookAlikes.letter(part));
        }
      }
    }
  }
}
