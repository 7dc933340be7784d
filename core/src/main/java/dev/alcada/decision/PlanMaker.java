package dev.alcada.decision;

import dev.alcada.counter.CounterId;
import dev.alcada.decision.PredicatePlan.Use;
import dev.alcada.decision.ToolPlan.Parts;
import dev.alcada.internal.value.JsonPointer;
import dev.alcada.policy.AllTools;
import dev.alcada.policy.ApprovalTerms;
import dev.alcada.policy.Condition;
import dev.alcada.policy.Conditions;
import dev.alcada.policy.Limit;
import dev.alcada.policy.MarkRule;
import dev.alcada.policy.Policy;
import dev.alcada.policy.RateLimit;
import dev.alcada.policy.Scope;
import dev.alcada.policy.ToolRule;
import dev.alcada.policy.ToolRule.Action;
import dev.alcada.policy.ToolRule.Mode;
import dev.alcada.policy.ValuePath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes the plans of a policy's tools. */
final class PlanMaker {
  private static final String ALL_TOOLS = "/all_tools";

  private final Survey survey;
  private final Expressions expressions = new Expressions();

  /** What a tool without a rule of its own has: nothing, and the approval terms of all tools. */
  private final Parts none;

  private final @Nullable ApprovalTerms ofAll;

  private final List<PredicatePlan> allRequire;
  private final List<PredicatePlan> allDenyIf;
  private final List<PredicatePlan> allApproveIf;
  private final List<LimitPlan> allLimits;
  private final Map<String, CounterId> counters = new LinkedHashMap<>();

  PlanMaker(Policy policy) {
    AllTools all = policy.allTools();
    this.survey = Survey.of(policy);
    this.ofAll = all.approval();
    this.none = withApproval(Parts.NONE, null);
    this.allRequire = predicates(all.require(), Use.REQUIRE, ALL_TOOLS, false);
    this.allDenyIf = predicates(all.denyIf(), Use.DENY_IF, ALL_TOOLS, false);
    this.allApproveIf = predicates(all.approveIf(), Use.APPROVE_IF, ALL_TOOLS, false);
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
    OncePlan once = rule.once() == null ? null : once(rule.once(), name, pointer, shadow);
    if (once != null) {
      counters.put(once.rule(), once.counter());
    }
    List<MarkPlan> marks = marks(rule.marks(), pointer, shadow);
    marks.forEach(mark -> counters.put(mark.rule(), mark.counter()));
    Parts own =
        none.withDenied(rule.action() == Action.DENY ? denied(rule, pointer) : null)
            .withPredicates(
                joined(
                    predicates(rule.require(), Use.REQUIRE, pointer, shadow),
                    predicates(rule.denyIf(), Use.DENY_IF, pointer, shadow)))
            .withLimits(limits)
            .withAlways(rule.action() == Action.REQUIRE_APPROVAL ? ask(rule, pointer) : null)
            .withAsking(predicates(rule.approveIf(), Use.APPROVE_IF, pointer, shadow))
            .withBehind(once, marks);
    own = withApproval(own, rule.approval());
    return new ToolPlan(withAllTools(shadow ? none.withShadow(new ToolPlan(own)) : own));
  }

  /** Adds what holds for every tool, behind what is the tool's own. */
  private Parts withAllTools(Parts own) {
    return own.withPredicates(joined(own.predicates(), allRequire, allDenyIf))
        .withLimits(joined(own.limits(), allLimits))
        .withAsking(joined(own.asking(), allApproveIf));
  }

  /** Adds how an approval is given: as the tool says, else as all tools do. */
  private Parts withApproval(Parts parts, @Nullable ApprovalTerms own) {
    ApprovalTerms terms =
        own == null ? Objects.requireNonNullElse(ofAll, ApprovalTerms.DEFAULT) : own.orElse(ofAll);
    List<Set<String>> from = new ArrayList<>();
    for (ApprovalTerms one : Arrays.asList(own, ofAll)) {
      if (one != null && !one.from().isEmpty()) {
        from.add(Set.copyOf(one.from()));
      }
    }
    return parts.withTerms(
        terms,
        terms.approvers() == 1 && from.isEmpty()
            ? Quorum.ONE
            : new Quorum(terms.approvers(), from));
  }

  private List<PredicatePlan> predicates(
      List<Conditions> predicates, Use use, String pointer, boolean shadow) {
    return PredicatePlan.of(
        predicates, use, pointer, condition -> plan(condition, shadow), expressions);
  }

  private ConditionPlan plan(Condition condition, boolean shadow) {
    if (condition.path().root() != ValuePath.Root.MARKS) {
      return ConditionPlan.of(condition, expressions);
    }
    String name = ((ValuePath.Key) condition.path().steps().get(0)).name();
    Scope declared = survey.scopeOfMark(name);
    Scope scope = Objects.requireNonNullElse(condition.scope(), declared);
    return ConditionPlan.ofMark(
        condition, expressions, survey.mark(name, declared, shadow), new ScopePlan(scope));
  }

  private OncePlan once(ToolRule.Once once, String tool, String pointer, boolean shadow) {
    return new OncePlan(once, survey.once(tool, shadow), pointer + "/once");
  }

  private List<MarkPlan> marks(List<MarkRule> marks, String pointer, boolean shadow) {
    List<MarkPlan> plans = new ArrayList<>(marks.size());
    for (int i = 0; i < marks.size(); i++) {
      MarkRule mark = marks.get(i);
      String list = pointer + "/marks/";
      plans.add(
          new MarkPlan(
              mark,
              survey.mark(mark.name(), mark.scope(), shadow),
              list + JsonPointer.escaped(mark.name()),
              list + i,
              expressions));
    }
    return plans;
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
      plans.add(
          new LimitPlan(
              limit, counter, survey.decimals(counter), false, rule, list + i, expressions));
    }
    return plans;
  }

  private LimitPlan rateLimit(RateLimit limit, String tool, String pointer, boolean shadow) {
    String rule = pointer + "/rate_limit";
    Limit longhand = Survey.longhand(limit);
    CounterId counter = survey.shorthandCounter(longhand, tool, shadow);
    return new LimitPlan(
        longhand, counter, survey.decimals(counter), true, rule, rule, expressions);
  }
}
