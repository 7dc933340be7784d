package dev.alcada.policy;

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

  /**
   * That the same call of a grant is not made twice within a time, nor while the first still runs.
   *
   * @param length the time, 1 ms to 366 days, in whole milliseconds
   * @param by where the values are found that make two calls the same, paths into {@code args};
   *     none for all arguments together
   * @param onDeny what the agent is told, or {@code null} for a message that says what is known of
   *     the first call
   */
  public record Once(Duration length, List<ValuePath> by, @Nullable String onDeny) {
    public Once {
      Objects.requireNonNull(length, "length");
      by = List.copyOf(by);
    }

    /**
     * Returns that no call with equal values is made twice.
     *
     * @param length the time
     * @param by paths into {@code args}; none for all arguments together
     * @throws IllegalArgumentException if one of the paths is none
     */
    public static Once in(Duration length, String... by) {
      return new Once(length, Arrays.stream(by).map(ValuePath::parse).toList(), null);
    }
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
  private final @Nullable ApprovalTerms approval;
  private final Mode mode;
  private final ToolRule.@Nullable Once once;
  private final List<MarkRule> marks;

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
    this.once = builder.once;
    this.marks = List.copyOf(builder.marks);
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
   * says, else {@link ApprovalTerms#DEFAULT}.
   */
  public @Nullable ApprovalTerms approval() {
    return approval;
  }

  /** {@return that the same call is not made twice, or {@code null} if it may be} */
  public ToolRule.@Nullable Once once() {
    return once;
  }

  /** {@return the marks that a call leaves behind} */
  public List<MarkRule> marks() {
    return marks;
  }

  /** {@return whether the rule decides or only reports} */
  public Mode mode() {
    return mode;
  }

  private List<?> parts() {
    return Arrays.asList(
        action, reason, require, denyIf, approveIf, rateLimit, limits, approval, mode, once, marks);
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
    private @Nullable ApprovalTerms approval;
    private @Nullable RateLimit rateLimit;
    private @Nullable Mode mode;
    private ToolRule.@Nullable Once once;
    private final List<MarkRule> marks = new ArrayList<>();

    private Builder() {}

    /**
     * Sets what the rule does before predicates and limits; it allows, unless set.
     *
     * @param newAction the action
     * @throws IllegalStateException if it was set before
     */
    public Builder action(Action newAction) {
      this.action = dev.alcada.internal.value.Once.set("action", action, newAction);
      return this;
    }

    /**
     * Sets what the agent is told when the action denies or asks.
     *
     * @param text for the agent
     * @throws IllegalStateException if it was set before
     */
    public Builder reason(String text) {
      this.reason = dev.alcada.internal.value.Once.set("reason", reason, text);
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
      return approval(ApprovalTerms.of(timeout, valid));
    }

    /**
     * Sets how long approvals take and last, and how many people of which roles must agree.
     *
     * @param terms all of that
     * @throws IllegalStateException if it was set before
     */
    public Builder approval(ApprovalTerms terms) {
      this.approval = dev.alcada.internal.value.Once.set("approval", approval, terms);
      return this;
    }

    /**
     * Sets the shorthand limit.
     *
     * @param limit the limit
     * @throws IllegalStateException if it was set before
     */
    public Builder rateLimit(RateLimit limit) {
      this.rateLimit = dev.alcada.internal.value.Once.set("rateLimit", rateLimit, limit);
      return this;
    }

    /**
     * Sets whether the rule decides or only reports; it decides, unless set.
     *
     * @param newMode the mode
     * @throws IllegalStateException if it was set before
     */
    public Builder mode(Mode newMode) {
      this.mode = dev.alcada.internal.value.Once.set("mode", mode, newMode);
      return this;
    }

    /**
     * Sets that the same call is not made twice.
     *
     * @param inTime in what time, and what makes two calls the same
     * @throws IllegalStateException if it was set before
     */
    public Builder once(ToolRule.Once inTime) {
      this.once = dev.alcada.internal.value.Once.set("once", once, inTime);
      return this;
    }

    /**
     * Adds a mark that a call leaves behind for later calls to be judged by.
     *
     * @param mark the mark
     */
    public Builder mark(MarkRule mark) {
      marks.add(Objects.requireNonNull(mark, "mark"));
      return this;
    }

    /** {@return the rule} */
    public ToolRule build() {
      return new ToolRule(this);
    }
  }
}
