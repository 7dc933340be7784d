package dev.alcada.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the document says of one tool, or of the tools that a pattern matches.
 *
 * @param action what the rule does before predicates and limits
 * @param reason what the agent is told when {@code action} denies or asks, or {@code null} for a
 *     message of the library's
 * @param require predicates that must all be true
 * @param denyIf predicates that must all be false
 * @param approveIf predicates of which any that is not false asks for approval
 * @param rateLimit the shorthand limit, or {@code null} if there is none
 * @param limits limits that must all have room
 * @param approval how long approvals take and last, or {@code null} for what {@link
 *     AllTools#approval} says, else {@link ApprovalTimes#DEFAULT}
 * @param mode whether the rule decides or only reports
 */
public record ToolRule(
    Action action,
    @Nullable String reason,
    List<Conditions> require,
    List<Conditions> denyIf,
    List<Conditions> approveIf,
    @Nullable RateLimit rateLimit,
    List<Limit> limits,
    @Nullable ApprovalTimes approval,
    Mode mode) {
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
  public static final ToolRule ALLOW =
      new ToolRule(
          Action.ALLOW, null, List.of(), List.of(), List.of(), null, List.of(), null, Mode.ENFORCE);

  public ToolRule {
    require = List.copyOf(require);
    denyIf = List.copyOf(denyIf);
    approveIf = List.copyOf(approveIf);
    limits = List.copyOf(limits);
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

  /** Builds a rule; {@link Policy.Builder#build} checks it. Not safe for several threads. */
  public static final class Builder {
    private Action action = Action.ALLOW;
    private @Nullable String reason;
    private final List<Conditions> require = new ArrayList<>();
    private final List<Conditions> denyIf = new ArrayList<>();
    private final List<Conditions> approveIf = new ArrayList<>();
    private final List<Limit> limits = new ArrayList<>();
    private @Nullable ApprovalTimes approval;
    private @Nullable RateLimit rateLimit;
    private Mode mode = Mode.ENFORCE;

    private Builder() {}

    /**
     * Sets what the rule does before predicates and limits; it allows, unless set.
     *
     * @param newAction the action
     */
    public Builder action(Action newAction) {
      this.action = Objects.requireNonNull(newAction, "action");
      return this;
    }

    /**
     * Sets what the agent is told when the action denies or asks.
     *
     * @param text for the agent
     */
    public Builder reason(String text) {
      this.reason = Objects.requireNonNull(text, "text");
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
     */
    public Builder approval(Duration timeout, Duration valid) {
      this.approval = new ApprovalTimes(timeout, valid);
      return this;
    }

    /**
     * Sets the shorthand limit.
     *
     * @param limit the limit
     */
    public Builder rateLimit(RateLimit limit) {
      this.rateLimit = Objects.requireNonNull(limit, "limit");
      return this;
    }

    /**
     * Sets whether the rule decides or only reports; it decides, unless set.
     *
     * @param newMode the mode
     */
    public Builder mode(Mode newMode) {
      this.mode = Objects.requireNonNull(newMode, "mode");
      return this;
    }

    /** {@return the rule} */
    public ToolRule build() {
      return new ToolRule(
          action, reason, require, denyIf, approveIf, rateLimit, limits, approval, mode);
    }
  }
}
