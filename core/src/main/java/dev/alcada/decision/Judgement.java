package dev.alcada.decision;

import dev.alcada.counter.Demand;
import dev.alcada.counter.Refusal;
import dev.alcada.policy.ApprovalTimes;
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
  /** What is said of every call that the guard fails to judge; there is nothing left to fail. */
  static final Judgement INTERNAL =
      new Judgement(
          ToolPlan.denying(Denials.INTERNAL),
          Demand.of(),
          new Rest(Denials.INTERNAL, List.of(), null));

  private final ToolPlan plan;
  private final Demand demand;

  /** What most calls are without: one field less for those. */
  private final @Nullable Rest rest;

  record Rest(
      Decision.@Nullable Denied denied, List<AskingRule> asks, @Nullable Judgement shadow) {}

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

  /**
   * Returns what the call demands of the counters: its charges in document order, each counter
   * once; nothing for a denied call. Where several limits name one counter, the one with the
   * smallest maximum stands for all.
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
    return plan.refused(refusal);
  }

  /** {@return the rules that ask for a person's approval, in document order; unmodifiable} */
  public List<AskingRule> asks() {
    return rest == null ? List.of() : rest.asks();
  }

  /** {@return how long an approval of this call takes and lasts} */
  public ApprovalTimes approvalTimes() {
    return plan.times();
  }

  public boolean needsMarks() {
    return false;
  }

  public Judgement withMarks(List<Boolean> there) {
    return this;
  }

  public List<dev.alcada.counter.Mark> doneMarks(@Nullable Object result) {
    return List.of();
  }

  /** {@return whose yes an approval of this call needs} */
  public Quorum approvers() {
    return Quorum.ONE;
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
