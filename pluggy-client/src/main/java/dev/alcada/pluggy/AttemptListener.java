package dev.alcada.pluggy;

/**
 * Told of every request to Pluggy, for metrics and traces. Called on the thread that made the
 * request, so it should be quick; may be called by several threads at once. What it throws is
 * logged and changes nothing.
 */
@FunctionalInterface
public interface AttemptListener {
  /**
   * Called after an attempt.
   *
   * @param attempt what was tried, without any value
   */
  void onAttempt(Attempt attempt);
}
