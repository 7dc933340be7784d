package dev.alcada.policy;

import dev.alcada.internal.value.Once;
import dev.alcada.time.Window;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
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

  /** What a limit adds up. */
  public enum Kind {
    /** An amount of each call, 1 unless it says otherwise. */
    AMOUNT,
    /** How many different values there were. */
    DISTINCT,
    /** An amount of each call that runs now. */
    IN_FLIGHT
  }

  /** How long a call that runs is counted at most, where the document does not say. */
  static final Duration DEFAULT_LEASE = Duration.ofMinutes(15);

  private final String counter;
  private final Window window;
  private final BigDecimal max;
  private final Scope scope;
  private final BigDecimal increment;
  private final @Nullable ValuePath incrementFrom;
  private final Counts counts;
  private final @Nullable String onDeny;
  private final Kind kind;
  private final List<Condition> appliesIf;
  private final List<ValuePath> distinct;

  private Limit(Builder builder) {
    this.counter = builder.counter;
    this.kind =
        builder.length == null
            ? Kind.IN_FLIGHT
            : builder.distinct == null ? Kind.AMOUNT : Kind.DISTINCT;
    Duration length =
        builder.length == null
            ? Objects.requireNonNullElse(builder.lease, DEFAULT_LEASE)
            : builder.length;
    this.window =
        builder.zone == null
            ? new Window.Sliding(length)
            : new Window.Calendar(length, builder.zone);
    this.appliesIf = List.copyOf(builder.appliesIf);
    this.distinct = builder.distinct == null ? List.of() : List.copyOf(builder.distinct);
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
    return new Builder(counter, Objects.requireNonNull(length, "length"), max);
  }

  /**
   * Returns a builder of a limit on the calls of each grant that run at one time, of which each
   * adds 1.
   *
   * @param counter the counter's name
   * @param max the most that may run at one time, at least 0
   */
  public static Builder inFlight(String counter, long max) {
    return inFlight(counter, BigDecimal.valueOf(max));
  }

  static Builder inFlight(String counter, BigDecimal max) {
    return new Builder(counter, null, max);
  }

  /** {@return the counter's name} */
  public String counter() {
    return counter;
  }

  /** {@return what it adds up} */
  public Kind kind() {
    return kind;
  }

  /**
   * Returns the conditions of which none may be false for the limit to apply; none for a limit of
   * every call; unmodifiable. An argument that is missing makes none of them false.
   */
  public List<Condition> appliesIf() {
    return appliesIf;
  }

  /** {@return where the values are found that {@link Kind#DISTINCT} counts; else empty} */
  public List<ValuePath> distinct() {
    return distinct;
  }

  /**
   * Returns the window, sliding or of a calendar; of a limit on what runs its lease, the longest
   * that a call is counted.
   */
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
    private final Kind kind;

    private Identity(Limit limit) {
      this.kind = limit.kind;
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

    /** {@return what is added up} */
    public Kind kind() {
      return kind;
    }

    /** {@return the window; what runs has none, and the lease is no part of what it is} */
    public Window window() {
      return window;
    }

    /** {@return whether limits of the two identities share a count} */
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Identity identity
          && counter.equals(identity.counter)
          && kind == identity.kind
          && scope.identity().equals(identity.scope.identity())
          && (kind == Kind.IN_FLIGHT || window.equals(identity.window));
    }

    @Override
    public int hashCode() {
      return Objects.hash(counter, scope.identity());
    }

    /** {@return the counter, its scope and its window, for people} */
    @Override
    public String toString() {
      return counter + " by " + scope + (kind == Kind.IN_FLIGHT ? " in flight" : " in " + window);
    }
  }

  private List<?> parts() {
    return Arrays.asList(
        kind,
        counter,
        window,
        max,
        scope,
        increment,
        incrementFrom,
        counts,
        onDeny,
        appliesIf,
        distinct);
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
    private final @Nullable Duration length;
    private final BigDecimal max;
    private final List<Condition> appliesIf = new ArrayList<>();
    private @Nullable List<ValuePath> distinct;
    private @Nullable Duration lease;
    private @Nullable Scope scope;
    private @Nullable BigDecimal increment;
    private @Nullable ValuePath incrementFrom;
    private @Nullable Counts counts;
    private @Nullable ZoneId zone;
    private @Nullable String onDeny;

    private Builder(String counter, @Nullable Duration length, BigDecimal max) {
      this.counter = Objects.requireNonNull(counter, "counter");
      this.length = length;
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
     * Adds conditions of which none may be false for the limit to apply; it applies to every call,
     * unless some are added.
     *
     * @param conditions the conditions
     */
    public Builder appliesIf(Condition... conditions) {
      appliesIf.addAll(List.of(conditions));
      return this;
    }

    /**
     * Makes it a limit on how many different values there are: {@code max} is of those, a whole
     * number from 1 to 1,000.
     *
     * @param paths where they are found, for example {@code args.to}; a list found there gives each
     *     of its elements
     * @throws IllegalArgumentException if one of the paths is none
     * @throws IllegalStateException if it was set before, or the limit is on what runs
     */
    public Builder distinct(String... paths) {
      return distinct(Arrays.stream(paths).map(ValuePath::parse).toList());
    }

    Builder distinct(List<ValuePath> paths) {
      if (length == null) {
        throw new IllegalStateException("distinct does not go with a limit on what runs");
      }
      this.distinct = Once.set("distinct", distinct, paths);
      return this;
    }

    /**
     * Sets how long a call that runs is counted at most; 15 minutes, unless set.
     *
     * @param longest 1 second to 1 day
     * @throws IllegalStateException if it was set before, or the limit is not on what runs
     */
    public Builder lease(Duration longest) {
      if (length != null) {
        throw new IllegalStateException("lease is of a limit on what runs, see inFlight");
      }
      this.lease = Once.set("lease", lease, longest);
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
