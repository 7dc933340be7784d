package dev.alcada.policy;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * At most {@code max} in any window.
 *
 * @param counter the counter's name
 * @param window the window's length, 1 ms to 366 days
 * @param max the most the counter may hold in a window, at least 0
 * @param scope what is counted apart
 * @param increment what one call adds, greater than 0; 1 where {@code incrementFrom} is given
 * @param incrementFrom where in the call the amount it adds is found, or {@code null} if every call
 *     adds {@code increment}
 * @param counts which calls stay counted
 * @param alignment how the window lies in time
 * @param timezone the zone of a calendar window; without meaning for a sliding one
 * @param onDeny what the agent is told when the limit has no room, or {@code null} for a message
 *     that says how long to wait
 */
public record Limit(
    String counter,
    Duration window,
    BigDecimal max,
    Scope scope,
    BigDecimal increment,
    @Nullable ValuePath incrementFrom,
    Counts counts,
    Alignment alignment,
    ZoneId timezone,
    @Nullable String onDeny) {
  /** Which calls a limit keeps counting once they have run. */
  public enum Counts {
    /** Every call that was let through, whatever became of it. */
    ATTEMPTS,
    /** All but those whose handler says that nothing was done. */
    SUCCESSES
  }

  /**
   * Returns a builder of a sliding limit for each grant, on attempts, of which each adds 1.
   *
   * @param counter the counter's name
   * @param window the window's length, 1 ms to 366 days
   * @param max the most the counter may hold in a window, at least 0
   */
  public static Builder builder(String counter, Duration window, long max) {
    return builder(counter, window, BigDecimal.valueOf(max));
  }

  /**
   * Returns a builder of a sliding limit for each grant, on attempts, of which each adds 1.
   *
   * @param counter the counter's name
   * @param window the window's length, 1 ms to 366 days
   * @param max the most the counter may hold in a window, at least 0
   */
  public static Builder builder(String counter, Duration window, BigDecimal max) {
    return new Builder(counter, window, max);
  }

  /**
   * Builds a limit; {@link Policy.Builder#build} checks it. Not safe for use by several threads.
   */
  public static final class Builder {
    private final String counter;
    private final Duration window;
    private final BigDecimal max;
    private Scope scope = Scope.GRANT;
    private BigDecimal increment = BigDecimal.ONE;
    private @Nullable ValuePath incrementFrom;
    private @Nullable Counts counts;
    private Alignment alignment = Alignment.SLIDING;
    private ZoneId timezone = LimitReader.UTC;
    private @Nullable String onDeny;

    private Builder(String counter, Duration window, BigDecimal max) {
      this.counter = Objects.requireNonNull(counter, "counter");
      this.window = Objects.requireNonNull(window, "window");
      this.max = Objects.requireNonNull(max, "max");
    }

    /**
     * Sets what is counted apart; each grant, unless set.
     *
     * @param countedApart the scope
     */
    public Builder scope(Scope countedApart) {
      this.scope = Objects.requireNonNull(countedApart, "scope");
      return this;
    }

    /**
     * Sets what each call adds; 1, unless set.
     *
     * @param amount greater than 0
     */
    public Builder increment(BigDecimal amount) {
      this.increment = Objects.requireNonNull(amount, "amount");
      return this;
    }

    /**
     * Sets where in the call the amount it adds is found; every call adds the same, unless set.
     *
     * @param path for example {@code args.amount}
     * @throws IllegalArgumentException if the path is none
     */
    public Builder incrementFrom(String path) {
      this.incrementFrom = ValuePath.parse(path);
      return this;
    }

    /**
     * Sets which calls stay counted; if unset, attempts for a fixed amount, else successes.
     *
     * @param stayCounted which calls
     */
    public Builder counts(Counts stayCounted) {
      this.counts = Objects.requireNonNull(stayCounted, "counts");
      return this;
    }

    /**
     * Makes the window the current minute, hour, day or week of a time zone; it slides, unless set.
     *
     * @param zone the time zone
     */
    public Builder calendar(ZoneId zone) {
      this.alignment = Alignment.CALENDAR;
      this.timezone = Objects.requireNonNull(zone, "zone");
      return this;
    }

    /**
     * Sets what the agent is told when the limit has no room; a message that says how long to wait,
     * unless set.
     *
     * @param message for the agent
     */
    public Builder onDeny(String message) {
      this.onDeny = Objects.requireNonNull(message, "message");
      return this;
    }

    /** {@return the limit} */
    public Limit build() {
      Counts unsaid = incrementFrom == null ? Counts.ATTEMPTS : Counts.SUCCESSES;
      return new Limit(
          counter,
          window,
          max,
          scope,
          increment,
          incrementFrom,
          counts == null ? unsaid : counts,
          alignment,
          timezone,
          onDeny);
    }
  }
}
