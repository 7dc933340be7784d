package dev.alcada.policy;

import dev.alcada.internal.value.Once;
import dev.alcada.time.Window;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** At most so much in any window. Immutable. */
public final class Limit {
  /** Which calls a limit keeps counting once they have run. */
  public enum Counts {
    /** Every call that was let through, whatever became of it. */
    ATTEMPTS,
    /** All but those whose handler says that nothing was done. */
    SUCCESSES
  }

  private final String counter;
  private final Window window;
  private final BigDecimal max;
  private final Scope scope;
  private final BigDecimal increment;
  private final @Nullable ValuePath incrementFrom;
  private final Counts counts;
  private final @Nullable String onDeny;

  private Limit(Builder builder) {
    this.counter = builder.counter;
    this.window =
        builder.zone == null
            ? new Window.Sliding(builder.length)
            : new Window.Calendar(builder.length, builder.zone);
    this.max = builder.max;
    this.scope = Objects.requireNonNullElse(builder.scope, Scope.GRANT);
    this.increment = Objects.requireNonNullElse(builder.increment, BigDecimal.ONE);
    this.incrementFrom = builder.incrementFrom;
    this.counts = Objects.requireNonNullElse(builder.counts, unsaid(incrementFrom));
    this.onDeny = builder.onDeny;
  }

  /** {@return which calls stay counted where the document does not say} */
  static Counts unsaid(@Nullable ValuePath incrementFrom) {
    return incrementFrom == null ? Counts.ATTEMPTS : Counts.SUCCESSES;
  }

  /**
   * Returns a builder of a sliding limit for each grant, on attempts, of which each adds 1.
   *
   * @param counter the counter's name
   * @param length the window's length, 1 ms to 366 days, in whole milliseconds
   * @param max the most the counter may hold in a window, at least 0
   */
  public static Builder builder(String counter, Duration length, long max) {
    return builder(counter, length, BigDecimal.valueOf(max));
  }

  /**
   * Returns a builder of a sliding limit for each grant, on attempts, of which each adds 1.
   *
   * @param counter the counter's name
   * @param length the window's length, 1 ms to 366 days, in whole milliseconds
   * @param max the most the counter may hold in a window, at least 0
   */
  public static Builder builder(String counter, Duration length, BigDecimal max) {
    return new Builder(counter, length, max);
  }

  /** {@return the counter's name} */
  public String counter() {
    return counter;
  }

  /** {@return the window, sliding or of a calendar} */
  public Window window() {
    return window;
  }

  /** {@return the most the counter may hold in a window, at least 0} */
  public BigDecimal max() {
    return max;
  }

  /** {@return what is counted apart} */
  public Scope scope() {
    return scope;
  }

  /** {@return what one call adds, greater than 0; 1 where {@link #incrementFrom} is given} */
  public BigDecimal increment() {
    return increment;
  }

  /**
   * Returns where in the call the amount it adds is found, or {@code null} if every call adds
   * {@link #increment}.
   */
  public @Nullable ValuePath incrementFrom() {
    return incrementFrom;
  }

  /** {@return which calls stay counted} */
  public Counts counts() {
    return counts;
  }

  /**
   * Returns what the agent is told when the limit has no room, or {@code null} for a message that
   * says how long to wait.
   */
  public @Nullable String onDeny() {
    return onDeny;
  }

  /** {@return what this limit has in common with every limit that shares its count} */
  public Identity identity() {
    return new Identity(this);
  }

  /**
   * What limits have in common that share a count: those of equal identity do, across tools and
   * with the rules for all tools, but for a rule in shadow mode, which counts apart. Immutable.
   */
  public static final class Identity {
    private final String counter;
    private final Scope scope;
    private final Window window;

    private Identity(Limit limit) {
      this.counter = limit.counter;
      this.scope = limit.scope;
      this.window = limit.window;
    }

    /** {@return the counter's name} */
    public String counter() {
      return counter;
    }

    /** {@return what is counted apart} */
    public Scope scope() {
      return scope;
    }

    /** {@return the window} */
    public Window window() {
      return window;
    }

    /** {@return whether limits of the two identities share a count} */
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Identity identity
          && counter.equals(identity.counter)
          && scope.equals(identity.scope)
          && window.equals(identity.window);
    }

    @Override
    public int hashCode() {
      return Objects.hash(counter, scope, window);
    }

    /** {@return the counter, its scope and its window, for people} */
    @Override
    public String toString() {
      return counter + " by " + scope + " in " + window;
    }
  }

  private List<?> parts() {
    return Arrays.asList(counter, window, max, scope, increment, incrementFrom, counts, onDeny);
  }

  /** {@return whether the other is a limit that says the same} */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Limit limit && parts().equals(limit.parts());
  }

  @Override
  public int hashCode() {
    return parts().hashCode();
  }

  /** {@return all it says, for people} */
  @Override
  public String toString() {
    return "Limit" + parts();
  }

  /**
   * Builds a limit; {@link Policy.Builder#build} checks it against the rest of the policy. Not safe
   * for use by several threads.
   */
  public static final class Builder {
    private final String counter;
    private final Duration length;
    private final BigDecimal max;
    private @Nullable Scope scope;
    private @Nullable BigDecimal increment;
    private @Nullable ValuePath incrementFrom;
    private @Nullable Counts counts;
    private @Nullable ZoneId zone;
    private @Nullable String onDeny;

    private Builder(String counter, Duration length, BigDecimal max) {
      this.counter = Objects.requireNonNull(counter, "counter");
      this.length = Objects.requireNonNull(length, "length");
      this.max = Objects.requireNonNull(max, "max");
    }

    /**
     * Sets what is counted apart; each grant, unless set.
     *
     * @param countedApart the scope
     * @throws IllegalStateException if it was set before
     */
    public Builder scope(Scope countedApart) {
      this.scope = Once.set("scope", scope, countedApart);
      return this;
    }

    /**
     * Sets what each call adds; 1, unless set.
     *
     * @param amount greater than 0
     * @throws IllegalStateException if it was set before
     */
    public Builder increment(BigDecimal amount) {
      this.increment = Once.set("increment", increment, amount);
      return this;
    }

    /**
     * Sets where in the call the amount it adds is found; every call adds the same, unless set.
     *
     * @param path for example {@code args.amount}
     * @throws IllegalArgumentException if the path is none
     * @throws IllegalStateException if it was set before
     */
    public Builder incrementFrom(String path) {
      return incrementFrom(ValuePath.parse(path));
    }

    Builder incrementFrom(ValuePath path) {
      this.incrementFrom = Once.set("incrementFrom", incrementFrom, path);
      return this;
    }

    /**
     * Sets which calls stay counted; if unset, attempts for a fixed amount, else successes.
     *
     * @param stayCounted which calls
     * @throws IllegalStateException if it was set before
     */
    public Builder counts(Counts stayCounted) {
      this.counts = Once.set("counts", counts, stayCounted);
      return this;
    }

    /**
     * Makes the window the current minute, hour, day or week of a time zone; it slides, unless set.
     *
     * @param timeZone the time zone
     * @throws IllegalStateException if it was set before
     */
    public Builder calendar(ZoneId timeZone) {
      this.zone = Once.set("calendar", zone, timeZone);
      return this;
    }

    /**
     * Sets what the agent is told when the limit has no room; a message that says how long to wait,
     * unless set.
     *
     * @param message for the agent
     * @throws IllegalStateException if it was set before
     */
    public Builder onDeny(String message) {
      this.onDeny = Once.set("onDeny", onDeny, message);
      return this;
    }

    /**
     * Returns the limit.
     *
     * @throws IllegalArgumentException if the window's length is out of its range, or that of a
     *     calendar's window none of its periods
     */
    public Limit build() {
      return new Limit(this);
    }
  }
}
