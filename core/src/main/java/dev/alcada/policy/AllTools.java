package dev.alcada.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Rules for every call, whatever the tool.
 *
 * @param require predicates that must all be true
 * @param denyIf predicates that must all be false
 * @param approveIf predicates of which any that is not false asks for approval
 * @param limits limits that must all have room
 * @param approval how long approvals take and last, where the tool's rule does not say; {@code
 *     null} for {@link ApprovalTimes#DEFAULT}
 */
public record AllTools(
    List<Conditions> require,
    List<Conditions> denyIf,
    List<Conditions> approveIf,
    List<Limit> limits,
    @Nullable ApprovalTimes approval) {
  /** No rules. */
  public static final AllTools NONE =
      new AllTools(List.of(), List.of(), List.of(), List.of(), null);

  public AllTools {
    require = List.copyOf(require);
    denyIf = List.copyOf(denyIf);
    approveIf = List.copyOf(approveIf);
    limits = List.copyOf(limits);
  }

  /** {@return a builder of rules for every call} */
  public static Builder builder() {
    return new Builder();
  }

  /** Builds rules; {@link Policy.Builder#build} checks them. Not safe for several threads. */
  public static final class Builder {
    private final List<Conditions> require = new ArrayList<>();
    private final List<Conditions> denyIf = new ArrayList<>();
    private final List<Conditions> approveIf = new ArrayList<>();
    private final List<Limit> limits = new ArrayList<>();
    private @Nullable ApprovalTimes approval;

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
     */
    public Builder approval(Duration timeout, Duration valid) {
      this.approval = new ApprovalTimes(timeout, valid);
      return this;
    }

    /** {@return the rules} */
    public AllTools build() {
      return new AllTools(require, denyIf, approveIf, limits, approval);
    }
  }
}
