package dev.alcada.decision;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a call is judged, rule by rule, as data and as a text to read. It holds values of the call
 * only if they were asked for. Immutable.
 */
public final class Explanation {
  /** What a rule gives. */
  public enum Gave {
    /** It lets the call go on. */
    PASSES,
    /** It denies the call; the first that does decides. */
    DENIES,
    /** It asks for a person's approval. */
    ASKS
  }

  /**
   * What a condition looked at.
   *
   * @param path the path
   * @param operator the operator
   * @param found the type of what was there, or {@code absent}, {@code unreadable} or {@code not
   *     supplied}
   * @param value what was there, if values were asked for
   * @param truth {@code true}, {@code false} or {@code indeterminate}
   */
  public record Looked(
      String path, String operator, String found, @Nullable Object value, String truth) {}

  /**
   * One rule.
   *
   * @param rule its name, as in decisions
   * @param location its JSON Pointer in the document
   * @param shadow whether it is in shadow mode, and only reported
   * @param gave what it gives
   * @param why what is told of it; empty where it passes
   * @param looked what its conditions looked at, in document order
   */
  public record Step(
      String rule, String location, boolean shadow, Gave gave, String why, List<Looked> looked) {
    /** Copies the list. */
    public Step {
      looked = List.copyOf(looked);
    }
  }

  private final ToolCall call;
  private final Decision decision;
  private final @Nullable String policyRevision;
  private final List<Step> steps;
  private final List<LimitUsage> limits;

  private Explanation(
      ToolCall call,
      Decision decision,
      @Nullable String policyRevision,
      List<Step> steps,
      List<LimitUsage> limits) {
    this.call = Objects.requireNonNull(call, "call");
    this.decision = Objects.requireNonNull(decision, "decision");
    this.policyRevision = policyRevision;
    this.steps = List.copyOf(steps);
    this.limits = List.copyOf(limits);
  }

  /**
   * Returns an explanation.
   *
   * @param call the call
   * @param decision what is decided of it
   * @param policyRevision the policy that judges it, or {@code null} if there is none
   * @param steps its rules, in the order in which they are looked at
   * @param limits the limits that it would be charged
   */
  public static Explanation of(
      ToolCall call,
      Decision decision,
      @Nullable String policyRevision,
      List<Step> steps,
      List<LimitUsage> limits) {
    return new Explanation(call, decision, policyRevision, steps, limits);
  }

  /** {@return what would be decided now} */
  public Decision decision() {
    return decision;
  }

  /** {@return the revision of the policy that judges the call, or {@code null} if there is none} */
  public @Nullable String policyRevision() {
    return policyRevision;
  }

  /**
   * Returns the rules that the call meets, in the order in which they are looked at, those behind
   * the one that decides too; unmodifiable.
   */
  public List<Step> steps() {
    return steps;
  }

  /** {@return the limits that the call would be charged, in document order; unmodifiable} */
  public List<LimitUsage> limits() {
    return limits;
  }

  /** {@return a line for the decision and one for each rule and limit} */
  @Override
  public String toString() {
    return ExplanationText.of(this, call);
  }
}
