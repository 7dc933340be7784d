package dev.alcada.internal.value;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Where an object's names stand once they are folded. */
final class FoldedNames {
  /*
   * Names can be chosen by whoever attacks: to grow when folded (one letter stands for eighteen), to
   * take long to fold, or to collide. So no folded name is kept, but one sorted array of longs, each
   * the hash of a folded name and its place among the names:
   *
   *   names    0 "Amount"     1 "note"      2 "amount"
   *   folded     "amount"       "note"        "amount"
   *
   *   sorted   [ hash(note) | 1 ] [ hash(amount) | 0 ] [ hash(amount) | 2 ]
   *                                 ^ binary search for [ hash(wanted) | 0 ], then along equal hashes
   *
   * A name of equal hash is folded again and compared. Whatever costs too much counts as another
   * name that is alike, so that the member is unreadable, which is never permission: more than 8
   * names of one hash, a long name with the hash of the wanted one, more than 65,536 characters
   * beyond ASCII in one object, or more than 262,144 in one call.
   */

  /** More names of one hash than chance brings are somebody's work. */
  private static final int MOST_ALIKE = 8;

  /** So many characters beyond ASCII's take some tens of milliseconds; all of a call's, seconds. */
  private static final int MOST_FOLDED = 1 << 16;

  /** As many are folded of what is copied at once, over however many objects it is spread. */
  static final int MOST_FOLDED_A_CALL = 1 << 18;

  private static final int MOST_COMPARED = 256;

  private final String[] names;
  private final long[] hashesAndPlaces;
  private final boolean unfoldable;

  private FoldedNames(String[] names, long[] hashesAndPlaces, boolean unfoldable) {
    this.names = names;
    this.hashesAndPlaces = hashesAndPlaces;
    this.unfoldable = unfoldable;
  }

  /**
   * Folds names.
   *
   * @param left how many characters may yet be folded for the call, or {@code null} if the names
   *     are of ASCII
   */
  static FoldedNames of(String[] names, @Nullable AtomicInteger left) {
    long[] sorted = new long[names.length];
    if (left != null) {
      int length = 0;
      for (String name : names) {
        length += Folding.ascii(name) ? 0 : name.length();
      }
      if (length > MOST_FOLDED || left.addAndGet(-length) < 0) {
        return new FoldedNames(names, sorted, true);
      }
    }
    for (int i = 0; i < names.length; i++) {
      String folded = Folding.fold(names[i]);
      if (folded == null) {
        return new FoldedNames(names, sorted, true);
      }
      sorted[i] = entry(folded, i);
    }
    Arrays.sort(sorted);
    return new FoldedNames(names, sorted, false);
  }

  private static long entry(String folded, int place) {
    return ((long) folded.hashCode() << 32) | place;
  }

  /** Returns whether a name other than the one at {@code place} folds to the wanted one. */
  boolean holdAnother(MemberName wanted, int place) {
    if (unfoldable) {
      return true;
    }
    int at = Arrays.binarySearch(hashesAndPlaces, entry(wanted.folded(), 0));
    int alike = 0;
    for (int i = at < 0 ? -at - 1 : at; i < hashesAndPlaces.length; i++) {
      if ((int) (hashesAndPlaces[i] >> 32) != wanted.folded().hashCode()) {
        return false;
      }
      int other = (int) hashesAndPlaces[i];
      if (++alike > MOST_ALIKE || (other != place && same(names[other], wanted))) {
        return true;
      }
    }
    return false;
  }

  // A long name with the hash of the wanted one is no accident, and would be folded at every look.
  private static boolean same(String name, MemberName wanted) {
    return (name.length() > MOST_COMPARED && !Folding.ascii(name))
        || wanted.folded().equals(Folding.fold(name));
  }
}
