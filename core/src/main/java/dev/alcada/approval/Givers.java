package dev.alcada.approval;

import dev.alcada.decision.Caller;
import dev.alcada.internal.value.Folding;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whose answer counts. Names are compared more widely than by equality, so that nobody approves a
 * call of their own, or is two people, under another spelling.
 */
final class Givers {
  private Givers() {}

  /** {@return why a pending request does not take an answer, or null} */
  static @Nullable String refusal(ApprovalRequest request, Answer given) {
    if (requester(given.approver(), request.caller())) {
      return "the grant that requested it may not answer it";
    }
    return given.approved() ? yesRefusal(request, given, request.approvals()) : null;
  }

  private static @Nullable String yesRefusal(
      ApprovalRequest request, Answer given, List<Answer> before) {
    if (request.quorum().isOne()) {
      return null;
    }
    if (!given.identified()) {
      return "its rules say who must approve it, and nobody knows who gives this answer";
    }
    for (Set<String> roles : request.quorum().from()) {
      if (Collections.disjoint(roles, given.roles())) {
        return "its rules want approval by somebody with the role " + alternatives(roles);
      }
    }
    return before.stream().anyMatch(other -> Folding.alike(other.approver(), given.approver()))
        ? "this approver has approved it already, and its rules want approval by "
            + request.quorum().approvers()
            + " different people"
        : null;
  }

  /** {@return roles of which one is wanted, as people read them} */
  static String alternatives(Set<String> roles) {
    return new TreeSet<>(roles).stream().map(ShownText::spelt).collect(Collectors.joining(" or "));
  }

  /** {@return whether each yes counts, and beside the others} */
  static boolean allCount(ApprovalRequest request) {
    List<Answer> all = request.approvals();
    for (int i = 0; i < all.size(); i++) {
      Answer given = all.get(i);
      if (!given.approved()
          || requester(given.approver(), request.caller())
          || yesRefusal(request, given, all.subList(0, i)) != null) {
        return false;
      }
    }
    return true;
  }

  private static boolean requester(String approver, Caller caller) {
    if (Folding.alike(approver, caller.grant())
        || (caller.client() != null && Folding.alike(approver, caller.client()))) {
      return true;
    }
    for (String person : caller.persons()) {
      if (caller.attributes().get(person) instanceof String name && Folding.alike(approver, name)) {
        return true;
      }
    }
    return false;
  }
}
