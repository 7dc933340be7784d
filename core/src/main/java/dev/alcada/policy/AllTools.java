package dev.alcada.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rules for every call, whatever the tool.
 *
 * @param require predicates that must all be true
 * @param denyIf predicates that must all be false
 * @param approveIf predicates of which any that is not false asks for approval
 * @param limits limits that must all have room
 * @param approval how long approvals take and last, where the tool's rule does not say
 */
public record AllTools(
    List<Predicate> require,
    List<Predicate> denyIf,
    List<Predicate> approveIf,
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
}
