package dev.alcada.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the document says of one tool, or of the tools that a pattern matches.
 *
 * @param action what the rule does before predicates and limits
 * @param reason what the agent is told when {@code action} denies or asks
 * @param require predicates that must all be true
 * @param denyIf predicates that must all be false
 * @param approveIf predicates of which any that is not false asks for approval
 * @param rateLimit the shorthand limit
 * @param limits limits that must all have room
 * @param approval how long approvals take and last
 * @param mode whether the rule decides or only reports
 */
public record ToolRule(
    Action action,
    @Nullable String reason,
    List<Predicate> require,
    List<Predicate> denyIf,
    List<Predicate> approveIf,
    @Nullable RateLimit rateLimit,
    List<Limit> limits,
    @Nullable ApprovalTimes approval,
    Mode mode) {
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
}
