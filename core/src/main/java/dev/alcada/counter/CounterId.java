package dev.alcada.counter;

import dev.alcada.time.Window;
import java.util.Comparator;
import java.util.Objects;

/**
 * What a counter is apart from the values it counts by: limits with equal identity share their
 * counts. Immutable; keep one instance for many calls, since stores recognise it fastest by
 * reference.
 */
public final class CounterId implements Comparable<CounterId> {
  private static final Comparator<CounterId> ORDER =
      Comparator.comparing(CounterId::name)
          .thenComparing(CounterId::space)
          .thenComparing(CounterId::scope)
          .thenComparing(CounterId::decimals)
          .thenComparing(id -> id.window().toString());

  private final String space;
  private final String name;
  private final String scope;
  private final int decimals;
  private final Window window;
  private final int hash;

  /**
   * Creates an identity.
   *
   * @param space keeps apart what must never share: the named counters of documents, the shorthand
   *     limits of tools, and those that only report
   * @param name the counter's name within its space
   * @param scope what it counts by, for example {@code grant} or {@code args.payer.document}
   * @param decimals how many decimal places of the amounts its units are
   * @param window the span of time it looks back on
   */
  public CounterId(String space, String name, String scope, int decimals, Window window) {
    this.space = Objects.requireNonNull(space, "space");
    this.name = Objects.requireNonNull(name, "name");
    this.scope = Objects.requireNonNull(scope, "scope");
    this.decimals = decimals;
    this.window = Objects.requireNonNull(window, "window");
    this.hash = Objects.hash(space, name, scope, decimals, window);
  }

  /** {@return what keeps apart counters that must never share} */
  public String space() {
    return space;
  }

  /** {@return the counter's name within its space} */
  public String name() {
    return name;
  }

  /** {@return what it counts by} */
  public String scope() {
    return scope;
  }

  /** {@return how many decimal places of the amounts its units are} */
  public int decimals() {
    return decimals;
  }

  /** {@return the span of time it looks back on} */
  public Window window() {
    return window;
  }

  /** Orders by all components, so that tables keyed by identities stay fast under collisions. */
  @Override
  public int compareTo(CounterId other) {
    return ORDER.compare(this, other);
  }

  @Override
  public boolean equals(Object object) {
    return this == object
        || (object instanceof CounterId other
            && hash == other.hash
            && decimals == other.decimals
            && name.equals(other.name)
            && space.equals(other.space)
            && scope.equals(other.scope)
            && window.equals(other.window));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return "CounterId["
        + String.join(", ", space, name, scope, String.valueOf(decimals), window.toString())
        + "]";
  }
}
