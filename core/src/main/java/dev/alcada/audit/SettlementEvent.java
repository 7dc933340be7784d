package dev.alcada.audit;

import dev.alcada.counter.Ended;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What came of a call that was let through. Immutable. */
public final class SettlementEvent {
  private final Instant at;
  private final DecisionEvent decided;
  private final Ended result;
  private final @Nullable Throwable failure;

  private SettlementEvent(
      Instant at, DecisionEvent decided, Ended result, @Nullable Throwable failure) {
    this.at = Objects.requireNonNull(at, "at");
    this.decided = Objects.requireNonNull(decided, "decided");
    this.result = Objects.requireNonNull(result, "result");
    this.failure = failure;
  }

  /**
   * Returns an event.
   *
   * @param at when the call was settled, by the wall clock
   * @param decided the decision that let it through
   * @param result how it has ended
   * @param failure what the handler threw, or {@code null} if it returned
   */
  public static SettlementEvent of(
      Instant at, DecisionEvent decided, Ended result, @Nullable Throwable failure) {
    return new SettlementEvent(at, decided, result, failure);
  }

  /** {@return when the call was settled, by the wall clock} */
  public Instant at() {
    return at;
  }

  /** {@return the decision that let it through} */
  public DecisionEvent decided() {
    return decided;
  }

  /** {@return how it has ended} */
  public Ended result() {
    return result;
  }

  /**
   * Returns what the handler threw, or {@code null} if it returned. Its text is the handler's own
   * and may hold anything.
   */
  public @Nullable Throwable failure() {
    return failure;
  }

  private List<?> parts() {
    return Arrays.asList(at, decided, result, failure);
  }

  /** {@return whether the other is an event with equal parts} */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SettlementEvent event && parts().equals(event.parts());
  }

  @Override
  public int hashCode() {
    return parts().hashCode();
  }

  /** {@return the event, of a failure its class alone} */
  @Override
  public String toString() {
    return "SettlementEvent[at="
        + at
        + ", decided="
        + decided
        + ", result="
        + result
        + (failure == null ? "" : ", failure=" + failure.getClass().getName())
        + "]";
  }
}
