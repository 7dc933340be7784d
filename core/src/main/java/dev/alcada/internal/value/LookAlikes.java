package dev.alcada.internal.value;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;

/**
 * Finds the names that people take for another: alike but for case, punctuation, spaces, accents,
 * letters of other scripts that look the same, or one character.
 *
 * <p>Of each name it keeps the hashes of its skeleton and of that without each of its characters:
 * two names one edit apart share one of these. So a name is looked up in time proportional to its
 * length, among however many. Immutable and safe for use by several threads.
 */
public final class LookAlikes {
  /** Longer names are alike only if their skeletons are the same. */
  private static final int LONGEST = 128;

  /** More that share a hash are compared no further: somebody means to keep us busy. */
  private static final int MOST_COMPARED = 200;

  private static final int MOST_FOUND = 8;

  /** Letters that look like one of ASCII, by their scripts: Cyrillic, Greek, Armenian, Latin. */
  private static final String FROM =
      "\u0430\u0441\u0435\u043e\u0440\u0445\u0443\u0456\u0458\u0455\u04bb\u0501\u051b"
          + "\u051d\u04cf\u0432\u043a\u043c\u043d\u0442\u0433\u044c"
          + "\u03b1\u03bf\u03c1\u03bd\u03b9\u03ba\u03c4\u03c5\u03b5\u03b7\u03c7\u03b3\u03c9"
          + "\u03b2\u03bc\u03c3"
          + "\u0585\u057d\u0570\u0578\u0581"
          + "\u0131\u00f8\u0142\u0111\u0167\u0192\u026101l|";

  private static final String TO =
      "aceopxyijshdqwibkmhtrb" + "aopviktuenxywbuo" + "ouhng" + "ioidtfgoiii";

  private final List<String> names;
  private final List<String> skeletons;
  private final long[] hashesAndPlaces;

  private LookAlikes(List<String> names, List<String> skeletons, long[] hashesAndPlaces) {
    this.names = names;
    this.skeletons = skeletons;
    this.hashesAndPlaces = hashesAndPlaces;
  }

  public static LookAlikes of(Collection<String> names) {
    List<String> kept = List.copyOf(new LinkedHashSet<>(names));
    List<String> skeletons = kept.stream().map(LookAlikes::skeleton).toList();
    int size = skeletons.stream().mapToInt(LookAlikes::hashes).sum();
    long[] entries = new long[size];
    int at = 0;
    for (int i = 0; i < skeletons.size(); i++) {
      for (int hash : hashesOf(skeletons.get(i))) {
        entries[at++] = entry(hash, i);
      }
    }
    Arrays.sort(entries);
    return new LookAlikes(kept, skeletons, entries);
  }

  /** {@return the first names that look like this one and are not it} */
  public List<String> like(String name) {
    String skeleton = skeleton(name);
    LinkedHashSet<Integer> found = new LinkedHashSet<>();
    int compared = 0;
    for (int hash : hashesOf(skeleton)) {
      int at = Arrays.binarySearch(hashesAndPlaces, entry(hash, 0));
      for (int i = at < 0 ? -at - 1 : at;
          i < hashesAndPlaces.length && (int) (hashesAndPlaces[i] >> 32) == hash;
          i++) {
        int place = (int) hashesAndPlaces[i];
        if (++compared > MOST_COMPARED || found.size() == MOST_FOUND) {
          return named(found);
        }
        String other = skeletons.get(place);
        boolean alike = other.equals(skeleton) || oneEditApart(other, skeleton);
        if (alike && !names.get(place).equals(name)) {
          found.add(place);
        }
      }
    }
    return named(found);
  }

  private List<String> named(Collection<Integer> places) {
    List<String> found = new ArrayList<>();
    places.forEach(place -> found.add(names.get(place)));
    return found;
  }

  private static int hashes(String skeleton) {
    return skeleton.length() > LONGEST ? 1 : skeleton.length() + 1;
  }

  /** The hash of the text first, then those of what is left without each of its characters. */
  private static int[] hashesOf(String skeleton) {
    int[] hashes = new int[hashes(skeleton)];
    hashes[0] = skeleton.hashCode();
    StringBuilder without = new StringBuilder(skeleton);
    for (int i = 1; i < hashes.length; i++) {
      without.deleteCharAt(i - 1);
      hashes[i] = without.toString().hashCode();
      without.insert(i - 1, skeleton.charAt(i - 1));
    }
    return hashes;
  }

  private static long entry(int hash, int place) {
    return ((long) hash << 32) | place;
  }

  /** {@return a text that names which look the same have in common} */
  public static String skeleton(String name) {
    String folded = Folding.fold(name);
    String apart =
        Folding.ascii(name) || folded == null
            ? name.toLowerCase(Locale.ROOT)
            : Normalizer.normalize(folded, Normalizer.Form.NFKD);
    StringBuilder skeleton = new StringBuilder(apart.length());
    for (int i = 0; i < apart.length(); i++) {
      char c = apart.charAt(i);
      if (FROM.indexOf(c) >= 0 || Character.isLetterOrDigit(c) || Character.isSurrogate(c)) {
        skeleton.append(letter(c));
      }
    }
    return skeleton.toString().replace("rn", "m").replace("vv", "w");
  }

  /** {@return the letter that a small letter or a digit looks like, or itself} */
  public static char letter(char c) {
    int known = FROM.indexOf(c);
    return known < 0 ? c : TO.charAt(known);
  }

  /**
   * Returns whether one character added, left out, replaced or swapped with its neighbour is all
   * that two texts differ by.
   */
  static boolean oneEditApart(String one, String other) {
    String longer = one.length() >= other.length() ? one : other;
    String shorter = one.length() >= other.length() ? other : one;
    if (longer.length() - shorter.length() > 1) {
      return false;
    }
    int start = 0;
    while (start < shorter.length() && longer.charAt(start) == shorter.charAt(start)) {
      start++;
    }
    String rest = longer.substring(start);
    String ofShorter = shorter.substring(start);
    if (longer.length() > shorter.length()) {
      return rest.substring(1).equals(ofShorter);
    } else if (rest.isEmpty()) {
      return false;
    }
    boolean swapped =
        rest.length() > 1
            && rest.charAt(0) == ofShorter.charAt(1)
            && rest.charAt(1) == ofShorter.charAt(0)
            && rest.substring(2).equals(ofShorter.substring(2));
    return swapped || rest.substring(1).equals(ofShorter.substring(1));
  }
}
