package dev.alcada.advice;

import dev.alcada.advice.PolicyCheck.Level;
import dev.alcada.internal.document.Spelling;
import dev.alcada.policy.Limit;
import dev.alcada.policy.Limit.Counts;
import dev.alcada.policy.Limit.Identity;
import dev.alcada.policy.Policy;
import dev.alcada.policy.Policy.DefaultAction;
import dev.alcada.policy.RateLimit;
import dev.alcada.policy.Scope;
import dev.alcada.policy.ToolRule;
import dev.alcada.policy.ToolRule.Action;
import dev.alcada.policy.ToolRule.Mode;
import dev.alcada.time.Window;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds limits that never have room, and limits that are never reached because others are reached
 * before.
 *
 * <p>What a limit lets through in one of its windows bounds what another can have counted in one of
 * its own, if every call that the other counts is counted by it:
 *
 * <pre>
 *   30 a minute  →  at most 60 · 30 an hour, so that 2,000 an hour is never reached
 * </pre>
 */
final class LimitFindings {
  /** More limits than this are nobody's; each is compared with those of its rule alone. */
  private static final int MAX_COUNTERS = 100_000;

  private final Policy policy;
  private final ToolIndex index;
  private final Findings findings;
  private final Set<Identity> unbound = new HashSet<>();

  /**
   * A limit as one rule has it.
   *
   * @param shared whether it is a limit of {@code all_tools}
   * @param times how many counts of its own it stands for
   */
  private record Charge(String pointer, Identity counter, Limit limit, boolean shared, int times) {}

  LimitFindings(Policy policy, ToolIndex index, Findings findings) {
    this.policy = policy;
    this.index = index;
    this.findings = findings;
  }

  void find() {
    List<Charge> shared = charges("/all_tools", policy.allTools().limits(), true);
    List<List<Charge>> rules = new ArrayList<>();
    policy.tools().forEach((name, rule) -> rule(name, rule, shared, rules));
    if (policy.defaultAction() == DefaultAction.ALLOW) {
      // A tool that is not listed is counted by the limits for all tools alone.
      rules.add(shared);
    }
    Map<Identity, List<List<Charge>>> charging = new LinkedHashMap<>();
    for (List<Charge> rule : rules) {
      for (Charge charge : rule) {
        charging.computeIfAbsent(charge.counter, c -> new ArrayList<>()).add(rule);
      }
    }
    if (charging.size() <= MAX_COUNTERS) {
      Set<String> seen = new HashSet<>();
      for (List<Charge> rule : rules) {
        for (Charge charge : rule) {
          if (seen.add(charge.pointer)) {
            bound(charge, charging.getOrDefault(charge.counter, List.of()));
          }
        }
      }
    }
  }

  private void rule(String name, ToolRule rule, List<Charge> shared, List<List<Charge>> rules) {
    int tools = index.decided(name).size();
    if (tools == 0 || rule.action() == Action.DENY || rule.mode() == Mode.SHADOW) {
      return;
    }
    String pointer = Findings.pointer("/tools", name);
    List<Charge> charges = charges(pointer, rule.limits(), false);
    RateLimit rate = rule.rateLimit();
    if (rate != null) {
      Limit limit =
          Limit.builder(pointer, rate.window().length(), rate.max()).scope(rate.scope()).build();
      charges.add(new Charge(pointer + "/rate_limit", limit.identity(), limit, false, tools));
    }
    charges.addAll(shared);
    rules.add(charges);
  }

  private List<Charge> charges(String pointer, List<Limit> limits, boolean shared) {
    List<Charge> charges = new ArrayList<>();
    for (int i = 0; i < limits.size(); i++) {
      Limit limit = limits.get(i);
      String at = pointer + "/limits/" + i;
      if (limit.kind() != Limit.Kind.AMOUNT) {
        // How many different values, or calls at once, there can be, no schema says.
        continue;
      }
      if (limit.max().signum() > 0
          && limit.incrementFrom() == null
          && limit.increment().compareTo(limit.max()) > 0) {
        findings.add(
            Level.WARNING,
            "closed-limit",
            at,
            "each call adds "
                + SchemaValues.shown(limit.increment())
                + ", and at most "
                + SchemaValues.shown(limit.max())
                + " fits: every call is denied");
      }
      charges.add(new Charge(at, limit.identity(), limit, shared, 1));
    }
    return charges;
  }

  private void bound(Charge charge, List<List<Charge>> rules) {
    BigDecimal total = BigDecimal.ZERO;
    Map<Identity, BigDecimal> ofOthers = new HashMap<>();
    Charge by = null;
    BigDecimal most = null;
    for (List<Charge> rule : rules) {
      BigDecimal least = null;
      Charge tightest = null;
      for (Charge other : rule) {
        BigDecimal bound = bound(other, charge);
        if (bound != null && (least == null || bound.compareTo(least) < 0)) {
          least = bound;
          tightest = other;
        }
        if (bound != null && other.shared && (most == null || bound.compareTo(most) < 0)) {
          most = bound;
          by = other;
        }
      }
      if (least == null || tightest == null) {
        total = null;
        break;
      }
      ofOthers.put(tightest.counter, least);
      by = by == null ? tightest : by;
    }
    if (total != null) {
      total = ofOthers.values().stream().reduce(total, BigDecimal::add);
      most = most == null || total.compareTo(most) < 0 ? total : most;
    }
    if (most != null && by != null && most.compareTo(charge.limit.max()) <= 0) {
      unbound.add(charge.counter);
      findings.add(
          Level.WARNING,
          "unbound-limit",
          charge.pointer,
          "it is never reached: "
              + (ofOthers.size() > 1 && !by.shared ? "other limits let" : named(by) + " lets")
              + " no more than "
              + SchemaValues.shown(most)
              + " through in such a time, and "
              + SchemaValues.shown(charge.limit.max())
              + " fit");
    }
  }

  private static String named(Charge charge) {
    return Spelling.visible(Spelling.shorten(charge.pointer, 200));
  }

  /** The most that one limit lets be counted in a window of another, or null if it says nothing. */
  private @Nullable BigDecimal bound(Charge by, Charge of) {
    Limit limit = by.limit;
    Limit other = of.limit;
    boolean alike =
        limit.incrementFrom() == null
            ? other.incrementFrom() == null
            : limit.incrementFrom().equals(other.incrementFrom());
    boolean counted = limit.counts() == Counts.ATTEMPTS || other.counts() == Counts.SUCCESSES;
    if (by.counter.equals(of.counter)
        || !limit.appliesIf().isEmpty()
        || unbound.contains(by.counter)
        || !alike
        || !counted
        || !covers(limit.scope(), other.scope())
        || limit.increment().signum() <= 0) {
      return null;
    }
    BigDecimal calls =
        limit.incrementFrom() == null
            ? limit.max().divideToIntegralValue(limit.increment()).multiply(other.increment())
            : limit.max();
    return calls.multiply(periods(limit, other)).multiply(BigDecimal.valueOf(by.times));
  }

  /** Whether all that the one scope counts together is counted together by the other as well. */
  private static boolean covers(Scope wide, Scope narrow) {
    return wide instanceof Scope.OfGlobal
        || wide.equals(narrow)
        || (wide instanceof Scope.OfGrant && narrow instanceof Scope.OfSession);
  }

  /** How many windows of the one a window of the other can reach into. */
  private static BigDecimal periods(Limit limit, Limit other) {
    long one = Math.max(1, limit.window().length().toMillis());
    long another = Math.max(1, other.window().length().toMillis());
    long periods = (another + one - 1) / one;
    boolean sliding =
        limit.window() instanceof Window.Sliding && other.window() instanceof Window.Sliding;
    boolean same = limit.window().equals(other.window());
    // A day of the calendar is up to 25 hours, and begins within another's.
    return BigDecimal.valueOf(sliding || same ? periods : periods + 1);
  }
}
