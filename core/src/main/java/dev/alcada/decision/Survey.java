package dev.alcada.decision;

import dev.alcada.counter.CounterId;
import dev.alcada.internal.value.AmountScale;
import dev.alcada.policy.AllTools;
import dev.alcada.policy.Condition;
import dev.alcada.policy.Conditions;
import dev.alcada.policy.Limit;
import dev.alcada.policy.MarkRule;
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
  private static final String ONCE = "once";
  private static final String MARKS = "marks";
  private static final String SHADOW = "shadow ";

  /** By what each mark goes, of the first tool that leaves it. */
  private final Map<String, Scope> marks = new HashMap<>();

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
    String space = space(namespace, shadow);
    String scope = limit.scope().identity();
    return switch (limit.kind()) {
      case AMOUNT -> CounterId.of(space, name, scope, limit.window());
      case DISTINCT -> CounterId.distinct(space, name, scope, limit.window());
      case IN_FLIGHT -> CounterId.inFlight(space, name, scope);
    };
  }

  private static String space(String namespace, boolean shadow) {
    return shadow ? SHADOW + namespace : namespace;
  }

  /** {@return what remembers the calls of a tool that are not made twice} */
  CounterId once(String tool, boolean shadow) {
    return counter(CounterId.once(space(ONCE, shadow), tool));
  }

  /** {@return what a mark is kept as} */
  CounterId mark(String name, Scope scope, boolean shadow) {
    return counter(CounterId.mark(space(MARKS, shadow), name, scope.identity()));
  }

  /** {@return by what a mark goes where the condition that looks for it does not say} */
  Scope scopeOfMark(String name) {
    Scope scope = marks.get(name);
    if (scope == null) {
      throw new IllegalArgumentException("no tool leaves the mark " + name);
    }
    return scope;
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
    if (rule.once() != null) {
      rule.once().by().forEach(path -> mentioned.add(path.root()));
    }
    for (MarkRule mark : rule.marks()) {
      marks.putIfAbsent(mark.name(), mark.scope());
      add(mark.scope());
      mark.result().forEach(this::add);
    }
    addPaths(rule.require(), rule.denyIf(), rule.approveIf());
  }

  private void add(List<Limit> limits, boolean shadow) {
    for (Limit limit : limits) {
      greatest.merge(
          identity(limit, limit.counter(), LIMITS, shadow), limit.max(), BigDecimal::max);
      add(limit.scope());
      limit.appliesIf().forEach(this::add);
      limit.distinct().forEach(path -> mentioned.add(path.root()));
      if (limit.incrementFrom() != null) {
        mentioned.add(limit.incrementFrom().root());
      }
    }
  }

  @SafeVarargs
  private void addPaths(List<Conditions>... predicates) {
    for (List<Conditions> list : predicates) {
      list.forEach(predicate -> predicate.conditions().forEach(this::add));
    }
  }

  private void add(Condition condition) {
    mentioned.add(condition.path().root());
    if (condition.valueFrom() != null) {
      mentioned.add(condition.valueFrom().root());
    }
    if (condition.scope() != null) {
      add(condition.scope());
    }
  }

  private void add(Scope scope) {
    scope.paths().forEach(path -> mentioned.add(path.root()));
    if (scope instanceof Scope.OfSession) {
      mentioned.add(ValuePath.Root.SESSION);
    }
  }
}
