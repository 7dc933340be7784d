package dev.alcada.decision;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Refusal;
import dev.alcada.internal.value.ArgumentCopy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Judges the calls of tools whose rules look at the past or at what runs, or leave something
 * behind: what few tools need, and the others do not pay for.
 *
 * <p>A call that marks decide is judged in two steps. The first leaves the predicates open that
 * read marks, and says which ones are to be looked up:
 *
 * <pre>{@code
 * predicates without marks ──► those with marks ──► what cannot be charged ──► asks
 *        denied                denied, or open           denied
 *                                    │ look up
 *                                    └──► those with marks ──► as above
 * }</pre>
 */
final class WholePlan {
  /** What is charged or left in a store, and what is said when it cannot be. */
  interface Charged {
    Decision.Denied refused(Refusal refusal);
  }

  private final ToolPlan plan;
  private final PredicatePlan[] predicates;
  private final PredicatePlan[] asking;
  private final LimitPlan[] limits;
  private final boolean[] charged;
  private final @Nullable OncePlan once;
  private final List<MarkPlan> marks;
  private final @Nullable AskingRule always;

  /** Whether a call that no predicate denies is judged by its caller alone. */
  private final boolean byCallerAlone;

  WholePlan(ToolPlan plan, ToolPlan.Parts parts, boolean[] charged) {
    this.plan = plan;
    this.predicates = parts.predicates().toArray(new PredicatePlan[0]);
    this.asking = parts.asking().toArray(new PredicatePlan[0]);
    this.limits = parts.limits().toArray(new LimitPlan[0]);
    this.charged = charged;
    this.once = parts.behind().once();
    this.marks = parts.behind().marks();
    this.always = parts.always();
    this.byCallerAlone =
        once == null
            && always == null
            && asking.length == 0
            && parts.shadow() == null
            && parts.predicates().stream().noneMatch(PredicatePlan::readsMarks)
            && parts.limits().stream().allMatch(LimitPlan::byCallerAlone)
            && marks.stream().allMatch(MarkPlan::byCallerAlone);
  }

  /** Returns whether a call that no predicate denies is judged by its caller alone. */
  boolean byCallerAlone() {
    return byCallerAlone;
  }

  /** Whether rules made of these parts need such a plan. */
  static boolean needs(ToolPlan.Parts parts) {
    return parts.behind().once() != null
        || !parts.behind().marks().isEmpty()
        || parts.limits().stream().anyMatch(LimitPlan::isSpecial)
        || parts.predicates().stream().anyMatch(PredicatePlan::readsMarks)
        || parts.asking().stream().anyMatch(PredicatePlan::readsMarks);
  }

  /**
   * A call on its way through this plan.
   *
   * @param seen the marks it is judged by
   * @param shadowed what a rule in shadow mode says of it
   */
  record Way(
      ToolCall call, Clock.@Nullable Moment now, MarksSeen seen, @Nullable Judgement shadowed) {}

  /** What a call takes from the stores and leaves there, or why it cannot. */
  private static final class Taken {
    private final List<Charge> charges = new ArrayList<>();
    private final List<Charged> sources = new ArrayList<>();
    private final List<Mark> tried = new ArrayList<>();
    private final List<Left> done = new ArrayList<>();
    private Decision.@Nullable Denied unusable;
  }

  /** A mark that the call leaves once it has succeeded. */
  record Left(MarkPlan plan, Mark mark) {}

  /**
   * What a judgement keeps of this plan.
   *
   * @param way the call, if its marks are still to be looked up or its result is still to be
   *     judged; else nobody holds on to it
   * @param open whether its marks are still to be looked up
   */
  record Kept(
      WholePlan plan, List<Charged> sources, List<Left> done, @Nullable Way way, boolean open) {}

  Judgement judge(ToolCall call, Clock.@Nullable Moment now, @Nullable Judgement shadowed) {
    for (PredicatePlan predicate : predicates) {
      if (!predicate.readsMarks()) {
        int judged = predicate.judge(call, now);
        if (judged != PredicatePlan.PASSED) {
          return denied(predicate.denial(judged), shadowed);
        }
      }
    }
    Judgement last = byCallerAlone ? call.caller().last(plan) : null;
    if (last != null) {
      return last;
    }
    Judgement judgement = judge(new Way(call, now, MarksSeen.unknown(), shadowed));
    return byCallerAlone ? call.caller().keep(judgement) : judgement;
  }

  /** Judges what is left of a call with the marks as they were looked up. */
  Judgement judge(Way way, List<Boolean> there) {
    return judge(new Way(way.call, way.now, way.seen.known(there), way.shadowed));
  }

  private Judgement judge(Way way) {
    boolean open = false;
    for (PredicatePlan predicate : predicates) {
      if (predicate.readsMarks()) {
        int judged = predicate.judge(way.call, way.now, way.seen);
        if (judged == PredicatePlan.OPEN) {
          open = true;
        } else if (judged != PredicatePlan.PASSED && !open) {
          return denied(predicate.denial(judged), way.shadowed);
        }
      }
    }
    Taken taken = taken(way);
    if (taken.unusable != null && !open) {
      return denied(taken.unusable, way.shadowed);
    }
    List<AskingRule> asks = new ArrayList<>();
    if (always != null) {
      asks.add(always);
    }
    for (PredicatePlan predicate : asking) {
      int judged =
          predicate.readsMarks()
              ? predicate.judge(way.call, way.now, way.seen)
              : predicate.judge(way.call, way.now);
      if (judged == PredicatePlan.OPEN) {
        open = true;
      } else if (judged != PredicatePlan.PASSED) {
        asks.add(predicate.ask(judged));
      }
    }
    List<Charged> sources = List.copyOf(taken.sources);
    List<Left> done = List.copyOf(taken.done);
    boolean keepsWay = open || wantsResult(done);
    return new Judgement(
        plan,
        demand(taken, way.seen),
        new Judgement.Rest(
            null,
            open ? List.of() : List.copyOf(asks),
            way.shadowed,
            new Kept(this, sources, done, keepsWay ? way : null, open)));
  }

  private Judgement denied(Decision.Denied denial, @Nullable Judgement shadowed) {
    return plan.judgement(denial, shadowed);
  }

  private static Demand demand(Taken taken, MarksSeen seen) {
    Demand.Builder demand = Demand.builder();
    if (taken.unusable == null) {
      taken.charges.forEach(demand::charge);
      taken.tried.forEach(demand::tried);
      taken.done.forEach(left -> demand.done(left.mark));
    }
    for (CounterKey key : seen.keys()) {
      demand.reads(key, seen.isThere(key));
    }
    return demand.build();
  }

  private Taken taken(Way way) {
    Taken taken = new Taken();
    if (once != null) {
      Charge charge = once.charge(way.call);
      if (charge == null) {
        taken.unusable = once.unusable(way.call);
        return taken;
      }
      taken.charges.add(charge);
      taken.sources.add(once);
    }
    for (int i = 0; i < limits.length; i++) {
      Truth applies = limits[i].applies(way.call, way.now);
      if (applies == Truth.FALSE) {
        continue;
      }
      Charge charge = applies == Truth.TRUE ? limits[i].charge(way.call) : null;
      if (charge == null || limits[i].neverFits(charge)) {
        taken.unusable = limits[i].unusable(way.call, way.now);
        return taken;
      }
      if (charged[i]) {
        taken.charges.add(charge);
        taken.sources.add(limits[i]);
      }
    }
    for (MarkPlan mark : marks) {
      Mark left = mark.mark(way.call);
      if (left == null) {
        taken.unusable = mark.unusable(way.call);
        return taken;
      } else if (mark.tried()) {
        taken.tried.add(left);
      } else {
        taken.done.add(new Left(mark, left));
      }
    }
    return taken;
  }

  /** Returns the denial for a store's refusal of what a judgement of this plan demands. */
  Decision.Denied refused(Kept kept, Refusal refusal) {
    int index = refusal.index();
    if (index >= 0 && index < kept.sources.size()) {
      return kept.sources.get(index).refused(refusal);
    }
    List<MarkPlan> tried = marks.stream().filter(MarkPlan::tried).toList();
    int place = index - kept.sources.size();
    return index >= 0 && place < tried.size()
        ? tried.get(place).refused(refusal)
        : Denials.STORE_UNAVAILABLE;
  }

  private static boolean wantsResult(List<Left> done) {
    for (Left left : done) {
      if (left.plan.wantsResult()) {
        return true;
      }
    }
    return false;
  }

  /** Returns the marks that a call leaves which has succeeded with an answer. */
  static List<Mark> done(Kept kept, @Nullable Object answer) {
    if (kept.done.isEmpty()) {
      return List.of();
    }
    List<Mark> left = new ArrayList<>();
    Object frozen = null;
    boolean readable = true;
    Way way = kept.way;
    if (wantsResult(kept.done)) {
      try {
        frozen = new ArgumentCopy(0, 0).value(answer, 1);
      } catch (ArgumentCopy.TooLargeException e) {
        readable = false;
      }
    }
    for (Left one : kept.done) {
      if (!one.plan.wantsResult()
          || (readable && way != null && one.plan.isLeftAfter(frozen, way.call, way.now))) {
        left.add(one.mark);
      }
    }
    return left;
  }
}
