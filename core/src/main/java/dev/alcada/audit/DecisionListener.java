package dev.alcada.audit;

/**
 * Told of every decision, of what came of the calls let through, and of what becomes of requests
 * for approvals.
 *
 * <p>Called on the thread that makes the call, after the decision is made: a listener can neither
 * change nor undo it, unless it is {@linkplain #required required}. What a listener throws is
 * logged and goes no further; a slow one delays the call it is told of, so one that does I/O
 * belongs behind a {@link QueuedListener}. Implementations must be safe for use by several threads.
 */
@FunctionalInterface
public interface DecisionListener {
  /**
   * Takes note of a decision, before the handler runs.
   *
   * @param event the decision
   */
  void onDecision(DecisionEvent event);

  /**
   * Takes note of what came of a call that was let through.
   *
   * @param event what came of it
   */
  default void onSettled(SettlementEvent event) {}

  /**
   * Takes note of what an operator has said of a call that was let through here or elsewhere, and
   * of which nobody knew how it had ended.
   *
   * @param event what was said
   */
  default void onSettledLate(LateSettlementEvent event) {}

  /**
   * Takes note of what an operator has taken back.
   *
   * @param event what was taken back
   */
  default void onTakenBack(TakenBackEvent event) {}

  /**
   * Takes note of what has become of a request for an approval; each request's changes in their
   * order.
   *
   * @param event what has happened to it
   */
  default void onApproval(ApprovalEvent event) {}

  /**
   * Returns whether no call may be made that this listener has not taken note of. It is then told
   * of a decision that lets a call through as the last step before the handler; if it throws, the
   * call is denied with the code {@code not_recorded}, and what was held for it is given back. What
   * it is told besides it can still not change. Read once, when a guard is built.
   */
  default boolean required() {
    return false;
  }

  /**
   * {@return a listener that logs to SLF4J under {@code dev.alcada.decisions}} Denials, pending
   * approvals and what shadow rules would have done are logged at INFO, handlers that failed at
   * WARN with the cause, calls let through at DEBUG.
   */
  static DecisionListener logging() {
    return LoggingListener.INSTANCE;
  }
}
