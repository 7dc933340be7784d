package dev.alcada.decision;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Who must agree to a call that a rule asks about: so many different people, none of them the one
 * who asks, and each with a role out of every list.
 *
 * @param approvers how many people, 1 to 5
 * @param from lists of roles, each not empty; none where anybody may answer who may answer at all
 */
public record Quorum(int approvers, List<Set<String>> from) {
  /** One person, whoever may answer. */
  public static final Quorum ONE = new Quorum(1, List.of());

  public Quorum {
    from = from.stream().map(Set::copyOf).distinct().toList();
  }

  /**
   * Returns whether the roles of one person are enough: one out of every list.
   *
   * @param roles the person's roles, as the host has authenticated them
   */
  public boolean accepts(Set<String> roles) {
    return from.stream().allMatch(list -> list.stream().anyMatch(roles::contains));
  }

  /** {@return whether one person without any role is enough} */
  public boolean isOne() {
    return approvers == 1 && from.isEmpty();
  }

  /** {@return every role that is named} */
  public Set<String> roles() {
    Set<String> roles = new LinkedHashSet<>();
    from.forEach(roles::addAll);
    return roles;
  }
}
