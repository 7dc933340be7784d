package dev.alcada.decision;

import dev.alcada.counter.CounterId;
import dev.alcada.internal.value.AmountScale;
import dev.alcada.policy.AllTools;
import dev.alcada.policy.Conditions;
import dev.alcada.policy.Limit;
import dev.alcada.policy.Policy;
import dev.alcada.policy.RateLimit;
import dev.alcada.policy.Scope;
import dev.alcada.policy.ToolRule;
import dev.alcada.policy.ToolRule.Mode;
import dev.alcada.policy.ValuePath;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What must be known of all rules before the first plan is made: how much each counter is to hold,
 * and what the rules read of a call.
 */
final class Survey {
  private static final String LIMITS = "limits";
  private static final String RATE_LIMIT = "rate_limit";
  private static final String SHADOW = "shadow ";

  /** The greatest maximum of each counter. */
  private final Map<CounterId, BigDecimal> greatest = new HashMap<>();

  /** Counters by themselves, so that equal ones are one object. */
  private final Map<CounterId, CounterId> known = new HashMap<>();

  private final Set<ValuePath.Root> mentioned = EnumSet.noneOf(ValuePath.Root.class);

  private Survey() {}

  static Survey of(Policy policy) {
    Survey survey = new Survey();
    policy.tools().forEach(survey::add);
    AllTools all = policy.allTools();
    survey.add(all.limits(), false);
    survey.addPaths(all.require(), all.denyIf(), all.approveIf());
    return survey;
  }

  /** {@return what the rules read of a call} */
  Set<ValuePath.Root> mentioned() {
    return Collections.unmodifiableSet(mentioned);
  }

  /** {@return the limit that a tool's shorthand stands for} */
  static Limit longhand(RateLimit limit) {
    Limit.Builder longhand =
        Limit.builder(RATE_LIMIT, limit.window().length(), limit.max()).scope(limit.scope());
    return limit.onDeny() == null ? longhand.build() : longhand.onDeny(limit.onDeny()).build();
  }

  /** {@return what counts for a limit} */
  CounterId counter(Limit limit, boolean shadow) {
    return counter(identity(limit, limit.counter(), LIMITS, shadow));
  }

  /** {@return what counts for the limit that a tool's shorthand stands for} */
  CounterId shorthandCounter(Limit longhand, String tool, boolean shadow) {
    return counter(identity(longhand, tool, RATE_LIMIT, shadow));
  }

  private static CounterId identity(Limit limit, String name, String namespace, boolean shadow) {
    Limit.Identity shared = limit.identity();
    return CounterId.of(
        shadow ? SHADOW + namespace : namespace, name, shared.scope().toString(), shared.window());
  }

  private CounterId counter(CounterId identity) {
    return known.computeIfAbsent(identity, itself -> itself);
  }

  /** {@return in how many decimal places the limits of a counter count, all alike} */
  int decimals(CounterId counter) {
    return AmountScale.of(greatest.getOrDefault(counter, BigDecimal.ZERO)).places();
  }

  private void add(String name, ToolRule rule) {
    boolean shadow = rule.mode() == Mode.SHADOW;
    if (rule.rateLimit() != null) {
      Limit limit = longhand(rule.rateLimit());
      greatest.merge(identity(limit, name, RATE_LIMIT, shadow), limit.max(), BigDecimal::max);
      add(limit.scope());
    }
    add(rule.limits(), shadow);
    addPaths(rule.require(), rule.denyIf(), rule.approveIf());
  }

  private void add(List<Limit> limits, boolean shadow) {
    for (Limit limit : limits) {
      greatest.merge(
          identity(limit, limit.counter(), LIMITS, shadow), limit.max(), BigDecimal::max);
      add(limit.scope());
      if (limit.incrementFrom() != null) {
        mentioned.add(limit.incrementFrom().root());
      }
    }
  }

  @SafeVarargs
  private void addPaths(List<Conditions>... predicates) {
    for (List<Conditions> list : predicates) {
      list.forEach(
          predicate ->
              predicate.conditions().forEach(condition -> mentioned.add(condition.path().root())));
    }
  }

  private void add(Scope scope) {
    if (scope instanceof Scope.OfValue value) {
      mentioned.add(value.path().root());
    } else if (scope instanceof Scope.OfSession) {
      mentioned.add(ValuePath.Root.SESSION);
    }
  }
}
