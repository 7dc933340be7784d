package dev.alcada.policy;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How long an approval takes and lasts. Immutable. */
public final class ApprovalTimes {
  /** Ten minutes each, the values of a document that names none. */
  public static final ApprovalTimes DEFAULT = of(Duration.ofMinutes(10), Duration.ofMinutes(10));

  private final Duration timeout;
  private final Duration valid;

  private ApprovalTimes(Duration timeout, Duration valid) {
    this.timeout = Objects.requireNonNull(timeout, "timeout");
    this.valid = Objects.requireNonNull(valid, "valid");
  }

  /**
   * Returns how long an approval takes and lasts; {@link Policy.Builder#build} checks it.
   *
   * @param timeout how long a request waits for an answer, 1 second to 7 days
   * @param valid how long a yes may be used, 1 second to 7 days
   */
  public static ApprovalTimes of(Duration timeout, Duration valid) {
    return new ApprovalTimes(timeout, valid);
  }

  /** {@return how long a request waits for an answer} */
  public Duration timeout() {
    return timeout;
  }

  /** {@return how long a yes may be used} */
  public Duration valid() {
    return valid;
  }

  /** {@return whether the other says the same} */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ApprovalTimes times
        && timeout.equals(times.timeout)
        && valid.equals(times.valid);
  }

  @Override
  public int hashCode() {
    return Objects.hash(timeout, valid);
  }

  /** {@return both, for people} */
  @Override
  public String toString() {
    return "ApprovalTimes[timeout=" + timeout + ", valid=" + valid + "]";
  }
}
