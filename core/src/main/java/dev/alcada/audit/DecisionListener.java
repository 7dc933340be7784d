package dev.alcada.audit;

/**
 * Told of every decision and of what came of the calls let through.
 *
 * <p>Called on the thread that makes the call, after the decision is made: a listener can neither
 * change nor undo it. What a listener throws is logged and goes no further; a slow one delays the
 * call it is told of, so one that does I/O should hand over to a thread of its own. Implementations
 * must be safe for use by several threads.
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
   * {@return a listener that logs to SLF4J under {@code dev.alcada.decisions}} Denials, pending
   * approvals and what shadow rules would have done are logged at INFO, handlers that failed at
   * WARN with the cause, calls let through at DEBUG.
   */
  static DecisionListener logging() {
    return LoggingListener.INSTANCE;
  }
}
