package dev.alcada.policy;

import dev.alcada.internal.value.Once;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Rules for every call, whatever the tool. Immutable. */
public final class AllTools {
  /** No rules. */
  public static final AllTools NONE = builder().build();

  private final List<Conditions> require;
  private final List<Conditions> denyIf;
  private final List<Conditions> approveIf;
  private final List<Limit> limits;
  private final @Nullable ApprovalTerms approval;

  private AllTools(Builder builder) {
    this.require = List.copyOf(builder.require);
    this.denyIf = List.copyOf(builder.denyIf);
    this.approveIf = List.copyOf(builder.approveIf);
    this.limits = List.copyOf(builder.limits);
    this.approval = builder.approval;
  }

  /** {@return a builder of rules for every call} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return predicates that must all be true; unmodifiable, as every list here} */
  public List<Conditions> require() {
    return require;
  }

  /** {@return predicates that must all be false} */
  public List<Conditions> denyIf() {
    return denyIf;
  }

  /** {@return predicates of which any that is not false asks for approval} */
  public List<Conditions> approveIf() {
    return approveIf;
  }

  /** {@return limits that must all have room} */
  public List<Limit> limits() {
    return limits;
  }

  /**
   * Returns how long approvals take and last where the tool's rule does not say, or {@code null}
   * for {@link ApprovalTerms#DEFAULT}.
   */
  public @Nullable ApprovalTerms approval() {
    return approval;
  }

  private List<?> parts() {
    return Arrays.asList(require, denyIf, approveIf, limits, approval);
  }

  /** {@return whether the other says the same} */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AllTools rules && parts().equals(rules.parts());
  }

  @Override
  public int hashCode() {
    return parts().hashCode();
  }

  /** {@return all they say, for people} */
  @Override
  public String toString() {
    return "AllTools" + parts();
  }

  /** Builds rules; {@link Policy.Builder#build} checks them. Not safe for several threads. */
  public static final class Builder {
    private final List<Conditions> require = new ArrayList<>();
    private final List<Conditions> denyIf = new ArrayList<>();
    private final List<Conditions> approveIf = new ArrayList<>();
    private final List<Limit> limits = new ArrayList<>();
    private @Nullable ApprovalTerms approval;

    private Builder() {}

    /**
     * Adds predicates that must all be true.
     *
     * @param predicates the predicates
     */
    public Builder require(Conditions... predicates) {
      require.addAll(List.of(predicates));
      return this;
    }

    /**
     * Adds predicates that must all be false.
     *
     * @param predicates the predicates
     */
    public Builder denyIf(Conditions... predicates) {
      denyIf.addAll(List.of(predicates));
      return this;
    }

    /**
     * Adds predicates of which any that is not false asks for approval.
     *
     * @param predicates the predicates
     */
    public Builder approveIf(Conditions... predicates) {
      approveIf.addAll(List.of(predicates));
      return this;
    }

    /**
     * Adds a limit.
     *
     * @param limit the limit
     */
    public Builder limit(Limit limit) {
      limits.add(Objects.requireNonNull(limit, "limit"));
      return this;
    }

    /**
     * Sets how long approvals take and last.
     *
     * @param timeout how long a request waits for an answer, 1 second to 7 days
     * @param valid how long a yes may be used, 1 second to 7 days
     * @throws IllegalStateException if they were set before
     */
    public Builder approval(Duration timeout, Duration valid) {
      return approval(ApprovalTerms.of(timeout, valid));
    }

    /**
     * Sets how long approvals take and last, and how many people of which roles must agree.
     *
     * @param terms all of that
     * @throws IllegalStateException if it was set before
     */
    public Builder approval(ApprovalTerms terms) {
      this.approval = Once.set("approval", approval, terms);
      return this;
    }

    /** {@return the rules} */
    public AllTools build() {
      return new AllTools(this);
    }
  }
}
