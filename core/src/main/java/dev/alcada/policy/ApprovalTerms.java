package dev.alcada.policy;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The terms on which a call is approved: how long that takes and lasts, and how many people of
 * which roles must agree. Immutable.
 */
public final class ApprovalTerms {
  /** Ten minutes each, the values of a document that names none. */
  public static final ApprovalTerms DEFAULT = of(Duration.ofMinutes(10), Duration.ofMinutes(10));

  /** Says nothing: all is as {@code all_tools} has it, else as {@link #DEFAULT}. */
  static final ApprovalTerms UNSAID = new ApprovalTerms(null, null, 1, List.of());

  private final @Nullable Duration timeout;
  private final @Nullable Duration valid;
  private final int approvers;
  private final List<String> from;

  ApprovalTerms(
      @Nullable Duration timeout, @Nullable Duration valid, int approvers, List<String> from) {
    this.timeout = timeout;
    this.valid = valid;
    this.approvers = approvers;
    this.from = List.copyOf(from);
  }

  /**
   * Returns the terms that one person agrees within these times; {@link Policy.Builder#build}
   * checks them.
   *
   * @param timeout how long a request waits for an answer, 1 second to 7 days
   * @param valid how long a yes may be used, 1 second to 7 days
   */
  public static ApprovalTerms of(Duration timeout, Duration valid) {
    return new ApprovalTerms(
        Objects.requireNonNull(timeout, "timeout"),
        Objects.requireNonNull(valid, "valid"),
        1,
        List.of());
  }

  /**
   * Returns the terms that so many people must agree, within the usual times.
   *
   * @param approvers how many different people, 1 to 5
   * @param from the roles of which each of them must have one; none for anybody who may answer
   */
  public static ApprovalTerms by(int approvers, String... from) {
    return UNSAID.withApprovers(approvers, from);
  }

  /**
   * Returns these terms with a number of people who must agree.
   *
   * @param number how many different people, 1 to 5
   * @param roles the roles of which each of them must have one; none for anybody who may answer
   */
  public ApprovalTerms withApprovers(int number, String... roles) {
    return new ApprovalTerms(timeout, valid, number, List.of(roles));
  }

  /** {@return how long a request waits for an answer; 10 minutes where it is not said} */
  public Duration timeout() {
    return timeout == null ? DEFAULT.timeout() : timeout;
  }

  /** {@return how long a yes may be used; 10 minutes where it is not said} */
  public Duration valid() {
    return valid == null ? DEFAULT.valid() : valid;
  }

  /** {@return how many different people must agree, 1 to 5} */
  public int approvers() {
    return approvers;
  }

  /** {@return the roles of which each of them must have one; empty for any; unmodifiable} */
  public List<String> from() {
    return from;
  }

  /**
   * Returns these terms, with another's where this does not say: what holds for a tool whose own
   * are these and where all tools have the other. The greater number of approvers holds; the roles
   * are this one's alone, for those of both stand side by side.
   *
   * @param other the other, or {@code null}
   */
  public ApprovalTerms orElse(@Nullable ApprovalTerms other) {
    return other == null
        ? this
        : new ApprovalTerms(
            timeout == null ? other.timeout : timeout,
            valid == null ? other.valid : valid,
            Math.max(approvers, other.approvers),
            from);
  }

  /** {@return the timeout if it is said, or null} */
  @Nullable Duration saidTimeout() {
    return timeout;
  }

  /** {@return for how long a yes is valid if it is said, or null} */
  @Nullable Duration saidValid() {
    return valid;
  }

  /** {@return whether the other says the same} */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ApprovalTerms terms
        && Objects.equals(timeout, terms.timeout)
        && Objects.equals(valid, terms.valid)
        && approvers == terms.approvers
        && from.equals(terms.from);
  }

  @Override
  public int hashCode() {
    return Objects.hash(timeout, valid, approvers, from);
  }

  /** {@return all of it, for people} */
  @Override
  public String toString() {
    return "ApprovalTerms[timeout="
        + timeout()
        + ", valid="
        + valid()
        + ", approvers="
        + approvers
        + ", from="
        + from
        + "]";
  }
}
