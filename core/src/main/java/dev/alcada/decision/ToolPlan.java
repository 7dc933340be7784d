package dev.alcada.decision;

import dev.alcada.counter.Charge;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Refusal;
import dev.alcada.decision.Explanation.Gave;
import dev.alcada.decision.Explanation.LimitTrace;
import dev.alcada.decision.Explanation.Step;
import dev.alcada.policy.ApprovalTerms;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Everything that decides the calls of one tool, in the order in which it decides. */
final class ToolPlan {
  /** What denies every call before anything of it is looked at. */
  private final @Nullable Judgement denied;

  private final PredicatePlan[] predicates;
  private final LimitPlan[] limits;

  /** For each limit, whether it is charged: of several with one identity only the narrowest is. */
  private final boolean[] charged;

  private final int charges;
  private final @Nullable AskingRule always;
  private final PredicatePlan[] asking;
  private final ApprovalTerms terms;
  private final Quorum quorum;
  private final @Nullable ToolPlan shadow;

  /** What judges in place of this plan where rules look at the past or leave something. */
  private final @Nullable WholePlan whole;

  private final Behind behind;
  private final boolean readsTime;

  /** Whether a call that no predicate denies is judged by its caller alone. */
  private final boolean byCallerAlone;

  private final Judgement allowed = new Judgement(this, Demand.of(), null);

  /**
   * What a plan is made of.
   *
   * @param denied the denial of every call, if the rule denies every call
   * @param predicates what may deny, in order
   * @param limits what may be exhausted, in order
   * @param always what asks for approval of every call
   * @param asking what may ask for approval, in order
   * @param terms on which a call is approved
   * @param behind what a call leaves behind
   * @param quorum who must agree to a call that is asked about
   * @param shadow the plan of a rule in shadow mode, which only reports
   */
  record Parts(
      Decision.@Nullable Denied denied,
      List<PredicatePlan> predicates,
      List<LimitPlan> limits,
      @Nullable AskingRule always,
      List<PredicatePlan> asking,
      ApprovalTerms terms,
      Quorum quorum,
      Behind behind,
      @Nullable ToolPlan shadow) {
    /** Every call is allowed. */
    static final Parts NONE =
        new Parts(
            null,
            List.of(),
            List.of(),
            null,
            List.of(),
            ApprovalTerms.DEFAULT,
            Quorum.ONE,
            Behind.NOTHING,
            null);

    Parts withDenied(Decision.@Nullable Denied denial) {
      return new Parts(denial, predicates, limits, always, asking, terms, quorum, behind, shadow);
    }

    Parts withPredicates(List<PredicatePlan> mayDeny) {
      return new Parts(denied, mayDeny, limits, always, asking, terms, quorum, behind, shadow);
    }

    Parts withLimits(List<LimitPlan> mayBeExhausted) {
      return new Parts(
          denied, predicates, mayBeExhausted, always, asking, terms, quorum, behind, shadow);
    }

    Parts withAlways(@Nullable AskingRule asks) {
      return new Parts(denied, predicates, limits, asks, asking, terms, quorum, behind, shadow);
    }

    Parts withAsking(List<PredicatePlan> mayAsk) {
      return new Parts(denied, predicates, limits, always, mayAsk, terms, quorum, behind, shadow);
    }

    Parts withBehind(@Nullable OncePlan once, List<MarkPlan> marks) {
      return new Parts(
          denied,
          predicates,
          limits,
          always,
          asking,
          terms,
          quorum,
          new Behind(once, marks),
          shadow);
    }

    Parts withTerms(ApprovalTerms ofApprovals, Quorum who) {
      return new Parts(
          denied, predicates, limits, always, asking, ofApprovals, who, behind, shadow);
    }

    Parts withShadow(@Nullable ToolPlan reported) {
      return new Parts(denied, predicates, limits, always, asking, terms, quorum, behind, reported);
    }
  }

  /** What a call leaves behind. */
  record Behind(@Nullable OncePlan once, List<MarkPlan> marks) {
    static final Behind NOTHING = new Behind(null, List.of());
  }

  ToolPlan(Parts parts) {
    this.denied = parts.denied() == null ? null : judgement(parts.denied(), null);
    this.predicates = parts.predicates().toArray(new PredicatePlan[0]);
    this.limits = parts.limits().toArray(new LimitPlan[0]);
    this.charged = new boolean[limits.length];
    this.charges = markCharged();
    this.always = parts.always();
    this.asking = parts.asking().toArray(new PredicatePlan[0]);
    this.terms = parts.terms();
    this.shadow = parts.shadow();
    this.quorum = parts.quorum();
    this.behind = parts.behind();
    this.whole = WholePlan.needs(parts) ? new WholePlan(this, parts, charged) : null;
    this.readsTime =
        parts.predicates().stream().anyMatch(PredicatePlan::readsTime)
            || parts.asking().stream().anyMatch(PredicatePlan::readsTime)
            || parts.limits().stream().anyMatch(LimitPlan::readsTime)
            || behind.marks().stream().anyMatch(MarkPlan::readsTime);
    this.byCallerAlone =
        charges > 0
            && parts.limits().stream().allMatch(LimitPlan::byCallerAlone)
            && always == null
            && asking.length == 0
            && shadow == null;
  }

  /** Returns whether nothing of a readable call but its caller decides what this plan says. */
  boolean judgesByCallerAlone() {
    boolean alone = whole == null ? byCallerAlone : whole.byCallerAlone();
    return alone && predicates.length == 0 && !readsTime;
  }

  /** Returns a plan that denies every call. */
  static ToolPlan denying(Decision.Denied denied) {
    return new ToolPlan(Parts.NONE.withDenied(denied));
  }

  private int markCharged() {
    Map<Object, Integer> narrowest = new HashMap<>();
    for (int i = 0; i < limits.length; i++) {
      int place = i;
      narrowest.merge(
          limits[i].counter(),
          i,
          (one, other) -> limits[place].max() < limits[one].max() ? place : one);
    }
    narrowest.values().forEach(place -> charged[place] = true);
    return narrowest.size();
  }

  Judgement judge(ToolCall call, Clock clock) {
    if (denied != null) {
      return denied;
    }
    return judge(call, readsTime || (shadow != null && shadow.readsTime) ? clock.now() : null);
  }

  private Judgement judge(ToolCall call, Clock.@Nullable Moment now) {
    if (denied != null) {
      return denied;
    }
    Judgement shadowed = shadow == null ? null : shadow.report(call, now);
    if (whole != null) {
      return whole.judge(call, now, shadowed);
    }
    for (PredicatePlan predicate : predicates) {
      int judged = predicate.judge(call, now);
      if (judged != PredicatePlan.PASSED) {
        return judgement(predicate.denial(judged), shadowed);
      }
    }
    if (byCallerAlone) {
      Judgement last = call.caller().last(this);
      return last != null ? last : call.caller().keep(charged(call, now, null));
    }
    return charged(call, now, shadowed);
  }

  /** What is left to judge once no predicate denies. */
  private Judgement charged(
      ToolCall call, Clock.@Nullable Moment now, @Nullable Judgement shadowed) {
    Charge only = null;
    Charge[] several = charges > 1 ? new Charge[charges] : null;
    int next = 0;
    for (int i = 0; i < limits.length; i++) {
      Charge charge = limits[i].charge(call);
      if (charge == null || limits[i].neverFits(charge)) {
        return judgement(limits[i].unusable(call, now), shadowed);
      }
      if (charged[i]) {
        only = charge;
        if (several != null) {
          several[next++] = charge;
        }
      }
    }
    List<AskingRule> asks = asks(call, now);
    if (only == null && asks.isEmpty() && shadowed == null) {
      return allowed;
    }
    return new Judgement(
        this,
        only == null ? Demand.of() : several == null ? Demand.of(only) : Demand.of(several),
        asks.isEmpty() && shadowed == null ? null : new Judgement.Rest(null, asks, shadowed, null));
  }

  /** Judges for a report alone: whatever goes wrong must not deny the call. */
  private Judgement report(ToolCall call, Clock.@Nullable Moment now) {
    try {
      return judge(call, now);
    } catch (Throwable e) {
      return Judgement.INTERNAL;
    }
  }

  private List<AskingRule> asks(ToolCall call, Clock.@Nullable Moment now) {
    if (always == null && asking.length == 0) {
      return List.of();
    }
    List<AskingRule> asks = new ArrayList<>();
    if (always != null) {
      asks.add(always);
    }
    for (PredicatePlan predicate : asking) {
      int judged = predicate.judge(call, now);
      if (judged != PredicatePlan.PASSED) {
        asks.add(predicate.ask(judged));
      }
    }
    return List.copyOf(asks);
  }

  /** A call that is denied anyway counts nowhere, in shadow neither. */
  Judgement judgement(Decision.Denied denial, @Nullable Judgement shadowed) {
    return new Judgement(
        this,
        Demand.of(),
        new Judgement.Rest(
            denial,
            List.of(),
            shadowed == null || shadowed.denied() == null ? null : shadowed,
            null));
  }

  Decision.Denied refused(Refusal refusal) {
    int place = -1;
    for (int i = 0; i < limits.length; i++) {
      if (charged[i] && ++place == refusal.index()) {
        return limits[i].refused(refusal);
      }
    }
    return Denials.INTERNAL;
  }

  /** Returns whether this plan denies because the tool is hidden. */
  boolean hidden() {
    Decision.Denied denial = denied == null ? null : denied.denied();
    return denial != null && denial.code() == DecisionCode.HIDDEN;
  }

  /** Returns what this plan means for a tool, which a rule lists or none does. */
  Coverage coverage(String tool, boolean listed) {
    if (denied != null) {
      return hidden() ? Coverage.hidden(tool) : Coverage.denied(tool, listed);
    }
    boolean limited = limits.length > 0 || behind.once() != null;
    return Coverage.open(tool, listed, limited, always != null || asking.length > 0);
  }

  /** Returns what each rule gives for a call, those behind the one that decides too. */
  List<Step> steps(ToolCall call, Clock clock, boolean values) {
    List<Step> steps = new ArrayList<>();
    steps(call, clock.now(), values, false, steps);
    return List.copyOf(steps);
  }

  private void steps(
      ToolCall call,
      Clock.@Nullable Moment now,
      boolean values,
      boolean shadowed,
      List<Step> steps) {
    Decision.Denied denial = denied == null ? null : denied.denied();
    if (denial != null) {
      steps.add(
          new Step(
              denial.rule(),
              denial.location(),
              shadowed,
              Gave.DENIES,
              denial.message(),
              List.of()));
    }
    for (PredicatePlan predicate : predicates) {
      steps.add(predicate.step(call, now, values, shadowed));
    }
    for (LimitPlan limit : limits) {
      Step unusable = limit.step(call, now, shadowed);
      if (unusable != null) {
        steps.add(unusable);
      }
    }
    if (always != null) {
      steps.add(
          new Step(
              always.rule(), always.location(), shadowed, Gave.ASKS, always.reason(), List.of()));
    }
    for (PredicatePlan predicate : asking) {
      steps.add(predicate.step(call, now, values, shadowed));
    }
    if (shadow != null) {
      shadow.steps(call, now, values, true, steps);
    }
  }

  /** Returns what a call would charge each limit. */
  List<LimitTrace> limits(ToolCall call, Clock clock, boolean values) {
    Clock.Moment now = clock.now();
    return Arrays.stream(limits)
        .map(limit -> limit.trace(call, now, values))
        .filter(Objects::nonNull)
        .toList();
  }

  /** Adds the limits whose value is the caller's alone, by rule. */
  void limits(Caller caller, Map<String, LimitTrace> all) {
    for (LimitPlan limit : limits) {
      LimitTrace trace = limit.trace(caller);
      if (trace != null) {
        all.putIfAbsent(limit.rule(), trace);
      }
    }
  }

  ApprovalTerms terms() {
    return terms;
  }

  Quorum quorum() {
    return quorum;
  }

  /** Returns whether calls of each tool that this plan is for count in a counter of its own. */
  boolean countsByTool() {
    return Arrays.stream(limits).anyMatch(LimitPlan::shorthand)
        || behind.once() != null
        || (shadow != null && shadow.countsByTool());
  }

  /** Returns this plan, found by a pattern, for one of the tools that it is for. */
  ToolPlan forTool(String tool) {
    if (!countsByTool()) {
      return this;
    }
    return new ToolPlan(
        Parts.NONE
            .withDenied(denied == null ? null : denied.denied())
            .withPredicates(List.of(predicates))
            .withLimits(Arrays.stream(limits).map(limit -> limit.forTool(tool)).toList())
            .withAlways(always)
            .withAsking(List.of(asking))
            .withTerms(terms, quorum)
            .withBehind(behind.once() == null ? null : behind.once().forTool(tool), behind.marks())
            .withShadow(shadow == null ? null : shadow.forTool(tool)));
  }
}
