package dev.alcada.audit;

import dev.alcada.counter.CounterId;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Mark;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What came of a call that was let through. Immutable. */
public final class SettlementEvent {
  /** How the handler has ended. */
  public enum Handler {
    /** It returned a value, be it one that says that nothing was done. */
    RETURNED,
    /** It threw, or its stage failed. */
    FAILED,
    /** Whoever called it stopped waiting: nobody knows what it has done. */
    CANCELLED,
    /** It was let through and never started. */
    NOT_STARTED
  }

  private final Instant at;
  private final DecisionEvent decided;
  private final Handler handler;
  private final Ended result;
  private final @Nullable Throwable failure;
  private final List<CounterId> marksLeft;

  private SettlementEvent(
      Instant at,
      DecisionEvent decided,
      Handler handler,
      Ended result,
      @Nullable Throwable failure,
      List<CounterId> marksLeft) {
    this.at = DecisionEvent.micros(at);
    this.decided = Objects.requireNonNull(decided, "decided");
    this.handler = Objects.requireNonNull(handler, "handler");
    this.result = Objects.requireNonNull(result, "result");
    this.failure = failure;
    this.marksLeft = marksLeft;
  }

  /**
   * Returns an event of a handler that returned or failed.
   *
   * @param at when the call was settled, by the wall clock; kept to the microsecond
   * @param decided the decision that let it through
   * @param result as what it was settled
   * @param failure what the handler threw, or {@code null} if it returned
   */
  public static SettlementEvent of(
      Instant at, DecisionEvent decided, Ended result, @Nullable Throwable failure) {
    return new SettlementEvent(
        at,
        decided,
        failure == null ? Handler.RETURNED : Handler.FAILED,
        result,
        failure,
        List.of());
  }

  /**
   * Returns an event of a handler that returned, and by whose answer marks were left: settled as
   * {@link Ended#DONE}.
   *
   * @param at when the call was settled, by the wall clock
   * @param decided the decision that let it through
   * @param left the marks
   */
  public static SettlementEvent marked(Instant at, DecisionEvent decided, List<Mark> left) {
    return new SettlementEvent(at, decided, Handler.RETURNED, Ended.DONE, null, MarkUse.left(left));
  }

  /**
   * Returns an event of a call whose caller stopped waiting while the handler ran: settled as
   * {@link Ended#UNKNOWN}.
   *
   * @param at when the call was settled, by the wall clock
   * @param decided the decision that let it through
   */
  public static SettlementEvent cancelled(Instant at, DecisionEvent decided) {
    return new SettlementEvent(at, decided, Handler.CANCELLED, Ended.UNKNOWN, null, List.of());
  }

  /**
   * Returns an event of a call whose handler never started: settled as {@link Ended#NOT_DONE}.
   *
   * @param at when the call was settled, by the wall clock
   * @param decided the decision that let it through
   */
  public static SettlementEvent notStarted(Instant at, DecisionEvent decided) {
    return new SettlementEvent(at, decided, Handler.NOT_STARTED, Ended.NOT_DONE, null, List.of());
  }

  /** {@return when the call was settled, by the wall clock, to the microsecond} */
  public Instant at() {
    return at;
  }

  /** {@return the decision that let it through} */
  public DecisionEvent decided() {
    return decided;
  }

  /** {@return how the handler has ended} */
  public Handler handler() {
    return handler;
  }

  /**
   * Returns as what the call was settled. Those that are done or unknown are executions; those that
   * are not done are none.
   */
  public Ended result() {
    return result;
  }

  /** {@return the marks that the call has left by its end; unmodifiable} */
  public List<CounterId> marksLeft() {
    return marksLeft;
  }

  /**
   * Returns what the handler threw, or {@code null} if it returned. Its text is the handler's own
   * and may hold anything.
   */
  public @Nullable Throwable failure() {
    return failure;
  }

  private List<?> parts() {
    return Arrays.asList(at, decided, handler, result, failure, marksLeft);
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
        + ", handler="
        + handler
        + ", result="
        + result
        + (failure == null ? "" : ", failure=" + failure.getClass().getName())
        + "]";
  }
}
