package dev.alcada.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Conditions that must all be true for the predicate to be true.
 *
 * @param conditions the conditions; none means true
 * @param onDeny what the agent is told when this predicate denies or asks, or {@code null} for a
 *     message made from the conditions
 * @param name what the predicate is called in rule pointers, or {@code null} to be called by its
 *     first condition
 */
public record Conditions(
    List<Condition> conditions, @Nullable String onDeny, @Nullable String name) {
  public Conditions {
    conditions = List.copyOf(conditions);
  }

  /**
   * Returns a predicate without a name or a message.
   *
   * @param conditions the conditions; none means true
   */
  public static Conditions of(Condition... conditions) {
    return new Conditions(List.of(conditions), null, null);
  }

  /**
   * Returns this predicate with a message.
   *
   * @param message what the agent is told when the predicate denies or asks
   */
  public Conditions withOnDeny(String message) {
    return new Conditions(conditions, message, name);
  }

  /**
   * Returns this predicate with a name.
   *
   * @param newName what the predicate is called in rule pointers
   */
  public Conditions withName(String newName) {
    return new Conditions(conditions, onDeny, newName);
  }
}
