package dev.alcada.decision;

import dev.alcada.counter.Demand;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Refusal;
import dev.alcada.policy.ApprovalTerms;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a policy says of one call before counters and approvals are asked: a denial, or what the
 * call must be able to charge and whether a person must agree. Immutable and safe for use by
 * several threads.
 *
 * <p>Without {@link #asks}, a call that is not denied may run once all of its {@link #demand} is
 * reserved. With them that is only looked at first, and reserved once the call is approved.
 */
public final class Judgement {
  /** Compilers inline no method whose signature names a class that is not loaded yet. */
  @SuppressWarnings("unused")
  private static final Class<?> LOADED = WholePlan.Kept.class;

  /** What is said of every call that the guard fails to judge; there is nothing left to fail. */
  static final Judgement INTERNAL =
      new Judgement(
          ToolPlan.denying(Denials.INTERNAL),
          Demand.of(),
          new Rest(Denials.INTERNAL, List.of(), null, null));

  private final ToolPlan plan;
  private final Demand demand;

  /** What most calls are without: one field less for those. */
  private final @Nullable Rest rest;

  record Rest(
      Decision.@Nullable Denied denied,
      List<AskingRule> asks,
      @Nullable Judgement shadow,
      WholePlan.@Nullable Kept kept) {}

  Judgement(ToolPlan plan, Demand demand, @Nullable Rest rest) {
    this.plan = plan;
    this.demand = demand;
    this.rest = rest;
  }

  /** {@return whether the plan made this judgement} */
  boolean isOf(ToolPlan other) {
    return plan == other;
  }

  /**
   * Returns the denial of this call, or {@code null} if no rule denies it. A limit denies here only
   * if the value it counts by or the amount it adds cannot be had from the call; whether it has
   * room is the counter store's to say.
   */
  public Decision.@Nullable Denied denied() {
    return rest == null ? null : rest.denied();
  }

  private WholePlan.@Nullable Kept kept() {
    return rest == null ? null : rest.kept();
  }

  /**
   * Returns whether marks decide that are still to be looked up: those of {@link Demand#reads}, in
   * whose order {@link #withMarks} takes them. Until then nothing is denied and nobody asked, and
   * the demand is for a look alone.
   */
  public boolean needsMarks() {
    WholePlan.Kept kept = kept();
    return kept != null && kept.open();
  }

  /**
   * Returns the whole judgement of a call with the marks as they were looked up. Its demand holds
   * only while they are so. May be called again when they have changed. Never throws: what cannot
   * be judged is denied.
   *
   * @param there for each of {@link Demand#reads} whether it is there
   */
  public Judgement withMarks(List<Boolean> there) {
    WholePlan.Kept kept = kept();
    WholePlan.Way way = kept == null ? null : kept.way();
    if (kept == null || way == null || !kept.open()) {
      return this;
    }
    try {
      return kept.plan().judge(way, there);
    } catch (Throwable e) {
      // Whatever it is: the call must not run.
      return INTERNAL;
    }
  }

  /**
   * Returns the marks to be left now that the call has succeeded: those whose conditions its result
   * meets. A result that cannot be read meets none; what fails leaves none.
   *
   * @param result what the tool has answered, as JSON has it, or {@code null} if that is nothing
   */
  public List<Mark> doneMarks(@Nullable Object result) {
    WholePlan.Kept kept = kept();
    try {
      return kept == null ? List.of() : WholePlan.done(kept, result);
    } catch (Throwable e) {
      // A mark that permits is missing, which is safe.
      return List.of();
    }
  }

  /** {@return whether what the call holds or leaves hangs on when it ends, and on its answer} */
  public boolean hangsOnItsEnd() {
    return kept() != null;
  }

  /** {@return who must agree where {@link #asks} wants a person to} */
  public Quorum approvers() {
    return plan.quorum();
  }

  /**
   * Returns what the call demands of the counters: its charges in document order, each counter
   * once, with the marks that it reads and leaves; nothing for a denied call. Where several limits
   * name one counter, the one with the smallest maximum stands for all.
   */
  public Demand demand() {
    return demand;
  }

  /**
   * Returns the denial for a counter store's refusal of these charges.
   *
   * @param refusal what the store answered to exactly {@link #demand}
   */
  public Decision.Denied refused(Refusal refusal) {
    WholePlan.Kept kept = kept();
    return kept == null ? plan.refused(refusal) : kept.plan().refused(kept, refusal);
  }

  /** {@return the rules that ask for a person's approval, in document order; unmodifiable} */
  public List<AskingRule> asks() {
    return rest == null ? List.of() : rest.asks();
  }

  /** {@return the terms on which people may approve this call} */
  public ApprovalTerms approvalTerms() {
    return plan.terms();
  }

  /**
   * Returns what a rule in shadow mode says of this call: its denial, or charges in counters apart
   * from all enforced ones, or its asks. It is {@code null} if the tool's rule is enforced, and for
   * a call that other rules deny unless the rule in shadow denies it by itself, so that a call
   * which is not made is not counted.
   */
  public @Nullable Judgement shadow() {
    return rest == null ? null : rest.shadow();
  }
}
