package dev.alcada.decision;

import dev.alcada.counter.CounterId;
import dev.alcada.decision.PredicatePlan.Use;
import dev.alcada.decision.ToolPlan.Parts;
import dev.alcada.internal.value.JsonPointer;
import dev.alcada.policy.AllTools;
import dev.alcada.policy.ApprovalTimes;
import dev.alcada.policy.Conditions;
import dev.alcada.policy.Limit;
import dev.alcada.policy.Policy;
import dev.alcada.policy.RateLimit;
import dev.alcada.policy.ToolRule;
import dev.alcada.policy.ToolRule.Action;
import dev.alcada.policy.ToolRule.Mode;
import dev.alcada.policy.ValuePath;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Makes the plans of a policy's tools. */
final class PlanMaker {
  private static final String ALL_TOOLS = "/all_tools";

  private final Survey survey;
  private final Expressions expressions = new Expressions();

  /** What a tool without a rule of its own has: nothing, and the approval times of all tools. */
  private final Parts none;

  private final List<PredicatePlan> allRequire;
  private final List<PredicatePlan> allDenyIf;
  private final List<PredicatePlan> allApproveIf;
  private final List<LimitPlan> allLimits;
  private final Map<String, CounterId> counters = new LinkedHashMap<>();

  PlanMaker(Policy policy) {
    AllTools all = policy.allTools();
    this.survey = Survey.of(policy);
    this.none =
        Parts.NONE.withTimes(Objects.requireNonNullElse(all.approval(), ApprovalTimes.DEFAULT));
    this.allRequire = predicates(all.require(), Use.REQUIRE, ALL_TOOLS);
    this.allDenyIf = predicates(all.denyIf(), Use.DENY_IF, ALL_TOOLS);
    this.allApproveIf = predicates(all.approveIf(), Use.APPROVE_IF, ALL_TOOLS);
    this.allLimits = limits(all.limits(), ALL_TOOLS, false);
  }

  /** {@return what the rules read of a call} */
  Set<ValuePath.Root> mentioned() {
    return survey.mentioned();
  }

  /** {@return the counters of the limits of all plans made so far and of all tools, by rule} */
  Map<String, CounterId> counters() {
    Map<String, CounterId> all = new LinkedHashMap<>(counters);
    allLimits.forEach(limit -> all.put(limit.rule(), limit.counter()));
    return Collections.unmodifiableMap(all);
  }

  /** Returns the plan of tools that are not listed and yet may be called. */
  ToolPlan unlisted() {
    return new ToolPlan(withAllTools(none));
  }

  /** Returns the plan of a listed tool, or of the tools that a pattern matches. */
  ToolPlan plan(String name, ToolRule rule) {
    String pointer = "/tools/" + JsonPointer.escaped(name);
    boolean shadow = rule.mode() == Mode.SHADOW;
    List<LimitPlan> limits = new ArrayList<>();
    if (rule.rateLimit() != null) {
      limits.add(rateLimit(rule.rateLimit(), name, pointer, shadow));
    }
    limits.addAll(limits(rule.limits(), pointer, shadow));
    limits.forEach(limit -> counters.put(limit.rule(), limit.counter()));
    Parts own =
        none.withDenied(rule.action() == Action.DENY ? denied(rule, pointer) : null)
            .withPredicates(
                joined(
                    predicates(rule.require(), Use.REQUIRE, pointer),
                    predicates(rule.denyIf(), Use.DENY_IF, pointer)))
            .withLimits(limits)
            .withAlways(rule.action() == Action.REQUIRE_APPROVAL ? ask(rule, pointer) : null)
            .withAsking(predicates(rule.approveIf(), Use.APPROVE_IF, pointer))
            .withTimes(Objects.requireNonNullElse(rule.approval(), none.times()));
    return new ToolPlan(withAllTools(shadow ? none.withShadow(new ToolPlan(own)) : own));
  }

  /** Adds what holds for every tool, behind what is the tool's own. */
  private Parts withAllTools(Parts own) {
    return own.withPredicates(joined(own.predicates(), allRequire, allDenyIf))
        .withLimits(joined(own.limits(), allLimits))
        .withAsking(joined(own.asking(), allApproveIf));
  }

  private List<PredicatePlan> predicates(List<Conditions> predicates, Use use, String pointer) {
    return PredicatePlan.of(predicates, use, pointer, expressions);
  }

  @SafeVarargs
  private static <T> List<T> joined(List<T>... lists) {
    List<T> all = new ArrayList<>();
    for (List<T> list : lists) {
      all.addAll(list);
    }
    return all;
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
      String list = pointer + "/limits/";
      CounterId counter = survey.counter(limit, shadow);
      String rule = list + JsonPointer.escaped(segment);
      plans.add(new LimitPlan(limit, counter, survey.decimals(counter), false, rule, list + i));
    }
    return plans;
  }

  private LimitPlan rateLimit(RateLimit limit, String tool, String pointer, boolean shadow) {
    String rule = pointer + "/rate_limit";
    Limit longhand = Survey.longhand(limit);
    CounterId counter = survey.shorthandCounter(longhand, tool, shadow);
    return new LimitPlan(longhand, counter, survey.decimals(counter), true, rule, rule);
  }
}
