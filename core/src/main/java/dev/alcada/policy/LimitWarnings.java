package dev.alcada.policy;

import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.Spelling;
import dev.alcada.policy.ToolRule.Mode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds limits that probably do not limit what their author means. */
final class LimitWarnings {
  private final AllTools all;
  private final Warnings warnings;

  /** Whether a limit of {@code all_tools} has a scope that no call can choose. */
  private final boolean allBounded;

  /** The first limit of each counter name. */
  private final Map<String, Limit> counters = new HashMap<>();

  /** The same of rules in shadow mode, which share no count with enforced ones. */
  private final Map<String, Limit> shadowed = new HashMap<>();

  LimitWarnings(AllTools all, Warnings warnings) {
    this.all = all;
    this.warnings = warnings;
    this.allBounded = bounded(all.limits());
  }

  void allTools(Node at) {
    for (int i = 0; i < all.limits().size(); i++) {
      limit(all.limits().get(i), counters, allBounded, at, "limits", i);
    }
  }

  void tool(Node at, ToolRule rule) {
    RateLimit rate = rule.rateLimit();
    List<Limit> limits = rule.limits();
    boolean bounded = allBounded || bounded(limits) || (rate != null && bounded(rate.scope()));
    if (rate != null) {
      zero(rate.max().signum(), at, "rate_limit");
      chosenKey(rate.scope(), bounded, at, "rate_limit");
    }
    Map<String, Limit> named = rule.mode() == Mode.SHADOW ? shadowed : counters;
    for (int i = 0; i < limits.size(); i++) {
      limit(limits.get(i), named, bounded, at, "limits", i);
    }
  }

  private static boolean bounded(List<Limit> limits) {
    for (Limit limit : limits) {
      if (bounded(limit.scope())) {
        return true;
      }
    }
    return false;
  }

  private static boolean bounded(Scope scope) {
    return scope instanceof Scope.OfGrant || scope instanceof Scope.OfGlobal;
  }

  private void limit(
      Limit limit, Map<String, Limit> named, boolean bounded, Node at, Object... steps) {
    zero(limit.max().signum(), at, steps);
    chosenKey(limit.scope(), bounded, at, steps);
    if (limit.incrementFrom() != null && PredicateWarnings.hasIndex(limit.incrementFrom())) {
      warnings.add("counts one element only: the others of the list cost nothing", at, steps);
    }
    Limit first = named.putIfAbsent(limit.counter(), limit);
    String differs = first == null ? null : differs(first, limit);
    if (differs != null) {
      warnings.add(
          "the counter " + Spelling.quote(limit.counter()) + " is named before " + differs,
          at,
          steps);
    }
  }

  private static @Nullable String differs(Limit first, Limit limit) {
    if (!first.identity().equals(limit.identity())) {
      boolean sameWindow = first.window().equals(limit.window());
      return "with another "
          + (sameWindow ? "scope" : "window")
          + ": the two share no count; give each a name of its own";
    }
    return first.max().compareTo(limit.max()) == 0
        ? null
        : "with another \"max\": the two share one count; if that is not meant, give each a name"
            + " of its own";
  }

  private void zero(int signum, Node at, Object... steps) {
    if (signum == 0) {
      warnings.add("\"max\": 0 denies every call: \"action\": \"deny\" says so plainly", at, steps);
    }
  }

  private void chosenKey(Scope scope, boolean bounded, Node at, Object... steps) {
    if (!bounded
        && scope instanceof Scope.OfValue value
        && value.path().root() == ValuePath.Root.ARGS) {
      warnings.add(
          "whoever makes the call chooses "
              + value.path()
              + " and with it the count: add a limit"
              + " with scope \"grant\" or \"global\"",
          at,
          steps);
    }
  }
}
