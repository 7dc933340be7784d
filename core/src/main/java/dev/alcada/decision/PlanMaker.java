package dev.alcada.decision;

import dev.alcada.counter.CounterId;
import dev.alcada.internal.value.AmountScale;
import dev.alcada.policy.AllTools;
import dev.alcada.policy.ApprovalTimes;
import dev.alcada.policy.Conditions;
import dev.alcada.policy.Limit;
import dev.alcada.policy.Policy;
import dev.alcada.policy.RateLimit;
import dev.alcada.policy.Scope;
import dev.alcada.policy.ToolRule;
import dev.alcada.policy.ToolRule.Action;
import dev.alcada.policy.ToolRule.Mode;
import dev.alcada.policy.ValuePath;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes the plans of a policy's tools. */
final class PlanMaker {
  private static final String ALL_TOOLS = "/all_tools";
  private static final String LIMITS = "limits";
  private static final String RATE_LIMIT = "rate_limit";
  private static final String SHADOW = "shadow ";

  private final AllTools allTools;
  private final PredicatePlan[] allRequire;
  private final PredicatePlan[] allDenyIf;
  private final PredicatePlan[] allApproveIf;
  private final List<LimitPlan> allLimits;

  /** The greatest maximum of each counter, whose decimals are not yet known and thus 0. */
  private final Map<CounterId, BigDecimal> greatest = new HashMap<>();

  /** Counters by themselves, so that equal ones are one object. */
  private final Map<CounterId, CounterId> known = new HashMap<>();

  private final Map<CounterId, String> counters = new LinkedHashMap<>();
  private final Set<ValuePath.Root> mentioned = EnumSet.noneOf(ValuePath.Root.class);

  PlanMaker(Policy policy) {
    this.allTools = policy.allTools();
    policy.tools().forEach(this::survey);
    survey(allTools.limits(), false);
    List.of(allTools.require(), allTools.denyIf(), allTools.approveIf()).forEach(this::survey);
    this.allRequire = PredicatePlan.of(allTools.require(), PredicatePlan.Use.REQUIRE, ALL_TOOLS);
    this.allDenyIf = PredicatePlan.of(allTools.denyIf(), PredicatePlan.Use.DENY_IF, ALL_TOOLS);
    this.allApproveIf =
        PredicatePlan.of(allTools.approveIf(), PredicatePlan.Use.APPROVE_IF, ALL_TOOLS);
    this.allLimits = limits(allTools.limits(), ALL_TOOLS, false);
  }

  /** {@return what the rules read of a call} */
  Set<ValuePath.Root> mentioned() {
    return mentioned;
  }

  /** {@return the counters of all plans made so far, and of the limits for all tools} */
  Map<CounterId, String> counters() {
    Map<CounterId, String> all = new LinkedHashMap<>(counters);
    allLimits.forEach(limit -> all.putIfAbsent(limit.counter(), limit.rule()));
    return Collections.unmodifiableMap(all);
  }

  /** Returns the plan of tools that are not listed and yet may be called. */
  ToolPlan unlisted() {
    return plan(null, List.of(), List.of(), null, List.of(), null, null);
  }

  /** Returns the plan of a listed tool, or of the tools that a pattern matches. */
  ToolPlan plan(String name, ToolRule rule) {
    String pointer = "/tools/" + RuleNames.escaped(name);
    boolean shadow = rule.mode() == Mode.SHADOW;
    Decision.Denied denied = rule.action() == Action.DENY ? denied(rule, pointer) : null;
    List<PredicatePlan> predicates = new ArrayList<>();
    addAll(predicates, PredicatePlan.of(rule.require(), PredicatePlan.Use.REQUIRE, pointer));
    addAll(predicates, PredicatePlan.of(rule.denyIf(), PredicatePlan.Use.DENY_IF, pointer));
    List<LimitPlan> limits = new ArrayList<>();
    if (rule.rateLimit() != null) {
      limits.add(rateLimit(rule.rateLimit(), name, pointer, shadow));
    }
    limits.addAll(limits(rule.limits(), pointer, shadow));
    limits.forEach(limit -> counters.putIfAbsent(limit.counter(), limit.rule()));
    AskingRule always = rule.action() == Action.REQUIRE_APPROVAL ? ask(rule, pointer) : null;
    List<PredicatePlan> asking =
        List.of(PredicatePlan.of(rule.approveIf(), PredicatePlan.Use.APPROVE_IF, pointer));
    if (!shadow) {
      return plan(denied, predicates, limits, always, asking, rule.approval(), null);
    }
    ToolPlan shadowed =
        new ToolPlan(
            denied,
            predicates,
            limits,
            always,
            asking,
            times(rule.approval(), allTools.approval()),
            null);
    return plan(null, List.of(), List.of(), null, List.of(), null, shadowed);
  }

  private ToolPlan plan(
      Decision.@Nullable Denied denied,
      List<PredicatePlan> predicates,
      List<LimitPlan> limits,
      @Nullable AskingRule always,
      List<PredicatePlan> asking,
      @Nullable ApprovalTimes times,
      @Nullable ToolPlan shadow) {
    List<PredicatePlan> allPredicates = new ArrayList<>(predicates);
    addAll(allPredicates, allRequire);
    addAll(allPredicates, allDenyIf);
    List<LimitPlan> everyLimit = new ArrayList<>(limits);
    everyLimit.addAll(allLimits);
    List<PredicatePlan> allAsking = new ArrayList<>(asking);
    addAll(allAsking, allApproveIf);
    return new ToolPlan(
        denied,
        allPredicates,
        everyLimit,
        always,
        allAsking,
        times(times, allTools.approval()),
        shadow);
  }

  private static void addAll(List<PredicatePlan> plans, PredicatePlan[] more) {
    Collections.addAll(plans, more);
  }

  private static ApprovalTimes times(@Nullable ApprovalTimes tool, @Nullable ApprovalTimes all) {
    return tool != null ? tool : all != null ? all : ApprovalTimes.DEFAULT;
  }

  private static Decision.Denied denied(ToolRule rule, String pointer) {
    String told = DenialMessages.told(rule.reason());
    return Decision.Denied.of(
            DecisionCode.ACTION, pointer + "/action", told != null ? told : DenialMessages.ACTION)
        .withLocation(pointer + "/action");
  }

  private static AskingRule ask(ToolRule rule, String pointer) {
    String told = DenialMessages.told(rule.reason());
    return new AskingRule(
        pointer + "/action",
        pointer + "/action",
        told != null ? told : DenialMessages.ASK,
        RuleContent.ofAction(rule.reason()));
  }

  private List<LimitPlan> limits(List<Limit> limits, String pointer, boolean shadow) {
    List<LimitPlan> plans = new ArrayList<>(limits.size());
    Set<String> segments = new HashSet<>();
    for (int i = 0; i < limits.size(); i++) {
      Limit limit = limits.get(i);
      String segment = limit.counter();
      if (!segments.add(segment)) {
        segment += "#" + i;
        segments.add(segment);
      }
      String list = pointer + "/" + LIMITS + "/";
      plans.add(
          new LimitPlan(
              limit,
              counter(identity(limit, limit.counter(), LIMITS, shadow)),
              false,
              list + RuleNames.escaped(segment),
              list + i));
    }
    return plans;
  }

  private LimitPlan rateLimit(RateLimit limit, String tool, String pointer, boolean shadow) {
    String rule = pointer + "/" + RATE_LIMIT;
    Limit longhand = longhand(limit);
    return new LimitPlan(
        longhand, counter(identity(longhand, tool, RATE_LIMIT, shadow)), true, rule, rule);
  }

  private static Limit longhand(RateLimit limit) {
    Limit.Builder longhand =
        Limit.builder(RATE_LIMIT, limit.window().length(), limit.max()).scope(limit.scope());
    return limit.onDeny() == null ? longhand.build() : longhand.onDeny(limit.onDeny()).build();
  }

  /** Returns the counter of a limit, but for its decimals. */
  private static CounterId identity(Limit limit, String name, String space, boolean shadow) {
    Limit.Identity shared = limit.identity();
    return new CounterId(
        shadow ? SHADOW + space : space, name, shared.scope().toString(), 0, shared.window());
  }

  private CounterId counter(CounterId identity) {
    BigDecimal max = greatest.getOrDefault(identity, BigDecimal.ZERO);
    int decimals = AmountScale.of(max).places();
    CounterId counter =
        new CounterId(
            identity.space(), identity.name(), identity.scope(), decimals, identity.window());
    return known.computeIfAbsent(counter, itself -> itself);
  }

  private void survey(String name, ToolRule rule) {
    boolean shadow = rule.mode() == Mode.SHADOW;
    if (rule.rateLimit() != null) {
      Limit limit = longhand(rule.rateLimit());
      greatest.merge(identity(limit, name, RATE_LIMIT, shadow), limit.max(), BigDecimal::max);
      survey(limit.scope());
    }
    survey(rule.limits(), shadow);
    List.of(rule.require(), rule.denyIf(), rule.approveIf()).forEach(this::survey);
  }

  private void survey(List<Limit> limits, boolean shadow) {
    for (Limit limit : limits) {
      greatest.merge(
          identity(limit, limit.counter(), LIMITS, shadow), limit.max(), BigDecimal::max);
      survey(limit.scope());
      if (limit.incrementFrom() != null) {
        survey(limit.incrementFrom());
      }
    }
  }

  private void survey(Collection<Conditions> predicates) {
    predicates.forEach(
        predicate -> predicate.conditions().forEach(condition -> survey(condition.path())));
  }

  private void survey(Scope scope) {
    if (scope instanceof Scope.OfValue value) {
      survey(value.path());
    } else if (scope instanceof Scope.OfSession) {
      mentioned.add(ValuePath.Root.SESSION);
    }
  }

  private void survey(ValuePath path) {
    mentioned.add(path.root());
  }
}
