package dev.alcada.policy;

import dev.alcada.policy.Condition.Operator;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a call leaves behind for a while, so that later calls are judged by it: conditions ask for
 * it at the path {@code marks.<name>}, with the operator {@link Operator#EXISTS}. Immutable.
 */
public final class MarkRule {
  /** When a mark is left. */
  public enum When {
    /** Before the call runs, whatever becomes of it: for marks that restrict. */
    TRIED,
    /** Once the call has succeeded: for marks that permit. */
    DONE
  }

  private final String name;
  private final Duration lasts;
  private final Scope scope;
  private final When when;
  private final List<Condition> result;

  MarkRule(String name, Duration lasts, Scope scope, When when, List<Condition> result) {
    this.name = Objects.requireNonNull(name, "name");
    this.lasts = Objects.requireNonNull(lasts, "lasts");
    this.scope = Objects.requireNonNull(scope, "scope");
    this.when = when;
    this.result = List.copyOf(result);
  }

  /**
   * Returns a mark of each grant that permits: it is left once the call has succeeded.
   *
   * @param name the mark's name
   * @param lasts for how long it is there, 1 second to 366 days
   */
  public static MarkRule done(String name, Duration lasts) {
    return new MarkRule(name, lasts, Scope.GRANT, When.DONE, List.of());
  }

  /**
   * Returns a mark of each grant that restricts: it is left before the call runs, and is there
   * until the call has ended and then for a time.
   *
   * @param name the mark's name
   * @param lasts for how long it is there after that, 1 second to 366 days
   */
  public static MarkRule tried(String name, Duration lasts) {
    return new MarkRule(name, lasts, Scope.GRANT, When.TRIED, List.of());
  }

  /**
   * Returns this mark with another scope.
   *
   * @param newScope what is marked apart
   */
  public MarkRule withScope(Scope newScope) {
    return new MarkRule(name, lasts, newScope, when, result);
  }

  /**
   * Returns this mark, left only if the call's result meets conditions.
   *
   * @param conditions what must all be true, each of a path {@code result.…}
   */
  public MarkRule withResult(Condition... conditions) {
    return new MarkRule(name, lasts, scope, when, List.of(conditions));
  }

  /** {@return the mark's name} */
  public String name() {
    return name;
  }

  /** {@return for how long it is there} */
  public Duration lasts() {
    return lasts;
  }

  /** {@return what is marked apart} */
  public Scope scope() {
    return scope;
  }

  /** {@return when it is left} */
  public When when() {
    return when;
  }

  /** {@return what must be true of the result for it to be left; unmodifiable} */
  public List<Condition> result() {
    return result;
  }

  private List<?> parts() {
    return Arrays.asList(name, lasts, scope, when, result);
  }

  /** {@return whether the other is a mark that says the same} */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MarkRule mark && parts().equals(mark.parts());
  }

  @Override
  public int hashCode() {
    return parts().hashCode();
  }

  /** {@return all it says, for people} */
  @Override
  public String toString() {
    return "MarkRule" + parts();
  }
}
