package dev.alcada.approval;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Approver}'s answer.
 *
 * @param approved whether the call may run
 * @param approver who answers; never the requesting grant
 * @param note what the agent is told with it, or {@code null} if nothing
 */
public record Verdict(boolean approved, String approver, @Nullable String note) {
  /** Requires an approver. */
  public Verdict {
    Objects.requireNonNull(approver, "approver");
  }

  /**
   * Returns a yes.
   *
   * @param approver who answers
   */
  public static Verdict approve(String approver) {
    return new Verdict(true, approver, null);
  }

  /**
   * Returns a no.
   *
   * @param approver who answers
   * @param note what the agent is told, or {@code null}
   */
  public static Verdict deny(String approver, @Nullable String note) {
    return new Verdict(false, approver, note);
  }

  /** {@return the verdict without its note} */
  @Override
  public String toString() {
    return "Verdict[approved=" + approved + ", approver=" + approver + "]";
  }
}
