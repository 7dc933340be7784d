package dev.alcada.examples.desk;

import dev.alcada.policy.AllTools;
import dev.alcada.policy.ApprovalTerms;
import dev.alcada.policy.Policy;
import dev.alcada.policy.ToolRule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether those who sit at a desk are enough for what a policy asks. */
final class Reachable {
  private Reachable() {}

  /**
   * Returns what a policy asks that nobody could ever give, a line for each rule.
   *
   * @param seats who may answer; nobody: the user who runs the program, who has no role
   */
  static List<String> missing(Policy policy, List<Seat> seats) {
    List<Seat> people = seats.isEmpty() ? List.of(Seat.of("whoever runs this program")) : seats;
    AllTools all = policy.allTools();
    List<String> missing = new ArrayList<>();
    for (Map.Entry<String, ToolRule> tool : policy.tools().entrySet()) {
      ToolRule rule = tool.getValue();
      boolean asks =
          rule.action() == ToolRule.Action.REQUIRE_APPROVAL
              || !rule.approveIf().isEmpty()
              || !all.approveIf().isEmpty();
      if (asks) {
        add(missing, "the tool " + tool.getKey(), rule.approval(), all.approval(), people);
      }
    }
    if (!all.approveIf().isEmpty()) {
      add(missing, "every tool", null, all.approval(), people);
    }
    return missing;
  }

  private static void add(
      List<String> missing,
      String what,
      @Nullable ApprovalTerms own,
      @Nullable ApprovalTerms all,
      List<Seat> people) {
    int needed = Math.max(approvers(own), approvers(all));
    long able =
        people.stream().filter(seat -> may(seat, roles(own)) && may(seat, roles(all))).count();
    if (able < needed) {
      missing.add(
          what + " needs " + people(needed, roles(own), roles(all)) + ", and the desk has " + able);
    }
  }

  private static int approvers(@Nullable ApprovalTerms approval) {
    return approval == null ? 1 : approval.approvers();
  }

  private static List<String> roles(@Nullable ApprovalTerms approval) {
    return approval == null ? List.of() : approval.from();
  }

  private static boolean may(Seat seat, List<String> roles) {
    return roles.isEmpty() || !Collections.disjoint(seat.roles(), roles);
  }

  private static String people(int needed, List<String> own, List<String> all) {
    StringBuilder text =
        new StringBuilder(needed == 1 ? "an approver" : needed + " different approvers");
    for (List<String> roles : List.of(own, all)) {
      if (!roles.isEmpty()) {
        text.append(" with the role ").append(String.join(" or ", roles));
      }
    }
    return text.toString();
  }
}
