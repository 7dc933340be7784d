package dev.alcada.decision;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whose yes a call needs. Immutable.
 *
 * @param approvers how many different people must say yes, 1 to {@value #MOST_APPROVERS}
 * @param from sets of roles, of each of which every one of them must have one; unmodifiable
 */
public record Quorum(int approvers, List<Set<String>> from) {
  /** The most people that a rule may ask. */
  public static final int MOST_APPROVERS = 5;

  /** One person, of whatever role. */
  public static final Quorum ONE = new Quorum(1, List.of());

  /**
   * Copies the sets, without repeats.
   *
   * @throws IllegalArgumentException if the number is out of its range, or a set is empty
   */
  public Quorum {
    if (approvers < 1 || approvers > MOST_APPROVERS) {
      throw new IllegalArgumentException(
          "approvers is " + approvers + ", expected 1 to " + MOST_APPROVERS);
    }
    // In one order, so that rules which only moved within a document ask the same.
    from =
        from.stream()
            .<Set<String>>map(Set::copyOf)
            .distinct()
            .sorted(Comparator.comparing(roles -> new TreeSet<>(roles).toString()))
            .toList();
    if (from.stream().anyMatch(Set::isEmpty)) {
      throw new IllegalArgumentException("from has a set without roles, which nobody could fill");
    }
  }

  /**
   * Returns whether one person of whatever role is enough. Else it matters who says yes, so that
   * the yes of somebody unknown does not count.
   */
  public boolean isOne() {
    return approvers == 1 && from.isEmpty();
  }
}
