package dev.alcada.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Conditions that must all be true for the predicate to be true.
 *
 * @param conditions the conditions; none means true
 * @param onDeny what the agent is told when this predicate denies or asks
 * @param name what the predicate is called in rule pointers
 */
public record Predicate(
    List<Condition> conditions, @Nullable String onDeny, @Nullable String name) {
  public Predicate {
    conditions = List.copyOf(conditions);
  }
}
