package dev.alcada.policy;

import dev.alcada.internal.value.Once;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the document says of one tool, or of the tools that a pattern matches. Immutable. */
public final class ToolRule {
  /** What a tool's rule does before any of its predicates and limits is looked at. */
  public enum Action {
    /** The call goes on to predicates and limits. */
    ALLOW,
    /** Every call is denied. */
    DENY,
    /** Every call that nothing denies needs a person's approval. */
    REQUIRE_APPROVAL
  }

  /** Whether a tool's rule decides, or only reports what it would have decided. */
  public enum Mode {
    /** The rule decides. */
    ENFORCE,
    /** The rule never denies, asks, delays or charges an enforced counter; it is reported. */
    SHADOW
  }

  /** Allows every call. */
  public static final ToolRule ALLOW = builder().build();

  private final Action action;
  private final @Nullable String reason;
  private final List<Conditions> require;
  private final List<Conditions> denyIf;
  private final List<Conditions> approveIf;
  private final @Nullable RateLimit rateLimit;
  private final List<Limit> limits;
  private final @Nullable ApprovalTimes approval;
  private final Mode mode;

  private ToolRule(Builder builder) {
    this.action = Objects.requireNonNullElse(builder.action, Action.ALLOW);
    this.reason = builder.reason;
    this.require = List.copyOf(builder.require);
    this.denyIf = List.copyOf(builder.denyIf);
    this.approveIf = List.copyOf(builder.approveIf);
    this.rateLimit = builder.rateLimit;
    this.limits = List.copyOf(builder.limits);
    this.approval = builder.approval;
    this.mode = Objects.requireNonNullElse(builder.mode, Mode.ENFORCE);
  }

  /** {@return a builder of a rule; as it is, the rule allows every call} */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns a rule that denies every call.
   *
   * @param reason what the agent is told
   */
  public static ToolRule deny(String reason) {
    return builder().action(Action.DENY).reason(reason).build();
  }

  /** {@return what the rule does before predicates and limits} */
  public Action action() {
    return action;
  }

  /**
   * Returns what the agent is told when the action denies or asks, or {@code null} for a message of
   * the library's.
   */
  public @Nullable String reason() {
    return reason;
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

  /** {@return the shorthand limit, or {@code null} if there is none} */
  public @Nullable RateLimit rateLimit() {
    return rateLimit;
  }

  /** {@return limits that must all have room} */
  public List<Limit> limits() {
    return limits;
  }

  /**
   * Returns how long approvals take and last, or {@code null} for what {@link AllTools#approval}
   * says, else {@link ApprovalTimes#DEFAULT}.
   */
  public @Nullable ApprovalTimes approval() {
    return approval;
  }

  /** {@return whether the rule decides or only reports} */
  public Mode mode() {
    return mode;
  }

  private List<?> parts() {
    return Arrays.asList(
        action, reason, require, denyIf, approveIf, rateLimit, limits, approval, mode);
  }

  /** {@return whether the other is a rule that says the same} */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ToolRule rule && parts().equals(rule.parts());
  }

  @Override
  public int hashCode() {
    return parts().hashCode();
  }

  /** {@return all it says, for people} */
  @Override
  public String toString() {
    return "ToolRule" + parts();
  }

  /** Builds a rule; {@link Policy.Builder#build} checks it. Not safe for several threads. */
  public static final class Builder {
    private @Nullable Action action;
    private @Nullable String reason;
    private final List<Conditions> require = new ArrayList<>();
    private final List<Conditions> denyIf = new ArrayList<>();
    private final List<Conditions> approveIf = new ArrayList<>();
    private final List<Limit> limits = new ArrayList<>();
    private @Nullable ApprovalTimes approval;
    private @Nullable RateLimit rateLimit;
    private @Nullable Mode mode;

    private Builder() {}

    /**
     * Sets what the rule does before predicates and limits; it allows, unless set.
     *
     * @param newAction the action
     * @throws IllegalStateException if it was set before
     */
    public Builder action(Action newAction) {
      this.action = Once.set("action", action, newAction);
      return this;
    }

    /**
     * Sets what the agent is told when the action denies or asks.
     *
     * @param text for the agent
     * @throws IllegalStateException if it was set before
     */
    public Builder reason(String text) {
      this.reason = Once.set("reason", reason, text);
      return this;
    }

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
     * Sets how long approvals take and last; as the rules for every tool say, unless set.
     *
     * @param timeout how long a request waits for an answer, 1 second to 7 days
     * @param valid how long a yes may be used, 1 second to 7 days
     * @throws IllegalStateException if they were set before
     */
    public Builder approval(Duration timeout, Duration valid) {
      return approval(ApprovalTimes.of(timeout, valid));
    }

    Builder approval(ApprovalTimes times) {
      this.approval = Once.set("approval", approval, times);
      return this;
    }

    /**
     * Sets the shorthand limit.
     *
     * @param limit the limit
     * @throws IllegalStateException if it was set before
     */
    public Builder rateLimit(RateLimit limit) {
      this.rateLimit = Once.set("rateLimit", rateLimit, limit);
      return this;
    }

    /**
     * Sets whether the rule decides or only reports; it decides, unless set.
     *
     * @param newMode the mode
     * @throws IllegalStateException if it was set before
     */
    public Builder mode(Mode newMode) {
      this.mode = Once.set("mode", mode, newMode);
      return this;
    }

    /** {@return the rule} */
    public ToolRule build() {
      return new ToolRule(this);
    }
  }
}
